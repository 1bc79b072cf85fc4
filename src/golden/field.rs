//! Which fields of two entries differ, as deep as it tells one kind of change from another.

use super::entry::Entry;
use crate::model::wire::wire_enum;
use crate::model::{DecisionCore, Payload, ProposedAction, Task};
use crate::outcome::{Effect, Effects};

wire_enum! {
    /// A field of an entry, or a part of a decision in it.
    Field, "field of an entry" {
        /// What the user said.
        Text = "text",
        /// The deterministic decision is there on one side only.
        Baseline = "baseline",
        /// What the deterministic decision does.
        BaselineAction = "baseline.action",
        /// Which items it puts onto lists.
        BaselineItems = "baseline.items",
        /// How much of them.
        BaselineQuantities = "baseline.quantities",
        /// Onto which lists.
        BaselineLists = "baseline.lists",
        /// Which tasks it creates.
        BaselineTasks = "baseline.tasks",
        /// What it asks the user.
        BaselineQuestion = "baseline.question",
        /// How sure it is.
        BaselineConfidence = "baseline.confidence",
        /// How it says so.
        BaselineWording = "baseline.wording",
        /// Where the corridor ended.
        Status = "status",
        /// Why.
        Reason = "reason",
        /// A decision other than the baseline's is there on one side only.
        Decision = "decision",
        /// What the decision that counts does.
        DecisionAction = "decision.action",
        /// Which items it puts onto lists.
        DecisionItems = "decision.items",
        /// How much of them.
        DecisionQuantities = "decision.quantities",
        /// Onto which lists.
        DecisionLists = "decision.lists",
        /// Which tasks it creates.
        DecisionTasks = "decision.tasks",
        /// What it asks the user.
        DecisionQuestion = "decision.question",
        /// How sure it is.
        DecisionConfidence = "decision.confidence",
        /// How it says so.
        DecisionWording = "decision.wording",
        /// The divergence class.
        Class = "class",
        /// What the candidate did to the items.
        Effects = "effects",
    }
}

impl Field {
    /// Whether it is a matter of words alone: nobody gets anything else.
    pub(super) fn is_wording(self) -> bool {
        [Self::Text, Self::BaselineWording, Self::DecisionWording].contains(&self)
    }

    /// Whether it belongs to one of the two decisions.
    pub(super) fn is_of_decision(self) -> bool {
        self.as_str().starts_with(Self::Baseline.as_str()) || self.as_str().starts_with(Self::Decision.as_str())
    }
}

/// A part of a decision, and the fields that it is in the baseline and in the decision that counts.
struct Part {
    baseline: Field,
    decision: Field,
    differs: fn(&DecisionCore, &DecisionCore) -> bool,
}

/// Every part but the wording, which is whatever else differs.
const PARTS: [Part; 7] = [
    Part { baseline: Field::BaselineAction, decision: Field::DecisionAction, differs: other_action },
    Part { baseline: Field::BaselineItems, decision: Field::DecisionItems, differs: other_items },
    Part { baseline: Field::BaselineQuantities, decision: Field::DecisionQuantities, differs: other_quantities },
    Part { baseline: Field::BaselineLists, decision: Field::DecisionLists, differs: other_lists },
    Part { baseline: Field::BaselineTasks, decision: Field::DecisionTasks, differs: other_tasks },
    Part { baseline: Field::BaselineQuestion, decision: Field::DecisionQuestion, differs: other_question },
    Part { baseline: Field::BaselineConfidence, decision: Field::DecisionConfidence, differs: other_confidence },
];

/// The fields that differ, in the order of an entry's fields. Both are entries of the same command.
///
/// Entries that are not equal differ in one field at least.
#[must_use]
pub fn fields_changed(before: &Entry, after: &Entry) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut note = |differs: bool, field| {
        if differs {
            fields.push(field);
        }
    };
    note(before.text != after.text, Field::Text);
    let whole = [(Field::Baseline, Field::BaselineWording), (Field::Decision, Field::DecisionWording)];
    let of_part: [fn(&Part) -> Field; 2] = [|part| part.baseline, |part| part.decision];
    let sides = [(&before.baseline, &after.baseline), (&before.decision, &after.decision)];
    for (((before, after), (whole, wording)), of_part) in sides.into_iter().zip(whole).zip(of_part) {
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                let mut is_wording = true;
                for part in PARTS.iter().filter(|part| (part.differs)(before, after)) {
                    is_wording = false;
                    note(true, of_part(part));
                }
                note(is_wording, wording);
            }
            (Some(_), Some(_)) | (None, None) => {}
            (Some(_), None) | (None, Some(_)) => note(true, whole),
        }
    }
    note(before.status != after.status, Field::Status);
    note(before.reason != after.reason, Field::Reason);
    note(before.class != after.class, Field::Class);
    note(before.effects != after.effects, Field::Effects);
    fields.sort_unstable();
    fields
}

/// The worst that happens to the user's items from one decision to the other.
pub(super) fn worst_between(before: Option<&DecisionCore>, after: Option<&DecisionCore>) -> Option<Effect> {
    before.zip(after).and_then(|(before, after)| Effects::between(before, after).worst())
}

fn has(before: &DecisionCore, after: &DecisionCore, wanted: &[Effect]) -> bool {
    let effects = Effects::between(before, after);
    wanted.iter().any(|effect| effects.count(*effect) > 0)
}

fn other_action(before: &DecisionCore, after: &DecisionCore) -> bool {
    let job = |core: &DecisionCore| match &core.payload {
        Payload::StartJob(job) => Some(job.job_type),
        Payload::CreateTask(_)
        | Payload::AddShoppingItem(_)
        | Payload::Clarify(_)
        | Payload::Reject(_)
        | Payload::Confirm(_) => None,
    };
    let action = |core: &DecisionCore| (core.status, core.action, core.decision_outcome, job(core));
    action(before) != action(after)
}

fn other_items(before: &DecisionCore, after: &DecisionCore) -> bool {
    has(before, after, &[Effect::ItemsLost, Effect::ItemsAdded, Effect::NameChanged])
}

fn other_quantities(before: &DecisionCore, after: &DecisionCore) -> bool {
    has(before, after, &[Effect::QuantityChanged, Effect::UnitChanged])
}

fn other_lists(before: &DecisionCore, after: &DecisionCore) -> bool {
    has(before, after, &[Effect::ListDropped, Effect::ListChanged])
}

fn other_tasks(before: &DecisionCore, after: &DecisionCore) -> bool {
    tasks(before) != tasks(after)
}

fn tasks<'a>(core: &'a DecisionCore) -> Vec<&'a Task<'a>> {
    let of_actions = |actions: &'a [ProposedAction]| {
        let tasks = actions.iter().filter_map(|action| match action {
            ProposedAction::CreateTask(proposal) => Some(&proposal.task),
            ProposedAction::AddShoppingItem(_) => None,
        });
        tasks.collect()
    };
    match &core.payload {
        Payload::StartJob(job) => of_actions(job.proposed_actions.as_deref().unwrap_or_default()),
        Payload::Confirm(confirmation) => of_actions(&confirmation.proposed_actions),
        Payload::CreateTask(proposal) => vec![&proposal.task],
        Payload::AddShoppingItem(_) | Payload::Clarify(_) | Payload::Reject(_) => Vec::new(),
    }
}

fn other_question(before: &DecisionCore, after: &DecisionCore) -> bool {
    match (&before.payload, &after.payload) {
        (Payload::Clarify(before), Payload::Clarify(after)) => before != after,
        (Payload::Reject(before), Payload::Reject(after)) => before.code != after.code,
        // Another kind of payload is another action.
        (
            Payload::StartJob(_)
            | Payload::CreateTask(_)
            | Payload::AddShoppingItem(_)
            | Payload::Clarify(_)
            | Payload::Reject(_)
            | Payload::Confirm(_),
            _,
        ) => false,
    }
}

fn other_confidence(before: &DecisionCore, after: &DecisionCore) -> bool {
    before.confidence.to_bits() != after.confidence.to_bits()
}
