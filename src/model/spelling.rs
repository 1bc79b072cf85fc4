//! The equivalence of spellings by which labels and effects are compared.
//!
//! Two texts are equivalent if [`spelling`] gives the same for both. It ignores exactly these differences:
//!
//! 1. *Canonical equivalence* (Unicode, D70): composed or decomposed, marks in any order (NFC = NFD).
//! 2. *Case*, by full case folding (D145): `ß` = `ss`, `ς` = `σ`, and `I`, `İ`, `i`, `ı` are one letter.
//! 3. *White space*: any run of it is one blank, and leading and trailing white space is removed.
//! 4. *Russian spelling*: `ё` = `е`, and a stress mark (U+0301) on a Cyrillic vowel.
//! 5. *Typography*: all quotation marks and apostrophes are equal, so are hyphens, dashes and minus signs, and `…` is `...`.
//! 6. *Invisible characters*: soft hyphens, zero-width characters, byte order marks, variation selectors and directional marks
//!    (Unicode, `Default_Ignorable_Code_Point`) are removed. Characters that can hold a hidden text (tags) or change the visible order
//!    (embeddings, overrides, isolates) and control characters are kept.
//!
//! Other differences count: `½` is not `1/2`, `х` (Cyrillic) is not `x` (Latin), and another grammatical form is another word.
//! Decisions are compared exactly and do not use this equivalence, nor do the rules of the corridor.

use std::borrow::Cow;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// The canonical spelling of `text`: equal for two texts exactly where they are equivalent. Idempotent.
#[must_use]
pub fn spelling(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let folded = folded(text);
    let mut signs = String::with_capacity(folded.len());
    // The letter before the marks.
    let mut base = ' ';
    for c in folded.chars() {
        if is_mark(c) {
            if !is_optional(base, c) {
                signs.push(c);
            }
            continue;
        }
        base = c;
        match c {
            _ if is_space(c) => {
                if !signs.is_empty() && !signs.ends_with(' ') {
                    signs.push(' ');
                }
            }
            'ı' => signs.push('i'),
            '…' => signs.push_str("..."),
            _ if is_quote(c) => signs.push('\''),
            _ if is_dash(c) => signs.push('-'),
            _ => signs.push(c),
        }
    }
    Cow::Owned(signs.trim_end_matches(' ').nfc().collect())
}

/// Whether two texts are equivalent.
#[must_use]
pub fn is_same_spelling(one: &str, other: &str) -> bool {
    one == other || spelling(one) == spelling(other)
}

/// A key that is equal for names that some file system does not tell apart: they differ in case, normal form or invisible characters.
#[must_use]
pub fn file_name_key(name: &str) -> String {
    folded(name).nfc().collect()
}

/// Without invisible characters, decomposed, and case-folded.
fn folded(text: &str) -> String {
    let decomposed: String = text.chars().filter(|c| !is_invisible(*c)).nfd().collect();
    UniCase::unicode(decomposed).to_folded_case().nfd().collect()
}

/// A fast test that [`spelling`] leaves a text as it is, as it does with most names.
fn is_plain(text: &str) -> bool {
    let mut before = ' ';
    for c in text.chars() {
        let is_plain = match c {
            ' ' => before != ' ',
            'a'..='z' | '0'..='9' | 'а'..='я' | '-' | ',' | '.' | '%' | '(' | ')' | '/' => true,
            _ => false,
        };
        if !is_plain {
            return false;
        }
        before = c;
    }
    text.is_empty() || before != ' '
}

fn is_mark(c: char) -> bool {
    canonical_combining_class(c) != 0
}

/// A mark that only some write on this letter.
fn is_optional(base: char, mark: char) -> bool {
    match mark {
        '\u{307}' => matches!(base, 'i' | 'ı'),
        '\u{308}' => base == 'е',
        '\u{301}' => matches!(base, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'є'),
        _ => false,
    }
}

/// White space of Unicode, and U+001C..U+001F, which the deployed system treats as white space.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// `Default_Ignorable_Code_Point` without tag characters, embeddings, overrides and isolates (see the head of this file).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Quotation marks (Unicode, `Quotation_Mark`), apostrophes, spacing accents, and primes.
fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '´' | '«' | '»'
            | '\u{2b9}'..='\u{2bf}' | '\u{2c8}' | '\u{2ca}' | '\u{2cb}' | '\u{55a}' | '\u{5f3}' | '\u{5f4}'
            | '\u{2018}'..='\u{201f}' | '\u{2032}'..='\u{2037}' | '\u{2039}' | '\u{203a}' | '\u{2057}'
            | '\u{275b}'..='\u{275e}' | '\u{2e42}' | '\u{300c}'..='\u{300f}' | '\u{301d}'..='\u{301f}'
            | '\u{a78b}' | '\u{a78c}' | '\u{fe41}'..='\u{fe44}' | '\u{ff02}' | '\u{ff07}' | '\u{ff62}' | '\u{ff63}'
    )
}

/// Hyphens and dashes (Unicode, `Dash_Punctuation`), minus signs, and the hyphen as a bullet.
fn is_dash(c: char) -> bool {
    let is_common = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}');
    is_common
        || matches!(c, '\u{2d7}' | '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2e17}' | '\u{2e1a}')
        || matches!(c, '\u{2796}' | '\u{2e3a}' | '\u{2e3b}' | '\u{2e40}' | '\u{2e5d}' | '\u{301c}' | '\u{3030}')
        || matches!(c, '\u{30a0}' | '\u{fe31}' | '\u{fe32}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
        || matches!(c, '\u{10d6e}' | '\u{10ead}')
}

#[cfg(test)]
mod tests;
