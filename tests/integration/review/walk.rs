//! A review on a terminal, key by key.

use super::terminal::Terminal;
use super::{changed, groups, name};
use crate::workbench::lines;
use serde_json::json;

const PROMPT: &str = "[q]uit [?]";

#[test]
fn each_group_is_shown_and_settled_with_one_key() {
    let workbench = changed();
    let mut terminal = Terminal::start(&workbench, &["review"]);
    let first = terminal.expect(PROMPT);
    assert!(first.contains("1 of 2") && first.contains("5 outcomes"), "{first}");
    assert!(first.contains("хлеб") && first.contains("пиво"), "both sides of a representative: {first}");
    terminal.press("?");
    terminal.expect("what was settled stays settled");
    terminal.expect(PROMPT);
    terminal.press("l");
    let listed = terminal.expect(PROMPT);
    assert!((0..5).all(|number| listed.contains(&format!("reference/mix:case-00{number}"))), "{listed}");
    terminal.press("e");
    let explained = terminal.expect(PROMPT);
    assert!(explained.contains("baseline") && explained.contains("decision"), "{explained}");
    terminal.press("a");
    terminal.expect("why?");
    terminal.press("\r");
    terminal.expect("needs a reason");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("why?");
    terminal.press("because\u{1b}");
    terminal.expect("nothing was settled");
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("why?");
    // Text that is pasted after the line end is no key for the next group, which was not shown yet.
    terminal.press("пиво тоо\u{7f}к пиво\ra");
    terminal.expect("accepted 5 changes of reference/mix, 2 still pending");
    terminal.expect(PROMPT);
    terminal.press("r");
    terminal.expect("why?");
    terminal.press("\r");
    terminal.expect("rejected 2 changes");
    let (code, rest) = terminal.end();
    assert!(rest.contains("2 of 2 groups settled, 0 left"), "{rest}");
    assert_eq!(code, Some(0));
    let ledger = lines(&workbench.read("golden/LEDGER.jsonl"));
    let settled = &ledger[ledger.len() - 2..];
    assert_eq!((&settled[0]["reason"], &settled[0]["who"]), (&json!("пиво ток пиво"), &json!("mara")));
    assert_eq!((&settled[1]["action"], settled[1].get("reason")), (&json!("reject"), None));
    workbench.run(["pending"]).exits(0);
}

#[test]
fn a_review_can_be_stopped_at_any_moment_and_continued() {
    let workbench = changed();
    let before = workbench.tree();
    for key in ["q", "S", "\u{3}"] {
        let mut terminal = Terminal::start(&workbench, &["review"]);
        terminal.expect(PROMPT);
        terminal.press(key);
        let (code, _) = terminal.end();
        assert_ne!(code, Some(0), "{key:?}");
        assert_eq!(workbench.tree(), before, "{key:?}");
    }
    let mut terminal = Terminal::start(&workbench, &["review", "--reason", "beer"]);
    terminal.expect(PROMPT);
    terminal.press("a");
    terminal.expect("accepted 5 changes");
    terminal.expect(PROMPT);
    terminal.press("\u{3}");
    terminal.end();
    assert_eq!(groups(&workbench).len(), 1, "what was settled is settled");
    let mut terminal = Terminal::start(&workbench, &["review"]);
    assert!(terminal.expect(PROMPT).contains("1 of 1"));
    terminal.press("s");
    let (code, rest) = terminal.end();
    assert!(rest.contains("0 of 1 groups settled, 1 left; `corridor review` goes on"), "{rest}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_capital_letter_settles_all_that_follow_and_still_shows_them() {
    let workbench = changed();
    let mut terminal = Terminal::start(&workbench, &["review"]);
    terminal.expect(PROMPT);
    terminal.press("A");
    terminal.expect("why?");
    terminal.press("all of it\r");
    let shown = terminal.expect("accepted 2 changes");
    assert!(shown.contains("2 of 2") && shown.contains("low_confidence"), "{shown}");
    assert_eq!(terminal.end().0, Some(0));
    let ledger = lines(&workbench.read("golden/LEDGER.jsonl"));
    assert!(ledger[1..].iter().all(|line| line["reason"] == "all of it") && ledger.len() == 3);
}

#[test]
fn without_a_terminal_the_commands_that_do_the_same_are_named() {
    let workbench = changed();
    let before = workbench.tree();
    let ran = workbench.run(["review"]).exits(1);
    let first = name(&groups(&workbench)[0]);
    for command in ["corridor review\n".to_owned(), format!("corridor accept --group {first} --reason \"…\"\n")] {
        assert!(ran.stdout.contains(&command), "{}", ran.stdout);
    }
    assert!(ran.stderr.contains("this is no terminal"), "{}", ran.stderr);
    assert_eq!(workbench.tree(), before);
}

#[test]
fn nothing_of_hostile_text_reaches_the_terminal_as_it_is() {
    let hostile = "Купи хлеб \u{1b}[2J\u{202e}\u{9b}31m";
    let workbench =
        crate::workbench::Workbench::new().with_corpus("mix", &[crate::recording::recording("a").text(hostile)]);
    workbench.run(["replay", "--rules", "reference", "--new"]).exits(1);
    let mut terminal = Terminal::start(&workbench, &["review", "--color", "never"]);
    let shown = terminal.expect(PROMPT);
    assert!(shown.contains(r"\u{1b}[2J\u{202e}\u{9b}31m") && !shown.contains('\u{202e}'), "{shown}");
    assert!(!shown.contains('\u{9b}') && !shown.contains("\u{1b}[2J"), "{shown}");
    terminal.press("q");
    terminal.end();
}

#[test]
fn a_page_is_not_written_to_a_terminal() {
    let workbench = changed();
    let mut terminal = Terminal::start(&workbench, &["report", "--rules", "reference", "--format", "html"]);
    terminal.expect("a page is not for a terminal");
    assert_eq!(terminal.end().0, Some(2));
}

#[test]
fn an_explanation_in_a_review_says_whose_path_it_shows() {
    let said = "this is how this program's own path decides";
    let explained = |workbench: &crate::workbench::Workbench, golden: &str| {
        let mut terminal = Terminal::start(workbench, &["review", "--color", "never", "--golden", golden]);
        terminal.expect(PROMPT);
        terminal.press("e");
        let explained = terminal.expect(PROMPT).split_whitespace().collect::<Vec<_>>().join(" ");
        terminal.press("q");
        terminal.end();
        explained
    };
    let workbench = changed();
    assert!(!explained(&workbench, "golden").contains(said), "our own run found what is pending");
    let decided = workbench.run(["decide", "corpora/mix.jsonl"]).exits(0);
    workbench.write("mine.jsonl", decided.stdout);
    workbench.run(["replay", "mix", "--decisions", "mine.jsonl", "--golden", "theirs", "--new"]).exits(1);
    let shown = explained(&workbench, "theirs");
    assert!(shown.contains(said) && shown.contains("comes from decisions of another implementation"), "{shown}");
    // It stands beside the pending file, so that it is known without any run.
    std::fs::remove_dir_all(workbench.path(".corridor")).unwrap();
    let shown = explained(&workbench, "theirs");
    assert!(shown.contains("comes from decisions of another implementation"), "{shown}");
    assert!(!explained(&workbench, "golden").contains(said));
}
