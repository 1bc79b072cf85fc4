//! The screens and the JSON of a preflight.

use super::super::fixture::{assert_colours_alone, assert_fits, assert_visible, field_names, json, written};
use super::*;
use crate::decide::RuleSet;
use crate::preflight::{Deployment, Preset, Repeated, RiskLog, Stranger, inspect};
use serde_json::Value;
use std::collections::BTreeSet;

const STAGES: [f64; 3] = [0.01, 0.05, 0.1];

fn shown(preflights: &[Preflight], width: Option<usize>, colour: bool) -> String {
    written(|out| write_preflights(preflights, Layout { width, colour }, out))
}

fn json_of(preflights: &[Preflight]) -> Value {
    json(|out| write_preflights_json(preflights, out))
}

fn stage_1() -> Vec<Preflight> {
    Preset::Stage1.deployments(RuleSet::Reference, &STAGES).iter().map(inspect).collect()
}

fn file(path: &str, variables: &[(&str, &str)]) -> Deployment {
    let mut deployment = Deployment::new(path, RuleSet::Reference, &STAGES);
    for (line, (name, value)) in (1..).zip(variables) {
        deployment.set(name, *value, Origin::File { path: path.to_owned(), line });
    }
    deployment
}

/// An environment with every kind of finding.
fn bad() -> Preflight {
    let mut deployment = file(
        "prod.env",
        &[
            ("PARTIAL_TRUST_ENABLED", "1"),
            ("PARTIAL_TRUST_INTENT", ""),
            ("PARTIAL_TRUST_SAMPLE_RATE", "5%"),
            ("PARTIAL_TRUST_TIMEOUT_MS", "0"),
            ("PARTIAL_TRUST_PROFILE_ID", "sk-c4n4ryC4n4ryC4n4ry"),
            ("LLM_POLICY_ENABLED", "true"),
            ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
            ("LLM_API_KEY", "canary"),
            ("LLM_BASE_URL", "http://user:canary@llm.example/v1"),
        ],
    );
    deployment.risk_log = RiskLog::FolderMissing;
    deployment.strangers.push(Stranger { name: "LLM_POLICY_PROFIL".to_owned(), origin: Origin::Process });
    deployment.repeated.push(Repeated { name: "PARTIAL_TRUST_ENABLED".to_owned(), lines: vec![1, 12] });
    deployment.has_carriage_returns = true;
    inspect(&deployment)
}

#[test]
fn the_runbooks_first_stage_beside_ours_through_a_pipe() {
    insta::assert_snapshot!(shown(&stage_1(), None, false));
}

#[test]
fn many_findings_on_a_terminal_of_80_columns() {
    insta::assert_snapshot!(shown(&[bad()], Some(80), false));
}

#[test]
fn one_that_is_off_on_a_terminal_of_40_columns() {
    insta::assert_snapshot!(shown(
        &[inspect(&file("off.env", &[("PARTIAL_TRUST_ENABLED", "false")]))],
        Some(40),
        false
    ));
}

#[test]
fn findings_as_json() {
    insta::assert_json_snapshot!(json_of(&[bad()])["environments"][0]["findings"]);
}

#[test]
fn no_line_is_wider_than_the_terminal_and_colours_change_nothing_else() {
    let preflights: Vec<_> = stage_1().into_iter().chain([bad()]).collect();
    for columns in (40..=140).step_by(10) {
        let plain = shown(&preflights, Some(columns), false);
        assert_fits(&plain, columns);
        assert_colours_alone(&plain, &shown(&preflights, Some(columns), true));
    }
}

#[test]
fn hostile_names_and_values_are_shown_as_code_points() {
    let evil = "a\u{1b}[31m\u{202e}\n\u{9b}b";
    let mut deployment = file(evil, &[("PARTIAL_TRUST_PROFILE_ID", evil), ("PARTIAL_TRUST_RISK_LOG_PATH", evil)]);
    deployment.strangers.push(Stranger { name: format!("PARTIAL_TRUST_{evil}"), origin: Origin::Process });
    for columns in [None, Some(40), Some(100)] {
        assert_visible(&shown(&[inspect(&deployment)], columns, false));
    }
    assert_visible(&written(|out| write_preflights_json(&[inspect(&deployment)], out)));
}

#[test]
fn neither_form_holds_a_secret() {
    for columns in [None, Some(60)] {
        let shown = shown(&[bad()], columns, false);
        assert!(!shown.contains("canary") && !shown.contains("c4n4ry"));
    }
    let json = json_of(&[bad()]).to_string();
    assert!(!json.contains("canary") && !json.contains("c4n4ry"));
}

#[test]
fn every_field_is_documented_and_no_other() {
    let (_, section) = include_str!("../../../docs/preflight.md").split_once("## JSON").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    // The fields of the two small objects are described in the rows of their parents.
    let nested = ["state", "text", "kind", "path", "line"];
    for name in nested {
        assert!(section.contains(&format!("`{name}`")), "{name}");
    }
    let documented: BTreeSet<String> = rows.chain(nested).map(str::to_owned).collect();
    assert_eq!(field_names(&json_of(&[bad()])), documented);
}
