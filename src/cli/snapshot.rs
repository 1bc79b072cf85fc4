//! Golden during a replay: compares corpora with it, and writes the pending files.

use super::exit::Failure;
use super::output::Output;
use super::settle::{note_interrupted, refuse_interrupted};
use crate::bulk::Sorted;
use crate::decide::RuleSet;
use crate::golden::{
    Comparison, FinishedPending, GoldenError, GoldenWriter, Groups, PendingWriter, Scope, SnapshotName, Store, compare,
};
use crate::report::escape;
use crate::summary::{Decisions, GoldenResult};

/// How a replay compares with golden.
pub(super) struct GoldenPolicy {
    /// Whose decisions are compared.
    pub(super) decisions: Decisions,
    /// The options of every printed command.
    pub(super) carried: String,
    /// Why nothing is compared, if so.
    pub(super) skip: Option<&'static str>,
    /// Whether pending files may be written.
    pub(super) may_write: bool,
    /// Whether corpora without golden get a pending file.
    pub(super) new: bool,
    /// Whether a corpus of the project without golden counts as changed.
    pub(super) check: bool,
    /// Whether whole corpora are replayed, or a selection.
    pub(super) scope: Scope,
}

/// The golden folder of one replay. It does not change before the [`Findings`] are published.
pub(super) struct Golden<'a> {
    store: &'a Store,
    policy: GoldenPolicy,
    pending: Vec<PendingWriter>,
    obsolete: Vec<SnapshotName>,
}

/// One corpus compared with golden.
pub(super) struct Compared {
    pub(super) result: GoldenResult,
    /// SHA-256 of the golden file, hex, if it was compared.
    pub(super) digest: Option<String>,
}

impl<'a> Golden<'a> {
    /// Checks the ledger before anything is compared. If nothing may be written (CI, `--check`), a damaged ledger is an error
    /// and an interrupted settlement is reported. Otherwise a damaged ledger is a warning.
    pub(super) fn open(store: &'a Store, policy: GoldenPolicy, output: &Output) -> Result<Self, Failure> {
        let golden = Self { store, policy, pending: Vec::new(), obsolete: Vec::new() };
        if golden.policy.skip.is_some() {
            return Ok(golden);
        }
        let ledger = store.check_ledger();
        if !golden.policy.may_write {
            ledger?;
            let _ = note_interrupted(store, &golden.policy.carried, output)?;
            return Ok(golden);
        }
        if let Err(error) = ledger {
            output.diagnostic(&escape::visible(&format!(
                "warning: {error}: nothing can be accepted before it is repaired"
            )));
        }
        Ok(golden)
    }

    /// Whether the entries of a corpus are compared. Under `--check` those of the project's corpora always are: a golden file
    /// that was deleted must not look like one that agrees.
    pub(super) fn wants(&self, rules: RuleSet, corpus: &str, of_project: bool) -> Result<bool, Failure> {
        let name = SnapshotName::new(rules.as_str(), corpus)?;
        let is_due = self.policy.new || (self.policy.check && of_project);
        let is_wanted = self.policy.skip.is_none() && (is_due || self.store.golden_path(&name).exists());
        // Before the replay, because its pending files could not be written.
        if is_wanted
            && self.policy.may_write
            && let Some(interrupted) = self.store.interrupted()?
        {
            return Err(refuse_interrupted(&interrupted, self.store, &self.policy.carried));
        }
        Ok(is_wanted)
    }

    /// Golden files of a rule set for which there is no corpus among `corpora`.
    pub(super) fn unclaimed(&self, rules: RuleSet, corpora: &[&str]) -> Result<Vec<String>, Failure> {
        if self.policy.skip.is_some() {
            return Ok(Vec::new());
        }
        let mut names = self.store.corpora(rules.as_str())?;
        names.retain(|name| !corpora.contains(&name.as_str()));
        Ok(names)
    }

    /// Compares the entries of a corpus, ascending by command id, with golden.
    pub(super) fn compare(
        &mut self,
        rules: RuleSet,
        corpus: &str,
        of_project: bool,
        entries: Sorted<String>,
        set_aside: u64,
    ) -> Result<Compared, Failure> {
        if let Some(because) = self.policy.skip {
            return Ok(Compared { result: GoldenResult::Skipped { because: because.to_owned() }, digest: None });
        }
        let name = SnapshotName::new(rules.as_str(), corpus)?;
        if !self.wants(rules, corpus, of_project)? {
            let result = if self.store.had_golden(&name) { GoldenResult::gone() } else { GoldenResult::Absent };
            return Ok(Compared { result, digest: None });
        }
        let begin = || Ok::<_, GoldenError>(self.store.begin_pending(&name)?.of(self.policy.decisions));
        let mut pending = self.policy.may_write.then(begin).transpose()?;
        let digest = self.store.digest(&name)?;
        let golden = self.store.golden(&name)?;
        let (mut groups, snapshot) = (Groups::default(), name.to_string());
        let note = |change| {
            groups.add(&snapshot, &change);
            Ok(())
        };
        // A line that was set aside may be any command of golden, so no command is known to be missing.
        let scope = if set_aside > 0 { Scope::Selection } else { self.policy.scope };
        let comparison = match &mut pending {
            Some(pending) => compare(entries, golden, scope, Some(pending.writer()), note)?,
            None => compare(entries, golden, scope, None::<&mut GoldenWriter<Vec<u8>>>, note)?,
        };
        let is_pending = pending.is_some() && !comparison.is_clean();
        let result = GoldenResult::compared(&comparison, &groups, is_pending);
        self.keep(name, pending, &comparison, scope);
        Ok(Compared { result, digest })
    }

    fn keep(&mut self, name: SnapshotName, pending: Option<PendingWriter>, comparison: &Comparison, scope: Scope) {
        match pending {
            Some(pending) if !comparison.is_clean() => self.pending.push(pending),
            Some(_) if scope == Scope::Whole => self.obsolete.push(name),
            Some(_) | None => {}
        }
    }

    /// Completes the temporary pending files. If the disk is full, this fails, and not the publication.
    pub(super) fn finish(self) -> Result<Findings<'a>, GoldenError> {
        let pending = self.pending.into_iter().map(PendingWriter::finish).collect::<Result<_, _>>()?;
        Ok(Findings { store: self.store, pending, obsolete: self.obsolete })
    }
}

/// The pending files of a replay: written, but not installed yet.
pub(super) struct Findings<'a> {
    store: &'a Store,
    pending: Vec<FinishedPending>,
    obsolete: Vec<SnapshotName>,
}

impl Findings<'_> {
    /// Installs the pending files and removes those that this replay made obsolete, atomically.
    pub(super) fn publish(self) -> Result<(), GoldenError> {
        self.store.publish(self.pending, &self.obsolete)
    }
}
