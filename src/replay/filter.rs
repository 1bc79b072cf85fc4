//! The filter: recordings in, decision lines out, one for one and in order.

use super::error::ReplayError;
use crate::bulk::ordered;
use crate::corpus::{Batch, BatchReader, CorpusError, CorpusInput, Fill, LineError, parse_line};
use crate::decide::{DecisionLine, DecisionPath, Scratch};
use crate::model::{IdDigest, Location};
use std::io::{self, Write};

/// Filters `input` through `path` into `output`, which is flushed after every batch.
///
/// `failed` is told of the first error where it is found. A program may end itself there: on several threads, this
/// function returns only when the one that reads does, and that may wait for a peer that waits itself.
///
/// Standard input is answered as it comes, so that a peer may wait for each answer. Duplicate ids are not looked for.
///
/// # Errors
///
/// The first bad line, after everything before it was written; [`ReplayError::Io`] where output cannot be written,
/// also because its reader has gone.
pub fn filter(
    input: &CorpusInput,
    path: &dyn DecisionPath,
    threads: usize,
    output: &mut dyn Write,
    failed: &dyn Fn(&ReplayError),
) -> Result<(), ReplayError> {
    let name = input.display_name();
    let fill = if input.can_be_read_again() { Fill::Whole } else { Fill::Available };
    let mut reader = BatchReader::new(input.open()?, name.clone(), fill);
    ordered(
        || reader.next_batch().map_err(ReplayError::from),
        threads,
        |batch| decide_batch(path, &batch),
        |batch| write_batch(batch, &name, output).inspect_err(failed),
    )
}

/// The decision lines of a batch, and the bad line that ended it.
type Decided = (Vec<u8>, Option<(u64, LineError)>);

fn write_batch((lines, bad): Decided, name: &str, output: &mut dyn Write) -> Result<(), ReplayError> {
    let written = output.write_all(&lines).and_then(|()| output.flush());
    written.map_err(ReplayError::io("write decisions to", "<stdout>"))?;
    match bad {
        None => Ok(()),
        Some((line, error)) => {
            let location = Location { file: name.to_owned(), line, column: error.column };
            Err(CorpusError::Line { location, error: Box::new(error) }.into())
        }
    }
}

/// The decision lines of a batch up to the first bad line.
fn decide_batch(path: &dyn DecisionPath, batch: &Batch) -> Decided {
    let mut lines = Vec::with_capacity(batch.len());
    for (number, line) in batch.lines() {
        let recording = match line.and_then(parse_line) {
            Ok(recording) => recording,
            Err(error) => return (lines, Some((number, error))),
        };
        let command_id = &recording.command.command_id;
        let mut scratch = Scratch::default();
        let decided = path.decide(&recording, &IdDigest::of(command_id), &mut scratch);
        let written = serde_json::to_writer(&mut lines, &DecisionLine::new(command_id, &decided));
        // Writing to memory fails only for types that JSON cannot hold, and a decision line has none.
        debug_assert!(written.is_ok(), "a decision line is JSON");
        lines.push(b'\n');
    }
    (lines, None)
}

/// Whether an error is that of an output whose reader has gone.
#[must_use]
pub fn is_broken_pipe(error: &ReplayError) -> bool {
    match error {
        ReplayError::Io { source, .. } => source.kind() == io::ErrorKind::BrokenPipe,
        ReplayError::Corpus(_) | ReplayError::Run(_) | ReplayError::Foreign(_) => false,
    }
}
