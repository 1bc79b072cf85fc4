//! Texts of users as they are, or each as a number: what is redacted can still be compared.

/// Shows texts, or numbers in place of them.
#[derive(Clone, Debug)]
pub(super) struct Redaction {
    /// Texts that were replaced, by number; `None` where nothing is redacted.
    seen: Option<Vec<String>>,
}

impl Redaction {
    /// Shows texts as they are.
    pub(super) const fn none() -> Self {
        Self { seen: None }
    }

    /// Replaces every text by a number, equal texts by the same one, in the order in which they are shown.
    pub(super) const fn of_text() -> Self {
        Self { seen: Some(Vec::new()) }
    }

    /// The text, or what stands for it.
    pub(super) fn show(&mut self, text: &str) -> String {
        let Some(seen) = &mut self.seen else { return text.to_owned() };
        let number = seen.iter().position(|known| known == text).unwrap_or_else(|| {
            seen.push(text.to_owned());
            seen.len() - 1
        });
        format!("[text {}]", number + 1)
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
