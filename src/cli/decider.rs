//! The only place that makes deciders: our own paths under a configuration, or a file of decisions.

use super::environment::Effective;
use crate::corpus::CorpusInput;
use crate::decide::{Decider, InProcess, OurPath, RecordedPath, RuleSet, Settings};
use crate::foreign::{DecisionFile, ForeignError};
use crate::replay::ReplayError;
use std::path::Path;

/// Our own paths in the effective environment.
pub(super) fn ours(effective: &Effective, rules: RuleSet) -> Box<dyn Decider> {
    if effective.recorded {
        Box::new(InProcess::ours(RecordedPath::new(rules)))
    } else {
        ours_under(&effective.settings, rules)
    }
}

/// Our own paths under `settings`.
pub(super) fn ours_under(settings: &Settings, rules: RuleSet) -> Box<dyn Decider> {
    Box::new(InProcess::ours(OurPath::new(settings.clone(), rules)))
}

/// The decisions in a file, which keeps a temporary file in `directory`; `settings` are what they were made under.
pub(super) fn of_file(
    input: &CorpusInput,
    directory: &Path,
    settings: &Settings,
) -> Result<Box<dyn Decider>, ReplayError> {
    match DecisionFile::open(input, directory, settings.clone()) {
        Ok(file) => Ok(Box::new(file)),
        Err(ForeignError::Read(error)) => Err(error.into()),
        Err(ForeignError::Unusable(error)) => Err(error.into()),
    }
}
