//! Stable sampling: whether a command is in the sample at a rate depends only on its id.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// A position in 0..=1, uniform over command ids.
///
/// The first eight bytes (big-endian) of the SHA-256 of the UTF-8 command id, as a 64-bit float divided by 2^64.
/// (Ids above 1 - 2^-54 round up to 1.)
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Bucket(f64);

/// The SHA-256 of a command id: the source of bucket, order and duplicate check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdDigest(pub [u8; 32]);

impl IdDigest {
    /// Hashes `command_id`.
    #[must_use]
    pub fn of(command_id: &str) -> Self {
        Self(Sha256::digest(command_id.as_bytes()).into())
    }

    /// 128-bit prefix of the digest, which sorts like the digest; collisions are infeasible.
    #[must_use]
    pub fn key(&self) -> u128 {
        let mut first = [0; 16];
        first.copy_from_slice(&self.0[..16]);
        u128::from_be_bytes(first)
    }

    /// The bucket of the command.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the deployed system rounds to a 64-bit float here")]
    pub fn bucket(&self) -> Bucket {
        const TWO_TO_THE_64: f64 = 18_446_744_073_709_551_616.0;
        let mut first = [0; 8];
        first.copy_from_slice(&self.0[..8]);
        Bucket(u64::from_be_bytes(first) as f64 / TWO_TO_THE_64)
    }
}

impl Bucket {
    /// Whether the command is in the sample at `rate`: its bucket is below the rate, or the rate is at least 1.
    #[must_use]
    pub fn is_sampled_at(self, rate: f64) -> bool {
        rate >= 1.0 || (rate > 0.0 && self.0 < rate)
    }

    /// The position, 0..=1.
    #[must_use]
    pub const fn position(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bucket_is_the_first_eight_bytes_of_the_digest() {
        // SHA-256 of the empty string starts with e3b0c44298fc1c14.
        let [high, low] = [0xe3b0_c442_u32, 0x98fc_1c14].map(f64::from);
        let expected = (high + low / 2f64.powi(32)) / 2f64.powi(32);
        assert!((IdDigest::of("").bucket().position() - expected).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn keys_sort_like_digests(one in ".*", other in ".*") {
            let [one, other] = [one, other].map(|id| IdDigest::of(&id));
            prop_assert_eq!(one.key().cmp(&other.key()), one.cmp(&other));
        }

        #[test]
        fn samples_nest(id in ".*", low in 0.0..1.0f64, high in 0.0..1.0f64) {
            let (low, high) = if low <= high { (low, high) } else { (high, low) };
            let bucket = IdDigest::of(&id).bucket();
            prop_assert!(!bucket.is_sampled_at(low) || bucket.is_sampled_at(high));
            prop_assert!(bucket.is_sampled_at(1.0) && !bucket.is_sampled_at(0.0));
        }
    }
}
