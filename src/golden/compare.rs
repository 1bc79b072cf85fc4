//! Compares current entries with golden: a merge join of two ascending streams, which holds one entry of each in memory.
//!
//! Most entries are equal as bytes. Where bytes differ, the parsed entries are compared, so that a golden file with other
//! white space has no changes.

use super::change::{Change, ChangeCounts};
use super::entry::{canonical_bytes, parse};
use super::error::GoldenError;
use super::format::{GoldenReader, GoldenWriter};
use super::shape::Shape;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::io::{self, BufRead, Write};
use std::iter::Peekable;

/// How much of the corpus the current entries cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole corpus: an entry that only golden has is missing.
    Whole,
    /// A filtered or sampled replay: an entry that only golden has was not replayed, and is carried over.
    Selection,
}

/// What a comparison counted; all counts add up to the command ids of both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The same as in golden.
    pub unchanged: u64,
    /// Only in golden, and not replayed.
    pub carried: u64,
    /// Different from golden.
    pub changes: ChangeCounts,
}

impl Comparison {
    /// Whether nothing changed.
    pub const fn is_clean(&self) -> bool {
        self.changes.total() == 0
    }
}

/// Compares `current`, `(command id, canonical bytes)` ascending by id, with `golden` (`None`: there is none yet).
///
/// Each change goes to `sink`, in order of command ids. The content that `golden` would have if all changes were accepted goes
/// to `pending`, which is left [unfinished](GoldenWriter::finish).
///
/// # Errors
///
/// Those of reading golden, reading `current`, writing, and `sink`; [`GoldenError::OutOfOrder`] where `current` does not
/// ascend; [`GoldenError::NotAnEntry`] where its bytes are no entry.
pub fn compare<R: BufRead, W: Write>(
    current: impl Iterator<Item = io::Result<(String, Vec<u8>)>>,
    golden: Option<GoldenReader<R>>,
    scope: Scope,
    mut pending: Option<&mut GoldenWriter<W>>,
    mut sink: impl FnMut(Change) -> io::Result<()>,
) -> Result<Comparison, GoldenError> {
    let current = Ascending { entries: current, last: None };
    let mut comparison = Comparison::default();
    for pair in Join::new(entries_of(golden), current) {
        let pair = pair?;
        let is_carried = pair.after.is_none() && scope == Scope::Selection;
        let shape = if is_carried { None } else { pair.shape()? };
        comparison.carried += u64::from(is_carried);
        comparison.unchanged += u64::from(!is_carried && shape.is_none());
        if let Some(pending) = pending.as_mut() {
            let bytes = match (&pair.before, &pair.after) {
                (_, Some(after)) => Some(Cow::Borrowed(after.as_slice())),
                // Carried over in canonical form: golden may have been reformatted.
                (Some(before), None) if is_carried => Some(canonical_bytes(before)?),
                (_, None) => None,
            };
            if let Some(bytes) = bytes {
                pending.write(&pair.command_id, &bytes)?;
            }
        }
        if let Some(shape) = shape {
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

/// Checks that the entries of a caller ascend; a reader of golden checks that itself.
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

/// The entries in golden and now for one command id; at least one of them is there.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) command_id: String,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
}

impl Pair {
    /// The shape of the change; `None` where there is none.
    pub(super) fn shape(&self) -> Result<Option<Shape>, GoldenError> {
        if self.before == self.after {
            return Ok(None);
        }
        let before = self.before.as_deref().map(parse).transpose()?;
        let after = self.after.as_deref().map(parse).transpose()?;
        Ok(Shape::of(before.as_ref(), after.as_ref()))
    }

    /// The change; `None` where both sides are the same.
    pub(super) fn change(self) -> Result<Option<Change>, GoldenError> {
        Ok(self.shape()?.map(|shape| self.into_change(shape)))
    }

    fn into_change(self, shape: Shape) -> Change {
        let Self { command_id, before, after } = self;
        Change { command_id, shape, before, after }
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
            Ordering::Less => {
                let golden = self.golden.next()?;
                Some(golden.map(|(command_id, before)| Pair { command_id, before: Some(before), after: None }))
            }
            Ordering::Greater => {
                let current = self.current.next()?;
                Some(current.map(|(command_id, after)| Pair { command_id, before: None, after: Some(after) }))
            }
            Ordering::Equal => match (self.golden.next()?, self.current.next()?) {
                (Ok((command_id, before)), Ok((_, after))) => {
                    Some(Ok(Pair { command_id, before: Some(before), after: Some(after) }))
                }
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

/// The entries of a golden file, with command id and bytes; none where there is no file.
pub fn entries_of<R: BufRead>(golden: Option<GoldenReader<R>>) -> impl Iterator<Item = Result<Keyed, GoldenError>> {
    golden.into_iter().flatten().map(keyed)
}

/// Compares two ascending streams of entries, `(command id, bytes)`, each with its [`Scope`]: an entry that only one side has
/// is a change where the other side is whole. Each change goes to `sink`, in order of command ids. Returns how many entries
/// are the same.
///
/// # Errors
///
/// Those of the streams and of `sink`; [`GoldenError::NotAnEntry`] where bytes are no entry.
pub fn differences(
    (before, of_before): (impl Iterator<Item = Result<Keyed, GoldenError>>, Scope),
    (after, of_after): (impl Iterator<Item = Result<Keyed, GoldenError>>, Scope),
    mut sink: impl FnMut(Change) -> io::Result<()>,
) -> Result<u64, GoldenError> {
    let mut unchanged = 0;
    for pair in Join::new(before, after) {
        let pair = pair?;
        let is_known =
            (pair.before.is_some() || of_before == Scope::Whole) && (pair.after.is_some() || of_after == Scope::Whole);
        match pair.shape()? {
            Some(shape) if is_known => sink(pair.into_change(shape)).map_err(GoldenError::Sink)?,
            Some(_) => {}
            None => unchanged += 1,
        }
    }
    Ok(unchanged)
}
