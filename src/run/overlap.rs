//! Commands that occur in several corpora of one run: each counts once as evidence.

use super::error::RunError;
use crate::model::{IdDigest, Text};
use crate::summary::Repeated;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Take};
use std::ops::Range;
use std::path::Path;

/// The command id of an outcome.
#[derive(Deserialize)]
struct Identified<'a> {
    #[serde(borrow)]
    command_id: Text<'a>,
}

/// The outcomes of one corpus, which are in ascending order of the digests of their ids.
struct Outcomes {
    lines: BufReader<Take<File>>,
    /// The next command.
    next: Option<(IdDigest, String)>,
}

impl Outcomes {
    fn open(path: &Path, part: &Range<u64>) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(part.start))?;
        let mut outcomes = Self { lines: BufReader::new(file.take(part.end - part.start)), next: None };
        outcomes.advance()?;
        Ok(outcomes)
    }

    fn advance(&mut self) -> std::io::Result<()> {
        let mut line = String::new();
        self.next = None;
        if self.lines.read_line(&mut line)? > 0 {
            let Identified { command_id } = serde_json::from_str(&line)?;
            self.next = Some((IdDigest::of(&command_id), command_id.to_string()));
        }
        Ok(())
    }
}

/// Commands that occur in more than one of `parts`, each the byte range of one corpus in the file of outcomes at `path`.
pub(super) fn repeated(path: &Path, parts: &[Range<u64>]) -> Result<Repeated, RunError> {
    let merge = || {
        let mut repeated = Repeated::default();
        let mut corpora: Vec<_> = parts.iter().map(|part| Outcomes::open(path, part)).collect::<Result<_, _>>()?;
        while let Some(first) = corpora.iter().filter_map(|corpus| corpus.next.as_ref()).min().cloned() {
            let mut found = 0;
            for corpus in corpora.iter_mut().filter(|corpus| corpus.next.as_ref() == Some(&first)) {
                found += 1;
                corpus.advance()?;
            }
            if found > 1 {
                repeated.add(&first.1);
            }
        }
        Ok(repeated)
    };
    merge().map_err(RunError::io("read", path))
}
