//! A run as `JUnit` XML, for systems that show test results beside a change.
//!
//! One suite per corpus with three cases: `golden`, `invariants` and `comparable`. A finding is a failure; an error is what
//! prevented a finding, such as lines that were set aside. The bytes depend on the summary alone: no times, no durations, no
//! host, and of commands only ids that look like ids.

use super::escape::visible;
use super::number::{counted, is_or_are};
use super::summary::{Sentence, sentence};
use crate::model::shown_name;
use crate::outcome::Divergence;
use crate::summary::{ChangeGroupView, CorpusSummary, GoldenResult, Severity, Summary};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};
use std::io::{self, Write};

/// Groups of changes that one failure lists.
const GROUPS: usize = 50;

/// Writes a summary as `JUnit` XML.
pub fn write_junit(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(format!("corridor replay, rules {}", summary.rules));
    for corpus in &summary.corpora {
        report.add_test_suite(suite(&corpus.name, summary, corpus));
    }
    report.serialize(out).map_err(io::Error::other)
}

/// The suite of one corpus of a run.
pub(super) fn suite(name: &str, summary: &Summary, corpus: &CorpusSummary) -> TestSuite {
    let mut suite = TestSuite::new(harmless(name));
    let mut property = |name: &str, value: &str| {
        suite.add_property((XmlString::new(name), harmless(value)));
    };
    property("rules", summary.rules.as_str());
    property("decisions", summary.decisions.as_str());
    property("sampling", summary.sampling.as_str());
    property("role", corpus.role.as_str());
    property("recordings", &corpus.counts.recordings.to_string());
    for (class, count) in corpus.counts.classes.iter() {
        property(class.as_str(), &count.to_string());
    }
    for because in &summary.incomplete_because {
        property("incomplete", because);
    }
    let class_name = format!("corridor.{}.{}", summary.rules, corpus.name);
    let cases = [("golden", golden(corpus)), ("invariants", invariants(corpus)), ("comparable", comparable(corpus))];
    for (name, status) in cases {
        let mut case = TestCase::new(name, status);
        case.set_classname(harmless(&class_name));
        suite.add_test_case(case);
    }
    suite
}

fn golden(corpus: &CorpusSummary) -> TestCaseStatus {
    match &corpus.golden {
        GoldenResult::Compared { groups, .. } => match corpus.golden.changes() {
            0 if corpus.golden.is_compared() => TestCaseStatus::success(),
            0 => skipped("not compared with golden: no command of this corpus was replayed", &[]),
            changes => {
                let mut lines: Vec<_> = groups.iter().take(GROUPS).map(line_of).collect();
                if groups.len() > GROUPS {
                    lines.push(format!("and {}", counted((groups.len() - GROUPS) as u64, "more group")));
                }
                let message = format!("{} changed against golden", counted(changes, "outcome"));
                failure("changed", &message, &lines)
            }
        },
        GoldenResult::Absent => skipped("not compared with golden: there is none for this corpus yet", &[]),
        GoldenResult::Skipped { because } => skipped(&format!("not compared with golden: {because}"), &[]),
    }
}

fn line_of(group: &ChangeGroupView) -> String {
    let Sentence { what, rest } = sentence(&group.shape, group.count, "command");
    let more = if group.count > group.examples.len() as u64 { ", …" } else { "" };
    let ids: Vec<_> = group.examples.iter().map(|id| shown_name(id)).collect();
    format!("[{}] {what}: {rest}: {}{more}", group.severity, ids.join(", "))
}

fn invariants(corpus: &CorpusSummary) -> TestCaseStatus {
    match corpus.counts.classes.of(Divergence::Broken) {
        0 => TestCaseStatus::success(),
        broken => {
            let named = corpus.counts.worst.iter().filter(|case| case.severity == Severity::Broken);
            let ids: Vec<_> = named.map(|case| shown_name(&case.command_id).into_owned()).collect();
            failure("broken", &format!("{} broke an invariant", counted(broken, "command")), &ids)
        }
    }
}

fn comparable(corpus: &CorpusSummary) -> TestCaseStatus {
    let unrecorded = corpus.counts.classes.of(Divergence::Unrecorded);
    let ids: Vec<_> = corpus.counts.unrecorded.iter().map(|id| shown_name(id).into_owned()).collect();
    let unrecorded = match unrecorded {
        0 => None,
        count => Some(format!("{} {} unrecorded", counted(count, "command"), is_or_are(count))),
    };
    let evidence = "never evidence of safety";
    match (corpus.set_aside, unrecorded) {
        (0, None) => TestCaseStatus::success(),
        (0, Some(found)) => skipped(&format!("{found}: {evidence}"), &ids),
        (lines, found) => {
            let lines = format!("{} {} set aside as bad", counted(lines, "line"), is_or_are(lines));
            let found: Vec<_> = found.into_iter().chain([lines]).collect();
            error("set_aside", &format!("{}: {evidence}", found.join(", ")), &ids)
        }
    }
}

/// A finding.
pub(super) fn failure(kind: &str, message: &str, lines: &[String]) -> TestCaseStatus {
    non_success(NonSuccessKind::Failure, kind, message, lines)
}

/// Something that prevented a finding.
pub(super) fn error(kind: &str, message: &str, lines: &[String]) -> TestCaseStatus {
    non_success(NonSuccessKind::Error, kind, message, lines)
}

fn non_success(result: NonSuccessKind, kind: &str, message: &str, lines: &[String]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(result);
    status.set_type(kind).set_message(harmless(message));
    if !lines.is_empty() {
        status.set_description(text(lines));
    }
    status
}

/// A case without a result.
pub(super) fn skipped(message: &str, lines: &[String]) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(harmless(message));
    if !lines.is_empty() {
        status.set_description(text(lines));
    }
    status
}

/// Text that is valid in XML and has no hidden characters.
pub(super) fn harmless(text: &str) -> XmlString {
    XmlString::new(visible(text))
}

fn text(lines: &[String]) -> XmlString {
    let lines: Vec<_> = lines.iter().map(|line| visible(line)).collect();
    XmlString::new(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, assert_visible};
    use super::*;
    use crate::decide::RuleSet;

    fn written(summary: &Summary) -> String {
        fixture::written(|out| write_junit(summary, out))
    }

    #[test]
    fn findings_are_failures_and_what_says_nothing_is_skipped() {
        let mut summary = fixture::summary(RuleSet::Reference);
        fixture::change(&mut summary);
        insta::assert_snapshot!(written(&summary));
    }

    #[test]
    fn hostile_names_leave_the_xml_whole() {
        let mut summary = fixture::summary(RuleSet::Reference);
        fixture::change(&mut summary);
        for corpus in &mut summary.corpora {
            corpus.name = "]]><x y='\"&\u{0}\u{ffff}\u{202e}".to_owned();
            if let GoldenResult::Compared { groups, .. } = &mut corpus.golden {
                for group in groups {
                    group.examples = vec!["\u{1b}[31m\u{8}]]></failure>".to_owned()];
                }
            }
        }
        let xml = written(&summary);
        assert_visible(&xml);
        let parsed = Report::deserialize_from_str(&xml).unwrap();
        assert_eq!(parsed.test_suites.len(), 3);
        assert_eq!(parsed.test_suites[0].name.as_str(), r#"]]><x y='"&\u{0}\u{ffff}\u{202e}"#);
        assert!(xml.contains("sha256:") && !xml.contains("[31m"), "an id that does not look like one is not repeated");
    }

    #[test]
    fn lines_that_were_set_aside_are_an_error_and_no_failure() {
        let mut summary = fixture::summary(RuleSet::Reference);
        summary.corpora[2].set_aside = 3;
        let report = Report::deserialize_from_str(&written(&summary)).unwrap();
        let suite = &report.test_suites[2];
        assert_eq!((suite.errors, suite.failures), (1, 0));
        let said =
            r#"<error message="1 command is unrecorded, 3 lines are set aside as bad: never evidence of safety""#;
        assert!(written(&summary).contains(said), "{}", written(&summary));
    }
}
