//! Finds which stems a text contains, as substrings, for all sets in one pass.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A set of stems, as a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StemSet(u16);

/// The union of the sets of which a text contains a stem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stems(u16);

impl Stems {
    /// Whether the text contains a stem of any of these sets.
    #[must_use]
    pub(super) const fn any(self, set: StemSet) -> bool {
        self.0 & set.0 != 0
    }
}

impl StemSet {
    /// The shopping intent.
    pub(super) const SHOPPING: Self = Self(1);
    /// The task intent.
    pub(super) const TASK: Self = Self(1 << 1);
    /// The domain of tasks, wider than the intent.
    pub(super) const DOMAIN_TASK: Self = Self(1 << 2);
    /// Confirmations, plans and reports.
    pub(super) const CONFIRM_OR_CLARIFY: Self = Self(1 << 3);
    /// Commands about all people or all tasks.
    pub(super) const REJECT_SCOPE: Self = Self(1 << 4);
    /// Standing rules.
    pub(super) const REJECT_POLICY: Self = Self(1 << 5);
    /// Another household.
    pub(super) const REJECT_FOREIGN_HOME: Self = Self(1 << 6);
    /// Money.
    pub(super) const REJECT_PAYMENT: Self = Self(1 << 7);
    /// Verbs of switching a device.
    pub(super) const DEVICE_VERB: Self = Self(1 << 8);
    /// Devices.
    pub(super) const DEVICE_NOUN: Self = Self(1 << 9);
    /// References such as "this".
    pub(super) const DEICTIC: Self = Self(1 << 10);
    /// A day.
    pub(super) const SCHEDULE: Self = Self(1 << 11);
    /// The word "task" itself.
    pub(super) const TASK_WORD: Self = Self(1 << 12);

    /// The four sets each of which refuses alone.
    pub(super) const REJECT: Self =
        Self(Self::REJECT_SCOPE.0 | Self::REJECT_POLICY.0 | Self::REJECT_FOREIGN_HOME.0 | Self::REJECT_PAYMENT.0);
}

const TASK: &[&str] = &["task", "todo", "сделай", "сделать", "нужно", "надо", "починить", "убраться", "вынести"];

/// Every set with its name and its stems, lower case.
const SETS: &[(StemSet, &str, &[&str])] = &[
    (StemSet::SHOPPING, "shopping", &["куп", "shopping", "grocery", "buy", "add", "добав", "закин", "покупк"]),
    (StemSet::TASK, "task", TASK),
    (StemSet::DOMAIN_TASK, "domain task", TASK),
    (StemSet::DOMAIN_TASK, "domain task", &["задач", "дело", "напомни", "remind", "assign"]),
    (
        StemSet::CONFIRM_OR_CLARIFY,
        "confirm or clarify",
        &[
            "confirm",
            "подтверд",
            "перенеси",
            "сдвин",
            "reschedule",
            "заверш",
            "complete",
            "done",
            "завтра",
            "план",
            "plan",
            "redistribute",
            "перераспред",
            "workload",
            "status",
            "статус",
        ],
    ),
    (
        StemSet::REJECT_SCOPE,
        "reject: scope",
        &[
            "everyone",
            "everybody",
            "all members",
            "all tasks",
            "всем",
            "всех",
            "все задачи",
            "всю работу",
            "невозможно",
            "impossible",
            "unsafe",
        ],
    ),
    (StemSet::REJECT_POLICY, "reject: policy", &["always", "policy", "rule", "всегда", "правил"]),
    (
        StemSet::REJECT_FOREIGN_HOME,
        "reject: foreign home",
        &[
            "other household",
            "another household",
            "foreign household",
            "другого дома",
            "другой дом",
            "чужого дома",
            "чужой дом",
            "чужой список",
            "чужого списка",
        ],
    ),
    (
        StemSet::REJECT_PAYMENT,
        "reject: payment",
        &["pay", "payment", "transfer money", "переведи деньг", "деньг", "оплат"],
    ),
    (StemSet::DEVICE_VERB, "device verb", &["turn on", "turn off", "включ", "выключ", "запусти"]),
    (StemSet::DEVICE_NOUN, "device noun", &["device", "robot vacuum", "робот-пылесос", "пылесос", "умную ламп"]),
    (StemSet::DEICTIC, "deictic reference", &["это", "этот", "эту", "this", "that"]),
    (StemSet::SCHEDULE, "schedule marker", &["завтра", "сегодня", "послезавтра", "tomorrow", "today"]),
    (StemSet::TASK_WORD, "task word", &["task", "задач"]),
];

struct Matcher {
    automaton: AhoCorasick,
    /// By pattern: the sets that hold the stem.
    sets: Vec<u16>,
}

static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
    let mut by_stem = BTreeMap::<&str, u16>::new();
    for (set, _, stems) in SETS {
        for stem in *stems {
            *by_stem.entry(stem).or_default() |= set.0;
        }
    }
    #[expect(clippy::expect_used, reason = "the stems are constants of this crate")]
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(by_stem.keys())
        .expect("a small automaton");
    Matcher { automaton, sets: by_stem.into_values().collect() }
});

/// The sets of which `lower`, a lower-cased text, contains a stem.
#[must_use]
pub(super) fn stems_in(lower: &str) -> Stems {
    let matcher = &*MATCHER;
    let bits = matcher
        .automaton
        .find_overlapping_iter(lower)
        .fold(0, |bits, found| bits | matcher.sets[found.pattern().as_usize()]);
    Stems(bits)
}

/// The stems that `lower` contains, each with the name of its set, for `explain`.
pub fn matched_stems(lower: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    SETS.iter().flat_map(move |(_, name, stems)| {
        stems.iter().filter(move |stem| lower.contains(**stem)).map(move |stem| (*name, *stem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_finds_the_same_as_one_test_per_stem() {
        for text in ["купи молоко", "payment", "this task", "послезавтра план", "robot vacuum turn on", "", "надо"]
        {
            let slow = SETS
                .iter()
                .filter(|(_, _, stems)| stems.iter().any(|stem| text.contains(stem)))
                .fold(0, |bits, (set, _, _)| bits | set.0);
            assert_eq!(stems_in(text), Stems(slow), "{text}");
        }
    }

    #[test]
    fn every_stem_finds_its_set() {
        for (set, name, stems) in SETS {
            for stem in *stems {
                assert!(stems_in(&format!("x{stem}y")).any(*set), "{stem} of {name}");
            }
        }
    }
}
