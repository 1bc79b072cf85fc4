//! Replaces texts of users by numbers, equal texts by equal numbers, so that redacted texts can still be compared.

use std::collections::BTreeMap;

/// Shows texts, or numbers instead of them.
#[derive(Clone, Debug)]
pub(super) struct Redaction {
    /// Texts that were replaced, with their numbers from 1; `None` where nothing is redacted.
    seen: Option<BTreeMap<String, usize>>,
    /// Whether long texts are cut where they are shown.
    pub(super) caps: bool,
}

impl Redaction {
    /// Shows texts as they are.
    pub(super) const fn none() -> Self {
        Self { seen: None, caps: true }
    }

    /// Replaces every text by a number, equal texts by the same one, in the order in which they are shown.
    pub(super) const fn of_text() -> Self {
        Self { seen: Some(BTreeMap::new()), caps: true }
    }

    /// Shows texts as they are, in their whole length.
    pub(super) const fn in_full() -> Self {
        Self { seen: None, caps: false }
    }

    /// The text, or its number.
    pub(super) fn show(&mut self, text: &str) -> String {
        let Some(seen) = &mut self.seen else { return text.to_owned() };
        let next = seen.len() + 1;
        let number = seen.get(text).copied().unwrap_or(next);
        if number == next {
            seen.insert(text.to_owned(), next);
        }
        format!("[text {number}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_numbers() {
        let mut redaction = Redaction::of_text();
        let shown = ["молоко", "хлеб", "молоко", ""].map(|text| redaction.show(text));
        assert_eq!(shown, ["[text 1]", "[text 2]", "[text 1]", "[text 3]"]);
        assert_eq!(Redaction::none().show("молоко"), "молоко");
    }
}
