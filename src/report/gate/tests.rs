//! A verdict in each format.

use super::super::fixture::{self, assert_fits, written};
use super::*;
use crate::decide::{Environment, RuleSet};
use crate::gate::{Contradiction, Missing, State, Tampered};
use crate::run::{RUN_FORMAT, RunInputs, Selection};
use crate::summary::{Decisions, Sampling};

fn receipt() -> Receipt {
    let inputs = RunInputs {
        format: RUN_FORMAT,
        tool_version: "0.0.0".to_owned(),
        rules: RuleSet::Reference,
        decisions: Decisions::Ours,
        sampling: Sampling::Forced,
        recorded_environment: false,
        environment: Environment::default(),
        policy: None,
        foreign: None,
        selection: Selection::default(),
        stages: vec![0.01, 0.05, 0.1],
        corpora: Vec::new(),
    };
    Receipt::of_replay(&fixture::summary(RuleSet::Reference), &inputs).unwrap()
}

fn text(receipt: &Receipt, columns: Option<usize>, detail: Detail) -> String {
    let view = GateView { receipt, policy_name: None, logs: None };
    written(|out| write_gate(&view, Layout { width: columns, colour: false }, detail, out))
}

#[test]
fn a_refused_step_in_a_pipe() {
    insta::assert_snapshot!(text(&receipt(), None, Detail::Usual));
}

#[test]
fn a_refused_step_as_markdown() {
    let receipt = receipt();
    let view = GateView { receipt: &receipt, policy_name: None, logs: None };
    insta::assert_snapshot!(written(|out| write_gate_markdown(&view, out)));
}

#[test]
fn a_verdict_fits_any_terminal() {
    for columns in [40, 60, 80, 100, 140] {
        assert_fits(&text(&receipt(), Some(columns), Detail::Full), columns);
    }
}

#[test]
fn contradictions_and_missing_evidence_are_named_with_what_to_do() {
    let mut receipt = receipt();
    receipt.judgement.verdict = Verdict::Invalid;
    let file = "0001-0.01-go.json".to_owned();
    receipt.judgement.contradictions =
        vec![Contradiction::Tampered(Tampered { file, problem: "was edited by hand".to_owned() })];
    receipt.judgement.missing = vec![
        Missing::RiskLog { rate: 0.01 },
        Missing::Attempts { rate: 0.01, have: 50, need: 81 },
        Missing::Declaration { fields: vec!["since".to_owned(), "rules".to_owned()] },
    ];
    let text = text(&receipt, None, Detail::Usual);
    for says in [
        "INVALID: under rules reference nobody can say",
        "0001-0.01-go.json was edited by hand",
        "give --risk-log FILE",
        "81 attempts at 0.01, 50 there: 31 more",
        "declare since and rules under [evidence]",
    ] {
        assert!(text.contains(says), "{says}: {text}");
    }
}

#[test]
fn the_verdict_alone_is_one_sentence() {
    let text = text(&receipt(), None, Detail::Verdict);
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with("NO_GO: under rules reference the rate must not be raised to 0.01: "), "{text}");
}

#[test]
fn what_is_proven_is_good_and_what_refuses_is_bad() {
    let receipt = receipt();
    for finding in &receipt.judgement.findings {
        let is_shown_bad = matches!(rules::word(finding), "broken" | "not all taken" | "too high" | "too high, proven");
        assert_eq!(is_shown_bad, finding.state.is_bad(), "{}", finding.rule);
    }
    assert!(receipt.judgement.findings.iter().any(|finding| finding.state == State::Refuted));
}
