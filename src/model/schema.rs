//! The names of the documented formats: the only keys from outside that a message may repeat.
//!
//! A key is text like any other: a capture that has shifted a user's word into a key's place, or a candidate that holds what
//! a model made up, must not reach the log of a CI server. Whatever is not in this table is shown as `?`.

use serde_path_to_error::{Path, Segment};
use std::fmt::Write as _;

/// Every field and variable that `docs/recording-format.md` and `docs/recording.md` document, by format. A test holds them
/// to each other.
const DOCUMENTED: &[&str] = &[
    // A recording.
    "v",
    "command",
    "exchanges",
    "candidate",
    "label",
    "tags",
    "note",
    "source",
    "seed",
    "captured",
    "environment",
    "command_id",
    "user_id",
    "timestamp",
    "text",
    "capabilities",
    "context",
    "household",
    "household_id",
    "members",
    "zones",
    "shopping_lists",
    "display_name",
    "role",
    "workload_score",
    "zone_id",
    "name",
    "list_id",
    "defaults",
    "policies",
    "default_assignee_id",
    "default_list_id",
    "quiet_hours",
    "max_open_tasks_per_user",
    "partial_trust_shopping",
    "shopping_extraction",
    "raw",
    "error",
    "latency_ms",
    "intent",
    "job_type",
    "proposed_actions",
    "confidence",
    "model_meta",
    "profile",
    "task_id",
    "escalated",
    "action",
    "items",
    "task",
    "missing_fields",
    "quantity",
    "unit",
    "title",
    "at",
    "system_version",
    "model",
    "prompt_digest",
    // A decision core, wherever it stands.
    "status",
    "decision_outcome",
    "payload",
    "item",
    "idempotency_key",
    "job_hint",
    "description",
    "assignee_id",
    "due",
    "options",
    "code",
    "details",
    "summary",
    "expires_at",
    "reasons",
    "job_id",
    "question",
    "ui_message",
    "reason",
    // A golden file, a pending file, the ledger.
    "baseline",
    "decision",
    "class",
    "effects",
    "who",
    "rules",
    "corpus",
    "scope",
    "group",
    "cases",
    "changes",
    "changed",
    "added",
    "missing",
    "before",
    "after",
    // A decision line, and the risk line in it.
    "risk",
    "attempts_used",
    "trace_id",
    "corridor_intent",
    "sample_rate",
    "sampled",
    "reason_code",
    "baseline_summary",
    "llm_summary",
    "diff_summary",
    // An outcome of a stored run.
    "bucket",
    "broken",
    // A policy file.
    "schema_version",
    "compat",
    "adr",
    "profiles",
    "tasks",
    "routing",
    "fallback_chain",
    "provider",
    "temperature",
    "max_tokens",
    "timeout_ms",
    "base_url",
    "project",
    "event",
    "max_retries",
    // Variables, as a recording's environment names them.
    "PARTIAL_TRUST_ENABLED",
    "PARTIAL_TRUST_INTENT",
    "PARTIAL_TRUST_SAMPLE_RATE",
    "PARTIAL_TRUST_TIMEOUT_MS",
    "PARTIAL_TRUST_PROFILE_ID",
    "PARTIAL_TRUST_RISK_LOG_PATH",
    "LLM_POLICY_ENABLED",
    "LLM_POLICY_PROFILE",
    "LLM_POLICY_PATH",
    "LLM_POLICY_ALLOW_PLACEHOLDERS",
    "LLM_API_KEY",
    "LLM_BASE_URL",
];

/// Whether a name belongs to the documented formats, so that a message may show it.
#[must_use]
pub fn is_documented(name: &str) -> bool {
    DOCUMENTED.contains(&name)
}

/// A path to a field, such as `command.context.household.members[0].user_id`; each key that is not documented is `?`.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    let mut shown = String::new();
    for segment in path {
        let dot = if shown.is_empty() { "" } else { "." };
        // Writing to a string does not fail.
        let _ = match segment {
            Segment::Seq { index } => write!(shown, "[{index}]"),
            Segment::Map { key: name } | Segment::Enum { variant: name } if is_documented(name) => {
                write!(shown, "{dot}{name}")
            }
            Segment::Map { .. } | Segment::Enum { .. } => write!(shown, "{dot}?"),
            Segment::Unknown => Ok(()),
        };
    }
    shown
}

/// A message of serde's without the name that it quotes, unless that is a documented one.
#[must_use]
pub fn without_unknown_name(message: &str) -> String {
    for kind in ["unknown field", "unknown variant", "duplicate field", "duplicate mapping key"] {
        let Some(rest) = message.strip_prefix(kind) else { continue };
        // What was expected stands last, and comes from the types: the name before it may hold whatever.
        let end = rest.rfind(", expected ").or_else(|| rest.rfind(", there are no fields")).unwrap_or(rest.len());
        let (name, expected) = rest.split_at(end);
        let name = name.trim_matches([' ', ':', '`', '"']);
        let shown = if is_documented(name) { format!(" `{name}`") } else { String::new() };
        return format!("{kind}{shown}{expected}");
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const FORMATS: &str = include_str!("../../docs/recording-format.md");
    const FOREIGN: &str = include_str!("../../docs/recording.md");

    /// Names in the first column of the tables below these headings.
    fn first_columns(document: &str, headings: &[&str]) -> BTreeSet<String> {
        let sections = document.split("\n#").filter(|section| {
            let heading = section.lines().next().unwrap_or_default().trim_start_matches('#').trim();
            headings.contains(&heading)
        });
        let rows = sections.flat_map(|section| section.lines().filter(|line| line.starts_with("| `")));
        rows.flat_map(|row| row[2..].split(" |").next().unwrap().split('`').skip(1).step_by(2))
            .flat_map(|path| path.split(['.', '…']))
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_name_is_shown_only_where_it_is_documented() {
        for (message, shown) in [
            ("unknown field `text`, expected `v`", "unknown field `text`, expected `v`"),
            ("unknown field `x`, expected one of `v`, `w`", "unknown field, expected one of `v`, `w`"),
            ("unknown field `x`, expected one of `y`, expected `v`", "unknown field, expected `v`"),
            ("unknown field `x`, there are no fields", "unknown field, there are no fields"),
            ("unknown variant `x`, expected `a` or `b`", "unknown variant, expected `a` or `b`"),
            ("duplicate field `label`", "duplicate field `label`"),
            ("duplicate mapping key: x", "duplicate mapping key"),
            ("missing field `v`", "missing field `v`"),
        ] {
            assert_eq!(without_unknown_name(message), shown);
        }
    }

    #[test]
    fn every_documented_field_may_be_shown() {
        let headings = [
            "Recording",
            "`command`",
            "`exchanges`",
            "`candidate`",
            "`label`",
            "`captured`",
            "Golden files",
            "Variables",
            "Policy file",
        ];
        let mut names = first_columns(FORMATS, &headings);
        names.extend(first_columns(FOREIGN, &["Judging another implementation"]));
        assert!(names.len() > 60 && names.contains("prompt_digest") && names.contains("attempts_used"), "{names:?}");
        let unknown: Vec<_> = names.iter().filter(|name| !is_documented(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn every_field_that_may_be_shown_is_documented_and_stands_here_once() {
        let words: BTreeSet<&str> = [FORMATS, FOREIGN]
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .collect();
        let unknown: Vec<_> = DOCUMENTED.iter().filter(|name| !words.contains(*name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(DOCUMENTED.iter().collect::<BTreeSet<_>>().len(), DOCUMENTED.len());
    }
}
