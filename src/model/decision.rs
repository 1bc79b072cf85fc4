//! The *decision core*: the part of a decision by which two decisions are compared.
//!
//! It holds no identifiers, clocks or prose (contract, "The decision core"). Keys are written in the documented order and absent fields
//! stay absent, so that equal cores are equal bytes.

use super::command::{Action, non_empty, present};
use super::text::Text;
use super::wire::{closed_object, wire_enum, wire_objects};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

wire_enum! {
    /// The status of a decision.
    DecisionStatus, "decision status" {
        /// A job was started or an action proposed.
        Ok = "ok",
        /// The user is asked.
        Clarify = "clarify",
        /// The command was refused.
        Error = "error",
    }
}

wire_enum! {
    /// The outcome that a decision may name; it must agree with the action.
    DecisionOutcome, "decision outcome" {
        /// Something is done.
        Execute = "execute",
        /// The user is asked.
        Clarify = "clarify",
        /// The command was refused.
        Reject = "reject",
        /// The user confirms first.
        Confirm = "confirm",
    }
}

wire_enum! {
    /// The kind of a started job.
    JobType, "job type" {
        /// A task is created.
        CreateTask = "create_task",
        /// Items go onto a shopping list.
        AddShoppingItem = "add_shopping_item",
        /// Anything else.
        Unknown = "unknown",
    }
}

/// A decision core.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionCore<'a> {
    /// The status.
    pub status: DecisionStatus,
    /// The action; determines the type of the payload.
    pub action: Action,
    /// Present only where the decision has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_outcome: Option<DecisionOutcome>,
    /// 0..1.
    pub confidence: f64,
    /// The payload, by action.
    pub payload: Payload<'a>,
}

/// The payload of a core, by action.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Payload<'a> {
    /// `start_job`.
    StartJob(StartJob<'a>),
    /// `propose_create_task`.
    CreateTask(TaskProposal<'a>),
    /// `propose_add_shopping_item`.
    AddShoppingItem(ItemProposal<'a>),
    /// `clarify`.
    Clarify(Clarification<'a>),
    /// `reject`.
    Reject(Rejection<'a>),
    /// `confirm`.
    Confirm(Confirmation<'a>),
}

/// The core of a `start_job` payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct StartJob<'a> {
    /// What the job does.
    pub job_type: JobType,
    /// The actions that the job proposes, in order.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub proposed_actions: Option<Vec<ProposedAction<'a>>>,
}

/// One proposed action; the action's name is written beside its payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "action", content = "payload", deny_unknown_fields)]
pub enum ProposedAction<'a> {
    /// A shopping item.
    #[serde(rename = "propose_add_shopping_item", borrow)]
    AddShoppingItem(ItemProposal<'a>),
    /// A task.
    #[serde(rename = "propose_create_task", borrow)]
    CreateTask(TaskProposal<'a>),
}

/// An item to put onto a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ItemProposal<'a> {
    /// The item.
    #[serde(borrow)]
    pub item: Item<'a>,
    /// Copied where the action has one.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<Text<'a>>,
}

/// A shopping item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Item<'a> {
    /// What to buy.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// How much, as written.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Text<'a>>,
    /// Of what measure, as written.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text<'a>>,
    /// Onto which list.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub list_id: Option<Text<'a>>,
}

impl Item<'_> {
    /// How many of the four keys the item carries.
    #[must_use]
    pub fn key_count(&self) -> usize {
        1 + [&self.quantity, &self.unit, &self.list_id].into_iter().flatten().count()
    }
}

/// A task to create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TaskProposal<'a> {
    /// The task.
    #[serde(borrow)]
    pub task: Task<'a>,
    /// Copied where the action has one.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<Text<'a>>,
    /// The job that the task may belong to (only where the proposal is the whole decision).
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub job_hint: Option<JobHint>,
}

/// The kind of job that a task proposal hints at; its `job_id` is an identifier and not part of a core.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct JobHint {
    /// What the job does.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub job_type: Option<JobType>,
}

/// A household task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Task<'a> {
    /// What is to be done.
    #[serde(borrow)]
    pub title: Text<'a>,
    /// Details.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<'a>>,
    /// By whom.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<Text<'a>>,
    /// Where.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub zone_id: Option<Text<'a>>,
    /// Until when, as written.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub due: Option<Text<'a>>,
}

/// The core of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Clarification<'a> {
    /// Answers to choose from.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<Text<'a>>>,
    /// What was missing, e.g. `item.name`.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub missing_fields: Option<Vec<Text<'a>>>,
}

/// The core of a refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Rejection<'a> {
    /// Why, as a code.
    #[serde(borrow)]
    pub code: Text<'a>,
    /// Structured details.
    #[serde(default, deserialize_with = "super::unique::present_object", skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The core of a request for confirmation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Confirmation<'a> {
    /// What is confirmed in one line.
    #[serde(borrow)]
    pub summary: Text<'a>,
    /// At least one action.
    #[serde(borrow, deserialize_with = "non_empty")]
    pub proposed_actions: Vec<ProposedAction<'a>>,
    /// Until when the confirmation holds, as written.
    #[serde(borrow, deserialize_with = "super::time::deserialize_date_time")]
    pub expires_at: Text<'a>,
    /// Why confirmation is asked for.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Text<'a>>>,
}

impl<'a> DecisionCore<'a> {
    /// The items that the decision would put onto lists, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item<'a>> {
        let (proposed, single) = match &self.payload {
            Payload::StartJob(job) => (job.proposed_actions.as_deref().unwrap_or_default(), None),
            Payload::Confirm(confirmation) => (confirmation.proposed_actions.as_slice(), None),
            Payload::AddShoppingItem(proposal) => (&[][..], Some(&proposal.item)),
            Payload::CreateTask(_) | Payload::Clarify(_) | Payload::Reject(_) => (&[][..], None),
        };
        let of_actions = proposed.iter().filter_map(|action| match action {
            ProposedAction::AddShoppingItem(proposal) => Some(&proposal.item),
            ProposedAction::CreateTask(_) => None,
        });
        of_actions.chain(single)
    }

    /// Whether this is an executed shopping job, the only decision that may replace a baseline.
    #[must_use]
    pub fn is_shopping_job(&self) -> bool {
        let of_shopping = match &self.payload {
            Payload::StartJob(job) => job.job_type == JobType::AddShoppingItem,
            Payload::CreateTask(_)
            | Payload::AddShoppingItem(_)
            | Payload::Clarify(_)
            | Payload::Reject(_)
            | Payload::Confirm(_) => false,
        };
        of_shopping && self.is_started_job()
    }

    /// Whether this is an executed job, the only baseline that the corridor may replace.
    #[must_use]
    pub fn is_started_job(&self) -> bool {
        self.status == DecisionStatus::Ok && self.action == Action::StartJob
    }
}

/// A core whose payload is not parsed yet.
#[derive(Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct UntypedCore<'a> {
    status: DecisionStatus,
    action: Action,
    #[serde(default, deserialize_with = "present")]
    decision_outcome: Option<DecisionOutcome>,
    confidence: f64,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl<'de: 'a, 'a> Deserialize<'de> for DecisionCore<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let UntypedCore { status, action, decision_outcome, confidence, payload } =
            UntypedCore::deserialize(deserializer)?;
        if !(0.0..=1.0).contains(&confidence) {
            return Err(D::Error::custom("confidence must be between 0 and 1"));
        }
        if decision_outcome.is_some_and(|outcome| outcome != outcome_of(action)) {
            return Err(D::Error::custom("decision_outcome does not agree with action"));
        }
        let payload = match action {
            Action::StartJob => serde_json::from_str(payload.get()).map(Payload::StartJob),
            Action::ProposeCreateTask => serde_json::from_str(payload.get()).map(Payload::CreateTask),
            Action::ProposeAddShoppingItem => serde_json::from_str(payload.get()).map(Payload::AddShoppingItem),
            Action::Clarify => serde_json::from_str(payload.get()).map(Payload::Clarify),
            Action::Reject => serde_json::from_str(payload.get()).map(Payload::Reject),
            Action::Confirm => serde_json::from_str(payload.get()).map(Payload::Confirm),
        }
        .map_err(|_| D::Error::custom(format!("the payload is not that of a `{action}` decision core")))?;
        Ok(Self { status, action, decision_outcome, confidence, payload })
    }
}

const fn outcome_of(action: Action) -> DecisionOutcome {
    match action {
        Action::StartJob | Action::ProposeCreateTask | Action::ProposeAddShoppingItem => DecisionOutcome::Execute,
        Action::Clarify => DecisionOutcome::Clarify,
        Action::Reject => DecisionOutcome::Reject,
        Action::Confirm => DecisionOutcome::Confirm,
    }
}

wire_objects!(
    StartJob<'a>,
    ProposedAction<'a>,
    ItemProposal<'a>,
    Item<'a>,
    TaskProposal<'a>,
    JobHint,
    Task<'a>,
    Clarification<'a>,
    Rejection<'a>,
    Confirmation<'a>
);
closed_object!(UntypedCore<'a>);
