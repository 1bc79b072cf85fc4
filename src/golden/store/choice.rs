//! Selects the changes of a settlement from all pending ones.

use super::super::compare::Pair;
use super::super::error::GoldenError;
use super::super::group::MemberDigest;
use super::super::settlement::Cases;
use super::super::shape::Shape;
use std::collections::BTreeSet;
use std::path::Path;

/// Selects changes one by one, and checks at the end that all requested ones were there.
pub(super) enum Choice<'a> {
    Whole,
    Only { not_found: BTreeSet<&'a str> },
    Group { fingerprint: &'a str, expected: &'a str, found: MemberDigest },
}

impl<'a> Choice<'a> {
    pub(super) fn new(cases: &'a Cases) -> Self {
        match cases {
            Cases::Whole => Self::Whole,
            Cases::Only(cases) => Self::Only { not_found: cases.iter().map(String::as_str).collect() },
            Cases::Group { fingerprint, members } => {
                Self::Group { fingerprint, expected: members, found: MemberDigest::default() }
            }
        }
    }

    /// Whether this change is selected. To be called once for each change, in their order.
    pub(super) fn selects(&mut self, shape: &Shape, pair: &Pair) -> bool {
        match self {
            Self::Whole => true,
            Self::Only { not_found } => not_found.remove(&*pair.command_id),
            Self::Group { fingerprint, found, .. } => {
                let is_member = shape.fingerprint() == *fingerprint;
                if is_member {
                    found.add(&pair.command_id, pair.before.as_deref(), pair.after.as_deref());
                }
                is_member
            }
        }
    }

    /// Fails unless everything that was requested was there.
    pub(super) fn check(self, golden: &Path) -> Result<(), GoldenError> {
        match self {
            Self::Whole => Ok(()),
            Self::Only { not_found } if not_found.is_empty() => Ok(()),
            Self::Only { not_found } => Err(GoldenError::NotPending {
                path: golden.to_owned(),
                cases: not_found.into_iter().map(str::to_owned).collect(),
            }),
            Self::Group { expected, found, .. } if found.hex() == expected => Ok(()),
            Self::Group { .. } => Err(GoldenError::Regrouped(golden.to_owned())),
        }
    }
}
