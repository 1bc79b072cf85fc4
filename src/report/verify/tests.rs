//! The screens and the document of a verification.

use super::super::fixture::{assert_fits, field_names, written};
use super::super::style::Layout;
use super::super::summary::Detail;
use super::*;
use crate::decide::RuleSet;
use crate::model::{CorridorStatus, KnownReason};
use crate::outcome::Invariant;
use crate::verify::{
    Catch, Check, CheckResult, Criterion, CriterionResult, Dimension, InvariantResult, OneWorker, Part, PlantedResult,
    RuleCoverage, StateSpace, VERIFY_FORMAT, VerifiedCorpus, WayCoverage,
};

fn count(runs: u64, opportunities: u64, violations: u64) -> Count {
    let examples = (0..violations.min(2)).map(|place| format!("hazards:case-{place} under reference, as recorded"));
    Count { runs, opportunities, violations, examples: examples.collect() }
}

fn verification() -> Verification {
    let check = |check: Check, verdict, count| CheckResult { check, claim: check.claim().to_owned(), verdict, count };
    let criterion = |criterion: Criterion, verdict, checks| CriterionResult {
        criterion,
        statement: criterion.statement().to_owned(),
        verdict,
        checks,
    };
    let way = |status, reason: KnownReason, replayed, because: Option<&str>| WayCoverage {
        rules: RuleSet::Reference,
        status,
        reason: reason.into(),
        replayed,
        arranged: replayed * 2,
        enumerated: replayed * 3,
        unreachable_because: because.map(str::to_owned),
    };
    Verification {
        format: VERIFY_FORMAT,
        tool_version: "1.2.3".to_owned(),
        verdict: Verdict::Failed,
        rules: vec![RuleSet::Reference, RuleSet::Strict],
        parts: Part::ALL.to_vec(),
        corpora: vec![
            VerifiedCorpus { name: "hazards".to_owned(), recordings: 58, digest: "ab".repeat(32) },
            VerifiedCorpus { name: "house_hold|".to_owned(), recordings: 1220, digest: "cd".repeat(32) },
        ],
        criteria: vec![
            criterion(
                Criterion::Ac1,
                Verdict::Held,
                vec![check(Check::OffByDefault, Verdict::Held, count(2000, 1000, 0))],
            ),
            criterion(
                Criterion::Ac4,
                Verdict::Failed,
                vec![
                    check(Check::LineTruth, Verdict::Failed, count(3000, 3000, 3)),
                    check(Check::Canary, Verdict::Vacuous, count(0, 0, 0)),
                ],
            ),
        ],
        invariants: vec![InvariantResult {
            invariant: Invariant::EscapedPanic,
            verdict: Verdict::Held,
            count: count(1_234_567, 1_234_567, 0),
        }],
        faults: [RuleSet::Reference, RuleSet::Strict]
            .map(|rules| FaultRow {
                fault: "call_timeout".to_owned(),
                what: "the call times out".to_owned(),
                rules,
                status: Some(CorridorStatus::FallbackDeterministic),
                reason: Some("timeout".to_owned()),
                cells: vec![
                    FaultCell { corpus: "hazards".to_owned(), count: count(58, 50, 0) },
                    FaultCell {
                        corpus: "house_hold|".to_owned(),
                        count: count(1200, 1100, u64::from(rules == RuleSet::Strict)),
                    },
                ],
            })
            .to_vec(),
        one_worker: OneWorker { fast: 3000, timed_out: 3000 },
        state_space: StateSpace {
            dimensions: vec![
                Dimension { name: "switch".to_owned(), classes: 2 },
                Dimension { name: "answer".to_owned(), classes: 590 },
            ],
            combinations: 1180,
            without_capability: 300,
            asked_back: 300,
        },
        ways: vec![
            way(CorridorStatus::AcceptedLlm, KnownReason::Accepted, 5, None),
            way(CorridorStatus::Skipped, KnownReason::CapabilityMismatch, 0, Some("the baseline has asked back")),
        ],
        acceptance_rules: vec![RuleCoverage {
            rules: RuleSet::Reference,
            rule: KnownReason::LowConfidence,
            opportunities: 90,
            refused: 10,
        }],
        vacuous: vec!["check canary: no opportunity".to_owned()],
        planted: Some(vec![
            PlantedResult {
                fault: "loses_items".to_owned(),
                what: "gives back the first item only".to_owned(),
                hazard: Some("H1".to_owned()),
                caught_by: ["fault_decision", "state_decision", "replay_changed", "replay_broken"]
                    .map(|by| Catch { by: by.to_owned(), times: 1200 })
                    .to_vec(),
            },
            PlantedResult {
                fault: "invisible".to_owned(),
                what: "does something that nobody looks for".to_owned(),
                hazard: None,
                caught_by: Vec::new(),
            },
        ]),
    }
}

fn shown(verification: &Verification, width: Option<usize>, detail: Detail) -> String {
    written(|out| write_verification(verification, Layout { width, colour: false }, detail, out))
}

fn report(verification: &Verification) -> String {
    written(|out| write_verification_report(verification, out))
}

#[test]
fn a_verification_in_a_pipe_says_everything_that_is_wrong() {
    insta::assert_snapshot!(shown(&verification(), None, Detail::Full));
}

#[test]
fn a_verification_fits_narrow_terminals() {
    for width in [40, 60, 80, 140] {
        assert_fits(&shown(&verification(), Some(width), Detail::Usual), width);
    }
    insta::assert_snapshot!(shown(&verification(), Some(60), Detail::Usual));
}

#[test]
fn the_verdict_alone_is_one_sentence() {
    let mut verification = verification();
    let mut sentence = |verdict, parts: &[Part]| {
        verification.verdict = verdict;
        verification.parts = parts.to_vec();
        shown(&verification, None, Detail::Verdict).lines().nth(1).unwrap().trim().to_owned()
    };
    let sentences = [
        sentence(Verdict::Held, Part::ALL),
        sentence(Verdict::Held, &[Part::Ac1, Part::States]),
        sentence(Verdict::Vacuous, Part::ALL),
        sentence(Verdict::Failed, Part::ALL),
        sentence(Verdict::Broken, Part::ALL),
    ];
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn the_report_is_a_document() {
    insta::assert_snapshot!(report(&verification()));
}

#[test]
fn hostile_names_do_nothing_in_the_report() {
    let mut verification = verification();
    verification.corpora[0].name = "<img src=x>|@all [x](http://x) `\u{202e}\u{1b}[31m".to_owned();
    verification.criteria[1].checks[0].count.examples = vec!["</table><script>\u{7}@all #1 |".to_owned()];
    let text = report(&verification);
    for bad in ["<img", "<script", "@all", "](http", "\u{202e}", "\u{1b}", "\u{7}"] {
        assert!(!text.contains(bad), "{bad:?}");
    }
    let row = text.lines().find(|line| line.contains("&lt;img")).unwrap();
    assert_eq!(row.matches('|').count(), 4, "{row}");
    assert!(!shown(&verification, Some(80), Detail::Full).contains(['\u{202e}', '\u{1b}', '\u{7}']));
}

#[test]
fn every_field_and_check_is_documented() {
    let documentation = include_str!("../../../docs/verify.md");
    let mut keys = field_names(&serde_json::to_value(verification()).unwrap());
    let checks = Check::ALL.iter().map(|check| check.as_str().to_owned());
    let invariants = Invariant::ALL.iter().map(|invariant| invariant.as_str().to_owned());
    keys.extend(checks.chain(invariants));
    let missing: Vec<_> = keys.iter().filter(|key| !documentation.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
