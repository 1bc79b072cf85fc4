//! Policies that differ from the built-in one, and invalid policies.

use super::*;
use crate::gate::rule::GATE_RULES;

fn wrong(text: &str) -> (String, Option<usize>) {
    let error = RolloutPolicy::parse(text).unwrap_err();
    (error.message, error.place.map(|place| place.start))
}

#[test]
fn a_written_rule_has_to_be_complete() {
    let (message, place) = wrong("format = 1\n[rule.regressed]\ngo = 0.5\n");
    assert!(message.contains("kind"), "{message}");
    assert!(place.is_some());
}

#[test]
fn a_misspelt_name_is_reported_with_its_place() {
    let text = "format = 1\n[rule.regresed]\nkind = \"block\"\ngo = 0.5\n";
    let (message, place) = wrong(text);
    assert!(message.starts_with("rule: unknown field, expected one of `broken`"), "{message}");
    assert_eq!(place, text.find("regresed"));
}

#[test]
fn numbers_out_of_range_are_reported_with_their_place() {
    for (line, says) in [
        ("alpha = 0.9", "at most 0.5"),
        ("alpha = 0", "above 0"),
        ("[rule.broken]\nkind = \"critical\"\ngo = 1.0", "below 1"),
        ("[rule.broken]\nkind = \"critical\"\ngo = -0.1", "below 1"),
        ("[rule.broken]\nkind = \"critical\"\ngo = nan", "below 1"),
        ("[rule.regressed]\nkind = \"block\"\ngo = 0.02\nno_go = 2", "from 0 to 1"),
        ("[evidence]\nsince = \"yesterday\"", "date and time"),
        ("[evidence]\nrules = \"lax\"", "rule set"),
    ] {
        let (message, place) = wrong(&format!("format = 1\n{line}\n"));
        assert!(message.contains(says), "{line}: {message}");
        assert!(place.is_some(), "{line}");
    }
}

#[test]
fn inconsistent_policies_are_refused() {
    let stage = |rate: f64| {
        format!(
            "[[stage]]\nrate = {rate}\nmin_days = 1\nmin_attempts = 1\nerror = {{ kind = \"block\", go = 0.1 }}\n\
             candidate_failure = {{ kind = \"block\", go = 0.1 }}\nintent_mismatch = {{ kind = \"signal\", go = 0.1 }}\n\
             slow = {{ limit_ms = 100, kind = \"block\", go = 0.1 }}\n"
        )
    };
    for (text, says) in [
        ("format = 2".to_owned(), "this program reads 1"),
        ("format = 1\nstage = []".to_owned(), "there is none"),
        (format!("format = 1\n{}{}", stage(0.05), stage(0.05)), "rise"),
        (format!("format = 1\n{}{}", stage(0.05), stage(0.01)), "rise"),
        ("format = 1\n[rule.broken]\nkind = \"alarm\"\ngo = 0".to_owned(), "not a kind of rule"),
        ("format = 1\n[rule.broken]\nkind = \"critical\"\ngo = 0\nno_go = 0.1".to_owned(), "leave no_go out"),
        ("format = 1\n[rule.regressed]\nkind = \"block\"\ngo = 0.2\nno_go = 0.1".to_owned(), "below go"),
        ("format = 1\n[evidence]\nbudget_ms = 0".to_owned(), "1 or more"),
        (
            "format = 1\n[traffic]\ncommands_per_day = 1\ncommands_per_user = 1\nintents = { create_task = -1 }"
                .to_owned(),
            "0 or more",
        ),
        (
            "format = 1\n[traffic]\ncommands_per_day = 1\ncommands_per_user = 1\nintents = { create_task = 0 }"
                .to_owned(),
            "nothing",
        ),
    ] {
        let (message, _) = wrong(&text);
        assert!(message.contains(says), "{text}: {message}");
    }
    assert_eq!(RolloutPolicy::parse(&format!("format = 1\n{}{}", stage(0.02), stage(0.5))).unwrap().stage.len(), 2);
}

#[test]
fn differences_from_the_built_in_policy_are_listed() {
    assert_eq!(RolloutPolicy::default().differences(), Vec::<String>::new());
    let text = "format = 1\n[evidence]\nbudget_ms = 300\n[rule.regressed]\nkind = \"signal\"\ngo = 0.5\n";
    let found = RolloutPolicy::parse(text).unwrap().differences();
    assert_eq!(
        found,
        [
            "rule.regressed.go: 0.5, built in 0.02",
            "rule.regressed.kind: \"signal\", built in \"block\"",
            "rule.regressed.no_go: nothing, built in 0.05"
        ]
    );
}

#[test]
fn a_policy_is_read_back_from_a_receipt_unchanged() {
    let policy = RolloutPolicy::parse(BUILT_IN).unwrap();
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<RolloutPolicy>(&json).unwrap(), policy);
}

#[test]
fn the_built_in_policy_has_a_limit_for_each_rule_that_asks_for_one() {
    let written: Vec<_> = built_in::built_in().rule.keys().copied().collect();
    let mut due: Vec<_> = GATE_RULES.iter().filter(|rule| rule.is_of_no_stage()).map(|rule| rule.id).collect();
    due.sort_unstable();
    assert_eq!(written, due, "left: rollout.toml, right: the rules");
}

#[test]
fn omitted_parts_have_the_values_of_the_built_in_policy() {
    let policy = RolloutPolicy::parse(BUILT_IN).unwrap();
    assert_eq!(policy, RolloutPolicy::default());
    assert_eq!(policy, RolloutPolicy::parse("format = 1").unwrap());
    assert_eq!(policy.stage.len(), 3);
    for stage in policy.stage {
        assert_eq!((stage.acceptance_stability, stage.alarm), Default::default());
    }
}

#[test]
fn a_policy_is_written_in_the_order_of_the_built_in_one() {
    let text = "format = 1\n[rule.fidelity]\nkind = \"block\"\ngo = 0.5\n[rule.broken]\nkind = \"critical\"\ngo = 0\n";
    let json = serde_json::to_string(&RolloutPolicy::parse(text).unwrap()).unwrap();
    let rules = BUILT_IN.lines().filter_map(|line| line.strip_prefix("[rule.")?.strip_suffix(']'));
    let places: Vec<_> = rules.map(|rule| json.find(&format!("\"{rule}\":{{")).unwrap()).collect();
    assert!(places.is_sorted(), "{json}");
}
