//! The form of a language's word lists.
//!
//! The lists are in [`super::russian`] and [`super::english`], with equal lengths, so that both languages use the same draws. No
//! word may hold a stem of the baseline (`pay` in papaya, `план` in планка), which would change the intent of a command.

use super::draw::Draw;
use crate::model::Intent;

/// How something is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// By the piece, without a unit.
    Piece,
    /// By weight, in hundreds of grams.
    Gram,
    /// By a unit, with the word for one, for 2 to 4, and for 5 to 10 of them.
    Unit([&'static str; 3]),
}

/// Something to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Good {
    /// As said after "buy".
    pub(super) name: &'static str,
    /// As said after a number and a unit.
    pub(super) counted: &'static str,
    /// Another word that looks like it, and is none of the goods.
    pub(super) near: &'static str,
    /// How it is counted.
    pub(super) measure: Measure,
}

/// Shorthand for the word lists.
pub(super) const fn good(name: &'static str, counted: &'static str, near: &'static str, measure: Measure) -> Good {
    Good { name, counted, near, measure }
}

/// The beginning of a shopping command, up to its first item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// Ends in the space after the verb.
    pub(super) words: &'static str,
    /// Whether "to the list" may follow the items.
    pub(super) names_a_list: bool,
}

/// Something is bought.
pub(super) const fn buy(words: &'static str) -> Opening {
    Opening { words, names_a_list: false }
}

/// Something is put onto a list.
pub(super) const fn put(words: &'static str) -> Opening {
    Opening { words, names_a_list: true }
}

/// The words of one language.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// Tag of the language.
    pub(super) tag: &'static str,
    pub(super) goods: [Good; 52],
    /// The unit of [`Measure::Gram`].
    pub(super) gram: &'static str,
    /// Frequent ones occur more than once.
    pub(super) openings: [Opening; 12],
    /// Between items, but for the last two.
    pub(super) comma: &'static str,
    /// Between the last two.
    pub(super) conjunction: &'static str,
    /// Where items end and a list is named.
    pub(super) stop_phrases: [&'static str; 5],
    /// Words after the items that the baseline takes for a part of the last.
    pub(super) loose_endings: [&'static str; 4],
    /// How a task begins.
    pub(super) task_leads: [&'static str; 4],
    /// What a task is about.
    pub(super) chores: [&'static str; 28],
    /// Neither shopping nor a task.
    pub(super) remarks: [&'static str; 8],
    /// About a plan, a status, or a change that has to be confirmed.
    pub(super) confirmations: [&'static str; 8],
    /// Shopping without an item.
    pub(super) empty_lists: [&'static str; 8],
    /// Commands that must be refused, with their intent.
    pub(super) refused: [(&'static str, Intent); 10],
    /// Prose of a model before its answer.
    pub(super) chatter: [&'static str; 4],
}

impl Lexicon {
    /// A quantity of something, and the unit where it has one.
    pub(super) fn amount(&self, measure: Measure, draw: &mut Draw) -> (u64, Option<&'static str>) {
        match measure {
            // From 5 to 20, Russian has one form for all of them.
            Measure::Piece => (draw.between(5, 12), None),
            Measure::Gram => (draw.between(2, 9) * 100, Some(self.gram)),
            Measure::Unit([one, few, many]) => match draw.between(1, 10) {
                quantity @ 1 => (quantity, Some(one)),
                quantity @ 2..=4 => (quantity, Some(few)),
                quantity => (quantity, Some(many)),
            },
        }
    }
}
