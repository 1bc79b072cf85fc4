//! Explains one decision step by step, so that a reviewer sees the reason for its outcome.
//!
//! It shows the trace of the decision, its outcome and its recording, and decides nothing itself. The risk line has no
//! identifiers and clocks, as in a run.

mod label;
mod rules;
mod stems;
mod steps;
#[cfg(test)]
mod tests;

use self::stems::stems;
use super::cap::capped;
use super::core::described;
use super::document::Segment;
use super::page::Page;
use super::redaction::Redaction;
use super::rows::core_rows;
use super::style::{Layout, Span, Tone};
use super::words;
use crate::decide::{Decided, RuleSet, Settings, reason_in_words};
use crate::golden::Field;
use crate::model::ReasonCode;
use crate::outcome::{Divergence, Outcome};
use std::io::{self, Write};

/// Where the second column starts.
const COLUMN: usize = 11;

/// Everything that an explanation shows.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// Name of the corpus.
    pub corpus: &'a str,
    /// The acceptance rules.
    pub rules: RuleSet,
    /// Whether the decision comes from another implementation, so that there is no trace.
    pub foreign: bool,
    /// A sentence about other decisions of this command, which were not made in the steps shown here.
    pub others: Option<String>,
    /// The outcome, with its recording.
    pub outcome: &'a Outcome<'a>,
    /// The settings under which it was decided.
    pub settings: &'a Settings,
    /// Whether every command is in the sample, regardless of the environment's rate.
    pub forced: bool,
    /// Stages of the rollout, ascending, 0..=1.
    pub rates: &'a [f64],
    /// The comparison with golden.
    pub golden: GoldenState,
}

/// How an outcome compares with golden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoldenState {
    /// The same as in golden.
    Same,
    /// Different from golden in these fields.
    Changed(Vec<Field>),
    /// Golden does not have this command.
    Added,
    /// Not compared, or there is no golden.
    NotCompared,
}

/// How an explanation is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExplainOptions {
    /// Where it is shown.
    pub layout: Layout,
    /// Whether texts from outside are shown in full.
    pub full: bool,
}

/// Writes one explanation.
pub fn write_explanation(explanation: &Explanation, options: ExplainOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut view = View { page: Page::new(out, options.layout), explanation, full: options.full };
    view.heading()?;
    view.page.blank()?;
    view.baseline()?;
    match &explanation.outcome.decided {
        Some(decided) => {
            view.steps(decided)?;
            view.rules(decided)?;
            view.decision(decided)?;
        }
        None => view.row("decision", &["none".into()])?,
    }
    view.label()?;
    view.risk_line()?;
    view.golden()?;
    view.note()
}

/// The page, and the explanation that it shows.
struct View<'a, 'b> {
    page: Page<'b>,
    explanation: &'a Explanation<'a>,
    full: bool,
}

impl View<'_, '_> {
    fn row(&mut self, label: &str, spans: &[Span]) -> io::Result<()> {
        self.page.labelled(label, COLUMN, spans)
    }

    /// A text from outside, cut unless it is to be shown in full.
    fn clip(&self, text: &str) -> String {
        if self.full { text.to_owned() } else { capped(text).into_owned() }
    }

    fn heading(&mut self) -> io::Result<()> {
        let Explanation { corpus, rules, foreign, others, outcome, .. } = self.explanation;
        if let Some(others) = others {
            self.page.paragraph(0, &[Tone::Warning.of(others.clone())])?;
        }
        let id = self.clip(outcome.command_id());
        let id = if id.is_empty() { "(the empty id)".to_owned() } else { id };
        let mut spans = vec![Tone::Strong.of(id), Tone::Faint.of(format!("  ({corpus}, rules {rules})"))];
        if *foreign {
            spans.push(Tone::Warning.of("  FOREIGN DECISION"));
        }
        self.page.paragraph(0, &spans)?;
        let text = self.clip(&outcome.recording.command.text);
        self.page.paragraph(0, &[Span::from(format!("\"{text}\""))])?;
        let class = outcome.divergence;
        self.page.paragraph(0, &[tone(class).of(format!("→ {class}: ")), verdict(outcome).into()])
    }

    fn baseline(&mut self) -> io::Result<()> {
        let outcome = self.explanation.outcome;
        let Some(decided) = &outcome.decided else {
            return self.row("baseline", &["unknown: a panic left the decision path".into()]);
        };
        let found = stems(&outcome.recording.command.text);
        let found = if found.is_empty() { "no stem".to_owned() } else { found };
        let rule = Self::baseline_rule(decided);
        let text = format!("intent {} ({found}){rule} → ", decided.intent);
        let core = self.clip(&described(&decided.baseline));
        self.row("baseline", &[text.into(), Tone::Strong.of(core)])?;
        self.name_extraction(decided)
    }

    fn decision(&mut self, decided: &Decided) -> io::Result<()> {
        let core = self.clip(&described(decided.decision()));
        let Some(replacement) = self.explanation.outcome.replacement() else {
            return self.row("decision", &[Tone::Strong.of(core), Tone::Faint.of("  (the baseline's)")]);
        };
        self.row("decision", &[Tone::Strong.of(core)])?;
        let mut label = "diff";
        let mut redaction = if self.full { Redaction::in_full() } else { Redaction::none() };
        let rows = core_rows("", Some(&decided.baseline), Some(replacement), &mut redaction);
        for row in rows.iter().filter(|row| row.differs()) {
            for (tone, sign, side) in [(Tone::Bad, "-", &row.before), (Tone::Good, "+", &row.after)] {
                let Some(segments) = side else { continue };
                let line: String = segments.iter().map(|Segment { text, .. }| text.as_str()).collect();
                self.row(label, &[tone.of(format!("{sign} {line}"))])?;
                label = "";
            }
        }
        Ok(())
    }

    fn risk_line(&mut self) -> io::Result<()> {
        let Some(decided) = &self.explanation.outcome.decided else { return Ok(()) };
        match &decided.risk {
            None => self.row("risk line", &["none: none is written while the corridor is off".into()]),
            Some(risk) => {
                let line = spaced(risk)?;
                self.row("risk line", &[Tone::Faint.of(line)])
            }
        }
    }

    fn golden(&mut self) -> io::Result<()> {
        let span = match &self.explanation.golden {
            GoldenState::Same => Tone::Good.of("as golden has it"),
            GoldenState::Changed(fields) => {
                let fields: Vec<_> = fields.iter().map(|field| Field::as_str(*field)).collect();
                Tone::Bad.of(format!("golden says something else: {}", fields.join(", ")))
            }
            GoldenState::Added => Tone::Warning.of("not in golden"),
            GoldenState::NotCompared => Tone::Faint.of("not compared with golden"),
        };
        self.row("golden", &[span])
    }

    fn note(&mut self) -> io::Result<()> {
        match &self.explanation.outcome.recording.note {
            Some(note) => {
                let note = self.clip(note);
                self.row("note", &[note.into()])
            }
            None => Ok(()),
        }
    }
}

/// JSON on one line with a space after each comma, so that it can be wrapped.
fn spaced(value: &impl serde::Serialize) -> io::Result<String> {
    struct Spaced;
    impl serde_json::ser::Formatter for Spaced {
        fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
            if is_first { Ok(()) } else { out.write_all(b", ") }
        }
        fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
            if is_first { Ok(()) } else { out.write_all(b", ") }
        }
    }
    let mut bytes = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Spaced))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Why the class is what it is, in one sentence.
fn verdict(outcome: &Outcome) -> String {
    let class = outcome.divergence;
    let (status, reason) = outcome.verdict().map_or((None, None), |(status, reason)| (Some(status), Some(reason)));
    let because = match reason {
        Some(ReasonCode::Known(known)) => format!(": {}", reason_in_words(*known)),
        Some(ReasonCode::Other(_)) | None => String::new(),
    };
    match class {
        Divergence::Outside | Divergence::FellBack | Divergence::Errored => {
            format!("{}{because}; the baseline stands", words::ending(status, reason))
        }
        Divergence::Agreed
        | Divergence::Improved
        | Divergence::Regressed
        | Divergence::BothRight
        | Divergence::BothWrong
        | Divergence::Unlabelled => {
            let effects = words::effects(&outcome.effects);
            let effects = if effects.is_empty() { effects } else { format!(" ({effects})") };
            format!("{}{effects}", words::class(class))
        }
        Divergence::Unrecorded => words::class(class).to_owned(),
        Divergence::Broken => {
            let what = outcome.broken.map_or(words::class(class), words::invariant);
            format!("{what}; always fatal")
        }
    }
}

const fn tone(class: Divergence) -> Tone {
    match class {
        Divergence::Regressed | Divergence::Broken => Tone::Bad,
        Divergence::Errored | Divergence::BothWrong | Divergence::Unlabelled | Divergence::Unrecorded => Tone::Warning,
        Divergence::Improved | Divergence::Agreed | Divergence::BothRight => Tone::Good,
        Divergence::Outside | Divergence::FellBack => Tone::Strong,
    }
}
