//! Escapes text from outside for terminals, JSON and Markdown.
//!
//! Every character that a terminal would obey, reorder or hide is shown as a code point, such as `\u{202e}`. Such characters
//! can move the cursor, recolour a line, or make two different ids look the same.

use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether `c` is shown as a code point: controls, bidi controls, line separators, and invisible characters
/// (Unicode: `Cc`, `Cf`, `Zl`, `Zp`, `Default_Ignorable_Code_Point`, noncharacters).
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{600}'..='\u{605}'
        | '\u{61c}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    ) || (c as u32) & 0xfffe == 0xfffe
}

/// `text` with every hidden character shown as `\u{…}`; borrowed where there is none.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden, |c, shown| shown.extend(c.escape_unicode()))
}

/// `text` with the characters that are to be escaped written by `escape`; borrowed where there is none.
fn escaped(text: &str, is_escaped: impl Fn(char) -> bool, escape: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_escaped(c) { escape(c, &mut shown) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// JSON text with every hidden character of its strings as an escape; the value is the same.
///
/// Line feeds stay, since JSON text has them only between tokens.
pub(super) fn in_json(text: &str) -> Cow<'_, str> {
    let escape = |c: char, shown: &mut String| {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    };
    escaped(text, |c| c != '\n' && is_hidden(c), escape)
}

/// `text` escaped for a Markdown line or table cell, without markup, links, mentions or HTML.
pub(super) fn in_markdown(text: &str) -> String {
    let shown = visible(text);
    let mut escaped = String::with_capacity(shown.len() + 16);
    for c in shown.chars() {
        match c {
            // Entities instead of backslashes, since some readers find mentions and links before they unescape.
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // GitHub finds mentions and issues after it has unescaped, so that a zero-width space is needed as well.
            '@' => escaped.push_str("&#64;&#8203;"),
            '#' => escaped.push_str("&#35;&#8203;"),
            ':' => escaped.push_str("&#58;"),
            '|' => escaped.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '+' | '-' | '.' | '!' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Columns that `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The longest beginning of `text` of at most `columns`.
pub(super) fn head(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find_map(|(offset, c)| {
        taken += c.width().unwrap_or_default();
        (taken > columns).then_some(offset)
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    #[test]
    fn everything_hidden_in_unicode_is_hidden_here_and_no_letter_is() {
        let hidden = Regex::new(r"^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{NChar}]$").unwrap();
        let shown = Regex::new(r"^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]$").unwrap();
        let invisible_letters = Regex::new(r"^\p{Default_Ignorable_Code_Point}$").unwrap();
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            if hidden.is_match(&text) {
                assert!(is_hidden(c), "U+{:04X}", u32::from(c));
            }
            if shown.is_match(&text) && !invisible_letters.is_match(&text) {
                assert!(!is_hidden(c), "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn hidden_characters_are_shown_as_code_points() {
        assert_eq!(visible("a\u{202e}b\u{1b}[31m\n"), r"a\u{202e}b\u{1b}[31m\u{a}");
        assert_eq!(visible("хлеб, 🥛"), "хлеб, 🥛");
        assert_eq!([6, 3].map(|columns| head("молоко", columns)), ["молоко", "мол"]);
        assert_eq!(head("牛乳です", 5), "牛乳");
    }

    #[test]
    fn markdown_has_no_mention_and_no_issue() {
        assert_eq!(in_markdown("@all #1 a|b"), "&#64;&#8203;all &#35;&#8203;1 a&#124;b");
    }

    #[test]
    fn json_keeps_its_value_and_hides_nothing() {
        let value = serde_json::json!({"id": "a\u{202e}b\u{9b}c\u{e0041}\n", "n": [1, 2]});
        let text = serde_json::to_string_pretty(&value).unwrap();
        let escaped = in_json(&text);
        assert!(escaped.chars().all(|c| c == '\n' || !is_hidden(c)), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), value);
    }

    proptest! {
        #[test]
        fn nothing_hidden_comes_out(text in any::<String>(), columns in 0..40usize) {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(is_hidden));
            prop_assert_eq!(visible(&shown), shown.as_ref());
            prop_assert!(width(head(&shown, columns)) <= columns);
        }
    }
}
