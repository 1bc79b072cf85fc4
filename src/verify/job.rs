//! The input of a verification.

use super::bench::Conditions;
use super::canary::Publication;
use super::check::Part;
use crate::corpus::CorpusInput;
use crate::decide::RuleSet;

/// What to verify.
pub struct VerifyJob<'a> {
    /// The corpora, by name.
    pub corpora: &'a [VerifyCorpus],
    /// The project's environment.
    pub conditions: &'a Conditions,
    /// The rule sets.
    pub rules: &'a [RuleSet],
    /// The parts to run; a verification is whole with every part.
    pub parts: &'a [Part],
    /// Documents that are published of a run, and must hold no text.
    pub publications: &'a [Publication<'a>],
    /// Worker threads, 1 or more.
    pub threads: usize,
    /// Called with the number of bytes of recordings that were verified.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// A corpus to verify with.
#[derive(Clone, Debug)]
pub struct VerifyCorpus {
    /// Its name.
    pub name: String,
    /// How messages name it.
    pub label: String,
    /// Where its recordings are.
    pub input: CorpusInput,
}
