//! The acceptance rules: those of `reference` are as deployed, `strict` has more. Their order is in `terminal.rs`.

use crate::decide::corridor::candidate::Candidate;
use crate::decide::corridor::case::Case;
use crate::decide::corridor::risk::Confidence;
use crate::decide::text::{digit_value, regex, strip};
use crate::model::{Command, DecisionCore, Intent, Item, JobType, ProposedAction, lower_case};
use regex::Regex;
use snowball_stemmers_rs::{Algorithm, Stemmer};
use std::sync::LazyLock;

const MAX_NAME_CHARACTERS: usize = 120;
const MIN_CONFIDENCE: f64 = 0.6;

/// Whether the proposal has an item for which `wrong` holds.
fn item_is(case: &Case, wrong: impl FnOnce(&Item) -> bool) -> bool {
    match &case.proposal {
        Some(ProposedAction::AddShoppingItem(proposal)) => wrong(&proposal.item),
        Some(ProposedAction::CreateTask(_)) | None => false,
    }
}

pub(super) fn is_of_another_intent(case: &Case) -> bool {
    let Candidate { intent, job_type, .. } = case.candidate;
    *intent != Intent::AddShoppingItem.as_str()
        || job_type.as_ref().is_some_and(|job_type| *job_type != JobType::AddShoppingItem.as_str())
}

pub(super) fn is_malformed(case: &Case) -> bool {
    case.proposal.is_none() || case.candidate.confidence == Confidence::Malformed
}

pub(super) fn has_invalid_name(case: &Case) -> bool {
    item_is(case, |item| !(1..=MAX_NAME_CHARACTERS).contains(&strip(&item.name).chars().count()))
}

pub(super) fn names_unknown_list(case: &Case) -> bool {
    let lists = case.command.context.household.shopping_lists.as_deref().unwrap_or_default();
    item_is(case, |item| item.list_id.as_ref().is_some_and(|id| lists.iter().all(|list| list.list_id != *id)))
}

/// A candidate without confidence passes.
pub(super) fn has_low_confidence(case: &Case) -> bool {
    match case.candidate.confidence {
        Confidence::Given(value) => value < MIN_CONFIDENCE,
        Confidence::Absent | Confidence::Malformed => false,
    }
}

pub(super) fn loses_items(case: &Case) -> bool {
    case.baseline.items().count() > 1
}

pub(super) fn is_ungrounded(case: &Case) -> bool {
    item_is(case, |item| !is_grounded(item, case.command, case.baseline))
}

pub(super) fn has_conflicting_quantity(case: &Case) -> bool {
    item_is(case, |item| quantities_conflict(item, case.baseline))
}

/// Every word of the name is in the baseline's item names, and every number of the quantity in the text.
fn is_grounded(item: &Item, command: &Command, baseline: &DecisionCore) -> bool {
    let known: Vec<String> = baseline.items().flat_map(|item| stems(&item.name)).collect();
    let mut has_token = false;
    let name_is_grounded = stems(&item.name).all(|stem| {
        has_token = true;
        known.contains(&stem)
    });
    let quantity = item.quantity.as_deref().unwrap_or_default();
    let text_numbers = || numbers(&command.text);
    let quantity_is_grounded = numbers(quantity).all(|number| text_numbers().any(|known| known == number));
    has_token && name_is_grounded && quantity_is_grounded
}

/// The stems of a text's tokens (`[\p{L}\p{N}]+`): Russian for Cyrillic, English for Latin letters, others as they are.
fn stems(text: &str) -> impl Iterator<Item = String> {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| regex(r"[\p{L}\p{N}]+"));
    static CYRILLIC: LazyLock<Regex> =
        LazyLock::new(|| regex(r"^[\p{Cyrillic}\p{N}]*\p{Cyrillic}[\p{Cyrillic}\p{N}]*$"));
    static LATIN: LazyLock<Regex> = LazyLock::new(|| regex(r"^[\p{Latin}\p{N}]*\p{Latin}[\p{Latin}\p{N}]*$"));
    static RUSSIAN: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Russian));
    static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
    TOKEN.find_iter(text).map(|token| {
        let lower = lower_case(token.as_str());
        if CYRILLIC.is_match(token.as_str()) {
            RUSSIAN.stem(&lower).into_owned()
        } else if LATIN.is_match(token.as_str()) {
            ENGLISH.stem(&lower).into_owned()
        } else {
            lower
        }
    })
}

/// The maximal runs of decimal digits, as ASCII digits without leading zeros, so that equal values are equal texts.
fn numbers(text: &str) -> impl Iterator<Item = String> {
    let mut characters = text.chars();
    std::iter::from_fn(move || {
        let first = characters.by_ref().find_map(digit_value)?;
        let rest = characters.by_ref().map_while(digit_value);
        let digits: String = std::iter::once(first).chain(rest).map(|digit| char::from(b'0' + digit)).collect();
        Some(without_leading_zeros(&digits).to_owned())
    })
}

fn without_leading_zeros(digits: &str) -> &str {
    digits.trim_start_matches('0')
}

/// The baseline has exactly one item, both give a quantity, and they differ.
fn quantities_conflict(item: &Item, baseline: &DecisionCore) -> bool {
    let mut items = baseline.items();
    let (Some(only), None) = (items.next(), items.next()) else { return false };
    match (&only.quantity, &item.quantity) {
        (Some(ours), Some(theirs)) => match (plain_decimal(ours), plain_decimal(theirs)) {
            (Some(ours), Some(theirs)) => ours != theirs,
            (Some(_) | None, Some(_) | None) => strip(ours) != strip(theirs),
        },
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// A number `digits[.digits]`, normalised so that equal values are equal texts.
fn plain_decimal(text: &str) -> Option<(String, String)> {
    let text = strip(text);
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| -> Option<String> {
        let digits: Option<String> =
            part.chars().map(|c| digit_value(c).map(|digit| char::from(b'0' + digit))).collect();
        digits.filter(|digits| !digits.is_empty())
    };
    let fraction = fraction.map_or(Some(String::new()), digits)?;
    Some((without_leading_zeros(&digits(whole)?).to_owned(), fraction.trim_end_matches('0').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(word: &str) -> String {
        stems(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn inflected_forms_share_a_stem_and_near_words_do_not() {
        for (one, other) in [("соль", "соли"), ("чай", "чаю"), ("молоко", "Молока"), ("eggs", "egg"), ("мёд", "мед")]
        {
            assert_eq!(stem_of(one), stem_of(other), "{one} {other}");
        }
        for (one, other) in [("сок", "соль"), ("молоко", "молоток"), ("flour", "flower"), ("яйца", "яиц")]
        {
            assert_ne!(stem_of(one), stem_of(other), "{one} {other}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert_eq!(numbers("a07b ٣, 0").collect::<Vec<_>>(), ["7", "3", ""]);
        assert_eq!(numbers("12½3").collect::<Vec<_>>(), ["12", "3"]);
        assert_eq!(plain_decimal("02.50"), plain_decimal(" 2.5"));
        assert_eq!(plain_decimal("2"), plain_decimal("2.0"));
        assert_eq!(plain_decimal("2."), None);
        assert_eq!(plain_decimal("1e3"), None);
    }
}
