//! The recipe: a seed and rates, from a preset and single settings, validated.

use super::draw::{CERTAIN, Chance};
use super::knob::{Knob, KnobGroup, Preset};
use crate::model::{Each, UnknownName};
use std::str::FromStr;

/// What to generate.
///
/// Rates are kept to nine decimals. Every recipe that can be built is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// The seed of all draws.
    pub seed: u64,
    /// Whether recordings have labels.
    pub label: bool,
    chances: Each<Knob, Chance>,
}

/// One knob with its rate, written `KEY=RATE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnobSetting {
    /// The knob.
    pub knob: Knob,
    /// 0..=1, or it will be refused.
    pub rate: f64,
}

/// Why a knob cannot be set.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RecipeError {
    /// Not `KEY=RATE`.
    #[error("expected KEY=RATE, such as `slow=0.05`")]
    NotASetting,
    /// There is no such knob.
    #[error(transparent)]
    UnknownKnob(#[from] UnknownName),
    /// The rate is outside 0..=1.
    #[error("{knob}: a rate is between 0 and 1, not {rate}")]
    OutOfRange {
        /// The knob.
        knob: Knob,
        /// What was asked for.
        rate: f64,
    },
    /// Rates of knobs that exclude one another sum to more than 1.
    #[error("{} sum to {sum}, and at most one of them can happen: their sum is at most 1", KeysOf(*group))]
    GroupExceeded {
        /// The group.
        group: KnobGroup,
        /// The sum of its rates.
        sum: f64,
    },
    /// No kind of command is left.
    #[error("{} are all 0: no kind of command is left", KeysOf(KnobGroup::Mix))]
    EmptyMix,
}

impl Recipe {
    /// The recipe of a preset, with labels.
    #[must_use]
    pub fn new(preset: Preset, seed: u64) -> Self {
        Self { seed, label: true, chances: Each::from_fn(|knob: Knob| knob.preset(preset)) }
    }

    /// The rate of a knob, 0..=1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most a billion")]
    pub fn rate(&self, knob: Knob) -> f64 {
        self.chance(knob) as f64 / CERTAIN as f64
    }

    /// Sets several knobs at once: sums are checked after the last, so that the order does not matter. On an error the recipe is
    /// unchanged.
    pub fn apply(&mut self, settings: &[KnobSetting]) -> Result<(), RecipeError> {
        let mut changed = self.clone();
        for KnobSetting { knob, rate } in settings {
            changed.chances[*knob] = chance_of(*rate).ok_or(RecipeError::OutOfRange { knob: *knob, rate: *rate })?;
        }
        changed.check()?;
        *self = changed;
        Ok(())
    }

    pub(super) fn chance(&self, knob: Knob) -> Chance {
        self.chances[knob]
    }

    fn check(&self) -> Result<(), RecipeError> {
        for group in [KnobGroup::Answer, KnobGroup::Form, KnobGroup::Fault] {
            let sum = self.sum(group);
            if sum > CERTAIN {
                #[expect(clippy::cast_precision_loss, reason = "a few billions")]
                return Err(RecipeError::GroupExceeded { group, sum: sum as f64 / CERTAIN as f64 });
            }
        }
        if self.sum(KnobGroup::Mix) == 0 { Err(RecipeError::EmptyMix) } else { Ok(()) }
    }

    fn sum(&self, group: KnobGroup) -> Chance {
        Knob::ALL.iter().filter(|knob| knob.group() == group).map(|knob| self.chance(*knob)).sum()
    }
}

/// The rate in parts per billion, rounded; `None` outside 0..=1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a billion at most, and not negative"
)]
fn chance_of(rate: f64) -> Option<Chance> {
    (0.0..=1.0).contains(&rate).then(|| (rate * CERTAIN as f64).round() as Chance)
}

impl FromStr for KnobSetting {
    type Err = RecipeError;

    fn from_str(text: &str) -> Result<Self, RecipeError> {
        let (key, rate) = text.split_once('=').ok_or(RecipeError::NotASetting)?;
        let knob = key.trim().parse()?;
        let rate = rate.trim().parse().map_err(|_| RecipeError::NotASetting)?;
        Ok(Self { knob, rate })
    }
}

/// The knobs of a group, for messages.
struct KeysOf(KnobGroup);

impl std::fmt::Display for KeysOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut keys = Knob::ALL.iter().filter(|knob| knob.group() == self.0);
        if let Some(first) = keys.next() {
            write!(f, "{first}")?;
        }
        keys.try_for_each(|key| write!(f, ", {key}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_valid() {
        for preset in Preset::ALL {
            assert_eq!(Recipe::new(*preset, 1).check(), Ok(()), "{preset}");
        }
    }

    #[test]
    fn every_knob_can_be_set_by_its_name() {
        let mut recipe = Recipe::new(Preset::Clean, 1);
        for (position, knob) in Knob::ALL.iter().enumerate() {
            assert_eq!(*knob as usize, position);
            recipe.apply(&[format!("{knob}=0.01").parse().unwrap()]).unwrap();
            assert!((recipe.rate(*knob) - 0.01).abs() < f64::EPSILON, "{knob}");
        }
    }

    #[test]
    fn a_refused_setting_changes_nothing_and_says_why() {
        let mut recipe = Recipe::new(Preset::Typical, 1);
        let before = recipe.clone();
        for (settings, expected) in [
            (&["slwo=0.1"][..], "not a known knob, expected one of `shopping`,"),
            (&["slow=1.5"], "slow: a rate is between 0 and 1, not 1.5"),
            (&["slow=NaN"], "slow: a rate is between 0 and 1, not NaN"),
            (
                &["malformed_all=0.98"],
                "malformed, malformed_all sum to 1.01, and at most one of them can happen: their sum is at most 1",
            ),
            (&["shopping=0", "task=0", "clarify=0", "reject=0"], "shopping, task, clarify, reject are all 0"),
        ] {
            let settings = settings.iter().map(|text| text.parse()).collect::<Result<Vec<_>, RecipeError>>();
            let error = settings.and_then(|settings| recipe.apply(&settings)).unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
            assert_eq!(recipe, before);
        }
    }

    #[test]
    fn sums_are_checked_after_the_last_setting() {
        let mut recipe = Recipe::new(Preset::Typical, 1);
        let settings = ["malformed_all=1", "malformed=0"].map(|text| text.parse().unwrap());
        recipe.apply(&settings).unwrap();
        assert!((recipe.rate(Knob::MalformedAll) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn decimal_rates_sum_exactly() {
        let mut recipe = Recipe::new(Preset::Clean, 1);
        let settings = ["timeout=0.1", "unavailable=0.2", "error=0.6", "slow=.1"].map(|text| text.parse().unwrap());
        assert_eq!(recipe.apply(&settings), Ok(()));
    }

    #[test]
    fn a_text_that_is_no_setting_is_refused() {
        for text in ["slow", "slow=", "slow=much", "=1"] {
            assert!(text.parse::<KnobSetting>().is_err(), "{text}");
        }
    }
}
