//! Compares current entries with golden: a merge join of two ascending streams, which holds one entry of each.
//!
//! Equal bytes are equal entries, and most are. Where bytes differ the parsed entries decide, so that a golden file
//! whose white space somebody changed is not a thousand findings.

use super::change::{Change, ChangeCounts, Difference};
use super::entry::{canonical_bytes, parse};
use super::error::GoldenError;
use super::format::{GoldenReader, GoldenWriter};
use super::shape::Shape;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::io::{self, BufRead, Write};
use std::iter::Peekable;

/// What the current entries stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole corpus: what golden has besides is missing.
    Whole,
    /// A filtered or sampled replay: what golden has besides was not looked at, and is carried over as it is.
    Selection,
}

/// What a comparison counted; the sum of all is every command id of either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// As golden has them.
    pub unchanged: u64,
    /// In golden, and not looked at.
    pub carried: u64,
    /// Not as golden has them.
    pub changes: ChangeCounts,
}

impl Comparison {
    /// Whether nothing changed.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.changes.total() == 0
    }
}

/// Compares `current`, `(command id, canonical bytes)` ascending by id, with `golden` (`None`: there is none yet).
///
/// Each change goes to `sink`, in order of command ids. What `golden` would be if all were accepted goes to `pending`,
/// which is left [unfinished](GoldenWriter::finish).
///
/// # Errors
///
/// What reading golden, reading `current`, writing and `sink` give; [`GoldenError::OutOfOrder`] where `current` does
/// not ascend; [`GoldenError::NotAnEntry`] where its bytes are needed and are no entry.
pub fn compare<R: BufRead, W: Write>(
    current: impl Iterator<Item = io::Result<(String, Vec<u8>)>>,
    golden: Option<GoldenReader<R>>,
    scope: Scope,
    mut pending: Option<&mut GoldenWriter<W>>,
    mut sink: impl FnMut(Change) -> io::Result<()>,
) -> Result<Comparison, GoldenError> {
    let current = Ascending { entries: current, last: None };
    let mut comparison = Comparison::default();
    for pair in Join::new(golden.into_iter().flatten().map(keyed), current) {
        let pair = pair?;
        let change = match (&pair, scope) {
            (Pair::Golden(..), Scope::Selection) => {
                comparison.carried += 1;
                None
            }
            (Pair::Golden(..) | Pair::Current(..) | Pair::Both { .. }, _) => {
                let shape = pair.shape()?;
                comparison.unchanged += u64::from(shape.is_none());
                shape
            }
        };
        if let Some(pending) = pending.as_mut() {
            let bytes = match (&pair, scope) {
                (Pair::Golden(..), Scope::Whole) => None,
                // It is carried over as it is, in the one form: golden may have been reformatted.
                (Pair::Golden((command_id, before)), Scope::Selection) => Some((command_id, canonical_bytes(before)?)),
                (Pair::Current((command_id, after)) | Pair::Both { current: (command_id, after), .. }, _) => {
                    Some((command_id, Cow::Borrowed(after.as_slice())))
                }
            };
            if let Some((command_id, bytes)) = bytes {
                pending.write(command_id, &bytes)?;
            }
        }
        if let Some(shape) = change {
            comparison.changes.add(shape.kind, 1);
            sink(pair.into_change(shape)).map_err(GoldenError::Sink)?;
        }
    }
    Ok(comparison)
}

/// Command id and bytes of an entry.
pub type Keyed = (String, Vec<u8>);

pub(super) fn keyed(entry: Result<super::GoldenEntry, GoldenError>) -> Result<Keyed, GoldenError> {
    entry.map(|entry| (entry.command_id, entry.bytes))
}

/// Checks that what a caller gives ascends; a golden file checks itself.
struct Ascending<I> {
    entries: I,
    last: Option<String>,
}

impl<I: Iterator<Item = io::Result<Keyed>>> Iterator for Ascending<I> {
    type Item = Result<Keyed, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (command_id, bytes) = match self.entries.next()? {
            Ok(entry) => entry,
            Err(error) => return Some(Err(GoldenError::Current(error))),
        };
        if self.last.as_ref().is_some_and(|last| *last >= command_id) {
            return Some(Err(GoldenError::OutOfOrder));
        }
        self.last = Some(command_id.clone());
        Some(Ok((command_id, bytes)))
    }
}

/// What the two sides have for one command id.
#[derive(Debug)]
pub(super) enum Pair {
    Golden(Keyed),
    Current(Keyed),
    Both { golden: Keyed, current: Keyed },
}

impl Pair {
    pub(super) fn command_id(&self) -> &str {
        match self {
            Self::Golden((command_id, _))
            | Self::Current((command_id, _))
            | Self::Both { current: (command_id, _), .. } => command_id,
        }
    }

    /// What golden has, and what is found now.
    pub(super) fn sides(&self) -> (Option<&[u8]>, Option<&[u8]>) {
        match self {
            Self::Golden((_, before)) => (Some(before), None),
            Self::Current((_, after)) => (None, Some(after)),
            Self::Both { golden: (_, before), current: (_, after) } => (Some(before), Some(after)),
        }
    }

    /// The shape of the change; `None` where there is none.
    pub(super) fn shape(&self) -> Result<Option<Shape>, GoldenError> {
        Ok(match self {
            Self::Golden((_, before)) => Some(Shape::missing(&parse(before)?)),
            Self::Current((_, after)) => Some(Shape::added(&parse(after)?)),
            Self::Both { golden: (_, before), current: (_, after) } if before == after => None,
            Self::Both { golden: (_, before), current: (_, after) } => {
                let (before, after) = (parse(before)?, parse(after)?);
                (before != after).then(|| Shape::changed(&before, &after))
            }
        })
    }

    pub(super) fn into_change(self, shape: Shape) -> Change {
        let (command_id, difference) = match self {
            Self::Golden((command_id, before)) => (command_id, Difference::Missing { before }),
            Self::Current((command_id, after)) => (command_id, Difference::Added { after }),
            Self::Both { golden: (command_id, before), current: (_, after) } => {
                (command_id, Difference::Changed { before, after })
            }
        };
        Change { command_id, shape, difference }
    }
}

/// Pairs two ascending streams by command id. Ends after the first error.
pub(super) struct Join<G: Iterator, C: Iterator> {
    golden: Peekable<G>,
    current: Peekable<C>,
    failed: bool,
}

impl<G, C> Join<G, C>
where
    G: Iterator<Item = Result<Keyed, GoldenError>>,
    C: Iterator<Item = Result<Keyed, GoldenError>>,
{
    pub(super) fn new(golden: G, current: C) -> Self {
        Self { golden: golden.peekable(), current: current.peekable(), failed: false }
    }

    fn pair(&mut self) -> Option<Result<Pair, GoldenError>> {
        let order = match (self.golden.peek(), self.current.peek()) {
            (None, None) => return None,
            (Some(Err(_)), _) | (Some(Ok(_)), None) => Ordering::Less,
            (_, Some(Err(_))) | (None, Some(Ok(_))) => Ordering::Greater,
            (Some(Ok((golden, _))), Some(Ok((current, _)))) => golden.cmp(current),
        };
        match order {
            Ordering::Less => self.golden.next().map(|entry| entry.map(Pair::Golden)),
            Ordering::Greater => self.current.next().map(|entry| entry.map(Pair::Current)),
            Ordering::Equal => match (self.golden.next()?, self.current.next()?) {
                (Ok(golden), Ok(current)) => Some(Ok(Pair::Both { golden, current })),
                (Err(error), _) | (_, Err(error)) => Some(Err(error)),
            },
        }
    }
}

impl<G, C> Iterator for Join<G, C>
where
    G: Iterator<Item = Result<Keyed, GoldenError>>,
    C: Iterator<Item = Result<Keyed, GoldenError>>,
{
    type Item = Result<Pair, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let pair = self.pair()?;
        self.failed = pair.is_err();
        Some(pair)
    }
}

/// The changes between two golden files, in order of command ids.
pub(super) struct Changes<G: Iterator, C: Iterator>(pub(super) Join<G, C>);

impl<G, C> Iterator for Changes<G, C>
where
    G: Iterator<Item = Result<Keyed, GoldenError>>,
    C: Iterator<Item = Result<Keyed, GoldenError>>,
{
    type Item = Result<Change, GoldenError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.by_ref().find_map(|pair| {
            let shaped = pair.and_then(|pair| Ok(pair.shape()?.map(|shape| pair.into_change(shape))));
            shaped.transpose()
        })
    }
}

/// The entries of a golden file that may not be there: command id and bytes.
pub fn entries_of<R: BufRead>(golden: Option<GoldenReader<R>>) -> impl Iterator<Item = Result<Keyed, GoldenError>> {
    golden.into_iter().flatten().map(keyed)
}

/// Compares two ascending streams of entries, `(command id, bytes)`, both of which are whole or not as their [`Scope`]s say:
/// what only one side has is a change where the other one is whole. Each change goes to `sink`, in order of command ids.
/// Gives how many entries are the same.
///
/// # Errors
///
/// Those of the streams and of `sink`; [`GoldenError::NotAnEntry`] where bytes are needed and are no entry.
pub fn differences(
    (before, of_before): (impl Iterator<Item = Result<Keyed, GoldenError>>, Scope),
    (after, of_after): (impl Iterator<Item = Result<Keyed, GoldenError>>, Scope),
    mut sink: impl FnMut(Change) -> io::Result<()>,
) -> Result<u64, GoldenError> {
    let mut unchanged = 0;
    for pair in Join::new(before, after) {
        let pair = pair?;
        let is_known = match &pair {
            Pair::Golden(_) => of_after == Scope::Whole,
            Pair::Current(_) => of_before == Scope::Whole,
            Pair::Both { .. } => true,
        };
        match pair.shape()? {
            Some(shape) if is_known => sink(pair.into_change(shape)).map_err(GoldenError::Sink)?,
            Some(_) => {}
            None => unchanged += 1,
        }
    }
    Ok(unchanged)
}

/// How many of each kind there are.
pub(super) fn count(pairs: impl Iterator<Item = Result<Pair, GoldenError>>) -> Result<ChangeCounts, GoldenError> {
    let mut counts = ChangeCounts::default();
    for pair in pairs {
        if let Some(shape) = pair?.shape()? {
            counts.add(shape.kind, 1);
        }
    }
    Ok(counts)
}
