//! Findings and effective values of whole deployments.

use super::preset::EXAMPLE_POLICY;
use super::*;
use crate::decide::{LlmPolicy, PolicySource, RuleSet};
use crate::model::LlmTask;
use proptest::prelude::*;

const STAGES: [f64; 3] = [0.01, 0.05, 0.1];

/// An environment without any finding but `baseline_asks_llm`, which none can avoid.
const GOOD: [(&str, &str); 6] = [
    ("PARTIAL_TRUST_ENABLED", "true"),
    ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
    ("LLM_POLICY_ENABLED", "true"),
    ("LLM_POLICY_PATH", "policy.yaml"),
    ("LLM_API_KEY", "key"),
    ("LLM_BASE_URL", "https://llm.example/v1"),
];

fn deployment(variables: &[(&str, &str)]) -> Deployment {
    let mut deployment = Deployment::new("test", RuleSet::Reference, &STAGES);
    for (name, value) in variables {
        deployment.set(name, *value, Origin::Process);
    }
    if deployment.value("LLM_POLICY_PATH").is_some() {
        deployment.policy = PolicySource::Text(EXAMPLE_POLICY.to_owned());
    }
    deployment
}

/// The good one, with other values.
fn changed(variables: &[(&str, &str)]) -> Deployment {
    deployment(&[&GOOD, variables].concat())
}

fn ids(deployment: &Deployment) -> Vec<FindingId> {
    inspect(deployment).findings.iter().map(|finding| finding.id).collect()
}

#[track_caller]
fn found(deployment: &Deployment, id: FindingId) -> Finding {
    let preflight = inspect(deployment);
    let found = preflight.findings.iter().find(|finding| finding.id == id);
    found.unwrap_or_else(|| panic!("{id} is not among {:#?}", preflight.findings)).clone()
}

#[test]
fn the_runbooks_stages_have_errors_and_ours_have_none() {
    for preset in Preset::ALL {
        let [documented, ours] = preset.deployments(RuleSet::Reference, &STAGES);
        assert_eq!(ids(&documented), [FindingId::PolicyRefused, FindingId::ProfileUnrouted], "{preset}");
        assert_eq!(ids(&ours), [FindingId::BaselineAsksLlm], "{preset}");
        assert_eq!(inspect(&ours).of_level(Level::Error).count(), 0);
    }
}

#[test]
fn the_example_policy_routes_both_tasks_and_limits_every_call() {
    let policy = LlmPolicy::parse(EXAMPLE_POLICY, false).unwrap();
    assert_eq!(policy.placeholders(), [] as [&str; 0]);
    for (task, start) in [(LlmTask::PartialTrustShopping, "partial_trust"), (LlmTask::ShoppingExtraction, "cheap")] {
        let chain = policy.chain(task, start);
        assert_eq!(chain.len(), 2);
        assert!(chain.iter().all(|(_, route)| route.timeout_ms.is_some_and(|limit| limit <= 250)));
    }
}

#[test]
fn a_refused_policy_is_named_with_its_place_and_never_quoted() {
    let mut deployment = changed(&[]);
    for (policy, says) in [
        (
            PolicySource::Text("schema_version: [".to_owned()),
            "the policy file `policy.yaml` does not load (line 1, column ",
        ),
        (PolicySource::Text(EXAMPLE_POLICY.replace("ADR-003", "ADR-1")), "(compat.adr: must be ADR-003)"),
        (PolicySource::Text(EXAMPLE_POLICY.replace("qwen2.5-3b-instruct", "<model>")), "holds a placeholder"),
        (
            PolicySource::Text("sk-c4n4ryC4n4ryC4n4ry: 1".to_owned()),
            "(line 1, column 1: unknown field, expected one of",
        ),
        (
            PolicySource::Unreadable("cannot read policy.yaml: entity not found".to_owned()),
            "(cannot read policy.yaml: ",
        ),
    ] {
        deployment.policy = policy;
        let finding = found(&deployment, FindingId::PolicyRefused);
        assert!(finding.consequence.contains(says), "{says}: {}", finding.consequence);
        assert!(finding.consequence.contains("every shopping command raises, corridor or not"));
        assert_eq!(finding.variable.as_deref(), Some("LLM_POLICY_PATH"));
        assert_eq!((finding.hazard, finding.level), (Some(Hazard::PolicyRefused), Level::Error));
        assert!(!format!("{:?}", inspect(&deployment)).contains("c4n4ry"));
    }
}

#[test]
fn a_missing_route_is_also_found_where_a_policy_is_refused_for_placeholders_alone() {
    let built_in = [("PARTIAL_TRUST_ENABLED", "true"), ("LLM_POLICY_ENABLED", "true")];
    assert!(
        found(&deployment(&built_in), FindingId::ProfileUnrouted).consequence.starts_with("once the policy loads: ")
    );
    let routed = [&built_in[..], &[("PARTIAL_TRUST_PROFILE_ID", "reliable")]].concat();
    assert_eq!(ids(&deployment(&routed)), [FindingId::PolicyRefused]);
    assert_eq!(ids(&deployment(&built_in[1..])), [FindingId::PolicyRefused, FindingId::SwitchOff]);
}

#[test]
fn a_missing_route_says_which_profiles_have_one() {
    for (variables, says) in [
        (
            vec![("PARTIAL_TRUST_PROFILE_ID", "cheap")],
            "the profile `cheap`, which is that of LLM_POLICY_PROFILE, has no route",
        ),
        (vec![("PARTIAL_TRUST_PROFILE_ID", "Partial_Trust")], "(the policy does not even declare it)"),
        (vec![("PARTIAL_TRUST_PROFILE_ID", " "), ("LLM_POLICY_PROFILE", "")], "the profile (empty), which is that of"),
    ] {
        let finding = found(&changed(&variables), FindingId::ProfileUnrouted);
        assert!(finding.consequence.contains(says), "{}", finding.consequence);
        assert!(finding.fix.ends_with("`partial_trust`, `reliable`"), "{}", finding.fix);
    }
}

#[test]
fn the_finding_about_name_extraction_has_its_calls_and_its_limit() {
    let says = |deployment: &Deployment| found(deployment, FindingId::BaselineAsksLlm).consequence;
    let limited = says(&changed(&[]));
    assert!(limited.contains("up to 4 calls (`cheap`, then `reliable`, twice each)"), "{limited}");
    assert!(limited.contains("for 800 ms at most"), "{limited}");
    assert!(limited.contains("100 % of shopping commands, while the corridor samples at 0.01"), "{limited}");
    let short = says(&changed(&[("LLM_POLICY_PROFILE", "reliable")]));
    assert!(short.contains("up to 2 calls (`reliable`, twice each)") && short.contains("for 500 ms"), "{short}");
    let mut unlimited = changed(&[]);
    unlimited.policy = PolicySource::Text(EXAMPLE_POLICY.replace(", timeout_ms: 250", ""));
    assert!(says(&unlimited).contains("without any limit of time"));
    let mut endless = changed(&[]);
    endless.policy =
        PolicySource::Text(EXAMPLE_POLICY.replace("timeout_ms: 250", &format!("timeout_ms: {}", i64::MAX)));
    assert!(says(&endless).contains("without any limit of time"));
    let off = says(&changed(&[("PARTIAL_TRUST_ENABLED", "false")]));
    assert!(off.contains("although the corridor is off"), "{off}");
}

#[test]
fn each_kind_of_rate_has_its_finding() {
    use FindingId::{RateBeyondStages, RateOffStage, RateOutOfRange, RateUnreadable, RateZero};
    for (text, expected) in [
        ("0.01", None),
        (" 5e-2 ", None),
        ("0.10", None),
        ("5%", Some(RateUnreadable)),
        ("0,05", Some(RateUnreadable)),
        ("", Some(RateUnreadable)),
        ("nan", Some(RateUnreadable)),
        ("0", Some(RateZero)),
        ("-0.0", Some(RateZero)),
        ("5", Some(RateOutOfRange)),
        ("inf", Some(RateOutOfRange)),
        ("-0.01", Some(RateOutOfRange)),
        ("0.11", Some(RateBeyondStages)),
        ("1", Some(RateBeyondStages)),
        ("0.02", Some(RateOffStage)),
    ] {
        let rates = [RateUnreadable, RateZero, RateOutOfRange, RateBeyondStages, RateOffStage];
        let mut found = ids(&changed(&[("PARTIAL_TRUST_SAMPLE_RATE", text)]));
        found.retain(|id| rates.contains(id));
        assert_eq!(found, Vec::from_iter(expected), "{text}");
    }
    let mut without_stages = changed(&[("PARTIAL_TRUST_SAMPLE_RATE", "0.5")]);
    without_stages.stages.clear();
    assert_eq!(ids(&without_stages), [FindingId::BaselineAsksLlm, RateOffStage]);
}

#[test]
fn a_budget_that_users_wait_for_too_long_is_found() {
    use Level::{Error, Warning};
    for (text, expected) in [
        ("200", None),
        ("500", None),
        ("501", Some((Warning, None))),
        ("10000", Some((Warning, None))),
        ("10001", Some((Error, Some(Hazard::NoLimit)))),
        ("60000", Some((Error, Some(Hazard::NoLimit)))),
        ("99999999999999999999", Some((Error, Some(Hazard::NoLimit)))),
    ] {
        for rules in [RuleSet::Reference, RuleSet::Strict] {
            let deployment = Deployment { rules, ..changed(&[("PARTIAL_TRUST_TIMEOUT_MS", text)]) };
            let found = inspect(&deployment).findings.into_iter().find(|finding| finding.id == FindingId::TimeoutLong);
            assert_eq!(found.as_ref().map(|finding| (finding.level, finding.hazard)), expected, "{text}");
            let says = if expected == Some((Warning, None)) { format!("up to {text} ms") } else { format!("`{text}`") };
            assert!(found.is_none_or(|finding| finding.consequence.contains(&says)), "{says}");
        }
    }
    let off = changed(&[("PARTIAL_TRUST_ENABLED", "false"), ("PARTIAL_TRUST_TIMEOUT_MS", "60000")]);
    assert!(!ids(&off).contains(&FindingId::TimeoutLong));
}

#[test]
fn switches_that_look_on_and_are_off_are_misread() {
    let switches = ["PARTIAL_TRUST_ENABLED", "LLM_POLICY_ENABLED", "LLM_POLICY_ALLOW_PLACEHOLDERS"];
    for name in switches {
        for (value, is_misread) in [
            ("true", false),
            ("YES", false),
            ("1", false),
            ("false", false),
            ("Off", false),
            (" no ", false),
            ("", false),
            ("on", true),
            ("enabled", true),
            ("y", true),
            ("treu", true),
            ("2", true),
            ("true\u{200b}", true),
        ] {
            let found = ids(&changed(&[(name, value)])).contains(&FindingId::SwitchMisread);
            assert_eq!(found, is_misread, "{name}={value}");
        }
        let blanks = ids(&changed(&[(name, "true ")])).contains(&FindingId::SwitchMisread);
        assert_eq!(blanks, name != "PARTIAL_TRUST_ENABLED", "{name}");
    }
}

#[test]
fn each_kind_of_endpoint_has_its_finding() {
    use FindingId::{BaseUrlMissing, BaseUrlNotABase, BaseUrlNotHttp, BaseUrlPlaintext};
    for (url, expected) in [
        ("https://llm.example/v1", None),
        ("HTTPS://llm.example/v1/", None),
        ("http://localhost:8080/v1", None),
        ("", Some(BaseUrlMissing)),
        (" ", Some(BaseUrlMissing)),
        ("llm.example/v1", Some(BaseUrlNotHttp)),
        ("ftp://llm.example", Some(BaseUrlNotHttp)),
        ("https://", Some(BaseUrlNotHttp)),
        ("https:///v1", Some(BaseUrlNotHttp)),
        ("https://llm.example/v1/chat/completions", Some(BaseUrlNotABase)),
        ("https://llm.example/v1/Chat/Completions/", Some(BaseUrlNotABase)),
        ("https://llm.example/v1?version=1", Some(BaseUrlNotABase)),
        ("http://llm.example/v1", Some(BaseUrlPlaintext)),
    ] {
        let mut found = ids(&changed(&[("LLM_BASE_URL", url)]));
        found.retain(|id| [BaseUrlMissing, BaseUrlNotABase, BaseUrlNotHttp, BaseUrlPlaintext].contains(id));
        assert_eq!(found, Vec::from_iter(expected), "{url}");
    }
}

#[test]
fn an_endpoint_is_asked_for_only_where_a_route_needs_it() {
    let mut variables = GOOD.to_vec();
    variables.retain(|(name, _)| *name != "LLM_BASE_URL");
    let mut own_endpoints = deployment(&variables);
    assert!(ids(&own_endpoints).contains(&FindingId::BaseUrlMissing));
    let text = EXAMPLE_POLICY.replace("provider: openai_compatible,", "base_url: https://llm.example/v1,");
    own_endpoints.policy = PolicySource::Text(text);
    assert_eq!(ids(&own_endpoints), [FindingId::BaselineAsksLlm]);
}

#[test]
fn blanks_are_found_exactly_where_the_settings_do_not_trim() {
    for variable in &VARIABLE_TABLE {
        let name = variable.name;
        let value = GOOD.iter().find(|(good, _)| *good == name).map_or(variable.default, |(_, value)| Some(*value));
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        let [plain, padded] = [value.to_owned(), format!(" {value} ")].map(|value| changed(&[(name, &value)]));
        let settings = |one: &Deployment| Settings::from_environment(&one.environment(), &one.policy);
        // These are part of no setting, so that blanks around them always count.
        let is_setting =
            !["LLM_POLICY_PATH", "LLM_API_KEY", "LLM_BASE_URL", "PARTIAL_TRUST_RISK_LOG_PATH"].contains(&name);
        let is_kept = !is_setting || settings(&plain) != settings(&padded);
        let found = ids(&padded);
        let is_found = found.contains(&FindingId::BlanksKept) || found.contains(&FindingId::SwitchMisread);
        // A switch that is off stays off with blanks around its value.
        assert!(is_found == is_kept || value == "false", "{name}: {found:?}");
    }
}

#[test]
fn a_reference_is_an_error_in_the_process_and_a_warning_in_a_file() {
    let mut deployment = changed(&[("LLM_POLICY_PROFILE", "${PROFILE}")]);
    assert_eq!(found(&deployment, FindingId::UnfilledValue).level, Level::Error);
    let file = |line| Origin::File { path: "x.env".to_owned(), line };
    deployment.set("LLM_POLICY_PROFILE", "${PROFILE}", file(3));
    let finding = found(&deployment, FindingId::UnfilledValue);
    assert_eq!((finding.level, finding.origin), (Level::Warning, Some(file(3))));
    deployment.set("LLM_POLICY_PROFILE", "<profile>", file(3));
    assert_eq!(found(&deployment, FindingId::UnfilledValue).level, Level::Error);
}

#[test]
fn a_relative_risk_log_outside_the_folder_of_the_service_is_a_warning() {
    let mut deployment = changed(&[]);
    for risk_log in [RiskLog::FolderMissing, RiskLog::Refused("permission denied".to_owned())] {
        deployment.risk_log = risk_log;
        deployment.elsewhere = false;
        assert_eq!(found(&deployment, FindingId::RiskLogUnwritable).level, Level::Error);
        deployment.elsewhere = true;
        assert_eq!(found(&deployment, FindingId::RiskLogUnwritable).level, Level::Warning);
        let mut absolute = deployment.clone();
        absolute.set("PARTIAL_TRUST_RISK_LOG_PATH", "/var/log/risk.jsonl", Origin::Process);
        assert_eq!(found(&absolute, FindingId::RiskLogUnwritable).level, Level::Error);
    }
}

#[test]
fn every_variable_has_its_effective_value() {
    let effective = |deployment: &Deployment, name: &str| {
        let views = inspect(deployment).variables;
        views.into_iter().find(|view| view.variable.name == name).unwrap().effective
    };
    for (name, value, expected) in [
        ("PARTIAL_TRUST_ENABLED", " YES ", "on"),
        ("PARTIAL_TRUST_INTENT", "", "none: no corridor"),
        ("PARTIAL_TRUST_SAMPLE_RATE", "5e-2", "0.05"),
        ("PARTIAL_TRUST_SAMPLE_RATE", "7", "1: everybody"),
        ("PARTIAL_TRUST_SAMPLE_RATE", "abc", "0: nobody"),
        ("PARTIAL_TRUST_TIMEOUT_MS", "+200", "200 ms"),
        ("PARTIAL_TRUST_TIMEOUT_MS", "0", "no limit"),
        ("PARTIAL_TRUST_TIMEOUT_MS", "60000", "60000 ms"),
        ("PARTIAL_TRUST_TIMEOUT_MS", "99999999999999999999", "no practical limit"),
        ("PARTIAL_TRUST_PROFILE_ID", "", "as LLM_POLICY_PROFILE"),
        ("PARTIAL_TRUST_PROFILE_ID", "sk-c4n4ryC4n4ryC4n4ry", "(not shown)"),
        ("PARTIAL_TRUST_RISK_LOG_PATH", "", "(empty)"),
        ("PARTIAL_TRUST_RISK_LOG_PATH", "/r.jsonl", "/r.jsonl"),
        ("LLM_POLICY_ENABLED", " true", "off"),
        ("LLM_POLICY_PATH", "policy.yaml", "policy file: loads"),
        ("LLM_POLICY_PROFILE", "", "(empty)"),
        ("LLM_POLICY_ALLOW_PLACEHOLDERS", "1", "on"),
        ("LLM_API_KEY", "canary", "set"),
        ("LLM_API_KEY", "", "(empty)"),
        ("LLM_BASE_URL", "https://u:canary@llm.example/v1", "https://llm.example/v1"),
    ] {
        assert_eq!(effective(&changed(&[(name, value)]), name), expected, "{name}={value}");
    }
    let strict = Deployment { rules: RuleSet::Strict, ..changed(&[("PARTIAL_TRUST_TIMEOUT_MS", "0")]) };
    assert_eq!(effective(&strict, "PARTIAL_TRUST_TIMEOUT_MS"), "none: no corridor");
    assert_eq!(effective(&deployment(&[]), "PARTIAL_TRUST_SAMPLE_RATE"), "0, for the corridor is off");
    assert_eq!(effective(&deployment(&[]), "LLM_API_KEY"), "none");
}

#[test]
fn every_finding_is_documented_and_no_other() {
    let document = include_str!("../../docs/preflight.md");
    let (_, findings) = document.split_once("## Findings").unwrap();
    let (findings, _) = findings.split_once("\n## ").unwrap();
    let rows = findings.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: Vec<_> =
        rows.map(|id| id.parse::<FindingId>().unwrap_or_else(|error| panic!("{id}: {error}"))).collect();
    assert_eq!(documented, FindingId::ALL);
}

fn value() -> impl Strategy<Value = String> {
    let known =
        ["true", " true", "off", "", "0.05", "5%", "200", "abc", "partial_trust", "cheap", "\"1\"", "${X}", "1e400"];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), any::<String>()]
}

proptest! {
    #[test]
    fn no_environment_makes_it_panic_and_every_finding_has_both_sentences(values in proptest::collection::vec(
        proptest::option::of(value()), VARIABLE_TABLE.len()
    ), strict in any::<bool>()) {
        let rules = if strict { RuleSet::Strict } else { RuleSet::Reference };
        let mut deployment = Deployment::new("any", rules, &STAGES);
        for (variable, value) in VARIABLE_TABLE.iter().zip(values) {
            if let Some(value) = value {
                deployment.set(variable.name, value, Origin::Process);
            }
        }
        let preflight = inspect(&deployment);
        prop_assert!(preflight.findings.is_sorted_by_key(|finding| (finding.level, finding.id)));
        for finding in &preflight.findings {
            for sentence in [&finding.consequence, &finding.fix] {
                prop_assert!(!sentence.is_empty() && !sentence.ends_with('.') && !sentence.contains("  "), "{:?}", finding);
            }
        }
        // An environment without any finding does not exist: see `baseline_asks_llm` and `switch_off`.
        prop_assert!(!preflight.findings.is_empty());
    }

    #[test]
    fn no_output_holds_a_secret(canary in "[A-Za-z0-9]{6,30}", place in 0..5_usize, blank in "[ \n]?") {
        let canary = format!("Canary{canary}");
        let value = match place {
            0 => ("LLM_API_KEY", format!("{canary}{blank}")),
            1 => ("LLM_BASE_URL", format!("https://user:{canary}@llm.example/v1{blank}")),
            2 => ("LLM_BASE_URL", format!("https://llm.example/v1?key={canary}{blank}")),
            3 => ("LLM_POLICY_PROFILE", format!("sk-0{canary}{blank}")),
            _ => ("PARTIAL_TRUST_SAMPLE_RATE", format!("{blank}Bearer ghp_{canary}")),
        };
        let preflight = inspect(&changed(&[(value.0, &value.1)]));
        let [json, debug] = [serde_json::to_string(&preflight).unwrap(), format!("{preflight:?}")];
        prop_assert!(!json.contains(&canary), "{}", json);
        prop_assert!(!debug.contains(&canary), "{}", debug);
    }
}
