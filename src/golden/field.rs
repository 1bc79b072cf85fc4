//! Which fields of two entries differ, in the detail that distinguishes one kind of change from another.

use super::entry::Entry;
use crate::model::wire::wire_enum;
use crate::model::{DecisionCore, Payload, ProposedAction, Task};
use crate::outcome::{Effect, Effects};

wire_enum! {
    /// A field of an entry, or a part of a decision in it.
    Field, "field of an entry" {
        /// What the user said.
        Text = "text",
        /// Only one side has a deterministic decision.
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
        /// Only one side has a decision other than the baseline's.
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
    /// Whether it is wording alone: the user gets the same.
    pub(super) fn is_wording(self) -> bool {
        [Self::Text, Self::BaselineWording, Self::DecisionWording].contains(&self)
    }

    /// Whether it belongs to one of the two decisions.
    pub(super) fn is_of_decision(self) -> bool {
        self.as_str().starts_with(Self::Baseline.as_str()) || self.as_str().starts_with(Self::Decision.as_str())
    }
}

/// An aspect of a decision: its field for the baseline, its field for the decision that counts, and how it is compared.
struct Aspect {
    baseline: Field,
    decision: Field,
    differs: fn(&DecisionCore, &DecisionCore) -> bool,
}

/// Every aspect but the wording, which stands for all other differences.
const ASPECTS: [Aspect; 7] = [
    Aspect { baseline: Field::BaselineAction, decision: Field::DecisionAction, differs: other_action },
    Aspect { baseline: Field::BaselineItems, decision: Field::DecisionItems, differs: other_items },
    Aspect { baseline: Field::BaselineQuantities, decision: Field::DecisionQuantities, differs: other_quantities },
    Aspect { baseline: Field::BaselineLists, decision: Field::DecisionLists, differs: other_lists },
    Aspect { baseline: Field::BaselineTasks, decision: Field::DecisionTasks, differs: other_tasks },
    Aspect { baseline: Field::BaselineQuestion, decision: Field::DecisionQuestion, differs: other_question },
    Aspect { baseline: Field::BaselineConfidence, decision: Field::DecisionConfidence, differs: other_confidence },
];

/// The fields that differ between two entries of the same command, in the order of an entry's fields.
///
/// Entries that are not equal differ in at least one field.
pub fn fields_changed(before: &Entry, after: &Entry) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut note = |differs: bool, field| {
        if differs {
            fields.push(field);
        }
    };
    note(before.text != after.text, Field::Text);
    let whole = [(Field::Baseline, Field::BaselineWording), (Field::Decision, Field::DecisionWording)];
    let of_aspect: [fn(&Aspect) -> Field; 2] = [|aspect| aspect.baseline, |aspect| aspect.decision];
    let sides = [(&before.baseline, &after.baseline), (&before.decision, &after.decision)];
    for (((before, after), (whole, wording)), of_aspect) in sides.into_iter().zip(whole).zip(of_aspect) {
        match (before, after) {
            (Some(before), Some(after)) if before != after => {
                let mut is_wording = true;
                for aspect in ASPECTS.iter().filter(|aspect| (aspect.differs)(before, after)) {
                    is_wording = false;
                    note(true, of_aspect(aspect));
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
        // Payloads of different kinds differ in the action.
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
