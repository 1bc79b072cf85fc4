//! Random draws that are the same on every platform and in every version of the random number crates.
//!
//! Only the raw 64-bit output of `ChaCha8` is used, which its crate promises not to change; ranges and chances are
//! integer arithmetic of our own. Nothing here rounds a floating-point number.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// A chance in parts per billion, 0..=[`CERTAIN`].
///
/// Decimal rates are exact in it, so that `0.1`, `0.2` and `0.7` make a whole.
pub(super) type Chance = u64;

/// The chance of what always happens.
pub(super) const CERTAIN: Chance = 1_000_000_000;

/// The purpose of a stream of draws. Each has its own generator, so that none shifts another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// A command, by index.
    Command,
    /// The answers to a command, by index.
    Answer,
    /// A household, by its number.
    Home,
}

impl Stream {
    const fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Answer => "answer",
            Self::Home => "home",
        }
    }
}

/// A stream of draws.
#[derive(Clone, Debug)]
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// The draws of `number` in `stream`, a function of these, the seed, and the generator's version alone.
    pub(super) fn new(stream: Stream, seed: u64, number: u64) -> Self {
        let mut hash = Sha256::new();
        for part in [GENERATOR_VERSION.as_bytes(), stream.name().as_bytes(), &seed.to_be_bytes(), &number.to_be_bytes()]
        {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// A number below `bound`, uniformly; 0 where `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Lemire's method: of the 2^64 outputs, the first `2^64 mod bound` of each stretch are one too many.
        let surplus = bound.wrapping_neg() % bound;
        loop {
            let output = self.0.next_u64();
            if output.wrapping_mul(bound) >= surplus {
                return ((u128::from(output) * u128::from(bound)) >> 64) as u64;
            }
        }
    }

    /// A number in `low..=high`, uniformly.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    /// `true` with this chance.
    pub(super) fn chance(&mut self, chance: Chance) -> bool {
        self.below(CERTAIN) < chance
    }

    /// `true` with this chance, in percent.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A position in a list of `length`; 0 where the list is empty.
    pub(super) fn position(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// One of several, uniformly.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        const { assert!(N > 0, "there is something to pick") };
        let position = self.position(N);
        choices.get(position).copied().unwrap_or(choices[0])
    }

    /// One of several, each with its own chance; `rest` where none of them happens.
    pub(super) fn one_of<T: Copy, const N: usize>(&mut self, choices: [(Chance, T); N], rest: T) -> T {
        self.at(choices, CERTAIN).unwrap_or(rest)
    }

    /// One of several, each with its weight; `None` where all weights are 0.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, choices: [(u64, T); N]) -> Option<T> {
        let total = choices.iter().map(|(weight, _)| weight).sum();
        self.at(choices, total)
    }

    fn at<T: Copy, const N: usize>(&mut self, choices: [(u64, T); N], total: u64) -> Option<T> {
        let mut left = self.below(total);
        for (weight, choice) in choices {
            if left < weight {
                return Some(choice);
            }
            left -= weight;
        }
        None
    }
}

/// Version of the generator: changes whenever the same seed gives other recordings.
pub(super) const GENERATOR_VERSION: &str = "corridor-generate-1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_stream_it_is_known_for() {
        assert_eq!(ChaCha8Rng::seed_from_u64(42).next_u64(), 12_578_764_544_318_200_737);
    }

    #[test]
    fn numbers_below_a_bound_are_uniform() {
        let mut draw = Draw::new(Stream::Command, 1, 0);
        let mut counts = [0_u32; 7];
        for _ in 0..70_000 {
            counts[draw.position(7)] += 1;
        }
        // Six standard deviations of a binomial count of 10,000.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 560), "{counts:?}");
        assert_eq!(draw.below(0), 0);
        assert_eq!(draw.below(1), 0);
        assert!((3..=5).contains(&draw.between(3, 5)));
    }

    #[test]
    fn the_bound_may_be_large() {
        let mut draw = Draw::new(Stream::Command, 1, 0);
        let bound = (1 << 63) + 1;
        let high = (0..1000).filter(|_| draw.below(bound) >= 1 << 62).count();
        assert!((400..600).contains(&high), "{high}");
    }

    #[test]
    fn chances_of_nothing_and_of_certainty_are_exact() {
        let mut draw = Draw::new(Stream::Answer, 1, 0);
        for _ in 0..1000 {
            assert!(draw.chance(CERTAIN) && !draw.chance(0));
            assert_eq!(draw.one_of([(0, 1), (CERTAIN, 2)], 3), 2);
            assert_eq!(draw.weighted([(0, 1), (5, 2)]), Some(2));
        }
        assert_eq!(draw.weighted([(0, 1)]), None);
    }

    #[test]
    fn draws_depend_on_stream_seed_and_number() {
        let first = |stream, seed, number| Draw::new(stream, seed, number).below(u64::MAX);
        let base = first(Stream::Command, 1, 2);
        assert_eq!(base, first(Stream::Command, 1, 2));
        for other in [first(Stream::Answer, 1, 2), first(Stream::Command, 2, 2), first(Stream::Command, 1, 1)] {
            assert_ne!(base, other);
        }
    }
}
