//! The knobs of a recipe: what each does, and its value in the presets.

use super::draw::Chance;
use crate::model::wire::wire_enum;

wire_enum! {
    /// One rate that can be set, `0..=1`.
    #[expect(missing_docs, reason = "`description` describes each")]
    Knob, "knob" {
        Shopping = "shopping",
        Task = "task",
        Clarify = "clarify",
        Reject = "reject",
        SingleItem = "single_item",
        Quantity = "quantity",
        English = "english",
        LooseWording = "loose_wording",
        WrongItem = "wrong_item",
        NearWord = "near_word",
        WrongQuantity = "wrong_quantity",
        DroppedList = "dropped_list",
        ForeignList = "foreign_list",
        LowConfidence = "low_confidence",
        MultiItemRefused = "multi_item_refused",
        Malformed = "malformed",
        MalformedAll = "malformed_all",
        Timeout = "timeout",
        Unavailable = "unavailable",
        Error = "error",
        Slow = "slow",
        Unrecorded = "unrecorded",
    }
}

wire_enum! {
    /// A named recipe.
    Preset, "preset" {
        /// A small model in a household's daily use.
        Typical = "typical",
        /// Every answer right, one item each.
        Clean = "clean",
        /// A model and an endpoint in trouble.
        Faulty = "faulty",
    }
}

/// Knobs whose rates share one whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KnobGroup {
    /// Weights of the kinds of command; each kind gets its weight divided by their sum.
    Mix,
    /// A rate of its own.
    Alone,
    /// What is wrong with the item of an answer, at most one thing; the rest of the answers is right.
    Answer,
    /// How an answer is written; the rest can be read at once.
    Form,
    /// What goes wrong around an answer, at most one thing; the rest is recorded in time.
    Fault,
}

/// The row of a knob.
struct Facts {
    group: KnobGroup,
    /// Rates of [`Preset::Typical`], [`Preset::Clean`] and [`Preset::Faulty`], per mille.
    presets: [u64; 3],
    description: &'static str,
}

impl Knob {
    /// Which other knobs it shares a whole with.
    #[must_use]
    pub const fn group(self) -> KnobGroup {
        self.facts().group
    }

    /// One line for `--help`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        self.facts().description
    }

    pub(super) const fn preset(self, preset: Preset) -> Chance {
        const CHANCE_PER_MILLE: Chance = super::draw::CERTAIN / 1000;
        let [typical, clean, faulty] = self.facts().presets;
        let per_mille = match preset {
            Preset::Typical => typical,
            Preset::Clean => clean,
            Preset::Faulty => faulty,
        };
        per_mille * CHANCE_PER_MILLE
    }

    #[rustfmt::skip]
    const fn facts(self) -> Facts {
        use KnobGroup::{Alone, Answer, Fault, Form, Mix};
        let (group, presets, description) = match self {
            Self::Shopping => (Mix, [700, 700, 700], "weight of shopping commands"),
            Self::Task => (Mix, [150, 150, 150], "weight of household tasks"),
            Self::Clarify => (Mix, [100, 100, 100], "weight of commands that have to be asked back about"),
            Self::Reject => (Mix, [50, 50, 50], "weight of commands that have to be refused"),
            Self::SingleItem => (Alone, [750, 1000, 750], "shopping commands with one item; the others have 2 to 5"),
            Self::Quantity => (Alone, [300, 300, 300], "items with a quantity, mostly with a unit"),
            Self::English => (Alone, [200, 200, 200], "commands in English; the others are in Russian"),
            Self::LooseWording => (Alone, [40, 0, 40], "shopping commands with words after the item, which the baseline misreads"),
            Self::WrongItem => (Answer, [20, 0, 40], "answers that name another item"),
            Self::NearWord => (Answer, [20, 0, 40], "answers that name a word that looks like the item's"),
            Self::WrongQuantity => (Answer, [20, 0, 40], "answers that change the quantity, or make one up"),
            Self::DroppedList => (Answer, [50, 0, 100], "answers without a list"),
            Self::ForeignList => (Answer, [10, 0, 50], "answers with a list that the household does not have"),
            Self::LowConfidence => (Answer, [40, 0, 80], "right answers with a confidence below 0.6"),
            Self::MultiItemRefused => (Alone, [0, 0, 200], "answers to several items with a confidence below 0.6; the others name one of the items"),
            Self::Malformed => (Form, [30, 0, 150], "first answers that cannot be read, followed by one that can"),
            Self::MalformedAll => (Form, [10, 0, 80], "four answers that cannot be read"),
            Self::Timeout => (Fault, [10, 0, 80], "calls that time out"),
            Self::Unavailable => (Fault, [5, 0, 80], "calls that do not reach the endpoint"),
            Self::Error => (Fault, [5, 0, 50], "calls that fail in another way"),
            Self::Slow => (Fault, [20, 0, 100], "answers that take more than 200 ms in all"),
            Self::Unrecorded => (Fault, [2, 0, 30], "recordings without an attempt that is asked for"),
        };
        Facts { group, presets, description }
    }
}
