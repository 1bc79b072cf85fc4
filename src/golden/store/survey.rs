//! What a settlement of one golden file would do: both files are read to their ends, and the new content is written beside
//! them. The files themselves are not changed.

use super::super::change::ChangeCounts;
use super::super::compare::{Join, keyed};
use super::super::entry::canonical_bytes;
use super::super::error::GoldenError;
use super::super::format::GoldenReader;
use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::super::shape::{ChangeKind, Shape};
use super::choice::Choice;
use super::disk;
use super::draft::{Draft, Prepared, entry_writer, finish};
use super::folder::Store;
use super::name::SnapshotName;
use crate::bulk::Hashing;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// What a settlement would do.
pub(super) struct Survey {
    pub(super) changes: ChangeCounts,
    /// Changes that stay pending.
    pub(super) left: u64,
    /// Digest of golden.
    pub(super) before: Option<String>,
    /// Digest of the pending file.
    pub(super) pending: String,
    /// The new content: of golden where changes are accepted, else of the pending file.
    pub(super) prepared: Prepared,
    /// Entries in it.
    pub(super) entries: u64,
    /// How many changes may not be accepted without a reason.
    pub(super) unexplained: u64,
    /// The ids that are settled, ascending; empty for a whole file.
    pub(super) settled: Vec<String>,
}

type Source = GoldenReader<BufReader<Hashing<File>>>;

impl Survey {
    pub(super) fn of(
        store: &Store,
        draft: &Draft,
        action: SettlementAction,
        (name, cases): (&SnapshotName, &Cases),
        orphans: Orphans,
    ) -> Result<Self, GoldenError> {
        let (golden_path, pending_path) = (store.golden_path(name), store.pending_path(name));
        let nothing = || GoldenError::NothingPending(golden_path.clone());
        let mut golden = source(draft.current(&golden_path).as_deref())?;
        let mut pending = source(draft.current(&pending_path).as_deref())?.ok_or_else(nothing)?;
        let target = match action {
            SettlementAction::Accept => &golden_path,
            SettlementAction::Reject => &pending_path,
        };
        let mut output = entry_writer(target)?;
        let mut choice = Choice::new(cases);
        let (mut changes, mut left, mut kept) = (ChangeCounts::default(), 0, 0);
        let (mut entries, mut settled, mut unexplained) = (0, Vec::new(), 0);
        for pair in Join::new(golden.iter_mut().flatten().map(keyed), pending.by_ref().map(keyed)) {
            let pair = pair?;
            let shape = pair.shape()?;
            let is_kept = |shape: &Shape| shape.kind == ChangeKind::Missing && orphans == Orphans::Kept;
            let mut is_selected = shape.as_ref().is_some_and(|shape| choice.selects(shape, &pair));
            if is_selected && shape.as_ref().is_some_and(is_kept) {
                (is_selected, kept) = (false, kept + 1);
            }
            match &shape {
                Some(shape) if is_selected => {
                    changes.add(shape.kind, 1);
                    unexplained += u64::from(shape.severity().needs_reason());
                    if *cases != Cases::Whole {
                        settled.push(pair.command_id.clone());
                    }
                }
                Some(_) => left += 1,
                None => {}
            }
            let keeps_golden = match action {
                SettlementAction::Accept => !is_selected,
                SettlementAction::Reject => is_selected,
            };
            if let Some(bytes) = if keeps_golden { &pair.before } else { &pair.after } {
                // Canonical form: golden may have been edited or reformatted.
                output.write(&pair.command_id, &canonical_bytes(bytes)?)?;
                entries += 1;
            }
        }
        choice.check(&golden_path)?;
        if kept > 0 && *cases != Cases::Whole {
            return Err(GoldenError::NeedsPruning { path: golden_path, count: kept });
        }
        let before = golden.map(|golden| golden.source().get_ref().hex());
        let found = pending.source().get_ref().hex();
        if !draft.holds(&pending_path) && !draft.lists(name, &found) {
            return Err(GoldenError::Edited(pending_path));
        }
        let prepared = finish(output, target)?;
        Ok(Self { changes, left, before, pending: found, prepared, entries, unexplained, settled })
    }
}

fn source(path: Option<&Path>) -> Result<Option<Source>, GoldenError> {
    let Some(path) = path else { return Ok(None) };
    let file = disk::open(path)?;
    Ok(file.map(|file| GoldenReader::new(BufReader::with_capacity(1 << 17, Hashing::new(file)), path)))
}
