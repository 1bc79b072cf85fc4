//! The rules of comparison, case by case.

use super::super::distinct::CommandRecord;
use super::super::line::{Line, Reading, read};
use super::compare::{Compared, compare};
use super::line_facts::LineFacts;
use super::stored::Stored;
use super::tally::Tally;
use super::*;
use crate::outcome::Divergence;
use proptest::prelude::*;

/// An id with bucket 0.0126: in the sample at 0.05, and not at 0.01.
const ID: &str = "cmd-43";

const BASELINE: &str = r#""baseline_summary":{"action_count":1}"#;
const OTHER_BASELINE: &str = r#""baseline_summary":{"action_count":2}"#;
const LLM: &str = r#""llm_summary":{"action_count":1}"#;
const OTHER_LLM: &str = r#""llm_summary":{"action_count":2}"#;

/// A line with this ending; `more` are its further fields.
fn line(rate: &str, sampled: bool, ending: &str, more: &[&str]) -> String {
    let (status, reason) = ending.split_once('/').unwrap();
    let more: String = more.iter().flat_map(|field| [",", field]).collect();
    format!(
        r#"{{"command_id":"{ID}","sample_rate":{rate},"sampled":{sampled},"status":"{status}","reason_code":"{reason}"{more}}}"#
    )
}

fn parsed(text: &str) -> Line<'_> {
    match read(text.as_bytes()) {
        Reading::Record(line) => line,
        Reading::Blank | Reading::Broken => panic!("{text}"),
    }
}

/// Both sides, with one table of names.
fn sides(log: &str, replay: Option<&str>, class: Divergence) -> (Logged, Stored) {
    let mut names = Names::new();
    let logged = Logged::new(&parsed(log), &mut names).unwrap();
    let facts = replay.map(|replay| LineFacts::new(&parsed(replay), &mut names));
    (logged, Stored::of(ID, facts, class))
}

fn compared(log: &str, replay: &str, is_forced: bool) -> Compared {
    let (logged, stored) = sides(log, Some(replay), Divergence::Agreed);
    compare(&logged, &stored, is_forced).unwrap_or_else(|obstacle| panic!("{obstacle}: {log}"))
}

/// The fields that differ.
fn differing(log: &str, replay: &str, is_forced: bool) -> Vec<Field> {
    let differs = compared(log, replay, is_forced).differs;
    differs.iter().filter(|(_, differs)| **differs).map(|(field, _)| field).collect()
}

const ACCEPTED: &str = "accepted_llm/accepted";
const TIMEOUT: &str = "fallback_deterministic/timeout";
const NOT_SAMPLED: &str = "not_sampled/not_sampled";
const SKIPPED: &str = "skipped/corridor_mismatch";
const ERROR: &str = "error/KeyError";

#[test]
fn the_example_is_sampled_at_one_stage_and_not_at_the_other() {
    let bucket = crate::model::IdDigest::of(ID).bucket();
    assert!(bucket.is_sampled_at(0.05) && !bucket.is_sampled_at(0.01));
}

#[test]
fn with_a_forced_replay_the_sample_rate_of_the_line_counts() {
    use Field::{BaselineSummary, LlmSummary, Reason, Sampled, Status};
    let accepted = line("1.0", true, ACCEPTED, &[BASELINE, LLM]);
    let skipped = line("1.0", false, SKIPPED, &[BASELINE]);
    let error = line("1.0", false, "error/panic", &[BASELINE]);
    let disabled = line("1.0", true, "skipped/policy_disabled", &[BASELINE]);
    for (log, replay, expected) in [
        // In the sample: everything is compared.
        (line("0.05", true, ACCEPTED, &[LLM, BASELINE]), &accepted, vec![]),
        (line("0.05", false, ACCEPTED, &[LLM, BASELINE]), &accepted, vec![Sampled]),
        (line("0.05", true, ACCEPTED, &[OTHER_LLM, BASELINE]), &accepted, vec![LlmSummary]),
        (line("0.05", true, ACCEPTED, &[LLM, OTHER_BASELINE]), &accepted, vec![BaselineSummary]),
        (line("0.05", true, ACCEPTED, &[LLM]), &accepted, vec![BaselineSummary]),
        (line("0.05", true, "accepted_llm/other", &[LLM, BASELINE]), &accepted, vec![Reason]),
        (line("0.05", true, TIMEOUT, &[BASELINE]), &accepted, vec![Status, Reason, LlmSummary]),
        (line("0.05", false, NOT_SAMPLED, &[BASELINE]), &accepted, vec![Sampled, Status, Reason, LlmSummary]),
        (line("0.05", true, "skipped/policy_disabled", &[BASELINE]), &disabled, vec![]),
        // Not in the sample: only the flag and the baseline are compared.
        (line("0.01", false, NOT_SAMPLED, &[BASELINE]), &accepted, vec![]),
        (line("0.01", false, NOT_SAMPLED, &[BASELINE]), &disabled, vec![]),
        (line("0.01", false, NOT_SAMPLED, &[]), &accepted, vec![]),
        (line("0.01", false, NOT_SAMPLED, &[OTHER_BASELINE]), &accepted, vec![BaselineSummary]),
        (line("0.01", true, NOT_SAMPLED, &[BASELINE]), &accepted, vec![Sampled]),
        (line("0.01", true, ACCEPTED, &[BASELINE, LLM]), &accepted, vec![Sampled, Status, Reason, LlmSummary]),
        // Ended before sampling, on one side or both.
        (line("0.01", false, SKIPPED, &[BASELINE]), &skipped, vec![]),
        (line("0.05", false, SKIPPED, &[BASELINE]), &skipped, vec![]),
        (line("0.05", true, SKIPPED, &[BASELINE]), &skipped, vec![Sampled]),
        (line("0.05", false, "skipped/baseline_non_execute", &[BASELINE]), &skipped, vec![Reason]),
        (line("0.01", false, NOT_SAMPLED, &[BASELINE]), &skipped, vec![Status, Reason]),
        (line("0.05", false, SKIPPED, &[BASELINE]), &accepted, vec![Status, Reason, LlmSummary]),
        (line("0.01", false, SKIPPED, &[BASELINE]), &accepted, vec![Status, Reason]),
        // An internal error agrees only with an internal error, of any name.
        (line("0.05", false, ERROR, &[BASELINE]), &accepted, vec![Status, Reason, LlmSummary]),
        (line("0.01", false, ERROR, &[BASELINE]), &accepted, vec![Status, Reason]),
        (line("0.05", false, ERROR, &[BASELINE]), &skipped, vec![Status, Reason]),
        (line("0.05", false, ERROR, &[BASELINE]), &error, vec![]),
        (line("0.01", false, ERROR, &[BASELINE]), &error, vec![]),
        (line("0.05", true, ACCEPTED, &[BASELINE]), &error, vec![Status, Reason]),
        (line("0.01", false, NOT_SAMPLED, &[BASELINE]), &error, vec![]),
    ] {
        assert_eq!(differing(&log, replay, true), expected, "\n{log}\n{replay}");
    }
}

#[test]
fn with_a_replay_as_deployed_lines_are_compared_directly() {
    use Field::{LlmSummary, Reason, Sampled, Status};
    let accepted = line("0.05", true, ACCEPTED, &[BASELINE, LLM]);
    let outside = line("0.01", false, NOT_SAMPLED, &[BASELINE]);
    for (log, replay, expected) in [
        (line("0.05", true, ACCEPTED, &[BASELINE, LLM]), &accepted, vec![]),
        // The rate of the line is not asked for: it may be unreadable.
        (line("\"x\"", true, ACCEPTED, &[BASELINE, LLM]), &accepted, vec![]),
        (line("0.01", false, NOT_SAMPLED, &[BASELINE]), &accepted, vec![Sampled, Status, Reason, LlmSummary]),
        (line("0.05", true, ACCEPTED, &[BASELINE, LLM]), &outside, vec![Sampled, Status, Reason, LlmSummary]),
        (line("0.01", false, NOT_SAMPLED, &[]), &outside, vec![]),
        (line("0.05", false, ERROR, &[BASELINE]), &accepted, vec![Sampled, Status, Reason, LlmSummary]),
    ] {
        assert_eq!(differing(&log, replay, false), expected, "\n{log}\n{replay}");
    }
}

#[test]
fn unknown_results_are_not_compared() {
    let accepted = line("1.0", true, ACCEPTED, &[BASELINE, LLM]);
    let good = line("0.05", true, ACCEPTED, &[BASELINE, LLM]);
    let outcome = |log: &str, replay: Option<&str>, class, is_forced| {
        let (logged, stored) = sides(log, replay, class);
        compare(&logged, &stored, is_forced).err()
    };
    let replayed = Some(accepted.as_str());
    for (log, replay, class, expected) in [
        (good.clone(), replayed, Divergence::Agreed, None),
        (good.clone(), None, Divergence::Outside, Some(Obstacle::SwitchedOff)),
        (good.clone(), replayed, Divergence::Broken, Some(Obstacle::Broken)),
        (good.clone(), None, Divergence::Broken, Some(Obstacle::Broken)),
        (good.clone(), replayed, Divergence::Unrecorded, Some(Obstacle::Unrecorded)),
        // Outside the sample, the missing answer was not asked for.
        (line("0.01", false, NOT_SAMPLED, &[]), replayed, Divergence::Unrecorded, None),
        (line("\"x\"", true, ACCEPTED, &[]), replayed, Divergence::Agreed, Some(Obstacle::Unreadable)),
        (good.replace("\"sampled\":true", "\"sampled\":1"), replayed, Divergence::Agreed, Some(Obstacle::Unreadable)),
        (good.replace("\"accepted_llm\"", "7"), replayed, Divergence::Agreed, Some(Obstacle::Unreadable)),
        (good.replace("\"accepted\"", "null"), replayed, Divergence::Agreed, Some(Obstacle::Unreadable)),
        (good.replace("\"accepted\"", "\"\""), replayed, Divergence::Agreed, Some(Obstacle::Unreadable)),
        // A string that is no name can be read, and differs.
        (good.replace("\"accepted\"", "\"купи\""), replayed, Divergence::Agreed, None),
    ] {
        assert_eq!(outcome(&log, replay, class, true), expected, "{log}");
    }
    let (logged, mut stored) = sides(&good, replayed, Divergence::Agreed);
    stored.is_ambiguous = true;
    assert_eq!(compare(&logged, &stored, true).err(), Some(Obstacle::Ambiguous));
}

#[test]
fn how_far_the_corridor_went_says_what_a_comparison_could_show() {
    let accepted = line("1.0", true, ACCEPTED, &[BASELINE, LLM]);
    for (log, replay, is_forced, reach) in [
        (line("0.05", true, ACCEPTED, &[]), &accepted, true, Reach::Sampled),
        (line("0.01", false, NOT_SAMPLED, &[]), &accepted, true, Reach::NotSampled),
        (line("0.01", false, NOT_SAMPLED, &[]), &accepted, false, Reach::Sampled),
        (line("0.01", false, NOT_SAMPLED, &[]), &line("0.01", false, NOT_SAMPLED, &[]), false, Reach::NotSampled),
        (line("0.01", false, NOT_SAMPLED, &[]), &line("1.0", false, SKIPPED, &[]), true, Reach::BeforeSampling),
        (line("0.01", false, ERROR, &[]), &line("1.0", false, ERROR, &[]), true, Reach::Sampled),
    ] {
        assert_eq!(compared(&log, replay, is_forced).reach, reach, "{log}");
    }
}

/// A command with a log line and an outcome, or with one of the two.
fn side_of(number: u32, kind: u8) -> (Option<Logged>, Option<Stored>) {
    let id = format!("cmd-{number}");
    let log = line("0.5", kind.is_multiple_of(2), [ACCEPTED, TIMEOUT, NOT_SAMPLED][usize::from(kind % 3)], &[])
        .replace(ID, &id);
    let mut names = Names::new();
    let logged = Logged::new(&parsed(&log), &mut names);
    let replay = line("1.0", true, [ACCEPTED, SKIPPED][usize::from(kind / 3 % 2)], &[]);
    let class = [Divergence::Agreed, Divergence::Unrecorded][usize::from(kind / 7 % 2)];
    let stored = Stored::of(&id, Some(LineFacts::new(&parsed(&replay), &mut names)), class);
    (logged.filter(|_| !kind.is_multiple_of(5)), Some(stored).filter(|_| !kind.is_multiple_of(4)))
}

proptest! {
    #[test]
    fn parts_of_a_join_add_up_to_the_whole(kinds in prop::collection::vec(any::<u8>(), 0..60), cut in any::<prop::sample::Index>()) {
        let (logged, stored): (Vec<_>, Vec<_>) = (0..).zip(kinds).map(|(number, kind)| side_of(number, kind)).unzip();
        let mut logged: Vec<_> = logged.into_iter().flatten().collect();
        let mut stored: Vec<_> = stored.into_iter().flatten().collect();
        logged.sort_unstable_by_key(CommandRecord::id);
        stored.sort_unstable_by_key(CommandRecord::id);
        let whole = Tally::of(&logged, &stored, true);
        let border = logged.get(cut.index(logged.len() + 1)).map_or(u128::MAX, CommandRecord::id);
        let log_cut = logged.partition_point(|one| CommandRecord::id(one) < border);
        let run_cut = stored.partition_point(|one| CommandRecord::id(one) < border);
        let mut parts = Tally::of(&logged[log_cut..], &stored[run_cut..], true);
        parts.merge(&Tally::of(&logged[..log_cut], &stored[..run_cut], true));
        prop_assert_eq!(&parts, &whole);
        let both = whole.obstacles.values().map(|cases| cases.count).sum::<u64>()
            + whole.reached.values().map(|(comparable, _)| comparable).sum::<u64>();
        prop_assert_eq!(both, whole.in_both);
        let disagreeing: u64 = whole.reached.values().map(|(comparable, agreeing)| comparable - agreeing).sum();
        prop_assert!(whole.fields.values().all(|cases| cases.count <= disagreeing));
        prop_assert!(whole.pairs.values().map(|cases| cases.count).sum::<u64>() <= disagreeing);
    }
}
