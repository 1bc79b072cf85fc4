//! The verdict: every rule judged, what contradicts itself, what is missing, and the first verdict that holds.

use super::beside::Beside;
use super::exposure::Exposure;
use super::judge::{Finding, Looks, Records, State, judge};
use super::policy::{Declared, Policy, StagePolicy};
use super::production::{Alarm, Production};
use super::recorded::Recorded;
use super::rule::{Kind, Reads, RuleId};
use super::step::Step;
use super::threshold::SampleRate;
use crate::decide::{PolicySource, RuleSet, Settings};
use crate::model::wire::wire_enum;
use crate::replay::RunInputs;
use crate::risklog::fidelity::Fidelity;
use crate::risklog::{Honest, LogState};
use crate::stats::{Alpha, Count, Rate, stability};
use crate::summary::{Circumstance, Decisions, Summary};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// The answer, and in this order the first that holds.
    Verdict, "verdict" {
        /// The evidence contradicts itself.
        Invalid = "invalid",
        /// The step must not be taken.
        NoGo = "no_go",
        /// The step may be taken.
        Go = "go",
        /// Nobody knows yet.
        Inconclusive = "inconclusive",
    }
}

/// Clocks of hosts differ by less.
const CLOCK_SKEW_MINUTES: i64 = 10;

/// Everything that a verdict is reached from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What is asked.
    pub step: Step,
    /// The policy.
    pub policy: &'a Policy,
    /// How often this is asked.
    pub looks: Looks,
    /// Recordings count as a sample of production although they were written.
    pub assume_representative: bool,
    /// What the replay came to.
    pub summary: &'a Summary,
    /// What the replay was made of.
    pub inputs: &'a RunInputs,
    /// What risk logs say; `None` where none was given.
    pub logs: Option<&'a Honest>,
    /// How far the replay agrees with the logs.
    pub fidelity: Option<&'a Fidelity>,
    /// The highest rate that an earlier receipt allowed under these rules.
    pub reached: Option<SampleRate>,
    /// Corpora that the project declares and the run leaves out.
    pub left_out: &'a [String],
    /// What is wrong with stored files, found before they were read.
    pub tampered: &'a [Tampered],
}

/// A stored file that is not what another one says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tampered {
    /// Its name.
    pub file: String,
    /// What is wrong, as a clause without its subject.
    pub problem: String,
}

/// What contradicts itself: no verdict can be built on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "contradiction", rename_all = "snake_case")]
pub enum Contradiction {
    /// A stored file is not what another one says it is.
    Tampered(Tampered),
    /// `sampled` flags in the log are not what command id and rate give.
    SampledFlags {
        /// How many.
        commands: u64,
    },
    /// Another part of the commands was sampled than was ordered.
    SampleRatio {
        /// The ordered rate.
        rate: f64,
        /// Sampled commands.
        sampled: u64,
        /// Commands that reached sampling.
        of: u64,
    },
    /// The last line of the log lies in the future.
    Future {
        /// By so much.
        minutes: u64,
    },
    /// Captured recordings are of several systems.
    MixedCaptures {
        /// The first few.
        circumstances: Vec<Circumstance>,
    },
    /// The log is declared to be of another version than the captured recordings.
    OtherVersion {
        /// As declared.
        declared: String,
        /// As captured.
        captured: String,
    },
    /// The log is declared to be of other rules than the replay.
    OtherRules {
        /// As declared.
        declared: RuleSet,
        /// As replayed.
        replayed: RuleSet,
    },
    /// The log is declared to be of another budget than the replay.
    OtherBudget {
        /// As declared, ms.
        declared_ms: u32,
        /// As replayed, ms; `None` where the replay had no limit.
        replayed_ms: Option<u64>,
    },
}

/// What GO would need besides the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "missing", rename_all = "snake_case")]
pub enum Missing {
    /// The replay is not of whole corpora.
    WholeRun {
        /// Why, as sentences.
        because: Vec<String>,
    },
    /// Corpora that the project declares are not in the run: what they know of harm, it does not.
    Corpora {
        /// Their names.
        names: Vec<String>,
    },
    /// Commands stand in several representative corpora and were counted in each.
    DistinctCommands {
        /// How many.
        commands: u64,
    },
    /// Risk logs were named that are not there.
    Logs {
        /// Their names.
        names: Vec<String>,
    },
    /// The risk logs hold too many sample rates and days to tell stages apart.
    Stages,
    /// No risk log was given.
    RiskLog {
        /// The rate at which it has to be gathered.
        rate: f64,
    },
    /// The risk logs hold nothing of the stage.
    Stage {
        /// Its rate.
        rate: f64,
    },
    /// Fields of `[evidence]` that nobody has declared.
    Declaration {
        /// Their names.
        fields: Vec<String>,
    },
    /// Attempts in production.
    Attempts {
        /// At this rate.
        rate: f64,
        /// There are so many.
        have: u64,
        /// It takes so many.
        need: u64,
    },
    /// Days in production.
    Days {
        /// At this rate.
        rate: f64,
        /// There are so many.
        have: u64,
        /// It takes so many.
        need: u64,
    },
    /// A receipt that allowed the rate which production is at.
    Receipt {
        /// That rate.
        rate: f64,
    },
}

/// The answer, with everything that led to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// What was asked.
    pub step: Step,
    /// The acceptance rules that were judged.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// The answer.
    pub verdict: Verdict,
    /// Whether a critical rule is broken.
    pub critical: bool,
    /// How often this is asked.
    pub looks: Looks,
    /// Recordings counted as a sample of production although they were written.
    pub assumed_representative: bool,
    /// What contradicts itself.
    pub contradictions: Vec<Contradiction>,
    /// The rules, those of most harm first.
    pub findings: Vec<Finding>,
    /// What GO would need besides the rules.
    pub missing: Vec<Missing>,
    /// Who would meet the corridor after the step; `None` where the replay does not have its rates.
    pub exposure: Option<Exposure>,
    /// What is shown and decides nothing.
    pub beside: Beside,
}

impl Finding {
    /// Whether it refuses the step.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.state.is_bad() && self.decides()
    }

    /// Whether it keeps the step from being allowed.
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
pub fn judge_step(evidence: &Evidence) -> Judgement {
    let Evidence { step, policy, looks, summary, .. } = *evidence;
    let recorded = Recorded::of(summary, evidence.assume_representative);
    let stage = step.stage(policy);
    let production = stage.zip(evidence.logs).map(|(stage, logs)| Production::of(stage, logs));
    let mut findings: Vec<Finding> =
        recorded.questions(policy).iter().map(|question| judge(question, policy.alpha.0, looks)).collect();
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

/// The rules that read risk logs. Without a log they have no record.
fn of_production(evidence: &Evidence, stage: &StagePolicy, production: Option<&Production>) -> Vec<Finding> {
    let Evidence { policy, looks, .. } = *evidence;
    let alpha = policy.alpha.0;
    let production = production.copied().unwrap_or_else(|| Production::nothing(stage));
    let mut findings: Vec<_> = production.questions().iter().map(|question| judge(question, alpha, looks)).collect();
    findings.push(judge(&super::fidelity::question(policy, stage, evidence.fidelity), alpha, looks));
    let before = policy.stage_before(stage.rate).zip(evidence.logs);
    if let Some((before, logs)) = before {
        findings.push(stability(stage, Production::of(before, logs).acceptance(), production.acceptance(), alpha));
    }
    findings.extend(production.alarms(policy).into_iter().map(alarm));
    findings
}

fn alarm(alarm: Alarm) -> Finding {
    let Alarm { rule, records, value, limit, went_off, may_have, blind, min } = alarm;
    let state = if blind.is_some() || records.records == 0 {
        State::Vacuous
    } else if records.records < min {
        State::NotProven
    } else if went_off {
        State::Alarm
    } else if may_have {
        State::NotProven
    } else {
        State::Quiet
    };
    let rate = Count::new(records.events, records.records).and_then(Count::rate).map(Rate::get);
    let because = match state {
        State::Vacuous => {
            Some(blind.unwrap_or_else(|| "there is no record on which it could have gone off".to_owned()))
        }
        State::NotProven if records.records < min => Some(format!("it is asked from {min} records on")),
        State::NotProven => Some("nobody knows whether it went off".to_owned()),
        State::Broken
        | State::Refuted
        | State::Severe
        | State::Alarm
        | State::Written
        | State::Proven
        | State::Quiet => None,
    };
    Finding {
        rule,
        kind: Alarm::KIND,
        dry_run: false,
        reads: Reads::RiskLog,
        state,
        seen: records,
        sample: records,
        value: value.or(rate),
        lower: 0.0,
        upper: 1.0,
        go: limit,
        no_go: Some(limit),
        more: None,
        by_effect: None,
        because,
    }
}

/// Whether the part of the acceptance before that the policy names was kept: `lower` is the lower bound of the acceptance
/// now, and the limit is that part of the acceptance before.
fn stability(policy: &StagePolicy, before: Count, now: Count, alpha: Alpha) -> Finding {
    let rule = policy.acceptance_stability;
    let share = rule.share.0;
    let margin = stability::retention_lower(before, now, share, alpha);
    let limit = before.rate().map_or(0.0, |rate| rate.and(share).get());
    let records = Records::known(now.events(), now.records());
    let is_there = before.records() > 0 && now.records() > 0;
    let state = match (is_there, margin > 0.0) {
        (false, _) => State::Vacuous,
        (true, true) => State::Proven,
        (true, false) => State::NotProven,
    };
    Finding {
        rule: RuleId::AcceptanceStability,
        kind: rule.kind,
        dry_run: false,
        reads: Reads::RiskLog,
        state,
        seen: records,
        sample: records,
        value: now.rate().map(Rate::get),
        lower: (limit + margin).clamp(0.0, 1.0),
        upper: 1.0,
        go: limit,
        no_go: None,
        more: None,
        by_effect: None,
        because: (!is_there).then(|| "one of the two stages has no attempts in the logs".to_owned()),
    }
}

fn contradictions(evidence: &Evidence, recorded: &Recorded, production: Option<&Production>) -> Vec<Contradiction> {
    let mut found: Vec<_> = evidence.tampered.iter().cloned().map(Contradiction::Tampered).collect();
    let captures: Vec<_> = recorded.representative.captures.iter().cloned().collect();
    if captures.len() > 1 {
        found.push(Contradiction::MixedCaptures { circumstances: captures.clone() });
    }
    found.extend(declared_otherwise(evidence, &captures));
    let (Some(logs), Some(production)) = (evidence.logs, production) else { return found };
    if let Some(minutes) = logs.clock.minutes_since_last.filter(|minutes| *minutes < -CLOCK_SKEW_MINUTES) {
        found.push(Contradiction::Future { minutes: minutes.unsigned_abs() });
    }
    let flags = logs.lines.flags_that_differ.max(production.flags_that_differ());
    if flags > 0 {
        found.push(Contradiction::SampledFlags { commands: flags });
    }
    if let Some((sampled, of)) = production.wrong_sample() {
        found.push(Contradiction::SampleRatio { rate: production.policy.rate.get(), sampled, of });
    }
    found
}

/// Where what is declared about production is not what was replayed.
fn declared_otherwise(evidence: &Evidence, captures: &[Circumstance]) -> Vec<Contradiction> {
    let Evidence { policy, summary, .. } = *evidence;
    let mut found = Vec::new();
    if policy.evidence == Declared::default() && evidence.logs.is_none() {
        return found;
    }
    let declared = &policy.evidence;
    if let (Some(version), [only]) = (&declared.system_version, captures)
        && *version != only.system_version
    {
        found.push(Contradiction::OtherVersion { declared: version.clone(), captured: only.system_version.clone() });
    }
    if let Some(rules) = declared.rules.filter(|rules| *rules != summary.rules) {
        found.push(Contradiction::OtherRules { declared: rules, replayed: summary.rules });
    }
    let settings = Settings::from_environment(&evidence.inputs.environment, &PolicySource::BuiltIn);
    let replayed_ms = settings.budget.limit_ms();
    if replayed_ms != Some(u64::from(declared.budget_ms)) && summary.decisions == Decisions::Ours {
        found.push(Contradiction::OtherBudget { declared_ms: declared.budget_ms, replayed_ms });
    }
    found
}

fn missing(evidence: &Evidence, stage: Option<&StagePolicy>, production: Option<&Production>) -> Vec<Missing> {
    let Evidence { policy, summary, .. } = *evidence;
    let mut found = Vec::new();
    if !summary.is_complete() {
        found.push(Missing::WholeRun { because: summary.incomplete_because.clone() });
    }
    if !evidence.left_out.is_empty() {
        found.push(Missing::Corpora { names: evidence.left_out.to_vec() });
    }
    if summary.repeated.commands > 0 {
        found.push(Missing::DistinctCommands { commands: summary.repeated.commands });
    }
    let Some(stage) = stage else { return found };
    let rate = stage.rate.get();
    // The rate that production is at was allowed, or a higher one that was left again.
    if evidence.reached.is_none_or(|reached| reached < stage.rate) {
        found.push(Missing::Receipt { rate });
    }
    let Some(production) = production else {
        found.push(Missing::RiskLog { rate });
        return found;
    };
    let declared = &policy.evidence;
    let fields = [
        ("since", declared.since.is_none()),
        ("system_version", declared.system_version.is_none()),
        ("rules", declared.rules.is_none()),
    ];
    let fields: Vec<_> = fields.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()).collect();
    if !fields.is_empty() {
        found.push(Missing::Declaration { fields });
    }
    let logs = evidence.logs.into_iter().flat_map(|honest| &honest.logs);
    let gone: Vec<_> = logs.filter(|log| log.state == LogState::Missing).map(|log| log.name.clone()).collect();
    if !gone.is_empty() {
        found.push(Missing::Logs { names: gone });
    }
    if evidence.logs.is_some_and(|logs| logs.stages.is_none()) {
        found.push(Missing::Stages);
        return found;
    }
    if !production.is_there() {
        found.push(Missing::Stage { rate });
        return found;
    }
    if production.attempts() < stage.min_attempts {
        found.push(Missing::Attempts { rate, have: production.attempts(), need: stage.min_attempts });
    }
    if production.days() < stage.min_days {
        found.push(Missing::Days { rate, have: production.days(), need: stage.min_days });
    }
    found
}
