//! Picks the changes that a settlement means out of all that are pending.

use super::super::compare::Pair;
use super::super::error::GoldenError;
use super::super::group::MemberDigest;
use super::super::settlement::Cases;
use super::super::shape::Shape;
use std::collections::BTreeSet;
use std::path::Path;

/// Picks the changes that are meant as they come by, and says at the end whether all of them came.
pub(super) enum Choice<'a> {
    Whole,
    Only { unmet: BTreeSet<&'a str> },
    Group { fingerprint: &'a str, expected: &'a str, found: MemberDigest },
}

impl<'a> Choice<'a> {
    pub(super) fn new(cases: &'a Cases) -> Self {
        match cases {
            Cases::Whole => Self::Whole,
            Cases::Only(cases) => Self::Only { unmet: cases.iter().map(String::as_str).collect() },
            Cases::Group { fingerprint, members } => {
                Self::Group { fingerprint, expected: members, found: MemberDigest::default() }
            }
        }
    }

    /// Whether this change is meant. To be asked once for each, in their order.
    pub(super) fn takes(&mut self, shape: &Shape, pair: &Pair) -> bool {
        match self {
            Self::Whole => true,
            Self::Only { unmet } => unmet.remove(pair.command_id()),
            Self::Group { fingerprint, found, .. } => {
                let is_member = shape.fingerprint() == *fingerprint;
                if is_member {
                    let (before, after) = pair.sides();
                    found.add(pair.command_id(), before, after);
                }
                is_member
            }
        }
    }

    /// Whether what was meant was there.
    pub(super) fn check(self, golden: &Path) -> Result<(), GoldenError> {
        match self {
            Self::Whole => Ok(()),
            Self::Only { unmet } if unmet.is_empty() => Ok(()),
            Self::Only { unmet } => Err(GoldenError::NotPending {
                path: golden.to_owned(),
                cases: unmet.into_iter().map(str::to_owned).collect(),
            }),
            Self::Group { expected, found, .. } if found.hex() == expected => Ok(()),
            Self::Group { .. } => Err(GoldenError::Regrouped { path: golden.to_owned() }),
        }
    }
}
