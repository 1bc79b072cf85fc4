//! Decision cores in one line, and line by line for a diff; the stems that the baseline saw.

use crate::decide::matched_stems;
use crate::model::{DecisionCore, Item, Payload, ProposedAction, Task, Text};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// `start_job: хлеб · молоко (2 л) [list-main]`
pub(super) fn described(core: &DecisionCore) -> String {
    let what = match &core.payload {
        Payload::StartJob(job) => actions(job.proposed_actions.as_deref().unwrap_or_default()),
        Payload::Confirm(confirmation) => {
            format!("{} ({})", actions(&confirmation.proposed_actions), &*confirmation.summary)
        }
        Payload::AddShoppingItem(proposal) => items(&[&proposal.item]),
        Payload::CreateTask(proposal) => task(&proposal.task),
        Payload::Clarify(question) => {
            let fields = question.missing_fields.as_deref().unwrap_or_default();
            if fields.is_empty() { "anything".to_owned() } else { joined(fields) }
        }
        Payload::Reject(rejection) => rejection.code.to_string(),
    };
    format!("{}: {what}", core.action)
}

fn actions(actions: &[ProposedAction]) -> String {
    let mut shopping = Vec::new();
    let mut tasks = Vec::new();
    for action in actions {
        match action {
            ProposedAction::AddShoppingItem(proposal) => shopping.push(&proposal.item),
            ProposedAction::CreateTask(proposal) => tasks.push(task(&proposal.task)),
        }
    }
    let mut parts = Vec::new();
    if !shopping.is_empty() {
        parts.push(items(&shopping));
    }
    parts.append(&mut tasks);
    if parts.is_empty() { "no actions".to_owned() } else { parts.join(" · ") }
}

/// Items with their list behind each, or once behind all where it is the same.
fn items(items: &[&Item]) -> String {
    let list = |item: &Item| item.list_id.as_ref().map_or_else(String::new, |list| format!(" [{}]", &**list));
    let shared = items.first().map(|first| list(first)).filter(|first| items.iter().all(|item| list(item) == *first));
    let named: Vec<_> = items
        .iter()
        .map(|item| {
            let amount: Vec<&str> = [&item.quantity, &item.unit].into_iter().flatten().map(|text| &**text).collect();
            let amount = if amount.is_empty() { String::new() } else { format!(" ({})", amount.join(" ")) };
            let own = if shared.is_none() { list(item) } else { String::new() };
            format!("{}{amount}{own}", &*item.name)
        })
        .collect();
    format!("{}{}", named.join(" · "), shared.unwrap_or_default())
}

fn task(task: &Task) -> String {
    let assignee = task.assignee_id.as_ref().map_or_else(String::new, |id| format!(" (for {})", &**id));
    format!("task \"{}\"{assignee}", &*task.title)
}

pub(super) fn joined(texts: &[Text]) -> String {
    texts.iter().map(|text| &**text).collect::<Vec<_>>().join(", ")
}

/// The lines that differ, in order; `true` for a line of `after`.
pub(super) fn changed_lines(before: &DecisionCore, after: &DecisionCore) -> Vec<(bool, String)> {
    let (before, after) = (lines(before), lines(after));
    let (before, after): (Vec<_>, Vec<_>) =
        (before.iter().map(String::as_str).collect(), after.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&before, &after);
    let changed = diff.iter_all_changes().filter_map(|change| match change.tag() {
        ChangeTag::Equal => None,
        ChangeTag::Delete => Some((false, change.value().to_owned())),
        ChangeTag::Insert => Some((true, change.value().to_owned())),
    });
    changed.collect()
}

/// A core as one line per field; an item is one line.
fn lines(core: &DecisionCore) -> Vec<String> {
    let mut lines = vec![format!("status {}", core.status), format!("action {}", core.action)];
    lines.extend(core.decision_outcome.map(|outcome| format!("decision_outcome {outcome}")));
    lines.push(format!("confidence {}", core.confidence));
    match &core.payload {
        Payload::StartJob(job) => {
            lines.push(format!("job_type {}", job.job_type));
            lines.extend(job.proposed_actions.iter().flatten().map(action_line));
        }
        Payload::Confirm(confirmation) => {
            lines.push(format!("summary {}", &*confirmation.summary));
            lines.extend(confirmation.proposed_actions.iter().map(action_line));
            lines.push(format!("expires_at {}", &*confirmation.expires_at));
            lines.extend(confirmation.reasons.iter().flatten().map(|reason| format!("reason {}", &**reason)));
        }
        Payload::AddShoppingItem(proposal) => lines.push(item_line(&proposal.item)),
        Payload::CreateTask(proposal) => lines.push(task_line(&proposal.task)),
        Payload::Clarify(question) => {
            let fields = question.missing_fields.iter().flatten();
            lines.extend(fields.map(|field| format!("missing field {}", &**field)));
            lines.extend(question.options.iter().flatten().map(|option| format!("option {}", &**option)));
        }
        Payload::Reject(rejection) => {
            lines.push(format!("code {}", &*rejection.code));
            let details = rejection.details.iter().flatten();
            lines.extend(details.map(|(name, value)| format!("detail {name} {value}")));
        }
    }
    lines
}

fn action_line(action: &ProposedAction) -> String {
    let (line, key) = match action {
        ProposedAction::AddShoppingItem(proposal) => (item_line(&proposal.item), &proposal.idempotency_key),
        ProposedAction::CreateTask(proposal) => (task_line(&proposal.task), &proposal.idempotency_key),
    };
    with_fields(line, [("idempotency_key", key)])
}

fn item_line(item: &Item) -> String {
    let fields = [("quantity", &item.quantity), ("unit", &item.unit), ("list_id", &item.list_id)];
    with_fields(format!("item {}", &*item.name), fields)
}

fn task_line(task: &Task) -> String {
    let fields = [
        ("description", &task.description),
        ("assignee_id", &task.assignee_id),
        ("zone_id", &task.zone_id),
        ("due", &task.due),
    ];
    with_fields(format!("task {}", &*task.title), fields)
}

fn with_fields<const N: usize>(mut line: String, fields: [(&str, &Option<Text>); N]) -> String {
    for (name, value) in fields {
        if let Some(value) = value {
            line = format!("{line} · {name} {}", &**value);
        }
    }
    line
}

/// The stems that a text contains, by set: `shopping "куп", "buy"; schedule marker "завтра"`.
pub(super) fn stems(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut order = Vec::new();
    let mut sets = BTreeMap::<&str, Vec<String>>::new();
    for (set, stem) in matched_stems(&lower) {
        if !order.contains(&set) {
            order.push(set);
        }
        sets.entry(set).or_default().push(format!("\"{stem}\""));
    }
    let named = order.iter().filter_map(|set| Some(format!("{set} {}", sets.get(set)?.join(", "))));
    named.collect::<Vec<_>>().join("; ")
}
