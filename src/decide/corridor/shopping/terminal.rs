//! Every terminal state of the shopping corridor, one row each.

use super::acceptance;
use crate::decide::corridor::terminal::{TerminalState, state};
use crate::model::{CorridorStatus, KnownReason};

const SHOWN_INTENT: &str = "the intent or job type is not the corridor's";
const SHOWN_POLICY: &str = "the LLM policy is off, does not load, or has no route for the profile";

/// All terminal states, in the order in which summaries list them. Internal errors are not listed, because their names are open.
pub(super) static TERMINAL_STATES: &[TerminalState] = &{
    use CorridorStatus::{AcceptedLlm, FallbackDeterministic as Fallback, NotSampled, Skipped};
    use KnownReason as Why;
    [
        state(Skipped, Why::BaselineNonExecute, "the baseline does not start a job"),
        state(Skipped, Why::CorridorMismatch, SHOWN_INTENT),
        state(Skipped, Why::CapabilityMismatch, "the caller does not allow start_job")
            .unreachable("without the capability the baseline has already asked back, and step 1 ends the corridor"),
        state(NotSampled, Why::NotSampled, "the command is not in the sample"),
        state(Skipped, Why::PolicyDisabled, SHOWN_POLICY),
        state(Fallback, Why::EmptyText, "the command has no text")
            .unreachable("the baseline asks back on an empty text, and step 1 ends the corridor"),
        state(Fallback, Why::PolicyDisabled, SHOWN_POLICY)
            .unreachable("step 5 has seen the policy's route before a candidate is asked for"),
        state(Fallback, Why::Timeout, "the budget was exceeded, or a call timed out"),
        state(Fallback, Why::LlmUnavailable, "the endpoint could not be reached"),
        state(Fallback, Why::LlmError, "the call failed"),
        state(Fallback, Why::InvalidJson, "no answer was a JSON object"),
        state(Fallback, Why::SchemaValidationFailed, "no answer matched the schema"),
        state(Fallback, Why::InvalidSchema, "the candidate is not one well-formed shopping action")
            .rule(2, acceptance::is_malformed),
        state(Fallback, Why::CorridorDisabled, "no corridor is open")
            .unreachable("step 2 has seen the corridor's intent before a candidate is judged"),
        state(Fallback, Why::CandidateMissing, "there is no candidate")
            .unreachable("a missing candidate ends in its error type at step 6"),
        state(Fallback, Why::CorridorMismatch, SHOWN_INTENT).rule(1, acceptance::is_of_another_intent),
        state(Fallback, Why::InvalidItemName, "the name is not 1 to 120 characters long")
            .rule(3, acceptance::has_invalid_name),
        state(Fallback, Why::ListIdUnknown, "the list is not one of the household's")
            .rule(4, acceptance::names_unknown_list),
        state(Fallback, Why::LowConfidence, "the confidence is below 0.6").rule(5, acceptance::has_low_confidence),
        state(Skipped, Why::TimeoutInvalid, "the budget is not a positive number of milliseconds").strict(),
        state(Fallback, Why::ItemsLost, "the baseline proposes more items").strict().rule(6, acceptance::loses_items),
        state(Fallback, Why::UngroundedItem, "the candidate names what the command does not")
            .strict()
            .rule(7, acceptance::is_ungrounded),
        state(Fallback, Why::QuantityConflict, "baseline and candidate give different quantities")
            .strict()
            .rule(8, acceptance::has_conflicting_quantity),
        state(AcceptedLlm, Why::Accepted, "all rules passed"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{RuleSet, acceptance_rules};

    #[test]
    fn every_reason_has_one_sentence() {
        for reason in KnownReason::ALL {
            let mut said: Vec<_> =
                TERMINAL_STATES.iter().filter(|state| state.reason == *reason).map(|state| state.says).collect();
            said.dedup();
            assert_eq!(said.len(), 1, "{reason}");
        }
    }

    #[test]
    fn every_reason_has_its_row_in_the_documentation() {
        let document = include_str!("../../../../docs/reasons.md");
        for reason in KnownReason::ALL {
            assert!(document.contains(&format!("| `{reason}` |")), "{reason}");
        }
    }

    #[test]
    fn a_status_and_a_reason_are_one_state() {
        let mut seen = std::collections::BTreeSet::new();
        for state in TERMINAL_STATES {
            assert!(seen.insert((state.status, state.reason)), "{} {}", state.status, state.reason);
        }
    }

    #[test]
    fn rules_have_their_turns_and_those_of_strict_come_last() {
        let rules: Vec<_> = acceptance_rules(RuleSet::Strict).collect();
        let turns = rules.iter().filter_map(|state| state.turn());
        assert!(turns.eq(1..=u8::try_from(rules.len()).unwrap()));
        assert!(rules.is_sorted_by_key(|state| state.since));
        assert!(rules.iter().all(|state| state.status == CorridorStatus::FallbackDeterministic));
    }
}
