//! The steps before a candidate is judged: the baseline's rule, the gates, the attempts of the LLM, the budget.

use super::super::number::{grouped, rate};
use super::super::style::{Span, Tone};
use super::{View, spaced};
use crate::decide::{AttemptResult, Budget, Decided, Gate, PolicyState, Step};
use crate::model::{Attempt, CallError, LlmTask};
use std::io;

impl View<'_, '_> {
    /// ` · rule 8 shopping`, where there is a trace.
    pub(super) fn baseline_rule(decided: &Decided) -> String {
        let rule = decided
            .trace
            .steps()
            .iter()
            .find_map(|step| if let Step::Baseline(rule) = step { Some(*rule) } else { None });
        rule.map_or_else(String::new, |rule| format!(" · rule {} {}", rule as u8, rule.description()))
    }

    /// The attempts of the baseline to extract the item's name.
    pub(super) fn name_extraction(&mut self, decided: &Decided) -> io::Result<()> {
        self.attempts(decided, LlmTask::ShoppingExtraction, "its name")
    }

    /// The gates, then the attempts, then the budget.
    pub(super) fn steps(&mut self, decided: &Decided) -> io::Result<()> {
        let mut spans: Vec<Span> = Vec::new();
        for step in decided.trace.steps() {
            if let Step::Gate(gate, is_open) = step {
                if !spans.is_empty() {
                    spans.push("\u{a0}· ".into());
                }
                // No line break between the number of a gate and its name.
                let text = self.gate(*gate, *is_open).replacen(' ', "\u{a0}", 1);
                spans.push(if *is_open { text.into() } else { Tone::Bad.of(format!("✗\u{a0}{text}")) });
            }
        }
        if spans.is_empty() {
            spans.push("not known: the decision comes from another implementation, without its steps".into());
        }
        self.row("corridor", &spans)?;
        if self.explanation.outcome.recording.candidate.is_some() && asked(decided) {
            self.injected()?;
        }
        self.attempts(decided, LlmTask::PartialTrustShopping, "llm")?;
        for step in decided.trace.steps() {
            if let Step::Budget { total_ms, budget_ms } = step {
                self.budget(*total_ms, *budget_ms)?;
            } else if matches!(step, Step::Caught) {
                let text = "an internal error was caught here, and the baseline stands";
                self.row("error", &[Tone::Warning.of(text)])?;
            }
        }
        Ok(())
    }

    /// A gate with its number and its reason.
    fn gate(&self, gate: Gate, is_open: bool) -> String {
        let settings = self.explanation.settings;
        match (gate, is_open) {
            (Gate::Switch, true) => "0 switch on".to_owned(),
            (Gate::Switch, false) => "0 switch off".to_owned(),
            (Gate::BaselineExecutes, true) => "1 baseline executes".to_owned(),
            (Gate::BaselineExecutes, false) => "1 baseline starts no job".to_owned(),
            (Gate::Intent, true) => "2 intent allowed".to_owned(),
            (Gate::Intent, false) => match settings.intent {
                Some(intent) => format!("2 intent is not {intent}"),
                None => "2 no allowed intent is set".to_owned(),
            },
            (Gate::Capability, true) => "3 start_job allowed".to_owned(),
            (Gate::Capability, false) => "3 start_job not allowed".to_owned(),
            (Gate::Sample, is_open) => self.sample(is_open),
            (Gate::Policy, true) => format!("5 policy routes {}", settings.corridor_profile),
            (Gate::Policy, false) => match &settings.policy {
                PolicyState::Disabled => "5 policy off".to_owned(),
                PolicyState::Refused(_) => "5 policy does not load".to_owned(),
                PolicyState::Loaded(_) => format!("5 policy has no route for {}", settings.corridor_profile),
            },
            // After step 5; the specification gives it no number.
            (Gate::Budget, _) => match settings.budget {
                Budget::Limit(limit) => format!("budget {} ms", grouped(limit)),
                Budget::Invalid => "budget is no limit".to_owned(),
            },
        }
    }

    fn sample(&self, is_open: bool) -> String {
        let bucket = self.explanation.outcome.digest.bucket();
        let first = self.explanation.rates.iter().find(|rate| bucket.is_sampled_at(**rate));
        let exposed = match first {
            Some(first) if *first < 1.0 => format!("exposed from rate {}", rate(*first)),
            Some(_) | None => "exposed at no rate below 1".to_owned(),
        };
        let forced = if self.explanation.forced { "forced; " } else { "" };
        let position = bucket.position();
        if is_open {
            format!("4 sample bucket {position:.4} ({forced}{exposed})")
        } else {
            let limit = rate(self.explanation.settings.sample_rate);
            format!("4 not in the sample of {limit}, bucket {position:.4} ({exposed})")
        }
    }

    fn injected(&mut self) -> io::Result<()> {
        let Some(candidate) = &self.explanation.outcome.recording.candidate else { return Ok(()) };
        let json = spaced(candidate)?;
        let json = self.clip(&json);
        self.row("candidate", &["injected, in place of an answer: ".into(), Tone::Code.of(json)])
    }

    fn attempts(&mut self, decided: &Decided, wanted: LlmTask, label: &str) -> io::Result<()> {
        let mut recorded = self.explanation.outcome.recording.exchanges.of(wanted).iter();
        let mut number = 0;
        for step in decided.trace.steps() {
            if let Step::Attempt { task, profile, repair, result, latency_ms } = step
                && *task == wanted
            {
                number += 1;
                let prompt = if *repair { "repair" } else { "prompt" };
                let latency = format!("{} ms", grouped(*latency_ms));
                let mut spans = vec![Span::from(format!("{number} {profile} {prompt}  "))];
                let attempt = recorded.next();
                if *result != AttemptResult::Unrecorded {
                    spans.push(Tone::Faint.of(format!("{latency:>8}  ")));
                }
                spans.push(result_of(*result));
                if let Some(Attempt { result: Ok(raw), .. }) = attempt {
                    spans.push("  ".into());
                    spans.push(Tone::Code.of(self.clip(raw)));
                }
                self.row(if number == 1 { label } else { "" }, &spans)?;
            }
        }
        Ok(())
    }

    fn budget(&mut self, total_ms: u64, budget_ms: Option<u64>) -> io::Result<()> {
        let total = grouped(total_ms);
        let span = match budget_ms {
            None => Tone::Warning.of(format!("total {total} ms, without a limit")),
            Some(budget) if total_ms > budget => {
                let (limit, over) = (grouped(budget), grouped(total_ms - budget));
                Tone::Bad.of(format!("total {total} ms of {limit} ms: {over} ms over"))
            }
            Some(budget) => Tone::Faint.of(format!("total {total} ms of {} ms", grouped(budget))),
        };
        self.row("", &[span])
    }
}

fn result_of(result: AttemptResult) -> Span {
    match result {
        AttemptResult::Answered => Tone::Good.of("answered"),
        AttemptResult::InvalidJson => Tone::Bad.of("not one JSON object"),
        AttemptResult::SchemaViolation => Tone::Bad.of("does not match the schema"),
        AttemptResult::Failed(CallError::Timeout) => Tone::Bad.of("the call timed out"),
        AttemptResult::Failed(CallError::Unavailable) => Tone::Bad.of("the endpoint could not be reached"),
        AttemptResult::Failed(CallError::Error) => Tone::Bad.of("the call failed"),
        AttemptResult::Unrecorded => Tone::Warning.of("asked for, and the recording does not hold it"),
    }
}

/// Whether there are gates and all were open, so that a candidate was asked for.
pub(super) fn asked(decided: &Decided) -> bool {
    let gates = decided.trace.steps().iter().filter(|step| matches!(step, Step::Gate(..)));
    let closed = decided.trace.steps().iter().any(|step| matches!(step, Step::Gate(_, false)));
    gates.count() > 0 && !closed
}
