//! A report as `JUnit` XML: a suite for each corpus of a run, one for verdicts, and one for changes with a case per group.
//!
//! It contains no text of a user, and ids only where they look like ids.

use super::{ChangesView, Document, GroupView, RunView, VerdictView};
use crate::gate::Verdict;
use crate::model::shown_name;
use crate::report::gate::name;
use crate::report::junit::xml::{Case, Report, Status, Suite};
use crate::report::junit::{error, failure, skipped, suite};
use crate::report::number::grouped;
use std::io::{self, Write};

/// Digits of a group's fingerprint in the name of its case: as many as `corridor pending` shows.
const FINGERPRINT: usize = 12;

/// Writes a report as `JUnit` XML.
pub fn write_document_junit(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new("corridor report");
    for run in &document.runs {
        for corpus in &run.summary.corpora {
            report.suite(suite(&format!("{}/{}", run.summary.rules, corpus.name), &run.summary, corpus));
        }
    }
    let verdicts = document.runs.iter().filter_map(|run| Some(verdict(run, run.verdict.as_ref()?)));
    add(&mut report, "gate", verdicts.collect());
    if let Some(changes) = &document.changes {
        add(&mut report, "changes", cases(changes));
    }
    report.write(out)
}

fn add(report: &mut Report, name: &str, cases: Vec<(String, Status)>) {
    if cases.is_empty() {
        return;
    }
    let mut suite = Suite::new(name);
    let class_name = format!("corridor.{name}");
    for (name, status) in cases {
        suite.case(Case::new(&name, &class_name, status));
    }
    report.suite(suite);
}

fn verdict(run: &RunView, view: &VerdictView) -> (String, Status) {
    let lines = [format!("receipt {}", shown_name(&view.receipt)), format!("at {}", view.at)];
    let message = format!("{}: {}", name(view.verdict), view.sentence);
    let status = match view.verdict {
        Verdict::Go => Status::Passed,
        Verdict::NoGo => failure(view.verdict.as_str(), &message, &lines),
        Verdict::Invalid => error(view.verdict.as_str(), &message, &lines),
        Verdict::Inconclusive => skipped(&message, &lines),
    };
    (format!("{}, rules {}", view.asked, run.summary.rules), status)
}

fn cases(changes: &ChangesView) -> Vec<(String, Status)> {
    if changes.groups.is_empty() {
        let status = if changes.is_compared() { Status::Passed } else { skipped(&changes.headline, &[]) };
        return vec![(changes.headline.clone(), status)];
    }
    changes.groups.iter().map(case).collect()
}

/// A group. Its name depends on its structure alone, so that the next report has the same case.
fn case(view: &GroupView) -> (String, Status) {
    let parts = view.parts.iter().map(|part| format!("{} {}", part.snapshot, grouped(part.count)));
    let ids = view.representatives.iter().map(|case| format!("such as {}", shown_name(&case.command_id)));
    let lines: Vec<_> = parts.chain(ids).collect();
    let status = failure(view.severity.as_str(), &format!("{}: {}", view.what, view.rest), &lines);
    let fingerprint = view.fingerprint.get(..FINGERPRINT).unwrap_or(&view.fingerprint);
    (format!("{} ({fingerprint})", view.what), status)
}

#[cfg(test)]
mod tests {
    use super::super::super::junit::xml::suites_of;
    use super::super::fixture::{CANARY, document, hostile, secret};
    use super::*;
    use crate::report::fixture::{self, assert_visible};

    fn written(document: &Document) -> String {
        fixture::written(|out| write_document_junit(document, out))
    }

    /// The suites of verdicts and changes.
    fn of_report(xml: &str) -> &str {
        &xml[xml.find(r#"<testsuite name="gate""#).unwrap()..]
    }

    #[test]
    fn verdicts_and_groups_are_cases() {
        let xml = written(&document());
        assert!(xml.contains(r#"<testsuite name="reference/household""#) && xml.contains(r#""strict/household""#));
        insta::assert_snapshot!(of_report(&xml));
    }

    #[test]
    fn an_invalid_verdict_is_an_error_and_not_a_failure() {
        let mut document = document();
        let mut ends = |verdict| {
            document.runs[0].verdict.as_mut().unwrap().verdict = verdict;
            let xml = written(&document);
            let gate = of_report(&xml);
            let case = &gate[..gate.find("</testsuite>").unwrap()];
            ["<failure", "<error", "<skipped"].map(|kind| case.contains(kind))
        };
        assert_eq!(ends(Verdict::NoGo), [true, false, false]);
        assert_eq!(ends(Verdict::Invalid), [false, true, false]);
        assert_eq!(ends(Verdict::Inconclusive), [false, false, true]);
        assert_eq!(ends(Verdict::Go), [false, false, false]);
    }

    #[test]
    fn a_comparison_without_changes_passes_and_none_has_no_suite() {
        let mut document = document();
        let changes = document.changes.as_mut().unwrap();
        changes.groups.clear();
        (changes.headline, changes.not_compared) = ("nothing changed".to_owned(), 0);
        assert!(written(&document).contains(r#"<testcase name="nothing changed" classname="corridor.changes"/>"#));
        document.changes = None;
        document.runs[0].verdict = None;
        let xml = written(&document);
        assert!(!xml.contains("corridor.changes") && !xml.contains("corridor.gate"));
    }

    #[test]
    fn no_text_and_no_id_that_may_be_one_goes_in() {
        let xml = written(&secret());
        assert!(xml.contains("broke an invariant") && xml.contains("sha256:"));
        assert!(!xml.contains(CANARY) && !xml.contains("canary"), "{xml}");
    }

    #[test]
    fn hostile_names_leave_the_xml_whole() {
        let (plain, xml) = (written(&document()), written(&hostile()));
        assert_visible(&xml);
        let cases = |xml: &str| suites_of(xml).into_iter().map(|(_, cases)| cases).collect::<Vec<_>>();
        assert_eq!(cases(&plain), cases(&xml));
    }
}
