//! `run.json`: the inputs of a run and the digests of its files, sealed with a digest of its own.

use super::error::RunError;
use super::inputs::{RunInputs, run_name};
use crate::bulk::digest;
use crate::decide::RuleSet;
use crate::summary::Decisions;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Version of the files of a run; raised when one of them changes its meaning.
pub const RUN_FORMAT: u32 = 2;

/// The record of a run.
pub(super) const RECORD: &str = "run.json";

/// The files of a run beside its record.
pub(super) const FILES: [&str; 4] = ["junit.xml", "outcomes.jsonl", "risk.jsonl", "summary.json"];

/// A file as its replay wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// Its length.
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

impl FileDigest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: digest(bytes) }
    }
}

/// `run.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The inputs.
    pub inputs: RunInputs,
    /// Why the run is not complete; empty for a complete one.
    pub incomplete_because: Vec<String>,
    /// The golden folder from the command line, relative to the project where it is inside; `None` for the project's own.
    pub golden_folder: Option<String>,
    /// By name: `junit.xml`, `outcomes.jsonl`, `risk.jsonl` and `summary.json`.
    pub files: BTreeMap<String, FileDigest>,
    /// SHA-256 of this record as it is with an empty string here, hex.
    pub digest: String,
}

/// The part of a record that is the same in every format.
#[derive(Deserialize)]
struct Versioned {
    inputs: VersionedInputs,
}

#[derive(Deserialize)]
struct VersionedInputs {
    format: u32,
    rules: RuleSet,
}

impl RunRecord {
    /// The record with its digest.
    pub fn sealed(mut self) -> Result<Self, serde_json::Error> {
        self.digest = self.own_digest()?;
        Ok(self)
    }

    /// The canonical bytes of the file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn own_digest(&self) -> Result<String, serde_json::Error> {
        let unsealed = Self { digest: String::new(), ..self.clone() };
        Ok(digest(&unsealed.to_bytes()?))
    }

    /// Reads a record without checking its digests; the error says that it is no record, or of another format.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if let Ok(Versioned { inputs: VersionedInputs { format, rules } }) = serde_json::from_slice(bytes)
            && format != RUN_FORMAT
        {
            let text = "this program reads";
            return Err(format!(
                "is of format {format}, {text} {RUN_FORMAT}: replay again (`corridor replay --rules {rules}`)"
            ));
        }
        // The message of a JSON error may repeat text of the file.
        serde_json::from_slice(bytes).map_err(|error: serde_json::Error| {
            format!("is no run record (line {}, column {}): replay again", error.line(), error.column())
        })
    }

    /// A sign that the record was edited; `bytes` are its file in the folder `run`.
    pub(super) fn flaw(&self, bytes: &[u8], run: &Path) -> Option<&'static str> {
        let is_as_written = self.to_bytes().is_ok_and(|written| written == bytes);
        let is_sealed = self.own_digest().is_ok_and(|digest| digest == self.digest);
        // A copy of a run may have any other name.
        let name = run.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let is_digest = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_digest && run_name(&self.inputs) != name {
            Some("is not of the inputs that its folder is named after: replay again")
        } else if !is_as_written || !is_sealed {
            Some("was edited, its digest is another one: replay again")
        } else if self.files.len() != FILES.len() || FILES.iter().any(|file| !self.files.contains_key(*file)) {
            Some("does not name the files of a run: replay again")
        } else {
            None
        }
    }

    /// Whether the run may become the latest of its rule set: complete, and of our own decisions.
    pub(super) fn may_be_latest(&self) -> bool {
        self.incomplete_because.is_empty() && self.inputs.decisions == Decisions::Ours
    }

    /// Length and digest of a file.
    pub fn file(&self, run: &Path, name: &str) -> Result<&FileDigest, RunError> {
        self.files.get(name).ok_or_else(|| RunError::Run {
            path: run.join(RECORD),
            problem: format!("does not name {name}: replay again"),
        })
    }
}
