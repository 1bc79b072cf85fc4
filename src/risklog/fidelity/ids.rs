//! The ids of the few commands that are shown. Records do not hold them, so they are read from `outcomes.jsonl`.

use super::error::FidelityError;
use super::tally::{Cases, OutcomePlace, Tally};
use crate::model::{IdDigest, shown_name};
use crate::outcome::OutcomeLine;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

/// The ids of all examples, in the form in which they are shown.
pub(super) struct Ids(BTreeMap<OutcomePlace, String>);

impl Ids {
    /// Reads the ids of all examples from `outcomes.jsonl`.
    pub(super) fn read(path: &Path, tally: &Tally) -> Result<Self, FidelityError> {
        let cases = tally.fields.values().chain(tally.obstacles.values()).chain(tally.pairs.values());
        let places: BTreeSet<OutcomePlace> = cases.flat_map(|cases| cases.first.iter().copied()).collect();
        let mut ids = BTreeMap::new();
        if places.is_empty() {
            return Ok(Self(ids));
        }
        let mut file = BufReader::new(File::open(path).map_err(FidelityError::read(path))?);
        for place in places {
            let mut line = Vec::new();
            let mut read = || file.seek(SeekFrom::Start(place.1)).and_then(|_| file.read_until(b'\n', &mut line));
            read().map_err(FidelityError::read(path))?;
            let outcome: Option<OutcomeLine> = serde_json::from_slice(&line).ok();
            let id = outcome.map(|outcome| outcome.command_id).filter(|id| IdDigest::of(id).key() == place.0);
            let changed = || {
                let problem = "has changed while it was read".to_owned();
                FidelityError::Parts { path: path.to_owned(), problem }
            };
            ids.insert(place, shown_name(&id.ok_or_else(changed)?).into_owned());
        }
        Ok(Self(ids))
    }

    pub(super) fn view(&self, cases: &Cases) -> CasesView {
        let examples = cases.first.iter().filter_map(|place| self.0.get(place)).cloned().collect();
        CasesView { count: cases.count, examples }
    }
}

/// A number of commands, with examples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CasesView {
    /// How many.
    pub count: u64,
    /// The first few in the order of the sampling bucket, which are exposed first. An id that does not look like one is shown by
    /// its digest.
    pub examples: Vec<String>,
}
