//! The acceptance rules in their order, and which of them decided.

use super::super::style::{Span, Tone};
use super::View;
use super::steps::asked;
use crate::decide::{Decided, Step, acceptance_rules, reason_in_words};
use crate::model::KnownReason;
use std::io;

/// The state of a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Passed,
    Failed,
    NotReached,
}

impl View<'_, '_> {
    pub(super) fn rules(&mut self, decided: &Decided) -> io::Result<()> {
        let steps = decided.trace.steps();
        let is_completed = steps.iter().any(|step| matches!(step, Step::Completed));
        let mut verdicts = steps.iter().filter_map(|step| if let Step::Rule(rule) = step { Some(*rule) } else { None });
        let Some(verdict) = verdicts.next_back() else {
            return if asked(decided) { self.row("rules", &["none: no candidate came".into()]) } else { Ok(()) };
        };
        let mut has_failed = false;
        let mut spans: Vec<Span> = Vec::new();
        // The three rules before these cannot fail here, since steps 2, 5 and 6 have checked them.
        for rule in acceptance_rules(self.explanation.rules).map(|state| state.reason) {
            let progress = match (has_failed, rule == verdict) {
                (true, _) => Progress::NotReached,
                (false, true) => Progress::Failed,
                (false, false) => Progress::Passed,
            };
            has_failed |= progress == Progress::Failed;
            if !spans.is_empty() {
                spans.push("\u{a0}· ".into());
            }
            spans.push(match progress {
                Progress::Passed => Tone::Good.of(format!("not\u{a0}{rule}")),
                Progress::Failed => Tone::Bad.of(format!("✗\u{a0}{rule}")),
                Progress::NotReached => Tone::Faint.of(format!("–\u{a0}{rule}")),
            });
        }
        self.row("rules", &spans)?;
        if is_completed {
            self.row("", &["list filled in: the candidate named no list and took the baseline's".into()])?;
        }
        let sentence = format!("{verdict}: {}", reason_in_words(verdict));
        let tone = if verdict == KnownReason::Accepted { Tone::Good } else { Tone::Bad };
        self.row("", &[tone.of(sentence)])
    }
}
