//! A run as `JUnit` XML, for systems that show test results beside a change.
//!
//! One suite per corpus with three cases: `golden`, `invariants` and `comparable`. A finding is a failure; an error is what
//! prevented a finding, such as lines that were set aside. The bytes depend on the summary alone: no times, no durations, no
//! host, and of commands only ids that look like ids.

pub(super) mod xml;

use super::number::{counted, is_or_are};
use super::summary::{Sentence, sentence};
use crate::model::shown_name;
use crate::outcome::Divergence;
use crate::summary::{ChangeGroupView, CorpusSummary, GoldenResult, Severity, Summary};
use std::io::{self, Write};
use xml::{Case, Report, Said, Status, Suite};

/// Groups of changes that one failure lists.
const GROUPS: usize = 50;

/// Writes a summary as `JUnit` XML.
pub fn write_junit(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut report = Report::new(&format!("corridor replay, rules {}", summary.rules));
    summary.corpora.iter().for_each(|corpus| report.suite(suite(&corpus.name, summary, corpus)));
    report.write(out)
}

/// The suite of one corpus of a run.
pub(super) fn suite(name: &str, summary: &Summary, corpus: &CorpusSummary) -> Suite {
    let mut suite = Suite::new(name);
    let mut property = |name: &str, value: &str| suite.property(name, value);
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
        suite.case(Case::new(name, &class_name, status));
    }
    suite
}

fn golden(corpus: &CorpusSummary) -> Status {
    match &corpus.golden {
        GoldenResult::Compared { groups, .. } => match corpus.golden.changes() {
            0 if corpus.golden.is_compared() => Status::Passed,
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

fn invariants(corpus: &CorpusSummary) -> Status {
    match corpus.counts.classes.of(Divergence::Broken) {
        0 => Status::Passed,
        broken => {
            let named = corpus.counts.worst.iter().filter(|case| case.severity == Severity::Broken);
            let ids: Vec<_> = named.map(|case| shown_name(&case.command_id).into_owned()).collect();
            failure("broken", &format!("{} broke an invariant", counted(broken, "command")), &ids)
        }
    }
}

fn comparable(corpus: &CorpusSummary) -> Status {
    let unrecorded = corpus.counts.classes.of(Divergence::Unrecorded);
    let ids: Vec<_> = corpus.counts.unrecorded.iter().map(|id| shown_name(id).into_owned()).collect();
    let unrecorded = match unrecorded {
        0 => None,
        count => Some(format!("{} {} unrecorded", counted(count, "command"), is_or_are(count))),
    };
    let evidence = "never evidence of safety";
    match (corpus.set_aside, unrecorded) {
        (0, None) => Status::Passed,
        (0, Some(found)) => skipped(&format!("{found}: {evidence}"), &ids),
        (lines, found) => {
            let lines = format!("{} {} set aside as bad", counted(lines, "line"), is_or_are(lines));
            let found: Vec<_> = found.into_iter().chain([lines]).collect();
            error("set_aside", &format!("{}: {evidence}", found.join(", ")), &ids)
        }
    }
}

/// A finding.
pub(super) fn failure(kind: &str, message: &str, lines: &[String]) -> Status {
    Status::Failed(kind.to_owned(), Said::new(message, lines))
}

/// Something that prevented a finding.
pub(super) fn error(kind: &str, message: &str, lines: &[String]) -> Status {
    Status::Error(kind.to_owned(), Said::new(message, lines))
}

/// A case without a result.
pub(super) fn skipped(message: &str, lines: &[String]) -> Status {
    Status::Skipped(Said::new(message, lines))
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
        let suite = (r#"]]><x y='"&\u{0}\u{ffff}\u{202e}"#.to_owned(), 3);
        assert_eq!(xml::suites_of(&xml), [suite.clone(), suite.clone(), suite]);
        assert!(xml.contains("sha256:") && !xml.contains("[31m"), "an id that does not look like one is not repeated");
    }

    #[test]
    fn lines_that_were_set_aside_are_an_error_and_no_failure() {
        let mut summary = fixture::summary(RuleSet::Reference);
        summary.corpora[2].set_aside = 3;
        let xml = written(&summary);
        let suite = &xml[xml.rfind("<testsuite ").unwrap()..];
        assert!(suite.contains(r#"tests="3" skipped="0" errors="1" failures="0""#), "{xml}");
        let said =
            r#"<error message="1 command is unrecorded, 3 lines are set aside as bad: never evidence of safety""#;
        assert!(xml.contains(said), "{xml}");
    }
}
