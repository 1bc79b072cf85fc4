//! The equivalence, example by example and by its laws.

use super::*;
use proptest::prelude::*;
use regex::Regex;

#[track_caller]
fn assert_same(one: &str, other: &str) {
    assert!(is_same_spelling(one, other), "{one:?} {other:?}: {:?} {:?}", spelling(one), spelling(other));
}

#[test]
fn spellings_of_one_item_are_equivalent() {
    for (one, other) in [
        ("мёд", "мед"),
        ("МЁД", "Мед"),
        ("ме\u{308}д", "мёд"),
        ("йогурт", "и\u{306}огурт"),
        ("crème fraîche", "cre\u{300}me frai\u{302}che"),
        ("Straße", "STRASSE"),
        ("weißbier", "WEIẞBIER"),
        ("λόγος", "ΛΌΓΟΣ"),
        ("ﬁsh", "FISH"),
        ("İNCİR", "incir"),
        ("ıspanak", "Ispanak"),
        ("зелёный  чай", "зеленый\u{a0}чай"),
        (" молоко\t3,2\u{202f}% \n", "молоко 3,2 %"),
        ("a\u{1f}b", "a b"),
        ("сыр «Российский»", "сыр \"Российский\""),
        ("сыр „Российский“", "сыр ‘Российский’"),
        ("м'ята", "м’ята"),
        ("м\u{2bc}ята", "м`ята"),
        ("кока-кола", "кока\u{2011}кола"),
        ("кока‐кола", "кока–кола"),
        ("3—4", "3−4"),
        ("чай…", "чай..."),
        ("мо\u{ad}ло\u{ad}ко", "молоко"),
        ("\u{feff}мо\u{200b}ло\u{2060}ко\u{200e}", "молоко"),
        ("❤\u{fe0f}", "❤"),
        ("молоко\u{301}", "молоко"),
    ] {
        assert_same(one, other);
    }
}

#[test]
fn other_items_are_not_equivalent() {
    for (one, other) in [
        ("мед", "мёдь"),
        ("молоко", "молока"),
        ("соль", "сол"),
        ("кефир", "ряженка"),
        ("й", "и"),
        ("ї", "і"),
        ("ё", "э"),
        ("о\u{308}", "о"),
        ("é", "e"),
        ("ö", "o"),
        ("½", "1/2"),
        ("x", "х"),
        ("²", "2"),
        ("black tea", "blacktea"),
        ("кока-кола", "кока кола"),
        ("сыр «Российский»", "сыр Российский"),
        ("1,5", "1.5"),
        ("", "a"),
        ("tea\u{202e}", "tea"),
        ("tea\u{2066}\u{2069}", "tea"),
        ("tea\u{e0061}", "tea"),
        ("tea\u{0}", "tea"),
    ] {
        assert!(!is_same_spelling(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn the_character_classes_are_those_of_unicode() {
    for (property, holds) in [
        (r"^\p{Default_Ignorable_Code_Point}$", is_invisible as fn(char) -> bool),
        (r"^\p{Quotation_Mark}$", is_quote),
        (r"^\p{Dash_Punctuation}$", is_dash),
    ] {
        let property = Regex::new(property).unwrap();
        for c in ('\0'..=char::MAX).filter(|c| property.is_match(c.encode_utf8(&mut [0; 4]))) {
            let is_more = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..);
            assert_eq!(holds(c), !is_more, "{property} {c:?}");
        }
    }
}

#[test]
fn every_character_is_as_its_normal_forms_and_its_cases() {
    // All scripts that have cases or marks, and none that are ideographs or syllables by the ten thousand.
    let blocks =
        [('\u{80}', '\u{33ff}'), ('\u{a640}', '\u{abff}'), ('\u{f900}', '\u{11fff}'), ('\u{16e00}', '\u{1efff}')];
    for c in blocks.into_iter().flat_map(|(first, last)| first..=last) {
        let text = c.to_string();
        let ours = spelling(&text).into_owned();
        assert_eq!(spelling(&ours), ours, "{c:?}");
        for other in [text.nfc().collect::<String>(), text.nfd().collect(), UniCase::unicode(&text).to_folded_case()] {
            assert_eq!(spelling(&other), ours, "{c:?} {other:?}");
        }
    }
}

#[test]
fn file_names_that_collide_on_some_file_system_have_one_key() {
    for (one, other) in [("Household", "household"), ("café", "cafe\u{301}"), ("straße", "STRASSE"), ("a\u{200d}", "a")]
    {
        assert_eq!(file_name_key(one), file_name_key(other));
    }
    for (one, other) in [("мёд", "мед"), ("a-b", "a–b"), ("a b", "a  b"), ("é", "e")] {
        assert_ne!(file_name_key(one), file_name_key(other));
    }
}

/// Characters that rules speak about, and any others.
fn text() -> impl Strategy<Value = String> {
    let sign = prop_oneof![
        3 => "[а-яА-ЯёЁa-zA-ZßẞςΣİıй ]",
        2 => "[\u{300}-\u{345}\u{327}\u{34f}\u{fe0f}\u{200b}\u{ad}\u{a0}\u{2009}\t\n\u{1c}]",
        1 => "[«»\"'’‘“”`´‐‑–—−…-]",
        1 => "\\PC",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(sign, 0..16).prop_map(|signs| signs.concat())
}

proptest! {
    #[test]
    fn spelling_is_idempotent(text in text()) {
        let once = spelling(&text).into_owned();
        prop_assert_eq!(spelling(&once), once.as_str());
        prop_assert!(once.nfc().eq(once.chars()));
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
    }

    #[test]
    fn normal_forms_and_case_folding_are_the_same_spelling(text in text()) {
        let ours = spelling(&text);
        for other in [text.nfc().collect::<String>(), text.nfd().collect(), UniCase::unicode(&text).to_folded_case()] {
            prop_assert_eq!(spelling(&other), ours.as_ref(), "{:?}", &other);
        }
        let key = file_name_key(&text);
        prop_assert_eq!(file_name_key(&text.nfd().collect::<String>()), key.as_str());
        prop_assert_eq!(file_name_key(&key), key.as_str());
    }

    #[test]
    fn invisible_characters_and_outer_blanks_change_nothing(one in text(), other in text(), sign in "[\u{ad}\u{200b}\u{feff}\u{2060}]") {
        let (whole, hidden) = (format!("{one}{other}"), format!(" {one}{sign}{other}\u{a0}"));
        prop_assert_eq!(spelling(&whole), spelling(&hidden));
    }

    #[test]
    fn the_fast_path_for_plain_names_gives_the_same_spelling(text in "[a-zа-яйё0-9 .,%()/-]{0,12}") {
        // A soft hyphen takes the other way.
        let hidden = format!("\u{ad}{text}");
        prop_assert_eq!(spelling(&text), spelling(&hidden));
    }
}
