//! Variables of the corridor: switches, intent, rate and profile, as written in an environment.

use super::{Case, decide, environment, on_list, said};
use crate::recording::{Recorded, recording};
use crate::workbench::Workbench;
use serde_json::{Value, json};

const RECORDED: [&str; 1] = ["--recorded-environment"];

/// A plain shopping command under an open corridor with one variable changed.
fn under(variable: &str, value: Option<&str>) -> (String, Recorded) {
    (format!("{variable}={value:?}"), recording("plain").with("environment", environment(variable, value)))
}

fn case(variable: &str, value: Option<&str>) -> Case {
    let (name, recorded) = under(variable, value);
    Case::new(name, &recorded)
}

const ON: [&str; 7] = ["1", "true", "yes", "TRUE", "True", "YES", "yEs"];
const OFF: [&str; 15] =
    ["", "0", "2", "11", "false", "no", "on", "y", "t", "enabled", "true,", "\"true\"", "1.0", "ｔｒｕｅ", "да"];
const PADDED: [&str; 4] = [" yes ", "\ttrue\n", "\u{1f}1\u{a0}", "\u{3000}True"];

#[test]
fn the_master_switch_is_on_for_three_words_in_any_case_and_off_for_all_else_and_for_nothing() {
    let switch = "PARTIAL_TRUST_ENABLED";
    let on = ON.iter().chain(&PADDED).map(|value| case(switch, Some(value)).ends("accepted_llm", "accepted"));
    let off = OFF.iter().map(|value| Some(*value)).chain([None, Some("\u{200b}true")]);
    let off = off.map(|value| case(switch, value).shows("/risk", Value::Null).shows("/attempts_used", 0));
    // Nothing set at all, and no environment at all.
    let bare = [recording("plain").with("environment", json!({})), recording("plain")];
    let bare = bare.iter().map(|recorded| Case::new("bare", recorded).shows("/risk", Value::Null));
    decide(&RECORDED, &on.chain(off).chain(bare).collect::<Vec<_>>());
}

#[test]
fn the_switches_of_the_policy_are_not_trimmed() {
    let mut cases = Vec::new();
    for switch in ["LLM_POLICY_ENABLED", "LLM_POLICY_ALLOW_PLACEHOLDERS"] {
        cases.extend(ON.iter().map(|value| case(switch, Some(value)).ends("accepted_llm", "accepted")));
        let off = OFF.iter().chain(&PADDED).map(|value| Some(*value)).chain([None]);
        cases
            .extend(off.map(|value| case(switch, value).ends("skipped", "policy_disabled").shows("/attempts_used", 0)));
    }
    decide(&RECORDED, &cases);
}

#[test]
fn one_intent_opens_the_corridor_and_every_other_value_closes_it() {
    let variable = "PARTIAL_TRUST_INTENT";
    let mut cases: Vec<_> = [None, Some("add_shopping_item"), Some(" add_shopping_item\u{1c}")]
        .map(|value| {
            let open = case(variable, value).ends("accepted_llm", "accepted");
            open.shows("/risk/corridor_intent", "add_shopping_item")
        })
        .into();
    for other in [
        "",
        " ",
        "create_task",
        "clarify_needed",
        "Add_Shopping_Item",
        "ADD_SHOPPING_ITEM",
        "add_shopping_items",
        "add_shopping_item,create_task",
        "\"add_shopping_item\"",
        "*",
    ] {
        let closed = case(variable, Some(other)).ends("skipped", "corridor_mismatch");
        cases.push(closed.shows("/risk/corridor_intent", "").shows("/attempts_used", 0));
    }
    decide(&RECORDED, &cases);
}

#[test]
fn other_intents_never_meet_a_candidate_not_even_where_the_variable_names_them() {
    let answers = json!({"partial_trust_shopping": [{"raw": r#"{"item_name":"хлеб"}"#, "latency_ms": 1}]});
    let mut cases = Vec::new();
    for intent in [None, Some("create_task"), Some("clarify_needed"), Some("")] {
        let says = |text: &str| {
            let environment = environment("PARTIAL_TRUST_INTENT", intent);
            said(text).with("exchanges", answers.clone()).with("environment", environment)
        };
        let name = |text: &str| format!("{text} under {intent:?}");
        for task in ["Надо убраться", "todo: починить кран"] {
            let task = Case::new(name(task), &says(task)).ends("skipped", "corridor_mismatch");
            cases.push(task.shows("/intent", "create_task").shows("/decision/payload/job_type", "create_task"));
        }
        for (question, shown) in [("Привет", "clarify"), ("", "clarify"), ("Купи хлеб и оплати", "reject")]
        {
            let question = Case::new(name(question), &says(question)).ends("skipped", "baseline_non_execute");
            cases.push(question.shows("/decision/action", shown));
        }
    }
    decide(&RECORDED, &cases);
}

#[test]
fn the_sample_holds_the_buckets_strictly_below_the_rate() {
    // SHA-256 of `abc` begins with ba7816bf8f01cfea (an example of FIPS 180-4), of nothing with e3b0c44298fc1c14.
    let (abc, nothing) = ("0.7283949105904022", "0.8894159948913374");
    let rows = [
        ("abc", abc, false),
        ("abc", "0.7283949105904023", true),
        ("abc", "0.7283949105904021", false),
        ("abc", "7.283949105904023e-1", true),
        ("", nothing, false),
        ("", "0.8894159948913375", true),
        ("", "0.9999999999999999", true),
        ("", "5e-324", false),
        ("", "1", true),
        ("", "0", false),
    ];
    let mut cases = Vec::new();
    for (id, rate, is_sampled) in rows {
        let environment = environment("PARTIAL_TRUST_SAMPLE_RATE", Some(rate));
        let sampled = Case::new(format!("{id:?} at {rate}"), &recording(id).with("environment", environment));
        let (status, reason) = if is_sampled { ("accepted_llm", "accepted") } else { ("not_sampled", "not_sampled") };
        let rate: f64 = rate.parse().unwrap();
        cases.push(sampled.ends(status, reason).shows("/risk/sample_rate", rate));
    }
    decide(&RECORDED, &cases);
}

#[test]
fn a_rate_is_trimmed_and_clamped_and_zero_where_it_cannot_be_read() {
    let never = [
        "0", "-0", "-0.0", "1e-400", "-1", "-1e999", "-inf", "NaN", "nan", "-nan", "", " ", "0,5", "1/2", "50%",
        "half", "0x1", "1e", "e1", ".", "1 0", "--1",
    ];
    let always =
        ["1", "1.0", "1.0000000000000002", "7", "1e999", "inf", "Infinity", "+1", "5.", "1e0", " 1\u{1f}", "10e-1"];
    let half = ["0.5", ".5", "5e-1", "+.5", "\u{a0}0.5\n", "0.50000", "50E-2"];
    let at = |written: &&str| case("PARTIAL_TRUST_SAMPLE_RATE", Some(written));
    let mut cases: Vec<_> = never
        .iter()
        .map(|written| at(written).ends("not_sampled", "not_sampled").shows("/risk/sample_rate", 0.0))
        .collect();
    cases.extend(always.iter().map(|written| at(written).judged("accepted").shows("/risk/sample_rate", 1.0)));
    cases.extend(half.iter().map(|written| at(written).shows("/risk/sample_rate", 0.5)));
    cases.push(case("PARTIAL_TRUST_SAMPLE_RATE", None).shows("/risk/sample_rate", 0.01));
    decide(&RECORDED, &cases);
}

/// A profile without a route looks healthy in production: no error, no mismatch, and no corridor.
#[test]
fn a_candidate_is_asked_for_on_a_profile_with_a_route_only() {
    let mut cases = Vec::new();
    for profile in ["partial_trust", "reliable"] {
        let routed = case("PARTIAL_TRUST_PROFILE_ID", Some(profile)).judged("accepted");
        cases.push(routed.shows("/risk/model_meta/profile", profile));
    }
    for profile in [None, Some(""), Some("cheap"), Some("Partial_Trust"), Some("unheard-of")] {
        cases.push(
            case("PARTIAL_TRUST_PROFILE_ID", profile).ends("skipped", "policy_disabled").shows("/attempts_used", 0),
        );
    }
    // An empty profile means that of the policy.
    for (profile, reason) in [("partial_trust", "accepted"), ("cheap", "policy_disabled"), ("", "policy_disabled")] {
        let mut variables = environment("PARTIAL_TRUST_PROFILE_ID", Some(""));
        variables["LLM_POLICY_PROFILE"] = json!(profile);
        let recorded = recording("plain").with("environment", variables);
        cases.push(Case::new(format!("policy's {profile:?}"), &recorded).shows("/risk/reason_code", reason));
    }
    decide(&RECORDED, &cases);
}

#[test]
fn a_policy_file_is_refused_as_a_whole_and_then_no_candidate_is_asked_for() {
    let policy = |model: &str| {
        format!(
            "schema_version: 1\nprofiles: {{cheap: {{}}, reliable: {{}}}}\ntasks: {{shopping_extraction: {{}}}}\nrouting:\n  \
             shopping_extraction: {{cheap: {{model: small}}}}\n  partial_trust_shopping: {{reliable: {{model: \"{model}\"}}}}\n"
        )
    };
    let plain = recording("plain");
    for (name, text, placeholders, reason) in [
        ("a route", policy("large"), "false", "accepted"),
        ("an opening bracket alone", policy("a<b"), "false", "accepted"),
        ("a dollar alone", policy("$MODEL"), "false", "accepted"),
        ("a placeholder that is allowed", policy("${MODEL}"), "true", "accepted"),
        ("a placeholder", policy("${MODEL}"), "false", "policy_disabled"),
        ("a placeholder in brackets", policy("<model>"), "false", "policy_disabled"),
        ("brackets the other way round", policy("a>b<c"), "false", "policy_disabled"),
        ("an unknown field", policy("large") + "note: x\n", "true", "policy_disabled"),
        ("another version", policy("large").replace("version: 1", "version: 2"), "true", "policy_disabled"),
        (
            "no route for the profile",
            policy("large").replace("reliable: {model", "cheap: {model"),
            "true",
            "policy_disabled",
        ),
        ("nothing", String::new(), "true", "policy_disabled"),
    ] {
        let bench = Workbench::new().with("policy.yaml", text);
        let arguments = [
            "decide",
            "--env",
            "LLM_POLICY_PATH=policy.yaml",
            "--env",
            "PARTIAL_TRUST_PROFILE_ID=reliable",
            "--env",
            &format!("LLM_POLICY_ALLOW_PLACEHOLDERS={placeholders}"),
        ];
        let ran = bench.run_with(arguments, &[], plain.line().as_bytes()).exits(0);
        let line: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(line["risk"]["reason_code"], reason, "{name}");
        assert_eq!(line["baseline"]["payload"]["proposed_actions"][0]["payload"]["item"], on_list("хлеб"), "{name}");
    }
}
