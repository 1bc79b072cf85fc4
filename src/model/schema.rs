//! The names of the documented formats: the only keys from outside that a message may repeat.
//!
//! A key may hold text of a user (where a capture has shifted a word into the place of a key) or of a model, which must not reach
//! the log of a CI server. Any key that is not in this table is shown as `?`.

use serde_path_to_error::{Path, Segment};
use std::fmt::Write as _;

/// Every field that `docs/recording-format.md`, `docs/recording.md` and `rollout.toml` document, by format, separated by blanks;
/// a test compares them with these documents. Of the profiles of a policy, only those of the deployed system are documented. The
/// rules of the gate are in the built-in policy.
const DOCUMENTED: [&str; 8] = [
    // A recording.
    "v command exchanges candidate label tags note source seed captured environment command_id user_id timestamp text \
     capabilities context household household_id members zones shopping_lists display_name role workload_score \
     zone_id name list_id defaults policies default_assignee_id default_list_id quiet_hours max_open_tasks_per_user \
     partial_trust_shopping shopping_extraction raw error latency_ms intent job_type proposed_actions confidence \
     model_meta profile task_id escalated action items task missing_fields quantity unit title at system_version \
     model prompt_digest",
    // A decision core.
    "status decision_outcome payload item idempotency_key job_hint description assignee_id due options code details \
     summary expires_at reasons job_id question ui_message reason",
    // A golden file, a pending file, the ledger.
    "baseline decision class effects who rules corpus scope group cases changes changed added missing before after \
     decisions",
    // A decision line, and the risk line in it.
    "risk attempts_used trace_id corridor_intent sample_rate sampled reason_code baseline_summary llm_summary \
     diff_summary",
    // An outcome of a stored run.
    "bucket broken",
    // A policy file.
    "schema_version compat adr profiles tasks routing fallback_chain provider temperature max_tokens timeout_ms \
     base_url project event max_retries cheap reliable partial_trust",
    // The project file.
    "stages corpora golden store recordings max_age_days stale",
    // The policy of a rollout.
    "format alpha evidence replay rule stage traffic since budget_ms min_records kind go no_go dry_run rate min_days \
     min_attempts candidate_failure intent_mismatch slow limit_ms acceptance_stability share alarm \
     entity_key_mismatch p95_ms commands_per_day commands_per_user intents",
];

const ROLLOUT: &str = include_str!("../gate/policy/rollout.toml");

/// Every variable that either path or the LLM client reads: the only ones that a recording's environment, a project or a command
/// line may set.
pub const VARIABLES: [&str; 12] = [
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
    documented().any(|known| known == name) || VARIABLES.contains(&name) || has_limit(name)
}

fn documented() -> impl Iterator<Item = &'static str> {
    DOCUMENTED.iter().flat_map(|names| names.split(' '))
}

/// Whether a name is that of a gate rule with a limit in the built-in policy.
fn has_limit(name: &str) -> bool {
    ROLLOUT.lines().filter_map(|line| line.strip_prefix("[rule.")?.strip_suffix(']')).any(|rule| rule == name)
}

/// A path to a field, such as `command.context.household.members[0].user_id`; each key that is not documented is `?`.
pub(super) fn shown_path(path: &Path) -> String {
    let mut shown = String::new();
    for segment in path {
        let dot = if shown.is_empty() { "" } else { "." };
        // Writing to a string does not fail.
        let _ = match segment {
            Segment::Seq { index } => write!(shown, "[{index}]"),
            // A key that `toml::Spanned` adds; no file holds it.
            Segment::Map { key } if key.starts_with("$__serde_spanned") => Ok(()),
            Segment::Map { key: name } | Segment::Enum { variant: name } if is_documented(name) => {
                write!(shown, "{dot}{name}")
            }
            Segment::Map { .. } | Segment::Enum { .. } => write!(shown, "{dot}?"),
            Segment::Unknown => Ok(()),
        };
    }
    shown
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
        names.extend(
            first_columns(FORMATS, &["Project file"]).into_iter().filter(|name| !name.contains(['[', ']', 'A'])),
        );
        // `name = value`, `# name = value` and `[table.name]`
        let lines = ROLLOUT.lines().map(|line| line.trim_start_matches(['#', ' ', '[']));
        let keys = lines.filter_map(|line| line.split_once(" = ").or_else(|| line.split_once(']'))).map(|(key, _)| key);
        let is_key =
            |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        names.extend(keys.flat_map(|key| key.split('.')).filter(is_key).map(str::to_owned));
        let unknown: Vec<_> = names.iter().filter(|name| !is_documented(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn every_field_that_may_be_shown_is_documented_and_listed_once() {
        let words: BTreeSet<&str> = [FORMATS, FOREIGN, ROLLOUT]
            .iter()
            .flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
            .collect();
        let unknown: Vec<_> = documented().filter(|name| !words.contains(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(documented().collect::<BTreeSet<_>>().len(), documented().count());
    }
}
