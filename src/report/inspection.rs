//! The result of `corridor check`: what was examined, what is wrong, and what to do.

use super::number::counted;
use super::page::Page;
use super::style::{Layout, Span, Tone};
use serde::Serialize;
use std::io::{self, Write};

/// Version of the JSON document.
pub const INSPECTION_FORMAT: u32 = 1;

/// The result of an inspection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// [`INSPECTION_FORMAT`].
    pub format: u32,
    /// What was repaired, as sentences; empty where no repair was requested or needed.
    pub repaired: Vec<String>,
    /// What was examined, in this order.
    pub examined: Vec<Examined>,
    /// What is wrong, in the same order.
    pub findings: Vec<InspectionFinding>,
    /// Notes about things that are not wrong, as sentences.
    pub notes: Vec<String>,
}

/// One kind of stored files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// What they are, in the singular, e.g. `golden file`.
    pub what: String,
    /// Where they are.
    pub place: String,
    /// How many there are.
    pub count: u64,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InspectionFinding {
    /// The file, with line and column where they are known, or the folder.
    pub place: String,
    /// What is wrong, as the predicate of a sentence whose subject is the place.
    pub problem: String,
    /// What to do about it.
    pub help: String,
}

impl Inspection {
    /// Whether nothing was stored that could have been wrong.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.examined.iter().all(|examined| examined.count == 0)
    }

    fn verdict(&self) -> Span {
        match self.findings.len() as u64 {
            _ if self.is_empty() => Tone::Warning.of("nothing is stored, and nothing was looked through"),
            0 => Tone::Good.of("nothing is wrong"),
            1 => Tone::Bad.of("1 thing is wrong"),
            count => Tone::Bad.of(format!("{} are wrong", counted(count, "thing"))),
        }
    }
}

/// Writes an inspection as text.
pub fn write_inspection(inspection: &Inspection, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, layout);
    for sentence in &inspection.repaired {
        page.paragraph(0, &[Tone::Strong.of(sentence.clone())])?;
    }
    page.paragraph(0, &[inspection.verdict()])?;
    for InspectionFinding { place, problem, help } in &inspection.findings {
        page.paragraph(2, &[Tone::Strong.of(place.clone()), format!(": {problem}").into()])?;
        page.paragraph(4, &[Tone::Faint.of(format!("help: {help}"))])?;
    }
    for note in &inspection.notes {
        page.paragraph(2, &[Tone::Faint.of(format!("note: {note}"))])?;
    }
    let examined = inspection.examined.iter().map(|Examined { what, count, .. }| counted(*count, what));
    let examined: Vec<_> = examined.collect();
    page.paragraph(0, &[Tone::Faint.of(format!("looked through: {}", examined.join(", ")))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(inspection: &Inspection) -> String {
        super::super::fixture::written(|out| write_inspection(inspection, Layout::PIPE, out))
    }

    #[test]
    fn findings_come_first_and_what_was_examined_last() {
        let examined = |count| vec![Examined { what: "run".to_owned(), place: "runs".to_owned(), count }];
        let mut inspection = Inspection { examined: examined(0), ..Inspection::default() };
        assert_eq!(shown(&inspection), "nothing is stored, and nothing was looked through\nlooked through: 0 runs\n");
        inspection.examined = examined(1);
        assert_eq!(shown(&inspection), "nothing is wrong\nlooked through: 1 run\n");
        inspection.findings.push(InspectionFinding {
            place: "runs/\u{202e}x".to_owned(),
            problem: "is cut off".to_owned(),
            help: "replay again".to_owned(),
        });
        inspection.repaired.push("completed: accept of strict/household".to_owned());
        let expected = "completed: accept of strict/household\n1 thing is wrong\n  runs/\\u{202e}x: is cut off\n    \
                        help: replay again\nlooked through: 1 run\n";
        assert_eq!(shown(&inspection), expected);
    }
}
