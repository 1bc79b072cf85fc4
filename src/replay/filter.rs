//! The filter: recordings in, decision lines out, one for one and in order.

use super::ask::answers;
use super::error::ReplayError;
use crate::bulk::ordered;
use crate::corpus::{Batch, BatchReader, CorpusError, CorpusInput, Fill, parse_line};
use crate::decide::{Asked, Decider, DecisionLine, Failure};
use crate::model::Location;
use std::io::{self, Write};
use std::panic::resume_unwind;

/// Has `decider` decide the recordings of `input`, and writes the decision lines to `output`, which is flushed after every batch.
///
/// `failed` gets the first error as soon as it is found. A program may end itself there: on several threads this function
/// returns only when the reading thread does, which may wait for a peer that waits for an answer.
///
/// Lines of standard input are answered as they come, so that a peer may wait for each answer. Duplicate ids are not detected.
///
/// # Errors
///
/// The first bad line, or the first command without a decision, after everything before it was written; [`ReplayError::Io`]
/// where output cannot be written, also because its reader has closed it.
///
/// # Panics
///
/// Where the decision path of this program does: that is a bug, and no fault of the input.
pub fn filter(
    input: &CorpusInput,
    decider: &dyn Decider,
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
        |batch| decide_batch(decider, &batch, &name),
        |filtered| write_batch(filtered, output).inspect_err(failed),
    )
}

/// The decision lines of a batch, and the error that follows them.
struct Filtered {
    lines: Vec<u8>,
    error: Option<ReplayError>,
}

fn write_batch(Filtered { lines, error }: Filtered, output: &mut dyn Write) -> Result<(), ReplayError> {
    let written = output.write_all(&lines).and_then(|()| output.flush());
    written.map_err(ReplayError::io("write decisions to", "<stdout>"))?;
    error.map_or(Ok(()), Err)
}

/// The decision lines of a batch of the input `name`, up to the first line that has none.
fn decide_batch(decider: &dyn Decider, batch: &Batch, name: &str) -> Filtered {
    let (mut asked, mut bad) = (Vec::new(), None);
    for (number, line) in batch.lines() {
        match line.and_then(parse_line) {
            Ok(recording) => asked.push(Asked::new(number, recording)),
            Err(error) => {
                let location = Location { file: name.to_owned(), line: number, column: error.column };
                bad = Some(CorpusError::Line { location, error: Box::new(error) }.into());
                break;
            }
        }
    }
    let (mut lines, mut failed) = (Vec::with_capacity(batch.len()), None);
    let answered = answers(decider, &asked, &mut |asked, answer| match answer {
        // Nothing may follow a command without a decision: lines answer recordings one for one.
        _ if failed.is_some() => {}
        Ok(found) => write_line(&mut lines, &DecisionLine::new(&asked.recording.command.command_id, &found)),
        Err(Failure::Undecided(lacking)) => failed = Some(decider.identity().unusable(lacking)),
        Err(Failure::Panicked) => resume_unwind(Box::new("the decision path panicked")),
    });
    let error = failed.or(answered.err()).map(ReplayError::from).or(bad);
    Filtered { lines, error }
}

#[expect(clippy::expect_used, reason = "a decision line holds nothing that JSON cannot hold")]
fn write_line(lines: &mut Vec<u8>, line: &DecisionLine) {
    serde_json::to_writer(&mut *lines, line).expect("a line is written to memory");
    lines.push(b'\n');
}

/// Whether the error is that the reader of the output has closed it.
#[must_use]
pub fn is_broken_pipe(error: &ReplayError) -> bool {
    match error {
        ReplayError::Io { source, .. } => source.kind() == io::ErrorKind::BrokenPipe,
        ReplayError::Corpus(_) | ReplayError::Run(_) | ReplayError::Decider(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{
        Decided, DecisionPath, Environment, InProcess, OurPath, PolicySource, RuleSet, Scratch, Settings,
    };
    use crate::model::{IdDigest, Recording};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// Panics on the third command.
    struct Panics(OurPath);

    impl DecisionPath for Panics {
        fn decide<'a>(&'a self, asked: &'a Recording<'a>, digest: &IdDigest, scratch: &'a mut Scratch) -> Decided<'a> {
            assert_ne!(asked.command.command_id, "third");
            self.0.decide(asked, digest, scratch)
        }
    }

    #[test]
    fn a_panic_of_the_path_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("commands.jsonl");
        let corpus = include_str!("../../corpora/llm-faults.jsonl");
        let mut lines: Vec<String> = corpus.lines().take(5).map(str::to_owned).collect();
        let mut third: serde_json::Value = serde_json::from_str(&lines[2]).unwrap();
        third["command"]["command_id"] = "third".into();
        lines[2] = third.to_string();
        std::fs::write(&path, lines.join("\n")).unwrap();
        let settings = Settings::from_environment(&Environment::new(), &PolicySource::BuiltIn);
        let decider = InProcess::ours(Panics(OurPath::new(settings, RuleSet::Reference)));
        for threads in [1, 4] {
            let mut written = Vec::new();
            let filter = || filter(&CorpusInput::File(path.clone()), &decider, threads, &mut written, &|_| {});
            let panic = catch_unwind(AssertUnwindSafe(filter)).unwrap_err();
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"the decision path panicked"));
            assert!(written.is_empty(), "a batch without an answer writes nothing");
        }
    }
}
