//! The digests of the pending files (`.pending.new`), so that only what a replay has found is settled.
//!
//! The list is written together with the pending files, in one journal. A pending file that is not in it, or has another
//! digest, was edited or comes from elsewhere, and cannot be settled.
//!
//! The digest of a pending file that was found in decisions of another implementation is followed by ` foreign`.

use super::super::error::GoldenError;
use super::disk;
use super::folder::Store;
use super::name::SnapshotName;
use crate::model::Decisions;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// SHA-256 of each pending file, hex, and whose decisions it was found in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest(BTreeMap<SnapshotName, String>);

/// The file, below the folder of the store.
pub(super) const MANIFEST: &str = ".pending.new";

/// Follows the digest where the decisions come from another implementation.
const FOREIGN: &str = " foreign";

impl Manifest {
    /// The current list, with its bytes.
    pub(super) fn read(store: &Store) -> Result<(Self, Option<Vec<u8>>), GoldenError> {
        Self::read_at(&store.root().join(MANIFEST))
    }

    /// The list in the file at `path`, with its bytes.
    pub(super) fn read_at(path: &Path) -> Result<(Self, Option<Vec<u8>>), GoldenError> {
        let found = disk::read_json(path)?;
        Ok(found.map_or_else(Default::default, |(listed, text)| (Self(listed), Some(text.into_bytes()))))
    }

    /// Whether a replay has written the pending file with this digest.
    pub(super) fn holds(&self, name: &SnapshotName, sha256: &str) -> bool {
        self.0.get(name).is_some_and(|expected| expected.strip_suffix(FOREIGN).unwrap_or(expected) == sha256)
    }

    /// Whose decisions a pending file was found in.
    pub(super) fn decisions(&self, name: &SnapshotName) -> Decisions {
        let is_foreign = self.0.get(name).is_some_and(|listed| listed.ends_with(FOREIGN));
        if is_foreign { Decisions::Foreign } else { Decisions::Ours }
    }

    /// Sets the digest of a pending file; `None` where it is removed.
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

    /// The bytes to be written; `None` where nothing is pending.
    pub(super) fn bytes(&self) -> io::Result<Option<Vec<u8>>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let mut bytes = serde_json::to_vec_pretty(&self.0)?;
        bytes.push(b'\n');
        Ok(Some(bytes))
    }
}
