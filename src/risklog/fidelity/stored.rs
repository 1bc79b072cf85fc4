//! The side of the replay: a record of fixed size for each outcome of a run and its risk line.

use super::super::breakdown::Breakdown;
use super::super::distinct::CommandRecord;
use super::super::line::{Reading, read};
use super::chunk::Chunk;
use super::line_facts::{LineFacts, Names};
use crate::model::IdDigest;
use crate::outcome::{Divergence, OutcomeLine};
use std::cmp::Ordering;

/// One command of a stored run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    id: u128,
    /// Offset of its line in `outcomes.jsonl`, from which the id can be read.
    pub(super) offset: u64,
    /// The facts of its risk line; `None` where the replay wrote none.
    pub(super) facts: Option<LineFacts>,
    pub(super) class: Divergence,
    /// Several corpora hold this command, with different results.
    pub(super) is_ambiguous: bool,
}

impl Stored {
    pub(super) const fn new(outcome: &OutcomeRecord, facts: Option<LineFacts>) -> Self {
        Self { id: outcome.id, offset: outcome.offset, facts, class: outcome.class, is_ambiguous: false }
    }
}

#[cfg(test)]
impl Stored {
    /// A command at offset 0.
    pub(super) fn of(id: &str, facts: Option<LineFacts>, class: Divergence) -> Self {
        Self { id: IdDigest::of(id).key(), offset: 0, facts, class, is_ambiguous: false }
    }
}

impl CommandRecord for Stored {
    const STORED: usize = 16 + 8 + 1 + 1 + LineFacts::STORED;

    fn id(&self) -> u128 {
        self.id
    }

    fn cmp_lines(&self, other: &Self, _names: &Breakdown) -> Ordering {
        self.offset.cmp(&other.offset)
    }

    fn absorb(&mut self, repeated: &Self) {
        let is_alike = self.facts == repeated.facts && self.class == repeated.class;
        self.is_ambiguous |= repeated.is_ambiguous || !is_alike;
    }

    fn store(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&self.offset.to_le_bytes());
        bytes.push(self.class as u8);
        bytes.push(u8::from(self.is_ambiguous) | u8::from(self.facts.is_some()) << 1);
        match self.facts {
            Some(facts) => facts.store(bytes),
            None => bytes.extend_from_slice(&[0; LineFacts::STORED]),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let (class, rest) = rest.split_first()?;
        let (flags, rest) = rest.split_first()?;
        let facts = LineFacts::from_bytes(rest)?;
        Some(Self {
            id: u128::from_be_bytes(*id),
            offset: u64::from_le_bytes(*offset),
            facts: (flags & 2 != 0).then_some(facts),
            class: *Divergence::ALL.get(usize::from(*class))?,
            is_ambiguous: flags & 1 != 0,
        })
    }
}

/// The fields of a line of `outcomes.jsonl` that the join needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutcomeRecord {
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
pub(super) struct RiskRecord {
    pub(super) id: u128,
    pub(super) line: u64,
    pub(super) facts: LineFacts,
}

/// The lines of a chunk of one of the two files, up to the first invalid one.
pub(super) struct RunChunk<T> {
    pub(super) bytes: u64,
    pub(super) names: Names,
    pub(super) lines: Vec<T>,
    /// Number and problem of the first invalid line.
    pub(super) bad: Option<(u64, &'static str)>,
}

impl<T> RunChunk<T> {
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

/// Reads a chunk of `outcomes.jsonl` of a run with these corpora.
pub(super) fn outcomes(chunk: &Chunk, corpora: &[&str]) -> RunChunk<OutcomeRecord> {
    RunChunk::of(chunk, |bytes, line, offset, names| {
        // The parser's message is dropped, because it may quote the line.
        let outcome: OutcomeLine = serde_json::from_slice(bytes).map_err(|_| "is no outcome of a replay")?;
        let corpus = corpora.iter().position(|name| *name == &*outcome.corpus);
        Ok(OutcomeRecord {
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

/// Reads a chunk of `risk.jsonl`.
pub(super) fn risks(chunk: &Chunk) -> RunChunk<RiskRecord> {
    RunChunk::of(chunk, |bytes, line, _, names| match read(bytes) {
        Reading::Record(record) => match record.id.as_deref() {
            Some(id) => Ok(RiskRecord { id: IdDigest::of(id).key(), line, facts: LineFacts::new(&record, names) }),
            None => Err("is a risk line without a command_id"),
        },
        Reading::Blank | Reading::Broken => Err("is no risk line"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(offset: u64, facts: Option<LineFacts>, class: Divergence) -> Stored {
        Stored { offset, ..Stored::of("a", facts, class) }
    }

    fn facts(line: &str) -> LineFacts {
        let Reading::Record(line) = read(line.as_bytes()) else { panic!("{line}") };
        LineFacts::new(&line, &mut Names::new())
    }

    #[test]
    fn a_stored_record_is_read_back() {
        for record in [stored(7, None, Divergence::Broken), stored(1 << 40, Some(facts("{}")), Divergence::Outside)] {
            for is_ambiguous in [false, true] {
                let record = Stored { is_ambiguous, ..record };
                let mut bytes = Vec::new();
                record.store(&mut bytes);
                assert_eq!((bytes.len(), Stored::from_bytes(&bytes)), (Stored::STORED, Some(record)));
            }
        }
    }

    #[test]
    fn commands_with_different_results_in_several_corpora_are_ambiguous_in_any_order() {
        let one = stored(0, Some(facts(r#"{"status":"error"}"#)), Divergence::Errored);
        let same = Stored { offset: 9, ..one };
        for (others, expected) in [
            (vec![same], false),
            (vec![same, stored(5, None, Divergence::Errored)], true),
            (vec![stored(5, Some(facts("{}")), Divergence::Errored), same], true),
            (vec![stored(5, one.facts, Divergence::Unrecorded)], true),
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
