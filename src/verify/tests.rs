//! The checks on some recordings and a part of the state space, because a whole verification takes too long.

use super::check::{Check, Part};
use super::drive::{run_checks, verify};
use super::job::{VerifyCorpus, VerifyJob};
use super::planted::plant_all;
use super::view::Verdict;
use super::*;
use crate::corpus::CorpusInput;
use crate::decide::{Environment, PolicySource, RuleSet};
use std::io::Write;
use tempfile::NamedTempFile;

/// One recording in `EVERY` of each shipped corpus.
const EVERY: usize = 97;

fn conditions(changes: &[(&str, &str)]) -> Conditions {
    let open = [
        ("PARTIAL_TRUST_ENABLED", "true"),
        ("PARTIAL_TRUST_SAMPLE_RATE", "0.01"),
        ("PARTIAL_TRUST_TIMEOUT_MS", "200"),
        ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
        ("LLM_POLICY_ENABLED", "true"),
        ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
    ];
    let mut environment: Environment =
        open.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    environment.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Conditions { environment, policy: PolicySource::BuiltIn }
}

/// Some of every shipped corpus, in one.
fn some_recordings() -> NamedTempFile {
    let mut file = NamedTempFile::with_suffix(".jsonl").unwrap();
    for corpus in ["household", "hazards", "hostile", "acceptance-edges", "llm-faults"] {
        let text = std::fs::read_to_string(format!("{}/corpora/{corpus}.jsonl", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for line in text.lines().step_by(EVERY) {
            writeln!(file, "{line}").unwrap();
        }
    }
    file
}

fn with_job<T>(conditions: &Conditions, parts: &[Part], threads: usize, run: impl FnOnce(&VerifyJob) -> T) -> T {
    let file = some_recordings();
    let input = CorpusInput::File(file.path().to_owned());
    let corpora = [VerifyCorpus { name: "some".to_owned(), label: input.display_name(), input }];
    run(&VerifyJob {
        corpora: &corpora,
        conditions,
        rules: RuleSet::ALL,
        parts,
        publications: &[Publication { name: "summary", write: &|summary| serde_json::to_vec(summary).unwrap() }],
        threads,
        progress: &|_| (),
    })
}

#[test]
fn every_planted_fault_is_caught() {
    let results = with_job(&conditions(&[]), Part::ALL, 2, |job| plant_all(job, 211, &|_, _| ()).unwrap());
    assert!(results.len() >= 20, "{}", results.len());
    let survived: Vec<_> = results.iter().filter(|result| result.survived()).collect();
    assert!(survived.is_empty(), "{survived:?}");
    // Each check has to catch some planted fault.
    let notices = |check: Check| results.iter().flat_map(|result| &result.caught_by).any(|by| by.by == check.as_str());
    let idle: Vec<_> =
        Check::ALL.iter().filter(|check| !notices(**check) && **check != Check::CanaryDiagnostic).collect();
    assert!(idle.is_empty(), "checks that notice no planted fault: {idle:?}");
}

#[test]
fn a_part_of_the_state_space_agrees_with_the_rules() {
    let (counts, _) = with_job(&conditions(&[]), &[Part::States], 2, |job| run_checks(job, &Ours, 61).unwrap());
    for check in [Check::StateVerdict, Check::StateDecision, Check::StateAsked] {
        let count = counts.of(check);
        assert!(count.runs > 50_000 && count.violations == 0, "{check}: {count:?}");
    }
    let (all, asked_back) = counts.without_capability;
    assert!(all > 0 && all == asked_back, "{asked_back} of {all}");
}

#[test]
fn a_verification_is_the_same_on_any_number_of_threads() {
    let parts = [Part::Ac1, Part::Ac2, Part::Ac3, Part::Ac4];
    let runs = [1, 2, 5].map(|threads| with_job(&conditions(&[]), &parts, threads, |job| verify(job).unwrap()));
    assert_eq!(runs[0].verdict, Verdict::Held, "{:?}", runs[0]);
    assert_eq!(runs[0], runs[1]);
    assert_eq!(runs[0], runs[2]);
}

#[test]
fn a_closed_corridor_proves_nothing() {
    for change in
        [("PARTIAL_TRUST_ENABLED", "false"), ("PARTIAL_TRUST_INTENT", "create_task"), ("LLM_POLICY_ENABLED", "no")]
    {
        let parts = [Part::Ac1, Part::Ac2];
        let verification = with_job(&conditions(&[change]), &parts, 2, |job| verify(job).unwrap());
        assert_eq!(verification.verdict, Verdict::Vacuous, "{change:?}");
    }
}
