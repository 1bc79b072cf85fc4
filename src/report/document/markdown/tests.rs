//! Comments: their content, what is cut, and that text from outside is inert.

use super::super::fixture::{CANARY, document, hostile, redacted, secret};
use super::super::{GroupView, REASON_LEFT_OUT, Segment};
use super::*;
use crate::report::fixture::{self, assert_visible};
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use regex::Regex;
use std::sync::LazyLock;

fn written(document: &Document, limit: usize) -> String {
    fixture::written(|out| write_markdown(document, limit, out))
}

/// A text as a Markdown parser sees it.
#[derive(Debug, Default)]
pub(super) struct Rendered {
    headings: usize,
    tables: usize,
    diffs: Vec<String>,
    html: Vec<String>,
    /// Links, images, footnotes and other elements that we never write.
    foreign: Vec<String>,
    /// The text outside of code, one string for each block.
    text: Vec<String>,
}

impl Rendered {
    pub(super) fn is_inert(&self) -> bool {
        let is_ours = self.headings + self.tables + self.html.len() + self.foreign.len() + self.diffs.len() == 0;
        is_ours && self.text.iter().all(|text| triggers(text).is_none())
    }
}

/// The first text that GitHub would turn into a mention, a link, an emoji or a formula.
pub(super) fn triggers(text: &str) -> Option<String> {
    static FOUND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix) @\w | \#\d | \bgh-\d | [a-z]+:// | \bwww\. | \w@ | \b[0-9a-f]{7,64}\b | :[a-z0-9_+-]+: | \$ ",
        )
        .unwrap()
    });
    FOUND.find(text).map(|found| found.as_str().to_owned())
}

pub(super) fn rendered(text: &str) -> Rendered {
    let mut rendered = Rendered::default();
    let mut block = String::new();
    let mut in_diff = false;
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Start(Tag::Heading { .. }) => rendered.headings += 1,
            Event::Start(Tag::Table(_)) => rendered.tables += 1,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "diff" => {
                in_diff = true;
                rendered.diffs.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => in_diff = false,
            Event::Text(text) if in_diff => rendered.diffs.last_mut().unwrap().push_str(&text),
            Event::Text(text) => block.push_str(&text),
            Event::Code(_) => block.push('\u{0}'),
            Event::Html(html) => rendered.html.push(html.trim().to_owned()),
            Event::Start(
                Tag::Paragraph
                | Tag::HtmlBlock
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            )
            | Event::End(TagEnd::Strong) => {}
            Event::End(_) | Event::SoftBreak => rendered.text.push(std::mem::take(&mut block)),
            other @ (Event::Start(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_)) => rendered.foreign.push(format!("{other:?}")),
        }
    }
    rendered.text.push(block);
    rendered
}

/// Checks that a comment contains only elements that we write ourselves.
fn check(text: &str) -> Rendered {
    let found = rendered(text);
    assert_eq!((found.headings, &found.foreign), (1, &Vec::new()), "{text}");
    let code = r"<code>(?:[^<>&]|&(?:amp|lt|gt|quot);)*</code>";
    let ours = Regex::new(&format!(
        r"^(?:<details><summary>(?:<b>[a-z ]+</b> (?:[^<>&]|&quot;|{code})*|Classes, and exposure at each rate)</summary>|</details>)$"
    ))
    .unwrap();
    let code = Regex::new(code).unwrap();
    for html in &found.html {
        assert!(ours.is_match(html), "{html}");
        assert_eq!(triggers(&code.replace_all(html, "")), None, "{html}");
    }
    let opened = found.html.iter().filter(|html| html.starts_with("<details>")).count();
    assert_eq!(opened * 2, found.html.len(), "{text}");
    for block in &found.text {
        assert_eq!(triggers(block), None, "{block:?}");
    }
    assert_visible(text);
    found
}

/// `count` groups, the most severe first.
fn many(mut document: Document, count: usize) -> Document {
    let changes = document.changes.as_mut().unwrap();
    let groups = changes.groups.clone();
    let group = |number: usize| GroupView { count: 1 + number as u64, ..groups[number * groups.len() / count].clone() };
    changes.groups = (0..count).map(group).collect();
    changes.changed = changes.groups.iter().map(|group| group.count).sum();
    document
}

/// The number of groups that are shown, and the numbers of groups and of outcomes that are only counted.
fn accounted(text: &str) -> (usize, u64, u64) {
    let line = Regex::new(r"(?m)^(?:- \*\*|<details><summary><b>)[a-z ]+(?:\*\*|</b>) ").unwrap();
    let left = Regex::new(r"\*\*Cut to fit:\*\* ([0-9,]+) groups? with ([0-9,]+) outcomes? ?").unwrap();
    let number = |text: &str| text.replace(',', "").parse::<u64>().unwrap();
    let of_groups = text.lines().filter(|line| !line.contains(", rules ")).collect::<Vec<_>>().join("\n");
    let (groups, commands) = left.captures(text).map_or((0, 0), |found| (number(&found[1]), number(&found[2])));
    (line.find_iter(&of_groups).count(), groups, commands)
}

#[test]
fn a_comment_says_verdict_runs_groups_and_tables() {
    let text = written(&document(), COMMENT_LIMIT);
    let found = check(&text);
    assert_eq!((found.tables, found.diffs.len()), (2, 4));
    insta::assert_snapshot!(text);
}

#[test]
fn hostile_text_is_inert() {
    let text = written(&hostile(), COMMENT_LIMIT);
    let found = check(&text);
    assert_eq!((found.tables, found.diffs.len()), (2, 4), "the structure is that of the harmless document");
    insta::assert_snapshot!(text);
}

#[test]
fn what_does_not_fit_is_cut_from_the_least_severe_end_and_said() {
    let text = written(&many(document(), 60), 6_000);
    check(&text);
    insta::assert_snapshot!(text);
}

#[test]
fn everything_is_shown_where_it_fits_without_a_note() {
    let document = many(document(), 20);
    let text = written(&document, COMMENT_LIMIT);
    assert!(!text.contains("Cut to fit"));
    assert_eq!((accounted(&text).0, check(&text).diffs.len()), (20, 10 + 10 * 3));
}

#[test]
fn cases_are_cut_before_details_and_details_before_groups() {
    let document = many(document(), 40);
    let changed = document.changes.as_ref().unwrap().changed;
    let mut seen = [false; 3];
    for limit in (COMMENT_MINIMUM..80_000).step_by(500) {
        let text = written(&document, limit);
        let (shown, counted_only, left) = accounted(&text);
        assert_eq!(shown as u64 + counted_only, 40, "{limit}");
        let of_shown: u64 = (1..=shown as u64).sum();
        assert_eq!(of_shown + left, changed, "{limit}");
        let (details, lines) = (text.rfind("<details><summary><b>"), text.find("- **newly"));
        assert!(
            details.zip(lines).is_none_or(|(details, line)| details < line),
            "{limit}: a line before an opened group"
        );
        for (seen, phrase) in seen.iter_mut().zip(["the cases of", "the details of", "groups with"]) {
            *seen |= text.contains(phrase);
        }
    }
    assert_eq!(seen, [true; 3], "each kind of cut was met");
}

#[test]
fn a_comment_without_changes_verdicts_or_runs_says_so() {
    let mut document = document();
    document.changes = None;
    document.runs.iter_mut().for_each(|run| run.verdict = None);
    let text = written(&document, COMMENT_LIMIT);
    assert!(text.starts_with("## corridor report: nothing was compared\n\n- run "), "{text}");
    document = super::super::fixture::document();
    document.runs.clear();
    let changes = document.changes.as_mut().unwrap();
    changes.groups.clear();
    (changes.changed, changes.headline) = (0, "nothing changed".to_owned());
    let text = written(&document, COMMENT_LIMIT);
    assert!(text.contains("**Nothing changed**") && !text.contains("To settle"), "{text}");
}

#[test]
fn everything_that_limits_a_report_is_noted() {
    let mut document = document();
    document.redacted = true;
    document.cases_left_out = 12_345;
    document.changes.as_mut().unwrap().groups[1].reasons[0].reason = Some(REASON_LEFT_OUT.to_owned());
    document.runs[0].summary.incomplete_because = vec!["a filter left out 3 recordings".to_owned()];
    document.runs[0].summary.notes = vec!["the policy does not load".to_owned()];
    document.runs[1].summary.unclaimed_golden = vec!["gone".to_owned()];
    let text = written(&document, COMMENT_LIMIT);
    for said in [
        "texts of users are left out",
        "the report leaves out 12,345 more cases",
        "**not complete:** a filter left out 3 recordings",
        "the policy does not load",
        "golden has 1 file without a corpus, such as `gone`",
        "of the comparison: `strict/hostile` was not compared",
        "1 without a line in the ledger: golden was changed by hand",
        "3 accepted by `mara` at `2026-05-01T12:00:00Z`: reason left out",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn only_pending_changes_come_with_commands_to_settle_them() {
    let mut document = document();
    let name = "`corridor accept household --rules strict --group abababababab@cdcdcdcdcdcd --reason \"…\"`";
    let text = written(&document, COMMENT_LIMIT);
    assert!(text.contains(name) && text.contains("To settle them"), "{text}");
    document.changes.as_mut().unwrap().pending = false;
    assert!(!written(&document, COMMENT_LIMIT).contains("corridor accept"));
}

#[test]
fn a_redacted_document_leaves_no_text() {
    assert!(written(&secret(), COMMENT_LIMIT).contains(CANARY));
    let text = written(&redacted(), COMMENT_LIMIT);
    assert!(text.contains("[text 1]") && text.contains("sha256:"), "{text}");
    assert!(!text.contains(CANARY), "{text}");
}

fn segment(text: &str) -> Vec<Segment> {
    vec![Segment { text: text.to_owned(), emphasised: true }]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn no_comment_is_longer_than_its_limit(
        groups in 1..200usize,
        runs in 0..40usize,
        text in r"(?:\PC|[`@#:<>&|*\x00\u{202e} ]){0,40}",
        repeated in 1..200usize,
        limit in prop_oneof![COMMENT_MINIMUM..12_000, COMMENT_MINIMUM..=COMMENT_LIMIT],
    ) {
        let mut document = many(hostile(), groups);
        let long = text.repeat(repeated);
        document.runs = document.runs.iter().cycle().take(runs).cloned().collect();
        for run in &mut document.runs {
            run.name.clone_from(&long);
            run.summary.notes.push(long.clone());
            run.summary.incomplete_because = vec![long.clone()];
            if let Some(verdict) = &mut run.verdict {
                verdict.sentence.clone_from(&long);
                verdict.asked.clone_from(&long);
            }
        }
        let changes = document.changes.as_mut().unwrap();
        changes.before.clone_from(&long);
        changes.notes = vec![long.clone(); 30];
        for group in &mut changes.groups {
            (group.what, group.rest) = (long.clone(), text.clone());
            let parts: Vec<_> = group.parts.iter().cycle().take(20).cloned().collect();
            group.parts = parts;
            for row in group.representatives.iter_mut().flat_map(|case| &mut case.diff.rows) {
                (row.before, row.after) = (Some(segment(&long)), None);
            }
        }
        let shown = written(&document, limit);
        prop_assert!(shown.encode_utf16().count() <= limit, "{} > {limit}", shown.encode_utf16().count());
        let (listed, counted_only, _) = accounted(&shown);
        prop_assert_eq!(listed as u64 + counted_only, groups as u64, "{}", shown);
        check(&shown);
    }
}
