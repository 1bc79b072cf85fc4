//! Text primitives with the meaning that the deployed system gives them.
//!
//! White space is Unicode's plus U+001C..U+001F, a word is `[\p{L}\p{N}_]+`, and a digit is any decimal digit of
//! Unicode. Rust's standard library differs in all three.

use regex::Regex;
use std::sync::LazyLock;

/// White space inside a regular expression.
pub(crate) const SPACE_CLASS: &str = r"[\s\x1c-\x1f]";

pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Strips white space on both ends: that of Unicode, and U+001C..U+001F.
#[must_use]
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Compiles a constant pattern of this crate; an invalid one fails every test that uses it.
#[expect(clippy::expect_used, reason = "the pattern is a constant of this crate")]
pub(crate) fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// Letters, numbers of any kind and underscore, but not combining marks.
pub(crate) fn is_word_char(c: char) -> bool {
    static WORD: LazyLock<Regex> = LazyLock::new(|| regex(r"^[\p{L}\p{N}_]$"));
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || c == '_',
        // Cyrillic letters, without the combining marks at U+0483..U+0489.
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        _ => WORD.is_match(c.encode_utf8(&mut [0; 4])),
    }
}

/// The value 0..=9 of a decimal digit of any script.
///
/// Decimal digits come in ascending runs of ten (Unicode, `General_Category=Nd`), so the value is the distance to the
/// start of the run.
pub(crate) fn digit_value(c: char) -> Option<u8> {
    static DECIMAL: LazyLock<Regex> = LazyLock::new(|| regex(r"^\p{Nd}$"));
    let is_decimal = |c: char| DECIMAL.is_match(c.encode_utf8(&mut [0; 4]));
    if c.is_ascii() {
        return c.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
    }
    if !c.is_numeric() || !is_decimal(c) {
        return None;
    }
    let before = (0..u32::from(c)).rev().map_while(char::from_u32).take_while(|c| is_decimal(*c)).count();
    u8::try_from(before % 10).ok()
}

/// The byte offset of the `index`-th character; the end of the text where it has fewer.
pub(crate) fn byte_offset(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(offset, _)| offset)
}

/// The word at the very start of the text, if there is one.
pub(crate) fn first_word(text: &str) -> Option<&str> {
    let end = text.find(|c| !is_word_char(c)).unwrap_or(text.len());
    text.get(..end).filter(|word| !word.is_empty())
}

/// Whether `word` occurs in `text` as a whole word.
pub(crate) fn contains_word(text: &str, word: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), word.as_bytes()).any(|start| {
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(start + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(is_word_char) && !after.is_some_and(is_word_char)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_have_their_value() {
        for (digits, script) in [
            ("0123456789", "ASCII"),
            ("٠١٢٣٤٥٦٧٨٩", "Arabic-Indic"),
            ("०१२३४५६७८९", "Devanagari"),
            ("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "bold"),
            ("𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "double-struck"),
            ("０１２３４５６７８９", "full-width"),
            ("෦෧෨෩෪෫෬෭෮෯", "Sinhala"),
        ] {
            let values: Vec<_> = digits.chars().map(digit_value).collect();
            assert_eq!(values, (0..=9).map(Some).collect::<Vec<_>>(), "{script}");
        }
        assert_eq!(digit_value('½'), None);
        assert_eq!(digit_value('Ⅷ'), None);
    }

    #[test]
    fn every_decimal_digit_follows_its_predecessor() {
        let decimal = regex(r"^\p{Nd}$");
        let digits: Vec<char> = ('\0'..=char::MAX).filter(|c| decimal.is_match(c.encode_utf8(&mut [0; 4]))).collect();
        assert_eq!(digits.len() % 10, 0);
        for block in digits.chunks(10) {
            let values: Vec<_> = block.iter().map(|c| digit_value(*c)).collect();
            assert_eq!(values, (0..=9).map(Some).collect::<Vec<_>>(), "{block:?}");
        }
    }

    #[test]
    fn words_end_at_combining_marks_and_hold_underscores_and_fractions() {
        assert_eq!(first_word("сде\u{301}лай"), Some("сде"));
        assert_eq!(first_word("a_½ b"), Some("a_½"));
        assert_eq!(first_word(" a"), None);
        assert!(contains_word("иди к маме", "к"));
        assert!(!contains_word("иди к_маме", "к"));
        assert!(contains_word("к", "к"));
    }

    #[test]
    fn separators_of_information_are_white_space() {
        assert_eq!(strip("\u{1c}\u{a0}a\u{1f}"), "a");
        assert_eq!(strip("\u{200b}a"), "\u{200b}a");
    }
}
