//! The label, and which path it says is right.

use super::super::core::{amount, joined};
use super::super::style::{Span, Tone};
use super::View;
use crate::model::Label;
use crate::outcome::Score;
use std::io;

impl View<'_, '_> {
    pub(super) fn label(&mut self) -> io::Result<()> {
        let outcome = self.explanation.outcome;
        let Some(label) = &outcome.recording.label else {
            return self.row("label", &[Tone::Faint.of("none: the recording has no label")]);
        };
        let text = self.clip(&described(label));
        let verdict = match outcome.score {
            Some(Score { baseline, corridor }) => {
                let word = |is_right| if is_right { "right" } else { "wrong" };
                let text = if outcome.replacement().is_some() {
                    format!("baseline {}, corridor {}", word(baseline), word(corridor))
                } else {
                    format!("baseline {}, and it stands", word(baseline))
                };
                if corridor { Tone::Good.of(text) } else { Tone::Bad.of(text) }
            }
            None if label.action.is_none() => Tone::Faint.of("names no action: neither right nor wrong"),
            None => Tone::Faint.of("not scored"),
        };
        let intent = match (label.intent, &outcome.decided) {
            (Some(intent), Some(decided)) if intent != decided.intent => {
                Tone::Warning.of(format!("  (the baseline's intent is not {intent})"))
            }
            (Some(_) | None, Some(_) | None) => Span::from(""),
        };
        self.row("label", &[Span::from(text), "  ".into(), verdict, intent])
    }
}

/// `start_job: хлеб, молоко (2 л)`
fn described(label: &Label) -> String {
    let mut parts = Vec::new();
    if let Some(items) = &label.items {
        let named = items.iter().map(|item| {
            let amount = amount([&item.quantity, &item.unit]);
            let list = item.list_id.as_ref().map_or_else(String::new, |list| format!(" [{}]", &**list));
            format!("{}{amount}{list}", &*item.name)
        });
        let named: Vec<_> = named.collect();
        parts.push(if named.is_empty() { "no items".to_owned() } else { named.join(", ") });
    }
    parts.extend(label.task.iter().map(|task| format!("task \"{}\"", &*task.title)));
    parts.extend(label.missing_fields.iter().map(|fields| joined(fields)));
    let action = label.action.map_or_else(|| "any action".to_owned(), |action| action.to_string());
    if parts.is_empty() { action } else { format!("{action}: {}", parts.join("; ")) }
}
