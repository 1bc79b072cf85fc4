//! The replay's side: one record of fixed size for each outcome of a run, with the risk line that belongs to it.

use super::super::breakdown::Breakdown;
use super::super::distinct::Kept;
use super::super::line::{Reading, read};
use super::chunk::Chunk;
use super::said::{Names, Said};
use crate::model::IdDigest;
use crate::outcome::{Divergence, OutcomeLine};
use std::cmp::Ordering;

/// What a replay found for one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    id: u128,
    /// Where in `outcomes.jsonl` its line begins: the id as text is there.
    pub(super) offset: u64,
    /// Its risk line; `None` where the replay wrote none.
    pub(super) said: Option<Said>,
    pub(super) class: Divergence,
    /// Corpora that hold this command differ in what came of it.
    pub(super) is_ambiguous: bool,
}

impl Stored {
    pub(super) const fn new(outcome: &Found, said: Option<Said>) -> Self {
        Self { id: outcome.id, offset: outcome.offset, said, class: outcome.class, is_ambiguous: false }
    }
}

#[cfg(test)]
impl Stored {
    /// What a replay found for a command, wherever it stands.
    pub(super) fn of(id: &str, said: Option<Said>, class: Divergence) -> Self {
        Self { id: IdDigest::of(id).key(), offset: 0, said, class, is_ambiguous: false }
    }
}

impl Kept for Stored {
    const STORED: usize = 16 + 8 + 1 + 1 + Said::STORED;

    fn id(&self) -> u128 {
        self.id
    }

    fn cmp_lines(&self, other: &Self, _names: &Breakdown) -> Ordering {
        self.offset.cmp(&other.offset)
    }

    fn absorb(&mut self, repeated: &Self) {
        let is_alike = self.said == repeated.said && self.class == repeated.class;
        self.is_ambiguous |= repeated.is_ambiguous || !is_alike;
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&self.offset.to_le_bytes());
        bytes.push(self.class as u8);
        bytes.push(u8::from(self.is_ambiguous) | u8::from(self.said.is_some()) << 1);
        match self.said {
            Some(said) => said.store(bytes),
            None => bytes.extend_from_slice(&[0; Said::STORED]),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let (class, rest) = rest.split_first()?;
        let (flags, rest) = rest.split_first()?;
        let said = Said::from_bytes(rest)?;
        Some(Self {
            id: u128::from_be_bytes(*id),
            offset: u64::from_le_bytes(*offset),
            said: (flags & 2 != 0).then_some(said),
            class: *Divergence::ALL.get(usize::from(*class))?,
            is_ambiguous: flags & 1 != 0,
        })
    }
}

/// One line of `outcomes.jsonl`, as far as the join needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) id: u128,
    pub(super) offset: u64,
    pub(super) line: u64,
    /// The number of its corpus among those of the run.
    pub(super) corpus: usize,
    pub(super) class: Divergence,
    /// Status and reason of its risk line; `None` where the replay wrote none.
    pub(super) ending: Option<(u32, u32)>,
}

/// One line of `risk.jsonl`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risk {
    pub(super) id: u128,
    pub(super) line: u64,
    pub(super) said: Said,
}

/// What a piece of one of the two files came to: its lines up to the first that is none of a run, and that one.
pub(super) struct RunPart<T> {
    pub(super) bytes: u64,
    pub(super) names: Names,
    pub(super) lines: Vec<T>,
    pub(super) bad: Option<(u64, &'static str)>,
}

impl<T> RunPart<T> {
    fn of(chunk: &Chunk, one: impl Fn(&[u8], u64, u64, &mut Names) -> Result<T, &'static str>) -> Self {
        let mut part = Self { bytes: chunk.len(), names: Names::new(), lines: Vec::new(), bad: None };
        for (line, number, offset) in chunk.lines() {
            let line = line
                .strip_suffix(b"\n")
                .ok_or("is cut off")
                .and_then(|line| one(line, number, offset, &mut part.names));
            match line {
                Ok(line) => part.lines.push(line),
                Err(problem) => {
                    part.bad = Some((number, problem));
                    break;
                }
            }
        }
        part
    }
}

/// Reads a piece of `outcomes.jsonl` of a run with these corpora.
pub(super) fn outcomes(chunk: &Chunk, corpora: &[&str]) -> RunPart<Found> {
    RunPart::of(chunk, |bytes, line, offset, names| {
        // The parser's message may quote the line.
        let outcome: OutcomeLine = serde_json::from_slice(bytes).map_err(|_| "is no outcome of a replay")?;
        let corpus = corpora.iter().position(|name| *name == &*outcome.corpus);
        Ok(Found {
            id: IdDigest::of(&outcome.command_id).key(),
            offset,
            line,
            corpus: corpus.ok_or("is of a corpus that summary.json does not name")?,
            class: outcome.class,
            ending: match (outcome.status, &outcome.reason) {
                (Some(status), Some(reason)) => Some((names.number(status.as_str()), names.number(reason.as_str()))),
                (None, None) => None,
                (Some(_), None) | (None, Some(_)) => return Err("has one of status and reason, and not the other"),
            },
        })
    })
}

/// Reads a piece of `risk.jsonl`.
pub(super) fn risks(chunk: &Chunk) -> RunPart<Risk> {
    RunPart::of(chunk, |bytes, line, _, names| match read(bytes) {
        Reading::Record(record) => match record.id.as_deref() {
            Some(id) => Ok(Risk { id: IdDigest::of(id).key(), line, said: Said::new(&record, names) }),
            None => Err("is a risk line without a command_id"),
        },
        Reading::Blank | Reading::Broken => Err("is no risk line"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(offset: u64, said: Option<Said>, class: Divergence) -> Stored {
        Stored { offset, ..Stored::of("a", said, class) }
    }

    fn said(line: &str) -> Said {
        let Reading::Record(line) = read(line.as_bytes()) else { panic!("{line}") };
        Said::new(&line, &mut Names::new())
    }

    #[test]
    fn a_stored_record_is_read_back() {
        for record in [stored(7, None, Divergence::Broken), stored(1 << 40, Some(said("{}")), Divergence::Outside)] {
            for is_ambiguous in [false, true] {
                let record = Stored { is_ambiguous, ..record };
                let mut bytes = Vec::new();
                record.store(&mut bytes);
                assert_eq!((bytes.len(), Stored::from_bytes(&bytes)), (Stored::STORED, Some(record)));
            }
        }
    }

    #[test]
    fn corpora_that_differ_in_anything_but_the_place_are_ambiguous_whatever_the_order() {
        let one = stored(0, Some(said(r#"{"status":"error"}"#)), Divergence::Errored);
        let same = Stored { offset: 9, ..one };
        for (others, expected) in [
            (vec![same], false),
            (vec![same, stored(5, None, Divergence::Errored)], true),
            (vec![stored(5, Some(said("{}")), Divergence::Errored), same], true),
            (vec![stored(5, one.said, Divergence::Unrecorded)], true),
            (vec![Stored { is_ambiguous: true, ..same }, same], true),
        ] {
            let mut first = one;
            for other in &others {
                first.absorb(other);
            }
            assert_eq!(first.is_ambiguous, expected, "{others:?}");
        }
    }
}
