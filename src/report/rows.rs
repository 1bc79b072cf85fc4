//! Two sides of a command, row by row, with the differences within each row.
//!
//! Whether something changed is already decided, on canonical values. The diff has no deadline, since its result must not
//! depend on time.

use super::cap::{capped, capped_pair};
use super::core::lines;
use super::document::{DiffRow, Segment};
use super::number::counted;
use super::redaction::Redaction;
use super::words;
use crate::golden::Entry;
use crate::model::{DecisionCore, ReasonCode};
use similar::{ChangeTag, TextDiff};
use std::borrow::Cow;

/// Most lines of a decision that are compared and shown, since aligning lines takes quadratic time.
const ROWS: usize = 100;

/// Two entries of one command; `None` for a side that does not have it.
pub(super) fn entry_rows(before: Option<&Entry>, after: Option<&Entry>, redaction: &mut Redaction) -> Vec<DiffRow> {
    let (caps, mut rows) = (redaction.caps, Vec::new());
    let mut single = |field: &str, of: &mut dyn FnMut(&Entry) -> Option<String>| {
        let (before, after) = (before.and_then(&mut *of), after.and_then(of));
        if before.is_some() || after.is_some() {
            rows.push(row(field, before.as_deref(), after.as_deref(), caps));
        }
    };
    single("text", &mut |entry| Some(redaction.show(&entry.text)));
    single("class", &mut |entry| Some(entry.class.to_string()));
    single("status", &mut |entry| entry.status.map(|status| status.to_string()));
    single("reason", &mut |entry| entry.reason.as_ref().map(ReasonCode::to_string));
    single("effects", &mut |entry| (!entry.effects.is_empty()).then(|| words::effects(&entry.effects)));
    let baseline = |entry| Option::and_then(entry, |entry: &Entry| entry.baseline.as_ref());
    rows.extend(core_rows("baseline", baseline(before), baseline(after), redaction));
    // Without a decision of its own, the baseline counts; the decisions that count are compared.
    if [before, after].into_iter().flatten().any(|entry| entry.decision.is_some()) {
        let counts = |entry| Option::and_then(entry, Entry::decision_that_counts);
        rows.extend(core_rows("decision", counts(before), counts(after), redaction));
    }
    rows
}

/// One entry: the baseline, and the decision that counts.
pub(super) fn divergence_rows(entry: &Entry, redaction: &mut Redaction) -> Vec<DiffRow> {
    let caps = redaction.caps;
    let same = |field: &str, value: String| row(field, Some(&value), Some(&value), caps);
    let mut rows = vec![same("text", redaction.show(&entry.text)), same("class", entry.class.to_string())];
    rows.extend(entry.reason.as_ref().map(|reason| same("reason", reason.to_string())));
    if !entry.effects.is_empty() {
        rows.push(row("effects", None, Some(&words::effects(&entry.effects)), caps));
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
    let [old, new] = [&before, &after].map(|side| side.iter().map(String::as_str).collect::<Vec<_>>());
    let caps = redaction.caps;
    let start = if caps { begin(&old, &new) } else { 0 };
    let most = if caps { ROWS } else { usize::MAX };
    let [left_old, left_new] = [&old, &new].map(|lines| lines.len().saturating_sub(start).saturating_sub(most) as u64);
    let [old, new] = [old, new].map(|lines| lines.into_iter().skip(start).take(most).collect::<Vec<_>>());
    let diff = TextDiff::from_slices(&old, &new);
    let mut rows = Vec::new();
    if start > 0 {
        let same = format!("{}, the same on both sides", counted(start as u64, "line"));
        rows.push(row(field, Some(&same), Some(&same), caps));
    }
    for op in diff.ops() {
        let (from, to) = (op.old_range(), op.new_range());
        let (from, to) = (old.get(from).unwrap_or_default(), new.get(to).unwrap_or_default());
        let pairs = (0..from.len().max(to.len())).map(|place| (from.get(place).copied(), to.get(place).copied()));
        rows.extend(pairs.map(|(before, after)| row(field, before, after, caps)));
    }
    if left_old + left_new > 0 {
        let more = |count: u64| (count > 0).then(|| format!("… {}", counted(count, "more line")));
        rows.push(row(field, more(left_old).as_deref(), more(left_new).as_deref(), caps));
    }
    rows
}

/// The first line that is shown: 0 where all fit, otherwise shortly before the first difference.
fn begin(old: &[&str], new: &[&str]) -> usize {
    if old.len().max(new.len()) <= ROWS {
        return 0;
    }
    let same = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    if same < ROWS / 2 { 0 } else { same - 3 }
}

/// A row with the differences between its sides; with `caps`, long sides are cut.
fn row(field: &str, before: Option<&str>, after: Option<&str>, caps: bool) -> DiffRow {
    let (before, after) = match (before, after) {
        (before, after) if !caps => (before.map(Cow::Borrowed), after.map(Cow::Borrowed)),
        (Some(before), Some(after)) if before != after => {
            let (before, after) = capped_pair(before, after);
            (Some(before), Some(after))
        }
        (before, after) => (before.map(capped), after.map(capped)),
    };
    let (before, after) = (before.as_deref(), after.as_deref());
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

    #[test]
    fn a_decision_of_thousands_of_items_is_shown_where_it_differs() {
        let names: Vec<String> = (0..5_000).map(|number| format!("item {number}")).collect();
        let mut other = names.clone();
        other[4_000] = "milk".to_owned();
        let as_core = |names: &[String]| core(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let (before, after) = (as_core(&names), as_core(&other));
        let [before, after] = [&before, &after].map(|text| serde_json::from_str::<DecisionCore>(text).unwrap());
        let rows = core_rows("decision", Some(&before), Some(&after), &mut Redaction::none());
        assert!(rows.len() <= ROWS + 2, "{}", rows.len());
        assert_eq!(rows.iter().filter(|row| row.differs()).count(), 1);
        let text = shown(&rows);
        assert!(
            text.contains("milk") && text.contains("the same on both sides") && text.contains("more lines"),
            "{text}"
        );
        let all = core_rows("decision", Some(&before), Some(&after), &mut Redaction::in_full());
        assert!(all.len() > 5_000);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_or_made_up(before in "\\PC{0,20}( \\PC{0,8}){0,3}", after in "\\PC{0,20}( \\PC{0,8}){0,3}") {
            let DiffRow { before: left, after: right, .. } = row("x", Some(&before), Some(&after), true);
            let text = |side: Option<Vec<Segment>>| side.unwrap().into_iter().map(|piece| piece.text).collect::<String>();
            prop_assert_eq!(text(left), before);
            prop_assert_eq!(text(right), after);
        }
    }
}
