//! Who decides recorded commands: our own paths, a file of decisions, or another program. Any of them may fail.

use super::{Decided, DecisionPath, Scratch};
use crate::model::{Decisions, IdDigest, Location, Recording};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Something that decides recorded commands, a batch at a time.
///
/// What decides in this process is a [`DecisionPath`], and [`InProcess`] makes a decider of it.
pub trait Decider: Sync {
    /// Who it is.
    fn identity(&self) -> &Identity;

    /// What may be asked of it.
    fn abilities(&self) -> Abilities;

    /// Decides the commands of a batch and gives `take` one answer for each, in their order. An answer may borrow from a
    /// buffer of the decider, so it does not outlive the call of `take`.
    ///
    /// # Errors
    ///
    /// [`Unusable`] where no further command can be decided. What keeps one command from being decided is an answer.
    fn decide(&self, batch: &[Asked<'_>], take: &mut dyn FnMut(&Asked<'_>, Answer<'_>)) -> Result<(), Unusable>;

    /// Ends a replay, a sweep, an explanation or a filter: nothing more will be asked. `is_whole` says that no filter and no
    /// sample left recordings out, so that what is left over belongs to none.
    ///
    /// # Errors
    ///
    /// [`Unusable`] where what the decider holds does not fit what it was asked, such as decisions for no recording.
    fn finish(&self, is_whole: bool) -> Result<(), Unusable>;
}

/// One recorded command that is to be decided.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Its line in the corpus, from 1.
    pub number: u64,
    /// The recording.
    pub recording: Recording<'a>,
    /// Digest of its command id.
    pub digest: IdDigest,
}

impl<'a> Asked<'a> {
    /// The recording on line `number`.
    #[must_use]
    pub fn new(number: u64, recording: Recording<'a>) -> Self {
        let digest = IdDigest::of(&recording.command.command_id);
        Self { number, recording, digest }
    }
}

/// What a decider says about one command.
pub type Answer<'a> = Result<Decided<'a>, Failure>;

/// What kept one command from being decided.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The decision path panicked. A replay counts that as a broken command and goes on.
    Panicked,
    /// There is no decision that could be used. A replay reads on and fails in the end with the smallest of all; whoever
    /// stores nothing (a sample, a sweep, a filter) fails at once.
    Undecided(Undecided),
}

/// The lack of a usable decision. They are ordered by what a replay reports first: those without a line, then by line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    /// The line of the decider's own input, from 1; `None` where no line is about the command.
    pub line: Option<u64>,
    /// What is wrong.
    pub problem: String,
}

/// Why a decider cannot be used, or not any longer.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// A line of its input is wrong.
    #[error("{location}: {problem}")]
    Line {
        /// Where.
        location: Location,
        /// What is wrong.
        problem: String,
    },
    /// Its input is wrong, and no line of it can be named.
    #[error("{name}: {problem}")]
    Input {
        /// How messages name the input.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// A temporary file of this program's own cannot be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, e.g. `write in`.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Unusable {
    /// For `map_err`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Whose decisions they are.
    pub decisions: Decisions,
    /// How messages name its input, or the decider itself where it has none.
    pub name: String,
    /// SHA-256 of the input that the decisions come from, hex.
    pub digest: Option<String>,
}

impl Identity {
    /// The error that this decider has no usable decision.
    #[must_use]
    pub fn unusable(&self, Undecided { line, problem }: Undecided) -> Unusable {
        match line {
            Some(line) => {
                Unusable::Line { location: Location { file: self.name.clone(), line, column: None }, problem }
            }
            None => Unusable::Input { name: self.name.clone(), problem },
        }
    }
}

/// What may be asked of a decider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Its answers carry the steps that led to the decision.
    pub explains: bool,
}

/// The decider of a path that runs in this process.
pub struct InProcess<P> {
    path: P,
    identity: Identity,
}

impl<P: DecisionPath> InProcess<P> {
    /// Our own `path`.
    #[must_use]
    pub fn ours(path: P) -> Self {
        let identity = Identity { decisions: Decisions::Ours, name: "corridor".to_owned(), digest: None };
        Self { path, identity }
    }
}

impl<P: DecisionPath> Decider for InProcess<P> {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn abilities(&self) -> Abilities {
        Abilities { explains: true }
    }

    fn decide(&self, batch: &[Asked<'_>], take: &mut dyn FnMut(&Asked<'_>, Answer<'_>)) -> Result<(), Unusable> {
        for asked in batch {
            let mut scratch = Scratch::default();
            let scratch = &mut scratch;
            let decide = AssertUnwindSafe(move || {
                // Moved, not borrowed again: the decision borrows from it for longer than this call.
                let scratch = scratch;
                self.path.decide(&asked.recording, &asked.digest, scratch)
            });
            take(asked, catch_unwind(decide).map_err(|_panic| Failure::Panicked));
        }
        Ok(())
    }

    fn finish(&self, _is_whole: bool) -> Result<(), Unusable> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_decision_is_reported_before_a_bad_line_and_a_bad_line_by_its_number() {
        let lacking = |line, problem: &str| Undecided { line, problem: problem.to_owned() };
        let mut all = [lacking(Some(10), "a"), lacking(Some(9), "b"), lacking(None, "z"), lacking(Some(9), "a")];
        all.sort_unstable();
        assert_eq!(all, [lacking(None, "z"), lacking(Some(9), "a"), lacking(Some(9), "b"), lacking(Some(10), "a")]);
    }

    #[test]
    fn errors_name_the_input_and_the_line_where_there_is_one() {
        let identity = Identity { decisions: Decisions::Foreign, name: "theirs.jsonl".to_owned(), digest: None };
        let shown = |line| identity.unusable(Undecided { line, problem: "no".to_owned() }).to_string();
        assert_eq!([shown(Some(3)), shown(None)], ["theirs.jsonl:3: no", "theirs.jsonl: no"]);
    }
}
