//! A report as workflow commands of GitHub Actions: annotations of lines of golden files, or of the run.
//!
//! Logs of workflows are often public, so they contain no text of a user, and ids only where they look like ids. GitHub shows
//! the first ten errors, warnings and notices of a step and drops all others silently. So the most severe come first, and the
//! last notice says how many are left out.

use super::{ChangesView, Document, GroupView, RunView, VerdictView};
use crate::gate::Verdict;
use crate::golden::Severity;
use crate::model::shown_name;
use crate::outcome::Divergence;
use crate::report::escape::visible;
use crate::report::gate::name;
use crate::report::number::{counted, grouped, listed};
use crate::summary::{CorpusSummary, Decisions, Severity as CaseSeverity};
use std::io::{self, Write};

/// How many of each level GitHub shows of one step.
const SHOWN: usize = 10;
/// Snapshots that a message names.
const NAMED: usize = 3;

/// The level of an annotation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    /// The name of its command.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    fn of(severity: Severity) -> Self {
        match severity {
            Severity::NewlyBroken | Severity::NewlyRegressed | Severity::Missing => Self::Error,
            Severity::Items | Severity::Decision | Severity::Class => Self::Warning,
            Severity::Refusal | Severity::Wording | Severity::Added => Self::Notice,
        }
    }
}

struct Annotation {
    level: Level,
    /// The file, and its line from 1.
    place: Option<(String, u64)>,
    title: String,
    message: String,
}

/// Writes a report as workflow commands, one per line, at most ten of each level; nothing where there is no annotation.
///
/// `golden` is the folder of golden files, relative to the root of the repository.
pub fn write_annotations(document: &Document, golden: &str, out: &mut dyn Write) -> io::Result<()> {
    let verdicts = document.runs.iter().filter_map(|run| refusal(run, run.verdict.as_ref()?));
    let broken =
        document.runs.iter().flat_map(|run| run.summary.corpora.iter().filter_map(|corpus| broken(run, corpus)));
    let groups = document.changes.iter().flat_map(|changes| &changes.groups).map(|view| group(view, golden));
    let whole = document.changes.iter().filter_map(not_compared);
    let foreign = document.runs.iter().filter_map(foreign);
    let mut all: Vec<_> = verdicts.chain(broken).chain(groups).chain(whole).chain(foreign).collect();
    // A stable sort: within a level, the most severe stay first.
    all.sort_by_key(|annotation| annotation.level);
    let count = |level| all.iter().filter(|annotation| annotation.level == level).count();
    let (errors, warnings, notices) = (count(Level::Error), count(Level::Warning), count(Level::Notice));
    let is_whole = errors <= SHOWN && warnings <= SHOWN && notices <= SHOWN;
    // The annotation that says how many are left out is a notice as well.
    let of_notices = if is_whole { SHOWN } else { SHOWN - 1 };
    let mut left = Vec::new();
    for (level, found, shown) in
        [(Level::Error, errors, SHOWN), (Level::Warning, warnings, SHOWN), (Level::Notice, notices, of_notices)]
    {
        for annotation in all.iter().filter(|annotation| annotation.level == level).take(shown) {
            write(annotation, out)?;
        }
        if found > shown {
            left.push(counted((found - shown) as u64, &format!("more {}", level.as_str())));
        }
    }
    if left.is_empty() {
        return Ok(());
    }
    let message = format!("{}: the report as HTML shows all of them", listed(&left));
    write(&Annotation { level: Level::Notice, place: None, title: "corridor: not shown".to_owned(), message }, out)
}

/// An annotation where only a part, or nothing, was compared and no group says so.
fn not_compared(changes: &ChangesView) -> Option<Annotation> {
    let (level, title) = match (changes.is_compared(), changes.is_whole()) {
        (true, true) => return None,
        (true, false) if changes.changed > 0 => return None,
        (true, false) => (Level::Notice, "corridor: compared in part"),
        (false, _) => (Level::Warning, "corridor: not compared"),
    };
    let message = format!("{}: the report as text says why", changes.headline);
    Some(Annotation { level, place: None, title: title.to_owned(), message })
}

/// An annotation where the decisions of a run come from another implementation.
fn foreign(run: &RunView) -> Option<Annotation> {
    match run.summary.decisions {
        Decisions::Ours => None,
        Decisions::Foreign => {
            let text =
                "these decisions come from another implementation; this program judged them, it did not make them";
            let message = format!("rules {}: {text}", run.summary.rules);
            Some(Annotation {
                level: Level::Notice,
                place: None,
                title: "corridor: foreign decisions".to_owned(),
                message,
            })
        }
    }
}

fn refusal(run: &RunView, view: &VerdictView) -> Option<Annotation> {
    match view.verdict {
        Verdict::Go | Verdict::Inconclusive => return None,
        Verdict::NoGo | Verdict::Invalid => {}
    }
    let title = format!("corridor gate: {}", name(view.verdict));
    let receipt = shown_name(&view.receipt);
    let message = format!("{}, rules {}: {} (receipt {receipt})", view.asked, run.summary.rules, view.sentence);
    Some(Annotation { level: Level::Error, place: None, title, message })
}

fn broken(run: &RunView, corpus: &CorpusSummary) -> Option<Annotation> {
    let count = corpus.counts.classes.of(Divergence::Broken);
    if count == 0 {
        return None;
    }
    let named = corpus.counts.worst.iter().filter(|case| case.severity == CaseSeverity::Broken);
    let ids: Vec<_> = named.map(|case| shown_name(&case.command_id)).collect();
    let ids = if ids.is_empty() { String::new() } else { format!(": {}", listed(&ids)) };
    let snapshot = format!("{}/{}", run.summary.rules, corpus.name);
    let message = format!("{} of {snapshot} broke an invariant; this is always fatal{ids}", counted(count, "command"));
    Some(Annotation { level: Level::Error, place: None, title: "corridor: broken".to_owned(), message })
}

fn group(view: &GroupView, golden: &str) -> Annotation {
    let first = view.representatives.first();
    let place = first.and_then(|case| {
        let file = format!("{}/{}.json", golden.trim_end_matches('/'), case.snapshot);
        Some((file, case.golden_line?))
    });
    let mut parts: Vec<_> =
        view.parts.iter().take(NAMED).map(|part| format!("{} {}", part.snapshot, grouped(part.count))).collect();
    if view.parts.len() > NAMED {
        parts.push(counted((view.parts.len() - NAMED) as u64, "more snapshot"));
    }
    let ids: Vec<_> = view.representatives.iter().map(|case| shown_name(&case.command_id)).collect();
    let such_as = if ids.is_empty() { String::new() } else { format!("; such as {}", listed(&ids)) };
    let title = format!("corridor: {}", view.severity.as_str().replace('_', " "));
    let message = format!("{}: {} (in {}{such_as})", view.what, view.rest, listed(&parts));
    Annotation { level: Level::of(view.severity), place, title, message }
}

fn write(annotation: &Annotation, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "::{} ", annotation.level.as_str())?;
    if let Some((file, line)) = &annotation.place {
        write!(out, "file={},line={line},", property(file))?;
    }
    writeln!(out, "title={}::{}", property(&annotation.title), data(&annotation.message))
}

/// A message on one line, since a command ends with its line. A percent sign begins an escape.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25")
}

/// A value of a property: it ends at a comma, and two colons end all properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{CANARY, document, hostile, secret};
    use super::*;
    use crate::report::fixture::{self, assert_visible};
    use proptest::prelude::*;
    use regex::Regex;

    fn written(document: &Document) -> String {
        fixture::written(|out| write_annotations(document, "golden/", out))
    }

    /// `count` groups of a severity.
    fn groups(document: &Document, severity: Severity, count: usize) -> Vec<GroupView> {
        let group = &document.changes.as_ref().unwrap().groups[0];
        vec![GroupView { severity, ..group.clone() }; count]
    }

    #[test]
    fn verdicts_and_groups_are_marked_where_golden_has_them() {
        insta::assert_snapshot!(written(&document()));
    }

    #[test]
    fn each_level_is_cut_at_ten_and_the_rest_is_counted() {
        let mut document = document();
        document.runs.clear();
        let severities = [(Severity::NewlyRegressed, 12), (Severity::Class, 10), (Severity::Wording, 11)];
        let groups = severities.iter().flat_map(|(severity, count)| groups(&document, *severity, *count)).collect();
        document.changes.as_mut().unwrap().groups = groups;
        let text = written(&document);
        let count = |level: &str| text.lines().filter(|line| line.starts_with(level)).count();
        assert_eq!((count("::error "), count("::warning "), count("::notice ")), (10, 10, 10));
        let last = text.lines().last().unwrap();
        assert!(last.contains("::2 more errors and 2 more notices: "), "{last}");
        document.changes.as_mut().unwrap().groups.truncate(10);
        assert_eq!(written(&document).lines().count(), 10, "nothing is left out, and no notice says so");
    }

    #[test]
    fn without_a_line_there_is_no_file() {
        let mut document = document();
        for case in document.changes.as_mut().unwrap().groups.iter_mut().flat_map(|group| &mut group.representatives) {
            case.golden_line = None;
        }
        assert!(!written(&document).contains("file="));
    }

    #[test]
    fn a_document_without_findings_has_no_annotations() {
        let mut document = document();
        document.runs[0].verdict = None;
        document.changes = None;
        assert_eq!(written(&document), "");
    }

    #[test]
    fn no_text_and_no_id_that_may_be_one_goes_in() {
        let text = written(&secret());
        assert!(text.contains("broke an invariant") && text.contains("sha256:"), "{text}");
        assert!(!text.contains(CANARY) && !text.contains("canary"), "{text}");
    }

    /// A line as the runner reads it: level, properties, message.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (level, properties) = head.split_once(' ').unwrap();
        let unescaped = |text: &str| text.replace("%2C", ",").replace("%3A", ":").replace("%25", "%");
        let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), unescaped(value))).unwrap();
        (level.to_owned(), properties.split(',').map(pair).collect(), unescaped(message))
    }

    fn check(text: &str) {
        let stray = Regex::new("%(?:[^23]|2[^5C]|3[^A]|.?$)").unwrap();
        for line in text.lines() {
            let (level, properties, message) = read(line);
            assert!(["error", "warning", "notice"].contains(&&*level), "{line}");
            let names: Vec<_> = properties.iter().map(|(name, _)| name.as_str()).collect();
            assert!(names == ["title"] || names == ["file", "line", "title"], "{line}");
            assert!(!stray.is_match(line) && !message.is_empty(), "{line}");
        }
        assert_visible(text);
    }

    #[test]
    fn hostile_names_make_no_other_command() {
        let text = written(&hostile());
        check(&text);
        assert_eq!(text.lines().count(), 3, "as many as of the harmless document");
    }

    proptest! {
        #[test]
        fn every_value_comes_back(text in r"(?:\PC|[%:,\x00-\x1f ]|::error |##\[|%0A){0,40}") {
            let mut document = document();
            document.runs[0].verdict.as_mut().unwrap().sentence.clone_from(&text);
            let group = &mut document.changes.as_mut().unwrap().groups[0];
            group.what.clone_from(&text);
            group.representatives[0].snapshot.clone_from(&text);
            let shown = written(&document);
            check(&shown);
            let lines: Vec<_> = shown.lines().map(read).collect();
            prop_assert_eq!(lines.len(), 3);
            let (level, properties, message) = &lines[1];
            prop_assert_eq!(level, "error");
            prop_assert_eq!(&properties[0], &("file".to_owned(), format!("golden/{}.json", visible(&text))));
            prop_assert!(message.starts_with(&*visible(&text)));
        }
    }
}
