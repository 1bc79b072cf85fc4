//! Cuts long texts of users, models and callers where they are shown, and says how many characters are left out.
//!
//! At most [`LONGEST`] characters are kept, with a mark at each end that was cut. Texts are compared before they are cut.

use super::number::counted;
use std::borrow::Cow;

/// Most characters of a text that are shown.
pub(super) const LONGEST: usize = 240;
/// Most characters of both marks of a cut text.
pub(super) const MARKS: usize = 96;
/// Characters that are shown before the first difference.
const BEFORE: usize = 80;

/// The beginning of `text`, and how many more characters it has.
pub fn capped(text: &str) -> Cow<'_, str> {
    capped_at(text, LONGEST)
}

/// [`capped`] to `most` characters: for lines that hold several texts.
pub fn capped_at(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.chars().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(window(text, 0, most))
}

/// Two texts that differ, each cut so that the first difference is shown.
pub(super) fn capped_pair<'a>(before: &'a str, after: &'a str) -> (Cow<'a, str>, Cow<'a, str>) {
    let is_short = |text: &str| text.len() <= LONGEST || text.chars().nth(LONGEST).is_none();
    if is_short(before) && is_short(after) {
        return (Cow::Borrowed(before), Cow::Borrowed(after));
    }
    let same = before.chars().zip(after.chars()).take_while(|(one, other)| one == other).count();
    let skipped = if same + BEFORE > LONGEST { same.saturating_sub(BEFORE) } else { 0 };
    (Cow::Owned(window(before, skipped, LONGEST)), Cow::Owned(window(after, skipped, LONGEST)))
}

/// `most` characters of `text` after the first `skipped` ones, with a mark at each end that is cut.
fn window(text: &str, skipped: usize, most: usize) -> String {
    let mut shown = String::new();
    if skipped > 0 {
        shown = format!("{}… ", counted(skipped as u64, "character"));
    }
    let from = text.char_indices().nth(skipped).map_or(text.len(), |(place, _)| place);
    let rest = text.get(from..).unwrap_or_default();
    let end = rest.char_indices().nth(most).map_or(rest.len(), |(place, _)| place);
    let (head, left) = rest.split_at(end);
    shown.push_str(head);
    let left = left.chars().count() as u64;
    if left > 0 {
        shown.extend(["… ", &counted(left, "more character")]);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_text_is_cut_and_says_how_many_characters_are_left() {
        assert_eq!(capped(&"я".repeat(LONGEST)), "я".repeat(LONGEST));
        let long = capped(&"я".repeat(20_112)).into_owned();
        assert_eq!(long, format!("{}… 19,872 more characters", "я".repeat(LONGEST)));
        assert_eq!(capped(&"я".repeat(LONGEST + 1)), format!("{}… 1 more character", "я".repeat(LONGEST)));
    }

    #[test]
    fn the_first_difference_is_shown_wherever_it_is() {
        let (before, after) = (format!("{}milk", "a".repeat(5_000)), format!("{}bread", "a".repeat(5_000)));
        let (before, after) = capped_pair(&before, &after);
        assert_eq!(before, format!("4,920 characters… {}milk", "a".repeat(BEFORE)));
        assert_eq!(after, format!("4,920 characters… {}bread", "a".repeat(BEFORE)));
    }

    proptest! {
        #[test]
        fn texts_that_differ_still_differ_when_they_are_cut(head in "[ab]{0,3}", count in 0usize..900, one in "\\PC{0,9}", other in "\\PC{0,9}") {
            prop_assume!(one != other);
            let long = head.repeat(count);
            let (before, after) = (format!("{long}{one}"), format!("{long}{other}"));
            let (before, after) = capped_pair(&before, &after);
            prop_assert_ne!(&before, &after);
            for shown in [before, after] {
                prop_assert!(shown.chars().count() <= LONGEST + MARKS);
            }
        }
    }
}
