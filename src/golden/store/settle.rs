//! Accepting and rejecting: the decision is worked out first, without touching anything, and then carried out.

use super::super::change::{ChangeCounts, ChangeKind};
use super::super::compare::{Join, Pair, keyed};
use super::super::error::GoldenError;
use super::super::format::{GoldenReader, GoldenWriter};
use super::super::hash::Hashing;
use super::super::ledger::{Attempt, LedgerEntry, SettlementAction};
use super::super::shape::Shape;
use super::cases::{Cases, Choice};
use super::journal::{Deed, Journal};
use super::{SnapshotName, Store, disk};
use crate::model::is_date_time;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use tempfile::NamedTempFile;

/// Who settles, when and why. Golden asks neither the clock nor the system.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    /// RFC 3339.
    pub at: &'a str,
    /// A name, or whatever identifies a person.
    pub who: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Whether accepting a change removes an entry that has no command any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// No: it stays in golden, and the change stays pending.
    Kept,
    /// Yes.
    Pruned,
}

/// What a settlement did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How many changes were settled.
    pub changes: ChangeCounts,
    /// How many are still pending; at 0 the pending file is gone.
    pub left: u64,
    /// What the ledger says; `None` where there was no change to settle.
    pub entry: Option<LedgerEntry>,
}

type Source = GoldenReader<BufReader<Hashing<File>>>;
type Output = GoldenWriter<BufWriter<Hashing<NamedTempFile>>>;

impl Store {
    /// Makes golden say what was found.
    ///
    /// # Errors
    ///
    /// [`GoldenError::NothingPending`], [`GoldenError::NotPending`], [`GoldenError::Regrouped`],
    /// [`GoldenError::NeedsPruning`] (cases or a group were named that have no command any more, and entries are
    /// [kept](Orphans::Kept)), [`GoldenError::NeedsReason`], [`GoldenError::Unsigned`] and [`GoldenError::Unreadable`]: nothing was done.
    /// [`GoldenError::Io`]: repeated, the command completes.
    pub fn accept(
        &self,
        name: &SnapshotName,
        cases: &Cases,
        orphans: Orphans,
        signature: Signature,
    ) -> Result<Settled, GoldenError> {
        self.settle(SettlementAction::Accept, name, cases, orphans, signature)
    }

    /// Drops what was found; golden stands.
    ///
    /// # Errors
    ///
    /// As [`accept`](Self::accept), which removes entries.
    pub fn reject(&self, name: &SnapshotName, cases: &Cases, signature: Signature) -> Result<Settled, GoldenError> {
        self.settle(SettlementAction::Reject, name, cases, Orphans::Pruned, signature)
    }

    fn settle(
        &self,
        action: SettlementAction,
        name: &SnapshotName,
        cases: &Cases,
        orphans: Orphans,
        signature: Signature,
    ) -> Result<Settled, GoldenError> {
        signature.check()?;
        if !self.may_be_pending(name) {
            return Err(GoldenError::NothingPending { path: self.golden_path(name) });
        }
        let lock = self.lock()?;
        if let Some(journal) = &lock.recovered
            && journal.is_request(action, name, cases)
        {
            let Journal { entry, left, .. } = journal.clone();
            return Ok(Settled { changes: entry.changes, left, entry: Some(entry) });
        }
        disk::sweep(&self.folder(name))?;
        let found = self.survey(action, name, cases, orphans)?;
        let Survey { changes, left, before, after, prepared, settled, unexplained } = found;
        if action == SettlementAction::Accept && signature.reason.is_none() && unexplained > 0 {
            return Err(GoldenError::NeedsReason { path: self.golden_path(name), count: unexplained });
        }
        if changes.total() == 0 {
            if left == 0 {
                disk::remove(&self.pending_path(name))?;
            }
            return Ok(Settled { changes, left, entry: None });
        }
        let (deed, after) = match (action, &prepared) {
            (SettlementAction::Accept, None) => (Deed::Promote { sha256: after.clone() }, Some(after)),
            (SettlementAction::Accept, Some(Prepared { entries: 0, .. })) if left == 0 => (Deed::Retire, None),
            (SettlementAction::Accept, Some(Prepared { part, sha256, .. })) => {
                let (prepared, sha256) = (file_name(part.path()), sha256.clone());
                (Deed::Replace { prepared, sha256: sha256.clone(), last: left == 0 }, Some(sha256))
            }
            (SettlementAction::Reject, Some(Prepared { part, sha256, .. })) if left > 0 => {
                (Deed::Revise { prepared: file_name(part.path()), sha256: sha256.clone() }, before.clone())
            }
            (SettlementAction::Reject, Some(_) | None) => (Deed::Drop, before.clone()),
        };
        let entry = LedgerEntry {
            at: signature.at.to_owned(),
            who: signature.who.to_owned(),
            action,
            rules: name.rules().to_owned(),
            corpus: name.corpus().to_owned(),
            scope: cases.scope(),
            group: cases.group(),
            cases: (*cases != Cases::Whole).then_some(settled),
            changes,
            reason: signature.reason.map(str::to_owned),
            before,
            after,
        };
        let journal = Journal { entry, deed, left };
        journal.begin(self)?;
        // From here on the prepared file belongs to the journal.
        let kept = prepared.filter(|_| !matches!(journal.deed, Deed::Drop | Deed::Retire));
        let kept = kept.map(|prepared| prepared.part.keep());
        kept.transpose().map_err(|error| GoldenError::io("keep", error.file.path())(error.error))?;
        journal.carry_out(self, name, Attempt::First)?;
        Ok(Settled { changes, left, entry: Some(journal.entry) })
    }

    /// Reads both files to their ends, and where some changes are not settled writes the file that is to be.
    fn survey(
        &self,
        action: SettlementAction,
        name: &SnapshotName,
        cases: &Cases,
        orphans: Orphans,
    ) -> Result<Survey, GoldenError> {
        let (golden_path, pending_path) = (self.golden_path(name), self.pending_path(name));
        let nothing = || GoldenError::NothingPending { path: golden_path.clone() };
        let mut golden = source(&golden_path)?;
        let mut pending = source(&pending_path)?.ok_or_else(nothing)?;
        // Rejecting everything needs no file, and accepting everything has one unless entries go or stay.
        let needs_file = *cases != Cases::Whole || action == SettlementAction::Accept;
        let mut output = needs_file.then(|| output(&self.folder(name), name)).transpose()?;
        let mut choice = Choice::new(cases);
        let (mut changes, mut left, mut kept) = (ChangeCounts::default(), 0, 0);
        let (mut written, mut settled, mut unexplained) = (0, Vec::new(), 0);
        for pair in Join::new(golden.iter_mut().flatten().map(keyed), pending.by_ref().map(keyed)) {
            let pair = pair?;
            let shape = pair.shape()?;
            let is_kept = |shape: &Shape| shape.kind == ChangeKind::Missing && orphans == Orphans::Kept;
            let mut is_meant = shape.as_ref().is_some_and(|shape| choice.takes(shape, &pair));
            if is_meant && shape.as_ref().is_some_and(is_kept) {
                (is_meant, kept) = (false, kept + 1);
            }
            match &shape {
                Some(shape) if is_meant => {
                    changes.add(shape.kind, 1);
                    unexplained += u64::from(shape.severity().needs_reason());
                    if *cases != Cases::Whole {
                        settled.push(pair.command_id().to_owned());
                    }
                }
                Some(_) => left += 1,
                None => {}
            }
            let takes_golden = match action {
                SettlementAction::Accept => !is_meant,
                SettlementAction::Reject => is_meant,
            };
            if let (Some(output), Some((command_id, bytes))) = (output.as_mut(), side(&pair, takes_golden)) {
                output.write(command_id, bytes)?;
                written += 1;
            }
        }
        choice.check(&golden_path)?;
        if kept > 0 && *cases != Cases::Whole {
            return Err(GoldenError::NeedsPruning { path: golden_path, count: kept });
        }
        let before = golden.map(|golden| golden.source().get_ref().hex());
        let after = pending.source().get_ref().hex();
        // All of the pending file is taken as it is, unless that would be a file without an entry.
        let is_whole = *cases == Cases::Whole && left == 0 && written > 0;
        let prepared = output.filter(|_| !is_whole).map(|output| finish(output, &golden_path));
        let prepared = prepared.transpose()?.map(|(part, sha256)| Prepared { part, sha256, entries: written });
        Ok(Survey { changes, left, before, after, prepared, unexplained, settled })
    }
}

/// What a settlement would do.
struct Survey {
    changes: ChangeCounts,
    left: u64,
    /// Digest of golden.
    before: Option<String>,
    /// Digest of the pending file.
    after: String,
    /// Where some changes are not settled: the file that is to be.
    prepared: Option<Prepared>,
    /// How many changes may not be accepted without a reason.
    unexplained: u64,
    /// The ids that are settled, ascending; of a whole file none are named.
    settled: Vec<String>,
}

/// A file that is to be.
struct Prepared {
    part: NamedTempFile,
    sha256: String,
    entries: u64,
}

impl Signature<'_> {
    fn check(&self) -> Result<(), GoldenError> {
        if !is_date_time(self.at) {
            return Err(GoldenError::Unsigned("the time as an RFC 3339 date-time"));
        }
        if self.who.trim().is_empty() {
            return Err(GoldenError::Unsigned("somebody who settles"));
        }
        Ok(())
    }
}

impl Journal {
    /// Whether this is what is asked for again.
    fn is_request(&self, action: SettlementAction, name: &SnapshotName, cases: &Cases) -> bool {
        let entry = &self.entry;
        let same_cases = match cases {
            Cases::Whole | Cases::Group { .. } => true,
            Cases::Only(cases) => entry.cases.as_ref().is_some_and(|settled| cases.iter().eq(settled)),
        };
        entry.action == action
            && entry.rules == name.rules()
            && entry.corpus == name.corpus()
            && entry.scope == cases.scope()
            && entry.group == cases.group()
            && same_cases
    }
}

fn side(pair: &Pair, takes_golden: bool) -> Option<(&str, &[u8])> {
    let (golden, current) = pair.sides();
    let bytes = if takes_golden { golden } else { current };
    bytes.map(|bytes| (pair.command_id(), bytes))
}

fn source(path: &Path) -> Result<Option<Source>, GoldenError> {
    let file = disk::open(path)?;
    Ok(file.map(|file| GoldenReader::new(BufReader::with_capacity(1 << 17, Hashing::new(file)), path)))
}

fn output(folder: &Path, name: &SnapshotName) -> Result<Output, GoldenError> {
    let part = Hashing::new(disk::part(folder, name.corpus())?);
    Ok(GoldenWriter::new(BufWriter::with_capacity(1 << 17, part), folder))
}

fn finish(output: Output, path: &Path) -> Result<(NamedTempFile, String), GoldenError> {
    let buffer = output.finish()?;
    let part = buffer.into_inner().map_err(|error| GoldenError::io("write", path)(error.into_error()))?;
    let digest = part.hex();
    part.inner.as_file().sync_all().map_err(GoldenError::io("flush", part.inner.path()))?;
    Ok((part.inner, digest))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
