//! AC1: whatever else is set, the corridor is off unless `PARTIAL_TRUST_ENABLED` is on.

use super::bench::{Bench, Case, Conditions, SWITCH, is_untouched};
use super::check::Check;
use super::counts::{CheckCounts, Origin};
use super::standin::StandIn;
use crate::decide::{Environment, PolicySource, Scratch, Settings};
use crate::model::VARIABLES;

/// Values of the switch that do not mean on.
const OFF_VALUES: [&str; 14] =
    ["", " ", "0", "false", "no", "off", "on", "enabled", "y", "t", "2", "-1", "\"true\"", "true;"];

/// An environment in which the corridor has to be off.
pub(super) struct OffEnvironment {
    check: Check,
    what: String,
    settings: Settings,
}

/// Every environment that is tried.
pub(super) fn environments(conditions: &Conditions) -> Vec<OffEnvironment> {
    let settings = |variables: &Environment| Settings::from_environment(variables, &conditions.policy);
    let empty = Environment::new();
    let everything: Environment = VARIABLES
        .iter()
        .filter(|name| **name != SWITCH)
        .map(|name| ((*name).to_owned(), strongest(name).to_owned()))
        .collect();
    let mut environments = vec![OffEnvironment {
        check: Check::OffByDefault,
        what: "nothing set".to_owned(),
        settings: Settings::from_environment(&empty, &PolicySource::BuiltIn),
    }];
    environments.extend(everything.iter().map(|(name, value)| OffEnvironment {
        check: Check::OffWithoutSwitch,
        what: format!("only {name} set"),
        settings: settings(&Environment::from([(name.clone(), value.clone())])),
    }));
    environments.push(OffEnvironment {
        check: Check::OffWithoutSwitch,
        what: "everything set but the switch".to_owned(),
        settings: settings(&everything),
    });
    environments.extend(OFF_VALUES.iter().map(|value| {
        let mut variables = everything.clone();
        variables.insert(SWITCH.to_owned(), (*value).to_owned());
        OffEnvironment {
            check: Check::OffValues,
            what: format!("everything set and the switch {value:?}"),
            settings: settings(&variables),
        }
    }));
    environments
}

/// The value of a variable that opens the corridor the furthest.
fn strongest(name: &str) -> &'static str {
    match name {
        "PARTIAL_TRUST_INTENT" => "add_shopping_item",
        "PARTIAL_TRUST_SAMPLE_RATE" => "1",
        "PARTIAL_TRUST_TIMEOUT_MS" => "60000",
        "PARTIAL_TRUST_PROFILE_ID" => "partial_trust",
        "PARTIAL_TRUST_RISK_LOG_PATH" => "risk.jsonl",
        "LLM_POLICY_PROFILE" => "reliable",
        "LLM_POLICY_PATH" => "policy.yaml",
        "LLM_BASE_URL" => "http://localhost",
        // The switches of the policy, and a key.
        _ => "true",
    }
}

/// Decides the command in every environment, with a candidate that would be accepted.
pub(super) fn check(bench: &Bench, environments: &[OffEnvironment], case: &Case, counts: &mut CheckCounts) {
    for (rules, is_open) in bench.rules.iter().zip(&case.is_open) {
        for environment in environments {
            let source = StandIn::answer(&case.perfect.answer(|_| ()));
            let path = bench.implementation.path(&environment.settings, *rules, &source);
            let mut scratch = Scratch::default();
            let outcome = counts.watch(Origin::Arranged, *rules, &*path, case.recording, case.digest, &mut scratch);
            let holds = is_untouched(&outcome) && source.asked() == 0;
            counts.check(environment.check, *is_open, holds, || case.place(*rules, &environment.what));
        }
    }
}
