//! Makes text from outside inert in a comment: it cannot format, link, mention or close a tag.
//!
//! GitHub looks for mentions, issues, commits and emoji after it has rendered the Markdown, when an escaped `@` is an `@`
//! again, but not in code. So only plain words are written as they are, and everything else as code.

use super::super::super::escape::visible;
use std::borrow::Cow;
use std::fmt::Write as _;

/// From this length on, a word of hexadecimal digits may be the name of a commit.
const COMMIT: usize = 7;

/// `text` with visible characters only, cut to `most` characters; a cut text ends with `…`.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    // The escape of a hidden character is longer than the character, so that more than `most` are never needed.
    let end = text.char_indices().nth(most + 1).map_or(text.len(), |(end, _)| end);
    let shown = visible(text.get(..end).unwrap_or(text));
    if shown.chars().count() <= most {
        return shown;
    }
    let kept = shown.chars().take(most.saturating_sub(1));
    Cow::Owned(kept.chain(['…']).collect())
}

/// A name or another short text as code of a Markdown line.
pub(super) fn code(text: &str, most: usize) -> String {
    span(&cut(text, most))
}

/// A sentence as part of a Markdown line; code between backticks, and words that are not plain, are code.
pub(super) fn sentence(text: &str, most: usize) -> String {
    pieces(&cut(text, most)).iter().fold(String::new(), |line, piece| match piece {
        Piece::Plain(text) => line + text,
        Piece::Code(text) => line + &span(text),
    })
}

/// A sentence as part of a line of HTML, in which Markdown has no meaning.
pub(super) fn html(text: &str, most: usize) -> String {
    pieces(&cut(text, most)).iter().fold(String::new(), |mut line, piece| {
        match piece {
            Piece::Plain(text) => line.push_str(&entities(text)),
            // Writing to a string does not fail.
            Piece::Code(text) => _ = write!(line, "<code>{}</code>", entities(text)),
        }
        line
    })
}

/// Lines as a diff, fenced with more backticks than any run inside.
pub(super) fn fence(lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}diff\n{}\n{fence}\n", lines.join("\n"))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[derive(Debug, PartialEq)]
enum Piece {
    Plain(String),
    Code(String),
}

/// Splits a text into plain words and code. Adjacent pieces of the same kind are merged.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if text.matches('`').count() % 2 == 1 {
        words(text, &mut pieces);
        return pieces;
    }
    for (number, part) in text.split('`').enumerate() {
        match (number % 2, part) {
            (0, _) => words(part, &mut pieces),
            // A space keeps the words on both sides of an empty code span apart.
            (_, "") => push(Piece::Plain(" ".to_owned()), &mut pieces),
            _ => push(Piece::Code(part.to_owned()), &mut pieces),
        }
    }
    pieces
}

fn words(text: &str, pieces: &mut Vec<Piece>) {
    for word in text.split_inclusive(' ') {
        let core = word.trim_start_matches(OPENING).trim_end_matches(CLOSING);
        if is_plain(core) {
            push(Piece::Plain(word.to_owned()), pieces);
            continue;
        }
        let start = word.len() - word.trim_start_matches(OPENING).len();
        let (before, rest) = word.split_at_checked(start).unwrap_or(("", word));
        let (core, after) = rest.split_at_checked(core.len()).unwrap_or((rest, ""));
        push(Piece::Plain(before.to_owned()), pieces);
        push(Piece::Code(core.to_owned()), pieces);
        push(Piece::Plain(after.to_owned()), pieces);
    }
}

/// Punctuation that may precede a word.
const OPENING: [char; 5] = ['(', '"', '\'', '«', '“'];
/// Punctuation that may follow a word.
const CLOSING: [char; 13] = [' ', ')', '"', '\'', ',', ';', ':', '.', '?', '%', '…', '»', '”'];

fn push(piece: Piece, pieces: &mut Vec<Piece>) {
    match (pieces.last_mut(), piece) {
        (_, Piece::Plain(text) | Piece::Code(text)) if text.is_empty() => {}
        (Some(Piece::Plain(last)), Piece::Plain(text)) | (Some(Piece::Code(last)), Piece::Code(text)) => {
            last.push_str(&text);
        }
        (_, piece) => pieces.push(piece),
    }
}

/// Whether a word has no meaning in Markdown or on GitHub: letters, or a number.
fn is_plain(word: &str) -> bool {
    let is_number = |word: &str| {
        let mut groups = word.split(['.', ',']);
        groups.all(|group| !group.is_empty() && group.len() < COMMIT && group.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_commit = |part: &str| part.len() >= COMMIT && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let are_letters = |word: &str| {
        let mut parts = word.split(['-', '\'', '’']);
        parts.all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic) && !is_commit(part))
    };
    // Some readers take this word for the beginning of an address.
    let is_address = word.eq_ignore_ascii_case("www");
    matches!(word, "" | "→" | "·" | "–") || is_number(word) || (are_letters(word) && !is_address)
}

/// A code span. A backtick inside is shown as a code point, since readers differ in how they delimit spans.
fn span(text: &str) -> String {
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let text = text.replace('`', "\\u{60}");
    let blank = text.starts_with(' ') && text.ends_with(' ');
    if blank { format!("` {text} `") } else { format!("`{text}`") }
}

fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{rendered, triggers};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_stay_readable() {
        for (text, expected) in [
            ("10 of 58 accepted decisions, 26.8% (limit 1,000)", "10 of 58 accepted decisions, 26.8% (limit 1,000)"),
            ("accepted → refused by `items_lost`: no-op", "accepted → refused by `items_lost`: no-op"),
            ("strict/hostile was not compared", "`strict/hostile` was not compared"),
            ("Купи свежего молока", "Купи свежего молока"),
            ("(see a_b).", "(see `a_b`)."),
        ] {
            assert_eq!(sentence(text, 100), expected);
        }
    }

    #[test]
    fn words_with_a_meaning_in_markdown_or_on_github_are_code() {
        for text in [
            "@everyone",
            "#1",
            "GH-1",
            "user/repo@sha",
            "deadbee",
            "1234567",
            "www.evil.example",
            "www. x",
            "https://evil.example",
            ":x:",
            "[a](b)",
            "a@b.example",
            "<img>",
            "&amp;",
            "*a*",
            "a_b_",
            "\\",
            "!",
            "---",
            "+",
            "|",
            "$x$",
            "~~a~~",
        ] {
            let shown = sentence(text, 100);
            assert!(shown.starts_with('`') && rendered(&shown).is_inert(), "{text}: {shown}");
        }
    }

    #[test]
    fn code_keeps_its_text() {
        assert_eq!(code("a`b", 20), "`a\\u{60}b`");
        assert_eq!(code(" a ", 20), "`  a  `");
        assert_eq!(code("", 20), "(empty)");
        assert_eq!(code("a\u{202e}b\n", 30), "`a\\u{202e}b\\u{a}`");
        assert_eq!(sentence("a``b `c`d_e", 30), "a b `cd_e`");
    }

    #[test]
    fn a_cut_is_marked_and_counts_what_is_shown() {
        assert_eq!(cut("молоко", 6), "молоко");
        assert_eq!(cut("молоко", 5), "моло…");
        assert_eq!(cut("\u{0}\u{0}", 6), "\\u{0}…");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let text = fence(&["- a ````` b".to_owned()]);
        assert_eq!(text, "``````diff\n- a ````` b\n``````\n");
    }

    proptest! {
        #[test]
        fn no_text_is_markup(
            text in r"(?:[\x00-\x7f]|\PC|[`@#:<>&|*_\[\]()!~$\\ -]|www\.|https?://|GH-1|[0-9a-f]{7}|:x:){0,60}"
        ) {
            for shown in [sentence(&text, 40), code(&text, 40)] {
                let rendered = rendered(&format!("- our word {shown} and {shown}.\n"));
                prop_assert!(rendered.is_inert(), "{:?}: {:?}", shown, rendered);
            }
            let shown = html(&text, 40);
            let code = regex::Regex::new("<code>[^<>]*</code>").unwrap();
            let plain = code.replace_all(&shown, "\u{0}").replace("&quot;", "\"");
            prop_assert!(!plain.contains(['<', '>', '&', '\n']), "{}", shown);
            prop_assert_eq!(triggers(&plain), None::<String>, "{}", shown);
        }

        #[test]
        fn cuts_hold(text in any::<String>(), most in 1..50usize) {
            prop_assert!(cut(&text, most).chars().count() <= most);
        }
    }
}
