//! Items of a shopping command: verb, stop phrases, split, quantity.

use crate::decide::text::{SPACE_CLASS, byte_offset, regex, strip};
use crate::model::{Item, Text, lower_case};
use memchr::memmem::Finder;
use regex::Regex;
use std::sync::LazyLock;

/// In the order in which they are tried.
const VERBS: [&str; 7] = ["купить ", "купи ", "buy ", "add ", "добавь ", "добавить ", "закинь "];

/// Applied one after the other.
const STOP_PHRASES: [&str; 5] = [" в список", " в корзину", " в покупки", " in the list", " to the list"];

/// The text after the first verb of [`VERBS`] that `lower` contains, stripped; `None` where there is no verb or no text.
///
/// The offset in characters is found in `lower` and applied to `text`, even where lower-casing changed the number of characters
/// (as deployed).
pub(super) fn raw_list<'a>(text: &'a str, lower: &str) -> Option<&'a str> {
    static FINDERS: LazyLock<[Finder; VERBS.len()]> = LazyLock::new(|| VERBS.map(Finder::new));
    let found = FINDERS.iter().zip(VERBS).find_map(|(finder, verb)| Some((finder.find(lower.as_bytes())?, verb)));
    let (start, verb) = found?;
    let end = start + verb.len();
    let characters = lower.get(..end)?.chars().count();
    let tail = strip(text.get(byte_offset(text, characters)..)?);
    (!tail.is_empty()).then_some(tail)
}

/// The items of a raw list, without list ids.
pub(super) fn items(raw_list: &str) -> Vec<Item<'_>> {
    static SEPARATOR: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"{SPACE_CLASS}*,{SPACE_CLASS}*|{SPACE_CLASS}+(?:и|and){SPACE_CLASS}+")));
    SEPARATOR.split(cut_at_stop_phrases(raw_list)).map(strip).filter(|part| !part.is_empty()).map(item).collect()
}

fn cut_at_stop_phrases(raw_list: &str) -> &str {
    static FINDERS: LazyLock<[Finder; STOP_PHRASES.len()]> = LazyLock::new(|| STOP_PHRASES.map(Finder::new));
    let mut tail = raw_list;
    let mut lower = lower_case(tail);
    for phrase in &*FINDERS {
        if let Some(start) = phrase.find(lower.as_bytes()) {
            let characters = lower.get(..start).map_or(0, |head| head.chars().count());
            tail = strip(tail.get(..byte_offset(tail, characters)).unwrap_or_default());
            lower = lower_case(tail);
        }
    }
    tail
}

fn item(part: &str) -> Item<'_> {
    static WITH_UNIT: LazyLock<Regex> =
        LazyLock::new(|| regex(&format!(r"^(\d+){SPACE_CLASS}+([^\s\x1c-\x1f]+){SPACE_CLASS}+(.+)$")));
    static WITH_QUANTITY: LazyLock<Regex> = LazyLock::new(|| regex(&format!(r"^(\d+){SPACE_CLASS}+(.+)$")));
    let whole = || Item { name: part.into(), quantity: None, unit: None, list_id: None };
    // Both patterns start with a digit, and most parts do not.
    if !part.starts_with(char::is_numeric) {
        return whole();
    }
    if let Some((_, [quantity, unit, name])) = WITH_UNIT.captures(part).map(|captures| captures.extract()) {
        return Item {
            name: strip(name).into(),
            quantity: Some(quantity.into()),
            unit: Some(unit.into()),
            list_id: None,
        };
    }
    match WITH_QUANTITY.captures(part).map(|captures| captures.extract()) {
        Some((_, [quantity, name])) => {
            Item { name: strip(name).into(), quantity: Some(quantity.into()), unit: None, list_id: None }
        }
        None => whole(),
    }
}

/// Puts every item onto `list_id`.
pub(super) fn onto_list<'a>(items: &mut [Item<'a>], list_id: &'a str) {
    for item in items {
        item.list_id = Some(Text::from(list_id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let raw = raw_list(text, &text.to_lowercase()).unwrap_or_default();
        let own = |text: Option<Text>| text.map(|text| text.to_string());
        items(raw).into_iter().map(|item| (item.name.to_string(), own(item.quantity), own(item.unit))).collect()
    }

    fn names(text: &str) -> Vec<String> {
        parsed(text).into_iter().map(|(name, _, _)| name).collect()
    }

    #[test]
    fn items_are_split_at_commas_and_conjunctions() {
        assert_eq!(names("Купи хлеб, молоко и яйца"), ["хлеб", "молоко", "яйца"]);
        assert_eq!(names("buy bread and milk"), ["bread", "milk"]);
        assert_eq!(names("купи хлеб И молоко"), ["хлеб И молоко"]);
        assert_eq!(names("купи , ,"), Vec::<String>::new());
    }

    #[test]
    fn the_first_verb_of_the_list_decides_not_the_first_in_the_text() {
        assert_eq!(names("add tea, надо купить чай"), ["чай"]);
    }

    #[test]
    fn stop_phrases_are_applied_one_after_the_other() {
        assert_eq!(names("добавь чай в корзину в список"), ["чай"]);
        assert_eq!(names("Add Tea To The List please"), ["Tea"]);
    }

    #[test]
    fn quantities_and_units_lead_a_part() {
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(parsed("купи 2 литра молока"), [("молока".to_owned(), owned("2"), owned("литра"))]);
        assert_eq!(parsed("купи 10 яиц"), [("яиц".to_owned(), owned("10"), None)]);
        assert_eq!(parsed("купи ٣ яйца"), [("яйца".to_owned(), owned("٣"), None)]);
        assert_eq!(parsed("купи ½ арбуза"), [("½ арбуза".to_owned(), None, None)]);
        assert_eq!(parsed("купи 2 a b\nc"), [("2 a b\nc".to_owned(), None, None)]);
    }

    #[test]
    fn offsets_count_characters_of_the_lower_cased_text() {
        // `İ` lower-cases to two characters, so the tail starts one character late.
        assert_eq!(names("İ купи чай"), ["ай"]);
    }
}
