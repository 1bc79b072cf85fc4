//! The verdict on a step: from the findings of all rules, contradictions, and what is missing.

use super::alarm::{alarms, stability};
use super::beside::Beside;
use super::contradiction::{Contradiction, contradictions};
use super::evidence::StepEvidence;
use super::exposure::Exposure;
use super::judge::{Finding, Looks, judge};
use super::missing::{Missing, missing};
use super::policy::StagePolicy;
use super::production::Production;
use super::question::{of_replay, of_stage};
use super::recorded::Recorded;
use super::rule::{Kind, RuleId};
use super::step::Step;
use crate::decide::RuleSet;
use crate::model::wire::wire_enum;
use crate::summary::Decisions;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// The verdict; the first that applies in this order.
    Verdict, "verdict" {
        /// The evidence contradicts itself.
        Invalid = "invalid",
        /// The step must not be taken.
        NoGo = "no_go",
        /// The step may be taken.
        Go = "go",
        /// The evidence is not sufficient yet.
        Inconclusive = "inconclusive",
    }
}

/// The verdict with all findings that led to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The step.
    pub step: Step,
    /// The acceptance rules that were judged.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether a critical rule is broken.
    pub critical: bool,
    /// How often a verdict is asked for.
    pub looks: Looks,
    /// Recordings counted as a sample of production although they were written.
    pub assumed_representative: bool,
    /// Contradictions in the evidence.
    pub contradictions: Vec<Contradiction>,
    /// The findings of the rules, in the order of harm.
    pub findings: Vec<Finding>,
    /// What GO needs besides the rules and is missing.
    pub missing: Vec<Missing>,
    /// The commands that the step newly exposes; `None` where the replay does not have its rates.
    pub exposure: Option<Exposure>,
    /// What is shown and does not change the verdict.
    pub beside: Beside,
}

impl Finding {
    /// Whether it refuses the step.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.state.is_bad() && self.decides()
    }

    /// Whether GO is impossible until it is proven.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        let is_alarm_without_need = self.kind == Kind::Alarm && self.seen.unknown == 0;
        !self.state.is_bad() && !self.state.is_good() && self.decides() && !is_alarm_without_need
    }

    fn decides(&self) -> bool {
        match self.kind {
            Kind::Critical | Kind::Block | Kind::Alarm => !self.dry_run,
            Kind::Signal => false,
        }
    }
}

/// Judges a step.
#[must_use]
pub fn judge_step(evidence: &StepEvidence) -> Judgement {
    let StepEvidence { step, policy, looks, summary, .. } = *evidence;
    let recorded = Recorded::of(summary, evidence.assume_representative);
    let stage = step.stage(policy);
    let production = stage.zip(evidence.logs).map(|(stage, logs)| Production::of(stage.rate, logs));
    let mut findings: Vec<Finding> =
        of_replay(policy, &recorded).iter().map(|question| judge(question, policy.alpha, looks)).collect();
    let regressed = findings.iter_mut().filter(|finding| finding.rule == RuleId::Regressed);
    regressed.for_each(|finding| finding.by_effect = Some(recorded.seen().regressed_by));
    if let Some(stage) = stage {
        findings.extend(of_production(evidence, stage, production.as_ref()));
    }
    findings.sort_by_key(|finding| finding.rule);
    let contradictions = contradictions(evidence, &recorded, production.as_ref());
    let missing = missing(evidence, stage, production.as_ref());
    let critical = findings.iter().any(|finding| finding.refuses() && finding.kind == Kind::Critical);
    let verdict = if !contradictions.is_empty() {
        Verdict::Invalid
    } else if findings.iter().any(Finding::refuses) {
        Verdict::NoGo
    } else if missing.is_empty() && !findings.iter().any(Finding::is_missing) {
        Verdict::Go
    } else {
        Verdict::Inconclusive
    };
    Judgement {
        step,
        rules: summary.rules,
        decisions: summary.decisions,
        verdict,
        critical: critical && verdict == Verdict::NoGo,
        looks,
        assumed_representative: evidence.assume_representative,
        contradictions,
        findings,
        missing,
        exposure: Exposure::of(step, policy, summary),
        beside: Beside::of(step, policy, summary, &recorded),
    }
}

/// The findings of the rules that read risk logs. Without a log they have no record.
fn of_production(evidence: &StepEvidence, stage: &StagePolicy, production: Option<&Production>) -> Vec<Finding> {
    let StepEvidence { policy, looks, .. } = *evidence;
    let alpha = policy.alpha;
    let production = production.copied().unwrap_or_else(|| Production::nothing(stage.rate));
    let questions = of_stage(policy, stage, &production, evidence.fidelity);
    let mut findings: Vec<_> = questions.iter().map(|question| judge(question, alpha, looks)).collect();
    let before = policy.stage_before(stage.rate).zip(evidence.logs);
    if let Some((before, logs)) = before {
        findings.push(stability(stage, Production::of(before.rate, logs).acceptance(), production.acceptance(), alpha));
    }
    findings.extend(alarms(policy, stage, &production));
    findings
}
