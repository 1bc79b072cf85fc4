//! Accepts and rejects pending changes: all new contents are drafted first, and the files are replaced then.

use super::super::error::GoldenError;
use super::super::ledger::LedgerEntry;
use super::super::settlement::{Cases, Orphans, SettlementAction};
use super::disk;
use super::draft::{Draft, Prepared, staged_for};
use super::folder::Store;
use super::journal::Settlement;
use super::name::SnapshotName;
use super::settled::Settled;
use super::survey::Survey;
use crate::bulk::Hashing;
use crate::model::{Decisions, is_date_time};
use std::io::{self, Write};

/// Who settles, when and why. The caller provides it, since this module reads no clock.
#[derive(Clone, Copy, Debug)]
pub struct Signature<'a> {
    /// RFC 3339.
    pub at: &'a str,
    /// A name, or whatever identifies a person.
    pub who: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
}

impl Store {
    /// Settles changes of one or several golden files: all that is requested, or nothing. Accepting moves what was found into
    /// golden; rejecting drops it and leaves golden as it is (`orphans` does not matter then). Requests are carried out in their
    /// order, and each has a line in the ledger.
    ///
    /// # Errors
    ///
    /// [`GoldenError::NothingPending`], [`GoldenError::NotPending`], [`GoldenError::Regrouped`],
    /// [`GoldenError::NeedsPruning`] (cases or a group were named that have no command any more, and entries are
    /// [kept](Orphans::Kept)), [`GoldenError::NeedsReason`], [`GoldenError::Unsigned`], [`GoldenError::Unreadable`],
    /// [`GoldenError::Ledger`], [`GoldenError::Edited`], [`GoldenError::SameFile`], [`GoldenError::Interrupted`] (by
    /// another one; see [`resume`](Self::resume)) and [`GoldenError::Unchanged`]: nothing was done.
    /// [`GoldenError::HalfDone`]: a step failed, and so did undoing; the settlement is interrupted now.
    pub fn settle(
        &self,
        action: SettlementAction,
        requests: &[(SnapshotName, Cases)],
        orphans: Orphans,
        signature: Signature,
    ) -> Result<Vec<Settled>, GoldenError> {
        signature.check()?;
        for (name, _) in requests {
            if !self.may_be_pending(name) {
                return Err(GoldenError::NothingPending(self.golden_path(name)));
            }
        }
        self.settle_locked(action, requests, orphans, signature).map_err(GoldenError::unchanged)
    }

    fn settle_locked(
        &self,
        action: SettlementAction,
        requests: &[(SnapshotName, Cases)],
        orphans: Orphans,
        signature: Signature,
    ) -> Result<Vec<Settled>, GoldenError> {
        let _lock = self.lock()?;
        self.check_ledger()?;
        for (name, _) in requests {
            disk::sweep(&self.folder(name))?;
        }
        // Rejecting does not change golden, so that entries without a command need no protection.
        let orphans = if action == SettlementAction::Reject { Orphans::Pruned } else { orphans };
        let mut draft = Draft::new(self)?;
        let mut settled = Vec::new();
        for (name, cases) in requests {
            settled.push(self.draft_one(&mut draft, action, (name, cases), orphans, signature)?);
        }
        self.draft_lines(&mut draft, &settled)?;
        let settlement = Settlement {
            action,
            orphans,
            at: signature.at.to_owned(),
            who: signature.who.to_owned(),
            requests: requests.to_vec(),
            settled: settled.clone(),
        };
        draft.carry_out(Some(settlement))?;
        Ok(settled)
    }

    /// Drafts the new contents of one golden file and of its pending file.
    fn draft_one(
        &self,
        draft: &mut Draft,
        action: SettlementAction,
        (name, cases): (&SnapshotName, &Cases),
        orphans: Orphans,
        signature: Signature,
    ) -> Result<Settled, GoldenError> {
        let survey = Survey::of(self, draft, action, (name, cases), orphans)?;
        let Survey { changes, left, before, pending, prepared, entries, unexplained, settled } = survey;
        let golden = self.golden_path(name);
        let decisions = draft.decisions(name);
        if action == SettlementAction::Accept && signature.reason.is_none() && unexplained > 0 {
            return Err(GoldenError::NeedsReason { path: golden, count: unexplained });
        }
        if changes.total() == 0 {
            if left == 0 {
                draft.set_pending(name, Some(pending), None, decisions);
            }
            return Ok(Settled { name: name.clone(), changes, left, entry: None });
        }
        let after = match action {
            SettlementAction::Accept => {
                // A golden file without entries is removed.
                let prepared = Some(prepared).filter(|_| entries > 0 || left > 0);
                let after = prepared.as_ref().map(|prepared| prepared.sha256.clone());
                draft.set(&golden, before.clone(), prepared);
                if left == 0 {
                    draft.set_pending(name, Some(pending), None, decisions);
                }
                after
            }
            SettlementAction::Reject => {
                draft.set_pending(name, Some(pending), Some(prepared).filter(|_| left > 0), decisions);
                before.clone()
            }
        };
        let entry = LedgerEntry {
            at: signature.at.to_owned(),
            who: signature.who.to_owned(),
            action,
            rules: name.rules().to_owned(),
            corpus: name.corpus().to_owned(),
            decisions: (decisions != Decisions::Ours).then_some(decisions),
            scope: cases.scope(),
            group: cases.group(),
            cases: (*cases != Cases::Whole).then_some(settled),
            changes,
            reason: signature.reason.map(str::to_owned),
            before,
            after,
        };
        Ok(Settled { name: name.clone(), changes, left, entry: Some(entry) })
    }

    /// Drafts the ledger with a line for each settlement.
    fn draft_lines(&self, draft: &mut Draft, settled: &[Settled]) -> Result<(), GoldenError> {
        let entries: Vec<_> = settled.iter().filter_map(|settled| settled.entry.as_ref()).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let path = self.ledger_path();
        let mut part = Hashing::new(staged_for(&path)?);
        let copied = |file| {
            let mut source = Hashing::new(file);
            io::copy(&mut source, &mut part).map(|_| source.hex()).map_err(GoldenError::io("copy", &path))
        };
        let before = disk::open(&path)?.map(copied).transpose()?;
        for entry in entries {
            let line = entry.line().map_err(GoldenError::io("write", &path))?;
            part.write_all(&line).map_err(GoldenError::io("write", &path))?;
        }
        draft.set(&path, before, Some(Prepared::of(part)?));
        Ok(())
    }
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
