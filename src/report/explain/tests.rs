//! The explanation of one decision.

use super::super::fixture::{RATES, answer, assert_fits, assert_visible, outcome, recording, settings, written};
use super::*;
use crate::decide::{OurPath, Scratch, Trace};
use crate::model::{IdDigest, Item, ItemProposal, ProposedAction, Recording};
use proptest::prelude::*;

const THREE: &str = r#"{"intent":"add_shopping_item","action":"start_job","items":[{"name":"хлеб"},{"name":"молоко"},{"name":"яйца"}]}"#;

struct Case<'a> {
    line: &'a str,
    rules: RuleSet,
    variables: &'a [(&'a str, &'a str)],
    forced: bool,
    golden: GoldenState,
    options: ExplainOptions,
}

impl<'a> Case<'a> {
    fn new(line: &'a str, rules: RuleSet) -> Self {
        let golden = GoldenState::Same;
        Self { line, rules, variables: &[], forced: true, golden, options: ExplainOptions::default() }
    }

    fn under(self, variables: &'a [(&'a str, &'a str)]) -> Self {
        Self { variables, forced: false, ..self }
    }

    fn width(self, width: usize) -> Self {
        Self { options: ExplainOptions { layout: Layout { width: Some(width), colour: false }, full: false }, ..self }
    }

    fn shown(&self) -> String {
        self.shown_after(|_| ())
    }

    fn shown_after(&self, change: impl FnOnce(&mut Outcome)) -> String {
        let settings = settings(self.variables);
        let settings = if self.forced { settings.forced() } else { settings };
        let path = OurPath::new(settings.clone(), self.rules);
        let recording = serde_json::from_str::<Recording>(self.line).unwrap();
        let mut scratch = Scratch::default();
        let mut outcome = outcome(&path, &recording, &mut scratch);
        change(&mut outcome);
        self.written(&settings, &outcome, false)
    }

    fn written(&self, settings: &Settings, outcome: &Outcome, foreign: bool) -> String {
        let explanation = Explanation {
            corpus: "hazards",
            rules: self.rules,
            foreign,
            others: None,
            outcome,
            settings,
            forced: self.forced,
            rates: &RATES,
            golden: self.golden.clone(),
        };
        written(|out| write_explanation(&explanation, self.options, out))
    }
}

fn three(raw: &str) -> String {
    recording("hazard-h1", "Купи хлеб, молоко и яйца", &answer(raw, 87), THREE)
}

#[test]
fn a_regressed_decision_is_explained() {
    let line = three(r#"{"item_name":"молоко"}"#);
    insta::assert_snapshot!(Case::new(&line, RuleSet::Reference).shown());
}

#[test]
fn a_refused_candidate_is_explained_on_a_narrow_terminal() {
    let line = three(r#"{"item_name":"молоко"}"#);
    let case = Case::new(&line, RuleSet::Strict);
    let golden = GoldenState::Changed(vec![Field::Reason, Field::Class]);
    insta::assert_snapshot!(Case { golden, ..case }.width(72).shown());
}

#[test]
fn every_gate_is_explained() {
    let milk = recording("gate", "Купи молоко", &answer(r#"{"item_name":"молоко"}"#, 87), "");
    let task = recording("gate-task", "Сделай уборку", "", "");
    let question = recording("gate-question", "Когда обед?", "", "");
    let all = ("PARTIAL_TRUST_SAMPLE_RATE", "1");
    let unlimited = [all, ("PARTIAL_TRUST_TIMEOUT_MS", "0")];
    let unrouted = [all, ("PARTIAL_TRUST_PROFILE_ID", "cheap")];
    let cases = [
        Case::new(&milk, RuleSet::Reference).under(&[("PARTIAL_TRUST_ENABLED", "false")]),
        Case::new(&question, RuleSet::Reference),
        Case::new(&task, RuleSet::Reference),
        Case::new(&milk, RuleSet::Reference).under(&[("PARTIAL_TRUST_SAMPLE_RATE", "0.01")]),
        Case::new(&milk, RuleSet::Reference).under(&unrouted),
        Case::new(&milk, RuleSet::Strict).under(&unlimited),
        Case::new(&milk, RuleSet::Reference).under(&unlimited),
    ];
    insta::assert_snapshot!(cases.iter().map(Case::shown).collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_fault_of_the_llm_is_explained() {
    let attempts = r#"[{"raw":"sorry","latency_ms":5},{"raw":"{\"name\":1}","latency_ms":1200},
        {"error":"unavailable","latency_ms":7}]"#;
    let lines = [
        recording("fault-repair", "Купи молоко", attempts, ""),
        recording("fault-slow", "Купи молоко", &answer(r#"{"item_name":"молоко"}"#, 1900), ""),
        recording("fault-unrecorded", "Купи молоко", "", ""),
        recording("fault-timeout", "Купи молоко", r#"[{"error":"timeout","latency_ms":200}]"#, ""),
    ];
    let budget = [("PARTIAL_TRUST_SAMPLE_RATE", "1"), ("PARTIAL_TRUST_TIMEOUT_MS", "1500")];
    let shown = lines.iter().map(|line| Case::new(line, RuleSet::Reference).under(&budget).shown());
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn injected_candidates_improvements_and_questions_are_explained() {
    let candidate = r#"{"intent":"create_task","confidence":0.9,"proposed_actions":[],"latency_ms":12}"#;
    let right =
        r#"{"action":"start_job","items":[{"name":"молоко","quantity":"2","unit":"л","list_id":"list-dacha"}]}"#;
    let item = r#"{"item_name":"молоко","quantity":"2","unit":"л","list_id":"list-dacha","confidence":0.9}"#;
    let lines = [
        recording("edge-injected", "Купи молоко", candidate, ""),
        recording("edge-improved", "Купи молоко", &answer(item, 40), right),
        recording("edge-extraction", "Купи", "", r#"{"action":"clarify","missing_fields":["item.name"]}"#),
    ];
    let shown = lines.iter().map(|line| Case::new(line, RuleSet::Reference).shown());
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn broken_errored_and_foreign_decisions_are_explained() {
    let line = three(r#"{"item_name":"молоко"}"#);
    let case = Case::new(&line, RuleSet::Reference);
    let settings = settings(&[]).forced();
    let recording = serde_json::from_str::<Recording>(&line).unwrap();
    let digest = IdDigest::of("hazard-h1");
    let panicked = case.written(&settings, &Outcome::panicked(&recording, digest), false);
    let path = OurPath::new(settings.clone(), RuleSet::Reference);
    let mut scratch = Scratch::default();
    let mut decided = outcome(&path, &recording, &mut scratch).decided.unwrap();
    decided.trace = Trace::default();
    let foreign = case.written(&settings, &Outcome::new(&recording, digest, decided.clone()), true);
    if let Some(risk) = &mut decided.risk {
        risk.status = crate::model::CorridorStatus::FallbackDeterministic;
        risk.reason_code = crate::model::KnownReason::LowConfidence.into();
    }
    let broken = case.written(&settings, &Outcome::new(&recording, digest, decided.clone()), true);
    if let Some(risk) = &mut decided.risk {
        risk.status = crate::model::CorridorStatus::Error;
        risk.reason_code = ReasonCode::parse("ValueError").unwrap();
    }
    decided.replacement = None;
    let errored = case.written(&settings, &Outcome::new(&recording, digest, decided), true);
    insta::assert_snapshot!([panicked, foreign, broken, errored].join("\n"));
}

#[test]
fn long_texts_are_cut_unless_all_is_wanted() {
    let line = recording("long", &format!("Купи {}", "молоко ".repeat(500)), "", "");
    let mut case = Case::new(&line, RuleSet::Reference);
    assert!(case.shown().contains("… 3,265 more characters"));
    case.options.full = true;
    assert!(!case.shown().contains("more characters"));
    assert!(case.shown().len() > 6_000);
}

#[test]
fn lists_are_named_once_where_they_are_the_same() {
    let item = |name: &'static str, list: &'static str| {
        ProposedAction::AddShoppingItem(ItemProposal {
            item: Item { name: name.into(), quantity: None, unit: None, list_id: Some(list.into()) },
            idempotency_key: None,
        })
    };
    let line = three("{}");
    let shown = |lists: [&'static str; 2]| {
        Case::new(&line, RuleSet::Reference).shown_after(|outcome| {
            if let Some(crate::model::Payload::StartJob(job)) =
                outcome.decided.as_mut().map(|decided| &mut decided.baseline.payload)
            {
                job.proposed_actions = Some(vec![item("a", lists[0]), item("b", lists[1])]);
            }
        })
    };
    assert!(shown(["x", "x"]).contains("start_job: a · b [x]"));
    assert!(shown(["x", "y"]).contains("start_job: a [x] · b [y]"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_hidden_is_shown_and_no_line_is_too_wide(
        id in any::<String>(), text in any::<String>(), name in any::<String>(), columns in 40..120usize,
    ) {
        let raw = serde_json::json!({"item_name": name}).to_string();
        let label = serde_json::json!({"action": "start_job", "items": [{"name": name}]}).to_string();
        let line = recording(&id, &format!("Купи {text}"), &answer(&raw, 5), &label);
        for rules in RuleSet::ALL {
            let shown = Case::new(&line, *rules).width(columns).shown();
            assert_visible(&shown);
            assert_fits(&shown, columns);
        }
    }
}
