//! Two sides of a command, row by row, with what differs within a row.
//!
//! What changed was decided before, on canonical values; here it is only lined up and rendered. There is no deadline: a
//! diff must not depend on how long it took.

use super::core::lines;
use super::document::{DiffRow, Segment};
use super::redaction::Redaction;
use super::words;
use crate::golden::Entry;
use crate::model::{DecisionCore, ReasonCode};
use similar::{ChangeTag, DiffOp, TextDiff};

/// Two entries of one command; `None` for a side that does not have it.
pub(super) fn entry_rows(before: Option<&Entry>, after: Option<&Entry>, redaction: &mut Redaction) -> Vec<DiffRow> {
    let mut rows = Vec::new();
    let mut single = |field: &str, of: &mut dyn FnMut(&Entry) -> Option<String>| {
        let (before, after) = (before.and_then(&mut *of), after.and_then(of));
        if before.is_some() || after.is_some() {
            rows.push(row(field, before.as_deref(), after.as_deref()));
        }
    };
    single("text", &mut |entry| Some(redaction.show(&entry.text)));
    single("class", &mut |entry| Some(entry.class.to_string()));
    single("status", &mut |entry| entry.status.map(|status| status.to_string()));
    single("reason", &mut |entry| entry.reason.as_ref().map(ReasonCode::to_string));
    single("effects", &mut |entry| (!entry.effects.is_empty()).then(|| words::effects(&entry.effects)));
    let baseline = |entry| Option::and_then(entry, |entry: &Entry| entry.baseline.as_ref());
    rows.extend(core_rows("baseline", baseline(before), baseline(after), redaction));
    // A decision that is not there is the baseline's: what counted then is held against what counts now.
    if [before, after].into_iter().flatten().any(|entry| entry.decision.is_some()) {
        let counts = |entry| Option::and_then(entry, Entry::decision_that_counts);
        rows.extend(core_rows("decision", counts(before), counts(after), redaction));
    }
    rows
}

/// One entry: what the baseline decided, and what counted.
pub(super) fn divergence_rows(entry: &Entry, redaction: &mut Redaction) -> Vec<DiffRow> {
    let same = |field: &str, value: String| row(field, Some(&value), Some(&value));
    let mut rows = vec![same("text", redaction.show(&entry.text)), same("class", entry.class.to_string())];
    rows.extend(entry.reason.as_ref().map(|reason| same("reason", reason.to_string())));
    if !entry.effects.is_empty() {
        rows.push(row("effects", None, Some(&words::effects(&entry.effects))));
    }
    rows.extend(core_rows("decision", entry.baseline.as_ref(), entry.decision_that_counts(), redaction));
    rows
}

/// Two decisions, line by line.
pub(super) fn core_rows(
    field: &str,
    before: Option<&DecisionCore>,
    after: Option<&DecisionCore>,
    redaction: &mut Redaction,
) -> Vec<DiffRow> {
    let mut side = |core: Option<&DecisionCore>| core.map_or_else(Vec::new, |core| lines(core, redaction));
    let (before, after) = (side(before), side(after));
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.iter().map(String::as_str).collect(), after.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut rows = Vec::new();
    for op in diff.ops() {
        let (from, to) = match op {
            DiffOp::Equal { old_index, new_index, len } => (*old_index..old_index + len, *new_index..new_index + len),
            DiffOp::Delete { old_index, old_len, .. } => (*old_index..old_index + old_len, 0..0),
            DiffOp::Insert { new_index, new_len, .. } => (0..0, *new_index..new_index + new_len),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                (*old_index..old_index + old_len, *new_index..new_index + new_len)
            }
        };
        let (from, to) = (old.get(from).unwrap_or_default(), new.get(to).unwrap_or_default());
        let pairs = (0..from.len().max(to.len())).map(|place| (from.get(place).copied(), to.get(place).copied()));
        rows.extend(pairs.map(|(before, after)| row(field, before, after)));
    }
    rows
}

/// A row, with what differs between its sides.
fn row(field: &str, before: Option<&str>, after: Option<&str>) -> DiffRow {
    let whole = |text: &str, emphasised: bool| vec![Segment { text: text.to_owned(), emphasised }];
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) if before == after => (Some(whole(before, false)), Some(whole(after, false))),
        (Some(before), Some(after)) => {
            let (before, after) = inline(before, after);
            (Some(before), Some(after))
        }
        (before, after) => (before.map(|text| whole(text, true)), after.map(|text| whole(text, true))),
    };
    DiffRow { field: field.to_owned(), before, after }
}

/// The words that differ.
fn inline(before: &str, after: &str) -> (Vec<Segment>, Vec<Segment>) {
    let diff = TextDiff::from_unicode_words(before, after);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut left, change.value(), false);
                push(&mut right, change.value(), false);
            }
            ChangeTag::Delete => push(&mut left, change.value(), true),
            ChangeTag::Insert => push(&mut right, change.value(), true),
        }
    }
    (left, right)
}

fn push(segments: &mut Vec<Segment>, text: &str, emphasised: bool) {
    match segments.last_mut() {
        Some(last) if last.emphasised == emphasised => last.text.push_str(text),
        Some(_) | None => segments.push(Segment { text: text.to_owned(), emphasised }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(rows: &[DiffRow]) -> String {
        let side = |side: &Option<Vec<Segment>>| {
            let segments = side.as_ref().map_or_else(
                || vec!["–".to_owned()],
                |segments| {
                    let shown = segments.iter().map(
                        |Segment { text, emphasised }| {
                            if *emphasised { format!("«{text}»") } else { text.clone() }
                        },
                    );
                    shown.collect()
                },
            );
            segments.concat()
        };
        let rows: Vec<_> =
            rows.iter().map(|row| format!("{}: {} | {}", row.field, side(&row.before), side(&row.after))).collect();
        rows.join("\n")
    }

    fn core(items: &[&str]) -> String {
        let actions: Vec<_> = items
            .iter()
            .map(|name| {
                let item = serde_json::json!({"name": name, "list_id": "main"});
                serde_json::json!({"action": "propose_add_shopping_item", "payload": {"item": item}})
            })
            .collect();
        serde_json::json!({"status": "ok", "action": "start_job", "confidence": 0.78,
            "payload": {"job_type": "add_shopping_item", "proposed_actions": actions}})
        .to_string()
    }

    fn entry(class: &str, baseline: &str, decision: &str) -> String {
        let decision = if decision.is_empty() { String::new() } else { format!(r#""decision":{decision},"#) };
        format!(
            r#"{{"command_id":"a","text":"Купи хлеб и молоко","baseline":{baseline},"status":"accepted_llm",
            "reason":"accepted",{decision}"class":"{class}","effects":{{"items_lost":1}}}}"#
        )
    }

    #[test]
    fn what_differs_is_emphasised_and_the_rest_is_lined_up() {
        let (both, one) = (core(&["хлеб", "молоко"]), core(&["молоко"]));
        let (before, after) = (entry("regressed", &both, &one), entry("improved", &both, &core(&["сливки"])));
        let parse = |text: &'static str| serde_json::from_str::<Entry>(text).unwrap();
        let (before, after) = (parse(before.leak()), parse(after.leak()));
        insta::assert_snapshot!(shown(&entry_rows(Some(&before), Some(&after), &mut Redaction::none())));
        insta::assert_snapshot!(shown(&entry_rows(None, Some(&after), &mut Redaction::of_text())));
        insta::assert_snapshot!(shown(&divergence_rows(&before, &mut Redaction::of_text())));
    }

    proptest! {
        #[test]
        fn no_word_is_lost_or_made_up(before in "\\PC{0,20}( \\PC{0,8}){0,3}", after in "\\PC{0,20}( \\PC{0,8}){0,3}") {
            let DiffRow { before: left, after: right, .. } = row("x", Some(&before), Some(&after));
            let text = |side: Option<Vec<Segment>>| side.unwrap().into_iter().map(|piece| piece.text).collect::<String>();
            prop_assert_eq!(text(left), before);
            prop_assert_eq!(text(right), after);
        }
    }
}
