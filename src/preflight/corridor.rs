//! What the corridor's own variables would do: switch, intent, rate, budget and risk log.

use super::deployment::RiskLog;
use super::finding::{Finding, FindingId, Hazard};
use super::secret::{quoted, quoted_value};
use super::subject::Subject;
use super::variable::Variable;
use crate::decide::{Budget, RuleSet, written_rate};
use crate::model::Intent;
use std::path::Path;

const RATE: &str = "PARTIAL_TRUST_SAMPLE_RATE";
const TIMEOUT: &str = "PARTIAL_TRUST_TIMEOUT_MS";

/// The latency limit of the rollout's first stage, ms: users wait for the candidate.
const LATENCY_LIMIT_MS: u64 = 500;

/// Above this budget, ms, users give up before it ends the wait.
const PRACTICAL_LIMIT_MS: u64 = 10_000;

/// Findings about the corridor. While it is off its other variables have no effect, so they are not checked.
pub(super) fn check(subject: &Subject) -> Vec<Finding> {
    if !subject.settings.enabled {
        return vec![switch_off()];
    }
    [intent(subject), rate(subject), budget(subject), risk_log(subject)].into_iter().flatten().collect()
}

fn switch_off() -> Finding {
    Finding::warning(
        FindingId::SwitchOff,
        "PARTIAL_TRUST_ENABLED",
        "the corridor is off: no candidate is asked for, and no risk line is written at all, so that looking for `skipped` \
         lines can never confirm a kill-switch",
        "to confirm that it is off, watch the time of the risk log's last line: it stays while shopping commands go on",
    )
    .of(Hazard::NoConfirmation)
}

fn intent(subject: &Subject) -> Option<Finding> {
    const INTENT: &str = "PARTIAL_TRUST_INTENT";
    let allowed = Intent::AddShoppingItem;
    let written = subject.deployment.value(INTENT).filter(|_| subject.settings.intent.is_none())?;
    let near = subject.trimmed(INTENT).is_some_and(|text| text.eq_ignore_ascii_case(allowed.as_str()));
    let case = if near { " (upper and lower case count)" } else { "" };
    let consequence = format!(
        "{} is not on the allow-list{case}: there is no corridor, and every command that the baseline starts is \
         `skipped` / `corridor_mismatch`",
        quoted_value(INTENT, written)
    );
    Some(Finding::error(FindingId::IntentNotAllowed, INTENT, consequence, format!("set it to {allowed}, or unset it")))
}

fn rate(subject: &Subject) -> Option<Finding> {
    let text = subject.deployment.value(RATE).or_else(|| Variable::named(RATE)?.default)?;
    let effective = subject.settings.sample_rate;
    let stages = &subject.deployment.stages;
    let shown = quoted_value(RATE, text);
    let as_stages = format!("set one of the stages: {}", listed(stages));
    let Some(written) = written_rate(text) else {
        let example = "a number with a decimal point and without a sign of percent, 0.05 for five in a hundred";
        let consequence = format!("{shown} is not a number, which counts as 0: nobody is sampled");
        return Some(Finding::error(FindingId::RateUnreadable, RATE, consequence, format!("set {example}")));
    };
    if !(0.0..=1.0).contains(&written) {
        let whom = if effective > 0.0 { "1: everybody is sampled" } else { "0: nobody is sampled" };
        let consequence = format!("{shown} is not between 0 and 1 and counts as {whom}");
        let fix = format!("a rate is a share, 0.05 for five in a hundred; {as_stages}");
        return Some(Finding::error(FindingId::RateOutOfRange, RATE, consequence, fix));
    }
    if effective <= 0.0 {
        let consequence = "nobody is sampled: no candidate is ever asked for, and every shopping command that the baseline \
                           starts is `not_sampled`";
        return Some(Finding::warning(FindingId::RateZero, RATE, consequence, as_stages));
    }
    if let Some(last) = stages.last().filter(|last| effective > **last) {
        let consequence = format!(
            "the rate {effective} is beyond the last stage of the rollout, {last}: {} times as many commands as anybody \
             planned for get a candidate, and for each that is accepted it replaces the baseline's decision",
            (effective / last * 100.0).round() / 100.0
        );
        return Some(Finding::error(FindingId::RateBeyondStages, RATE, consequence, as_stages));
    }
    if stages.iter().any(|stage| stage.to_bits() == effective.to_bits()) {
        return None;
    }
    let consequence =
        format!("the rate {effective} is not that of a stage: no verdict on a stage says anything about it");
    Some(Finding::warning(FindingId::RateOffStage, RATE, consequence, as_stages))
}

fn listed(rates: &[f64]) -> String {
    rates.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

fn budget(subject: &Subject) -> Option<Finding> {
    let written = subject.deployment.value(TIMEOUT)?;
    match subject.settings.budget {
        Budget::Invalid => Some(budget_invalid(subject.deployment.rules, written)),
        Budget::Limit(limit) => budget_long(limit, written),
    }
}

fn budget_invalid(rules: RuleSet, written: &str) -> Finding {
    let end = match rules {
        RuleSet::Reference => {
            "as deployed that is no limit, and the decision waits for a candidate as long as the endpoint takes, for ever \
             if need be"
        }
        RuleSet::Strict => {
            "under `strict` every sampled command is `skipped` / `timeout_invalid`, and the corridor never runs; the \
             deployed system would wait without a limit"
        }
    };
    let consequence = format!("{} is not a whole number above 0: {end}", quoted_value(TIMEOUT, written));
    let fix =
        "set a whole number of milliseconds, such as 200; to switch the corridor off, set PARTIAL_TRUST_ENABLED=false";
    Finding::error(FindingId::TimeoutInvalid, TIMEOUT, consequence, fix).of(Hazard::NoLimit)
}

/// A valid budget that is too long.
fn budget_long(limit: u64, written: &str) -> Option<Finding> {
    let shown = quoted_value(TIMEOUT, written);
    let fix = format!("set {LATENCY_LIMIT_MS} or less, such as 200; the value is in milliseconds");
    if limit > PRACTICAL_LIMIT_MS {
        let consequence = format!(
            "{shown} is more than {PRACTICAL_LIMIT_MS} ms: no practical limit, for users give up before it ends the wait, and \
             a decision waits for a candidate about as long as the endpoint takes"
        );
        return Some(Finding::error(FindingId::TimeoutLong, TIMEOUT, consequence, fix).of(Hazard::NoLimit));
    }
    (limit > LATENCY_LIMIT_MS).then(|| {
        let consequence = format!(
            "users wait up to {limit} ms for a candidate that may then be thrown away: that is more than {LATENCY_LIMIT_MS} ms, \
             the latency limit of the rollout's first stage, which slow candidates alone can break"
        );
        Finding::warning(FindingId::TimeoutLong, TIMEOUT, consequence, fix)
    })
}

fn risk_log(subject: &Subject) -> Option<Finding> {
    let deployment = subject.deployment;
    let path = quoted(deployment.risk_log_path());
    let (what, fix) = match &deployment.risk_log {
        RiskLog::NotLookedAt | RiskLog::Writable => return None,
        RiskLog::FolderMissing => {
            ("its folder does not exist".to_owned(), "create the folder, writable for the service")
        }
        RiskLog::Refused(reason) => (reason.clone(), "name a file that the service may append to"),
    };
    let consequence = format!(
        "the risk log {path} cannot be written ({what}): as deployed that raises out of the decision, also out of the handler \
         that should have kept the baseline, and no line says so"
    );
    let name = "PARTIAL_TRUST_RISK_LOG_PATH";
    let finding = if deployment.elsewhere && Path::new(deployment.risk_log_path()).is_relative() {
        let fix =
            format!("{fix}; the path is relative, and was looked for from here: run this in the service's folder");
        Finding::warning(FindingId::RiskLogUnwritable, name, consequence, fix)
    } else {
        Finding::error(FindingId::RiskLogUnwritable, name, consequence, fix)
    };
    Some(finding.of(Hazard::LogFails))
}
