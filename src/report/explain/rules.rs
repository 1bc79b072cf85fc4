//! The acceptance rules in their order, with the one that decided.

use super::super::style::{Span, Tone};
use super::View;
use super::steps::asked;
use crate::decide::{Decided, Step, acceptance_rules, reason_in_words};
use crate::model::KnownReason;
use std::io;

/// How far a rule was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Passed,
    Failed,
    NotReached,
}

impl View<'_, '_> {
    pub(super) fn rules(&mut self, decided: &Decided) -> io::Result<()> {
        let (mut verdict, mut mended) = (None, false);
        for step in decided.trace.steps() {
            match step {
                Step::Rule(rule) => verdict = Some(*rule),
                Step::Completed => mended = true,
                Step::Intent(_)
                | Step::Baseline(_)
                | Step::Gate(..)
                | Step::Attempt { .. }
                | Step::Budget { .. }
                | Step::Caught => {}
            }
        }
        let Some(verdict) = verdict else {
            return if asked(decided) { self.row("rules", &["none: no candidate came".into()]) } else { Ok(()) };
        };
        let mut has_failed = false;
        let mut spans: Vec<Span> = Vec::new();
        // The three rules before these cannot fail here: steps 2, 5 and 6 have seen to them.
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
        if mended {
            self.row("", &["mended: the candidate named no list and took the baseline's".into()])?;
        }
        let sentence = format!("{verdict}: {}", reason_in_words(verdict));
        let tone = if verdict == KnownReason::Accepted { Tone::Good } else { Tone::Bad };
        self.row("", &[tone.of(sentence)])
    }
}
