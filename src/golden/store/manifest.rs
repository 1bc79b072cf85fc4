//! Which bytes each pending file has (`.pending.new`): what is settled is what a replay found, and nothing else.
//!
//! It is written together with the pending files, in one journal. A pending file that is not in it, or is not what it was,
//! was edited or comes from elsewhere: whoever accepted it would accept what no replay has found.
//!
//! Behind the digest of what was found in decisions of another implementation stands ` foreign`.

use super::super::error::GoldenError;
use super::super::format::{Position, diagnose};
use super::disk;
use super::folder::Store;
use super::name::SnapshotName;
use crate::model::{Decisions, Location};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

/// SHA-256 of each pending file, hex, and whose decisions it was found in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(BTreeMap<SnapshotName, String>);

/// The file, below the folder of the store.
pub(super) const MANIFEST: &str = ".pending.new";

/// Behind the digest of what comes from another implementation.
const FOREIGN: &str = " foreign";

impl Manifest {
    /// What is there now, with its bytes.
    pub(super) fn read(store: &Store) -> Result<(Self, Option<Vec<u8>>), GoldenError> {
        Self::read_at(&store.root().join(MANIFEST))
    }

    /// What is in the file at `path`, with its bytes.
    pub(super) fn read_at(path: &Path) -> Result<(Self, Option<Vec<u8>>), GoldenError> {
        let Some(mut file) = disk::open(path)? else { return Ok((Self::default(), None)) };
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(GoldenError::io("read", path))?;
        let found = serde_json::from_str(&text).map_err(|_| {
            let (offset, flaw) = diagnose::<BTreeMap<SnapshotName, String>>(&text);
            let Position { line, column } = Position::START.after(text.as_bytes().get(..offset).unwrap_or_default());
            let file = path.display().to_string();
            GoldenError::Unreadable { location: Location { file, line, column: Some(column) }, flaw }
        });
        found.map(|found| (Self(found), Some(text.into_bytes())))
    }

    /// Whether a pending file of this digest is the one that a replay has written.
    pub(super) fn holds(&self, name: &SnapshotName, sha256: &str) -> bool {
        self.0.get(name).is_some_and(|expected| expected.strip_suffix(FOREIGN).unwrap_or(expected) == sha256)
    }

    /// Whose decisions a pending file was found in.
    pub(super) fn decisions(&self, name: &SnapshotName) -> Decisions {
        let is_foreign = self.0.get(name).is_some_and(|listed| listed.ends_with(FOREIGN));
        if is_foreign { Decisions::Foreign } else { Decisions::Ours }
    }

    /// Notes what a pending file is from now on; `None` where there is none.
    pub(super) fn set(&mut self, name: &SnapshotName, sha256: Option<String>, decisions: Decisions) {
        let ending = match decisions {
            Decisions::Ours => "",
            Decisions::Foreign => FOREIGN,
        };
        match sha256 {
            Some(sha256) => self.0.insert(name.clone(), sha256 + ending),
            None => self.0.remove(name),
        };
    }

    /// What is to be written; nothing where nothing is pending.
    pub(super) fn bytes(&self) -> io::Result<Option<Vec<u8>>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut bytes = serde_json::to_vec_pretty(&self.0)?;
        bytes.push(b'\n');
        Ok(Some(bytes))
    }
}
