//! The deterministic path (router v2): normalise, plan, validate.
//!
//! Input: a command. Output: a decision core; the number of the rule that decided is in the trace. The rules are exactly those of
//! the deployed router, oddities included, because a replay of other rules would prove nothing about it.

mod item;
mod stem;

use super::task::{Extraction, NameExtraction};
use super::text::{contains_word, first_word, strip};
use super::trace::{BaselineRule, Step, Trace};
use crate::model::{
    Action, Clarification, Command, DecisionCore, DecisionOutcome, DecisionStatus, Intent, Item, ItemProposal, JobType,
    Payload, ProposedAction, Rejection, StartJob, Task, TaskProposal, Text, lower_case,
};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
pub use stem::matched_stems;
use stem::{StemSet, Stems};

/// Confidence of every started job, also of one with a candidate's actions (0..1).
pub const EXECUTE_CONFIDENCE: f64 = 0.78;
const CLARIFY_CONFIDENCE: f64 = 0.35;
const REJECT_CONFIDENCE: f64 = 0.2;
const REJECT_CODE: &str = "unsupported_or_unsafe_command";

/// Prefixes of the first word that make a command a task.
const TASK_LEADS: [&str; 9] = ["task", "todo", "сделай", "сделать", "нужно", "надо", "почини", "убер", "вынеси"];
const SHOPPING_CONTEXT_WORDS: [&str; 3] = ["к", "для", "на"];

/// The result of the baseline: the intent, the decision, and whether a name extraction was needed and not recorded.
pub(super) struct BaselineDecision<'a> {
    pub(super) intent: Intent,
    pub(super) core: DecisionCore<'a>,
    pub(super) extraction_unrecorded: bool,
}

/// Decides a command. `extraction` gives the name if the item list is empty.
pub(super) fn decide<'a>(
    command: &'a Command<'a>,
    extraction: &NameExtraction<'a>,
    trace: &mut Trace<'a>,
) -> BaselineDecision<'a> {
    let text = strip(&command.text);
    let lower = lower_case(text);
    let stems = stem::stems_in(&lower);
    let intent = intent(text, stems);
    trace.push(Step::Intent(intent));
    let mut unrecorded = false;
    let (rule, core) = rules(
        command,
        text,
        &lower,
        stems,
        intent,
        |raw_list, trace| {
            let Extraction { name, unrecorded: missing } = extraction.run(raw_list, trace);
            unrecorded = missing;
            name
        },
        trace,
    );
    trace.push(Step::Baseline(rule));
    BaselineDecision { intent, core, extraction_unrecorded: unrecorded }
}

fn rules<'a>(
    command: &'a Command<'a>,
    text: &'a str,
    lower: &str,
    stems: Stems,
    intent: Intent,
    extract_name: impl FnOnce(Option<&'a str>, &mut Trace<'a>) -> Option<Text<'a>>,
    trace: &mut Trace<'a>,
) -> (BaselineRule, DecisionCore<'a>) {
    let allows = |capability| command.capabilities.contains(capability);
    if !allows(Action::StartJob) {
        return (BaselineRule::NoStartJob, clarify("capability.start_job"));
    }
    if text.is_empty() {
        return (BaselineRule::EmptyText, clarify("text"));
    }
    let switches_a_device = stems.any(StemSet::DEVICE_VERB) && stems.any(StemSet::DEVICE_NOUN);
    if stems.any(StemSet::REJECT) || switches_a_device {
        return (BaselineRule::SafeReject, reject());
    }
    if is_outside_narrow_corridor(text, lower, stems, intent) {
        return (BaselineRule::OutsideNarrowCorridor, clarify("intent"));
    }
    match intent {
        Intent::AddShoppingItem => {
            let raw_list = item::raw_list(text, lower);
            let mut items = raw_list.map(item::items).unwrap_or_default();
            if items.is_empty() {
                let Some(name) = extract_name(raw_list, trace) else {
                    return (BaselineRule::NoItem, clarify("item.name"));
                };
                items.push(Item { name, quantity: None, unit: None, list_id: None });
            }
            if !allows(Action::ProposeAddShoppingItem) {
                return (BaselineRule::NoItemCapability, clarify("capability.propose_add_shopping_item"));
            }
            let Some(list_id) = default_list(command) else {
                return (BaselineRule::NoList, clarify("item.list_id"));
            };
            item::onto_list(&mut items, list_id);
            (BaselineRule::Shopping, start_job(JobType::AddShoppingItem, items.into_iter().map(propose_item).collect()))
        }
        Intent::CreateTask if !allows(Action::ProposeCreateTask) => {
            (BaselineRule::NoTaskCapability, clarify("capability.propose_create_task"))
        }
        Intent::CreateTask => (BaselineRule::Task, start_task(text, default_assignee(command))),
        Intent::ClarifyNeeded => (BaselineRule::Otherwise, clarify("intent")),
    }
}

fn intent(text: &str, stems: Stems) -> Intent {
    if text.is_empty() {
        Intent::ClarifyNeeded
    } else if stems.any(StemSet::SHOPPING) {
        Intent::AddShoppingItem
    } else if stems.any(StemSet::TASK) {
        Intent::CreateTask
    } else {
        Intent::ClarifyNeeded
    }
}

/// The rule for commands outside the narrow corridor, by intent.
fn is_outside_narrow_corridor(text: &str, lower: &str, stems: Stems, intent: Intent) -> bool {
    if stems.any(StemSet::SHOPPING) && stems.any(StemSet::DOMAIN_TASK) {
        return true;
    }
    let confirm_or_clarify = stems.any(StemSet::CONFIRM_OR_CLARIFY);
    match intent {
        Intent::AddShoppingItem => {
            stems.any(StemSet::DEICTIC)
                || SHOPPING_CONTEXT_WORDS.iter().any(|word| contains_word(lower, word))
                || confirm_or_clarify
        }
        Intent::CreateTask => {
            stems.any(StemSet::SCHEDULE)
                || starts_with_a_name(text)
                || (confirm_or_clarify && !stems.any(StemSet::TASK_WORD))
        }
        Intent::ClarifyNeeded => confirm_or_clarify,
    }
}

/// "Петя, вынеси мусор": a first word in upper case that is not in [`TASK_LEADS`] may be a person.
fn starts_with_a_name(text: &str) -> bool {
    first_word(text).is_some_and(|word| {
        let lower = lower_case(word);
        word.starts_with(char::is_uppercase) && !TASK_LEADS.iter().any(|lead| lower.starts_with(lead))
    })
}

fn default_list<'a>(command: &'a Command<'a>) -> Option<&'a str> {
    let given = command.context.defaults.as_ref().and_then(|defaults| defaults.default_list_id.as_deref());
    let only = match command.context.household.shopping_lists.as_deref() {
        Some([list]) => Some(&*list.list_id),
        Some(_) | None => None,
    };
    given.filter(|id| !id.is_empty()).or(only).filter(|id| !id.is_empty())
}

fn default_assignee<'a>(command: &'a Command<'a>) -> &'a str {
    let given = command.context.defaults.as_ref().and_then(|defaults| defaults.default_assignee_id.as_deref());
    given.filter(|id| !id.is_empty()).unwrap_or(&command.user_id)
}

/// The decision to ask for one missing field.
pub(super) fn clarify<'a>(missing_field: &'static str) -> DecisionCore<'a> {
    DecisionCore {
        status: DecisionStatus::Clarify,
        action: Action::Clarify,
        decision_outcome: None,
        confidence: CLARIFY_CONFIDENCE,
        payload: Payload::Clarify(Clarification { options: None, missing_fields: Some(vec![missing_field.into()]) }),
    }
}

fn reject<'a>() -> DecisionCore<'a> {
    static DETAILS: LazyLock<Map<String, Value>> =
        LazyLock::new(|| Map::from_iter([("missing_fields".to_owned(), json!(["intent.safe_corridor"]))]));
    DecisionCore {
        status: DecisionStatus::Error,
        action: Action::Reject,
        decision_outcome: Some(DecisionOutcome::Reject),
        confidence: REJECT_CONFIDENCE,
        payload: Payload::Reject(Rejection { code: REJECT_CODE.into(), details: Some(DETAILS.clone()) }),
    }
}

/// A started job with these actions: that of the baseline's rules, and of an accepted candidate.
pub(super) fn start_job(job_type: JobType, actions: Vec<ProposedAction<'_>>) -> DecisionCore<'_> {
    DecisionCore {
        status: DecisionStatus::Ok,
        action: Action::StartJob,
        decision_outcome: None,
        confidence: EXECUTE_CONFIDENCE,
        payload: Payload::StartJob(StartJob { job_type, proposed_actions: Some(actions) }),
    }
}

fn propose_item(item: Item<'_>) -> ProposedAction<'_> {
    ProposedAction::AddShoppingItem(ItemProposal { item, idempotency_key: None })
}

fn start_task<'a>(title: &'a str, assignee: &'a str) -> DecisionCore<'a> {
    let task =
        Task { title: title.into(), description: None, assignee_id: Some(assignee.into()), zone_id: None, due: None };
    start_job(
        JobType::CreateTask,
        vec![ProposedAction::CreateTask(TaskProposal { task, idempotency_key: None, job_hint: None })],
    )
}
