//! Compares a decision with its label, which says what is right for the user.

use super::spelled::Spelled;
use crate::model::{DecisionCore, Item, Label, LabelItem, Payload, ProposedAction, Text, is_same_spelling, spelling};

/// Which of the two decisions are right according to the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// The deterministic decision is right.
    pub baseline: bool,
    /// The decision that counts is right.
    pub corridor: bool,
}

/// Counts of items found and labelled, for precision (`matched / proposed`) and recall (`matched / labelled`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntityCount {
    /// Items in the decision.
    pub proposed: u64,
    /// Items in the label.
    pub labelled: u64,
    /// Pairs of a maximum one-to-one assignment.
    pub matched: u64,
}

/// Whether `decision` is right; `None` where the label names no action.
#[must_use]
pub fn is_right(decision: &DecisionCore, label: &Label) -> Option<bool> {
    let action = label.action?;
    let right_items = label.items.as_ref().is_none_or(|items| {
        let count = entities(decision, items);
        count.matched == count.labelled && count.matched == count.proposed
    });
    let right_task = label.task.as_ref().is_none_or(|task| {
        let mut titles = task_titles(decision);
        titles.next().is_some_and(|title| is_same_spelling(title, &task.title)) && titles.next().is_none()
    });
    let right_question = label.missing_fields.as_ref().is_none_or(|fields| {
        let sorted = |fields: &[Text]| {
            let mut fields: Vec<_> = fields.iter().map(|field| field.to_string()).collect();
            fields.sort_unstable();
            fields
        };
        sorted(missing_fields(decision)) == sorted(fields)
    });
    Some(decision.action == action && right_items && right_task && right_question)
}

/// Counts the items of `decision`, those of a label, and the matches.
#[must_use]
pub fn entities(decision: &DecisionCore, labelled: &[LabelItem]) -> EntityCount {
    let proposed: Vec<Spelled> = decision.items().map(Spelled::of).collect();
    // Rows are proposed items, columns are labelled ones; Kuhn's augmenting paths find a maximum assignment.
    let mut fits: Vec<Vec<bool>> = vec![Vec::with_capacity(labelled.len()); proposed.len()];
    for label in labelled {
        let named = spelling(&label.name);
        fits.iter_mut()
            .zip(&proposed)
            .for_each(|(row, item)| row.push(item.name == named && has_rest(item.item, label)));
    }
    let mut taken_by: Vec<Option<usize>> = vec![None; labelled.len()];
    let mut matched = 0;
    for row in 0..proposed.len() {
        let mut seen = vec![false; labelled.len()];
        matched += u64::from(augment(row, &fits, &mut taken_by, &mut seen));
    }
    EntityCount { proposed: proposed.len() as u64, labelled: labelled.len() as u64, matched }
}

fn augment(row: usize, fits: &[Vec<bool>], taken_by: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    let Some(columns) = fits.get(row) else { return false };
    for (column, fits_here) in columns.iter().enumerate() {
        if !fits_here || std::mem::replace(&mut seen[column], true) {
            continue;
        }
        let is_free = match taken_by[column] {
            None => true,
            Some(other) => augment(other, fits, taken_by, seen),
        };
        if is_free {
            taken_by[column] = Some(row);
            return true;
        }
    }
    false
}

/// Whether an item agrees with the fields that a label gives beside the name.
fn has_rest(item: &Item, label: &LabelItem) -> bool {
    let agrees = |given: &Option<Text>, found: &Option<Text>| match (given, found) {
        (None, _) => true,
        (Some(given), Some(found)) => is_same_spelling(given, found),
        (Some(_), None) => false,
    };
    agrees(&label.quantity, &item.quantity)
        && agrees(&label.unit, &item.unit)
        && (label.list_id.is_none() || label.list_id == item.list_id)
}

fn task_titles<'a>(decision: &'a DecisionCore) -> impl Iterator<Item = &'a str> {
    let (actions, single) = match &decision.payload {
        Payload::StartJob(job) => (job.proposed_actions.as_deref().unwrap_or_default(), None),
        Payload::Confirm(confirmation) => (confirmation.proposed_actions.as_slice(), None),
        Payload::CreateTask(proposal) => (&[][..], Some(&*proposal.task.title)),
        Payload::AddShoppingItem(_) | Payload::Clarify(_) | Payload::Reject(_) => (&[][..], None),
    };
    let of_actions = actions.iter().filter_map(|action| match action {
        ProposedAction::CreateTask(proposal) => Some(&*proposal.task.title),
        ProposedAction::AddShoppingItem(_) => None,
    });
    of_actions.chain(single)
}

fn missing_fields<'a, 'd>(decision: &'d DecisionCore<'a>) -> &'d [Text<'a>] {
    match &decision.payload {
        Payload::Clarify(question) => question.missing_fields.as_deref().unwrap_or_default(),
        Payload::StartJob(_)
        | Payload::CreateTask(_)
        | Payload::AddShoppingItem(_)
        | Payload::Reject(_)
        | Payload::Confirm(_) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(items: &str, label: &str) -> bool {
        let decision = format!(
            r#"{{"status":"ok","action":"start_job","confidence":0.78,"payload":{{"job_type":"add_shopping_item","proposed_actions":[{items}]}}}}"#
        );
        let label = format!(r#"{{"action":"start_job","items":[{label}]}}"#);
        is_right(&serde_json::from_str(&decision).unwrap(), &serde_json::from_str(&label).unwrap()).unwrap()
    }

    fn item(fields: &str) -> String {
        format!(r#"{{"action":"propose_add_shopping_item","payload":{{"item":{{{fields}}}}}}}"#)
    }

    #[test]
    fn items_are_a_multiset_in_which_a_label_may_leave_fields_open() {
        let (plain, two) = (item(r#""name":"Чай""#), item(r#""name":"чай","quantity":"2""#));
        // The open label must not be assigned the only item that matches the other label.
        assert!(right(&format!("{two},{plain}"), r#"{"name":"чай"},{"name":"чай","quantity":"2"}"#));
        assert!(right(&format!("{plain},{two}"), r#"{"name":"чай"},{"name":"чай","quantity":"2"}"#));
        assert!(!right(&format!("{plain},{plain}"), r#"{"name":"чай"},{"name":"чай","quantity":"2"}"#));
        assert!(!right(&plain, r#"{"name":"чай"},{"name":"чай"}"#));
        assert!(!right(&format!("{plain},{plain}"), r#"{"name":"чай"}"#));
    }

    #[test]
    fn a_label_is_met_in_any_spelling() {
        for (found, label) in [
            (r#""name":"мед""#, r#"{"name":"Мёд"}"#),
            (r#""name":"кока‐кола""#, r#"{"name":"Кока-Кола"}"#),
            (r#""name":"cafe\u0301""#, r#"{"name":"CAFÉ"}"#),
            (r#""name":"a","unit":"Кг""#, r#"{"name":"a","unit":"кг "}"#),
            (r#""name":"a","quantity":"1–2""#, r#"{"name":"a","quantity":"1-2"}"#),
        ] {
            assert!(right(&item(found), label), "{found} {label}");
        }
        for (found, label) in [
            (r#""name":"меды""#, r#"{"name":"мёд"}"#),
            (r#""name":"a""#, r#"{"name":"a","unit":"кг"}"#),
            (r#""name":"a","unit":"kg""#, r#"{"name":"a","unit":"кг"}"#),
            (r#""name":"a","list_id":"L""#, r#"{"name":"a","list_id":"l"}"#),
        ] {
            assert!(!right(&item(found), label), "{found} {label}");
        }
    }

    #[test]
    fn a_label_without_action_is_no_label() {
        let decision =
            r#"{"status":"clarify","action":"clarify","confidence":0.35,"payload":{"missing_fields":["text"]}}"#;
        let decision = serde_json::from_str(decision).unwrap();
        let label = |text: &'static str| serde_json::from_str::<Label>(text).unwrap();
        assert_eq!(is_right(&decision, &label(r#"{"intent":"clarify_needed"}"#)), None);
        assert_eq!(is_right(&decision, &label(r#"{"action":"clarify"}"#)), Some(true));
        assert_eq!(is_right(&decision, &label(r#"{"action":"clarify","missing_fields":["intent"]}"#)), Some(false));
        assert_eq!(is_right(&decision, &label(r#"{"action":"start_job"}"#)), Some(false));
    }
}
