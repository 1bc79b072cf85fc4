//! Decision cores as one line, and as several lines for a diff.

use super::redaction::Redaction;
use crate::model::{DecisionCore, Item, ItemProposal, Payload, ProposedAction, Task, TaskProposal, Text};

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

/// Items, each followed by its list, or all followed by their common list.
fn items(items: &[&Item]) -> String {
    let list = |item: &Item| item.list_id.as_ref().map_or_else(String::new, |list| format!(" [{}]", &**list));
    let shared = items.first().map(|first| list(first)).filter(|first| items.iter().all(|item| list(item) == *first));
    let named: Vec<_> = items
        .iter()
        .map(|item| {
            let amount = amount([&item.quantity, &item.unit]);
            let own = if shared.is_none() { list(item) } else { String::new() };
            format!("{}{amount}{own}", &*item.name)
        })
        .collect();
    format!("{}{}", named.join(" · "), shared.unwrap_or_default())
}

/// ` (2 kg)`; nothing without quantity and unit.
pub(super) fn amount(quantity_and_unit: [&Option<Text>; 2]) -> String {
    let parts: Vec<&str> = quantity_and_unit.into_iter().flatten().map(|text| &**text).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(" ")) }
}

fn task(task: &Task) -> String {
    let assignee = task.assignee_id.as_ref().map_or_else(String::new, |id| format!(" (for {})", &**id));
    format!("task \"{}\"{assignee}", &*task.title)
}

pub(super) fn joined(texts: &[Text]) -> String {
    texts.iter().map(|text| &**text).collect::<Vec<_>>().join(", ")
}

/// A core as one line per field; an item is one line. All values but numbers and codes of this program go through `words`.
pub(super) fn lines(core: &DecisionCore, words: &mut Redaction) -> Vec<String> {
    let mut lines = vec![format!("status {}", core.status), format!("action {}", core.action)];
    lines.extend(core.decision_outcome.map(|outcome| format!("decision_outcome {outcome}")));
    lines.push(format!("confidence {}", core.confidence));
    match &core.payload {
        Payload::StartJob(job) => {
            lines.push(format!("job_type {}", job.job_type));
            lines.extend(job.proposed_actions.iter().flatten().map(|action| action_line(action, words)));
        }
        Payload::Confirm(confirmation) => {
            lines.push(format!("summary {}", words.show(&confirmation.summary)));
            lines.extend(confirmation.proposed_actions.iter().map(|action| action_line(action, words)));
            lines.push(format!("expires_at {}", words.show(&confirmation.expires_at)));
            let reasons = confirmation.reasons.iter().flatten();
            lines.extend(reasons.map(|reason| format!("reason {}", words.show(reason))));
        }
        Payload::AddShoppingItem(proposal) => lines.push(item_line(proposal, words)),
        Payload::CreateTask(proposal) => lines.push(task_line(proposal, words)),
        Payload::Clarify(question) => {
            let fields = question.missing_fields.iter().flatten();
            lines.extend(fields.map(|field| format!("missing field {}", words.show(field))));
            let options = question.options.iter().flatten();
            lines.extend(options.map(|option| format!("option {}", words.show(option))));
        }
        Payload::Reject(rejection) => {
            lines.push(format!("code {}", words.show(&rejection.code)));
            let details = rejection.details.iter().flatten();
            lines.extend(
                details.map(|(name, value)| format!("detail {} {}", words.show(name), words.show(&value.to_string()))),
            );
        }
    }
    lines
}

fn action_line(action: &ProposedAction, words: &mut Redaction) -> String {
    match action {
        ProposedAction::AddShoppingItem(proposal) => item_line(proposal, words),
        ProposedAction::CreateTask(proposal) => task_line(proposal, words),
    }
}

fn item_line(proposal: &ItemProposal, words: &mut Redaction) -> String {
    let Item { name, quantity, unit, list_id } = &proposal.item;
    let line = format!("item {}", words.show(name));
    let key = &proposal.idempotency_key;
    let fields = [("quantity", quantity), ("unit", unit), ("list_id", list_id), ("idempotency_key", key)];
    with_fields(line, fields, words)
}

fn task_line(proposal: &TaskProposal, words: &mut Redaction) -> String {
    let Task { title, description, assignee_id, zone_id, due } = &proposal.task;
    let line = format!("task {}", words.show(title));
    let fields = [
        ("description", description),
        ("assignee_id", assignee_id),
        ("zone_id", zone_id),
        ("due", due),
        ("idempotency_key", &proposal.idempotency_key),
    ];
    let line = with_fields(line, fields, words);
    let hint = proposal.job_hint.as_ref().and_then(|hint| hint.job_type);
    hint.map_or(line.clone(), |hint| format!("{line} · job_hint {hint}"))
}

fn with_fields<const N: usize>(mut line: String, fields: [(&str, &Option<Text>); N], words: &mut Redaction) -> String {
    for (name, value) in fields {
        if let Some(value) = value {
            line = format!("{line} · {name} {}", words.show(value));
        }
    }
    line
}
