//! The candidate: what an LLM proposes in place of the deterministic items.
//!
//! A candidate comes from an answer of the LLM task or is injected as it is. Both end as one JSON shape, because the
//! acceptance rules must be able to refuse what a well-behaved task would never build.

use super::super::settings::Settings;
use super::super::task::{self, RELIABLE, TaskEnd, TaskPlan};
use super::super::text::strip;
use super::super::trace::{Step, Trace};
use super::risk::{Confidence, LlmSummary, ModelMeta};
use crate::model::{
    Attempt, InjectedCandidate, Intent, Item, ItemProposal, KnownReason, LlmTask, ProposedAction, Text,
};
use serde_json::{Map, Value};

const ITEM_ACTION: &str = "propose_add_shopping_item";

/// A candidate that was generated or injected.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate<'a> {
    pub(super) intent: Text<'a>,
    pub(super) job_type: Option<Text<'a>>,
    pub(super) actions: Actions<'a>,
    pub(super) confidence: Confidence,
    /// Virtual time, ms.
    pub(super) latency_ms: Option<i64>,
    pub(super) meta: Option<ModelMeta<'a>>,
}

/// What a candidate proposes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Actions<'a> {
    /// One item, as the LLM task or a mend builds it.
    One(ItemProposal<'a>),
    /// Any JSON, as it was injected.
    Injected(&'a Value),
}

/// Why there is no candidate.
pub(super) struct NoCandidate {
    pub(super) reason: KnownReason,
    pub(super) unrecorded: bool,
}

/// Asks the LLM task for a candidate and counts the attempts it used.
pub(super) fn generate<'a>(
    settings: &'a Settings,
    attempts: &'a [Attempt<'a>],
    attempts_used: &mut usize,
    trace: &mut Trace<'a>,
) -> Result<Candidate<'a>, NoCandidate> {
    let profile = settings.corridor_profile.as_str();
    let task = LlmTask::PartialTrustShopping;
    let can_escalate = settings.policy().is_some_and(|policy| policy.has_route(task, RELIABLE));
    let run = task::run(TaskPlan { task, start_profile: profile, can_escalate }, attempts, Answer::read, trace);
    *attempts_used = run.attempts_used;
    let budget_ms = settings.budget.limit_ms();
    trace.push(Step::Budget { total_ms: run.total_ms, budget_ms });
    let failed = |reason| Err(NoCandidate { reason, unrecorded: false });
    if budget_ms.is_some_and(|budget| run.total_ms > budget) {
        return failed(KnownReason::Timeout);
    }
    match run.end {
        TaskEnd::RanOut => Err(NoCandidate { reason: KnownReason::LlmUnavailable, unrecorded: true }),
        TaskEnd::Failed(reason) => failed(reason),
        TaskEnd::Answered { answer, profile: answered_on } => match answer.into_item() {
            None => failed(KnownReason::InvalidSchema),
            Some((item, confidence)) => Ok(Candidate {
                intent: Intent::AddShoppingItem.as_str().into(),
                job_type: Some(Intent::AddShoppingItem.as_str().into()),
                actions: Actions::One(ItemProposal { item, idempotency_key: None }),
                confidence,
                latency_ms: Some(i64::try_from(run.total_ms).unwrap_or(i64::MAX)),
                meta: Some(ModelMeta {
                    profile: Some(answered_on),
                    task_id: Some(task.as_str()),
                    escalated: Some(answered_on != profile),
                }),
            }),
        },
    }
}

/// An answer that matches the schema.
struct Answer {
    item_name: String,
    quantity: Option<String>,
    unit: Option<String>,
    list_id: Option<String>,
    confidence: Confidence,
}

impl Answer {
    /// Reads a closed object: `item_name` of one character or more, strings, a number; `None` violates the schema.
    fn read(object: Map<String, Value>) -> Option<Self> {
        let mut answer = Self {
            item_name: String::new(),
            quantity: None,
            unit: None,
            list_id: None,
            confidence: Confidence::Absent,
        };
        for (key, value) in object {
            match (key.as_str(), value) {
                ("item_name", Value::String(text)) => answer.item_name = text,
                ("quantity", Value::String(text)) => answer.quantity = Some(text),
                ("unit", Value::String(text)) => answer.unit = Some(text),
                ("list_id", Value::String(text)) => answer.list_id = Some(text),
                ("confidence", Value::Number(number)) => answer.confidence = Confidence::Given(number.as_f64()?),
                _ => return None,
            }
        }
        (!answer.item_name.is_empty()).then_some(answer)
    }

    /// Trims the fields and drops the empty ones; `None` when the name is blank.
    fn into_item(self) -> Option<(Item<'static>, Confidence)> {
        let trimmed = |text: String| {
            let inner = strip(&text);
            if inner.is_empty() {
                None
            } else if inner.len() == text.len() {
                Some(Text::from(text))
            } else {
                Some(Text::from(inner.to_owned()))
            }
        };
        let item = Item {
            name: trimmed(self.item_name)?,
            quantity: self.quantity.and_then(trimmed),
            unit: self.unit.and_then(trimmed),
            list_id: self.list_id.and_then(trimmed),
        };
        let confidence = match self.confidence {
            Confidence::Given(value) => Confidence::Given(value.clamp(0.0, 1.0)),
            other @ (Confidence::Absent | Confidence::Malformed) => other,
        };
        Some((item, confidence))
    }
}

/// Takes an injected candidate as it is: nothing trimmed, nothing clamped.
pub(super) fn injected<'a>(candidate: &'a InjectedCandidate<'a>, settings: &Settings) -> Candidate<'a> {
    Candidate {
        intent: candidate.intent.as_deref().unwrap_or(Intent::AddShoppingItem.as_str()).into(),
        job_type: candidate.job_type.as_deref().map(Text::from),
        actions: Actions::Injected(&candidate.proposed_actions),
        confidence: match &candidate.confidence {
            Value::Null => Confidence::Absent,
            Value::Number(number) => number.as_f64().map_or(Confidence::Malformed, Confidence::Given),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Confidence::Malformed,
        },
        latency_ms: candidate.latency_ms,
        meta: candidate.model_meta.as_ref().map(|meta| ModelMeta::of_injected(meta, settings)),
    }
}

impl<'a> Candidate<'a> {
    /// The one well-formed shopping action that a decision may take; `None` is `invalid_schema`.
    pub(super) fn proposal(&self) -> Option<ItemProposal<'a>> {
        match &self.actions {
            Actions::One(proposal) => Some(proposal.clone()),
            Actions::Injected(actions) => injected_proposal(actions),
        }
    }

    /// What the risk line may say about the candidate.
    pub(super) fn summary(&self) -> LlmSummary {
        let (action_count, entity_keys_count, has_list_id, item_name_len) = match &self.actions {
            Actions::One(ItemProposal { item, .. }) => {
                (1, item.key_count(), item.list_id.is_some(), strip(&item.name).chars().count())
            }
            Actions::Injected(actions) => {
                let action_count = actions.as_array().map_or(0, Vec::len);
                let item = first_item(actions);
                let name = item.and_then(|item| item.get("name")?.as_str()).map(strip).unwrap_or_default();
                let list_id = item.and_then(|item| item.get("list_id"));
                let has_list_id = list_id.is_some_and(|id| !id.is_null() && id.as_str() != Some(""));
                (action_count, item.map_or(0, Map::len), has_list_id, name.chars().count())
            }
        };
        LlmSummary::new(action_count, entity_keys_count, has_list_id, item_name_len, self.confidence, &self.intent)
    }

    /// Gives a candidate without a list the list `list_id`; says whether there was anything to mend.
    pub(super) fn mend_list(&mut self, list_id: Option<Text<'a>>) -> bool {
        let (Some(mut proposal), Some(list_id)) = (self.proposal(), list_id) else { return false };
        if proposal.item.list_id.is_some() {
            return false;
        }
        proposal.item.list_id = Some(list_id);
        self.actions = Actions::One(proposal);
        true
    }
}

fn first_item(actions: &Value) -> Option<&Map<String, Value>> {
    actions.get(0)?.get("payload")?.get("item")?.as_object()
}

fn injected_proposal(actions: &Value) -> Option<ItemProposal<'_>> {
    let Value::Array(actions) = actions else { return None };
    let [Value::Object(action)] = actions.as_slice() else { return None };
    let only = |object: &Map<String, Value>, known: &[&str]| object.keys().all(|key| known.contains(&key.as_str()));
    let payload = action.get("payload")?.as_object()?;
    let item = payload.get("item")?.as_object()?;
    let is_closed = only(action, &["action", "payload"])
        && only(payload, &["item", "idempotency_key"])
        && only(item, &["name", "quantity", "unit", "list_id"]);
    if !is_closed || action.get("action")?.as_str()? != ITEM_ACTION {
        return None;
    }
    let name = item.get("name")?.as_str().filter(|name| !strip(name).is_empty())?;
    // `None` inside: absent or null. `None` outside: neither that nor a string.
    let string = |object: &'_ Map<String, Value>, key: &str| match object.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(_)) => Some(object.get(key).and_then(Value::as_str).map(str::to_owned)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    let non_blank =
        |key: &str| string(item, key).filter(|text| text.as_deref().is_none_or(|text| !strip(text).is_empty()));
    Some(ItemProposal {
        item: Item {
            name: name.into(),
            quantity: non_blank("quantity")?.map(Text::from),
            unit: non_blank("unit")?.map(Text::from),
            list_id: non_blank("list_id")?.map(Text::from),
        },
        // The rules leave the key's type open; a decision with anything but a string would break the contract.
        idempotency_key: string(payload, "idempotency_key")?.map(Text::from),
    })
}

/// The decision's actions for an accepted candidate.
pub(super) fn actions(proposal: ItemProposal<'_>) -> Vec<ProposedAction<'_>> {
    vec![ProposedAction::AddShoppingItem(proposal)]
}
