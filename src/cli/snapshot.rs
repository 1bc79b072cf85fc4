//! Golden during a replay: which corpora are compared, and the pending files that appear at its end.

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

/// What a replay may do with golden.
pub(super) struct GoldenPolicy {
    /// Whose decisions are compared.
    pub(super) decisions: Decisions,
    /// What every printed command carries.
    pub(super) carried: String,
    /// Why nothing is compared, where nothing is.
    pub(super) skip: Option<&'static str>,
    /// Whether pending files may be written.
    pub(super) may_write: bool,
    /// Whether corpora without golden get a pending file.
    pub(super) new: bool,
    /// Whether a corpus of the project without golden is a finding.
    pub(super) check: bool,
    /// Whether whole corpora are replayed, as far as was asked for.
    pub(super) scope: Scope,
}

/// The golden folder of one replay. Nothing of it changes before its [`Findings`] are published.
pub(super) struct Golden<'a> {
    store: &'a Store,
    policy: GoldenPolicy,
    pending: Vec<PendingWriter>,
    overtaken: Vec<SnapshotName>,
}

/// One corpus against golden.
pub(super) struct Compared {
    pub(super) result: GoldenResult,
    /// SHA-256 of the golden file, hex, where there is one that was compared.
    pub(super) digest: Option<String>,
}

impl<'a> Golden<'a> {
    /// Looks at what is compared with before anything is: a ledger that cannot be read, or a settlement that was
    /// interrupted. Where nothing is written, the one fails a replay whose word is to be trusted, and the other is said.
    pub(super) fn open(store: &'a Store, policy: GoldenPolicy, output: &Output) -> Result<Self, Failure> {
        let golden = Self { store, policy, pending: Vec::new(), overtaken: Vec::new() };
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
                "warning: {error}: nothing can be accepted before it is mended"
            )));
        }
        Ok(golden)
    }

    /// Whether the entries of a corpus are needed. Under `--check` those of the project's own always are: a golden file
    /// that went must not look like one that agrees.
    pub(super) fn wants(&self, rules: RuleSet, corpus: &str, of_project: bool) -> Result<bool, Failure> {
        let name = SnapshotName::new(rules.as_str(), corpus)?;
        let is_due = self.policy.new || (self.policy.check && of_project);
        let is_wanted = self.policy.skip.is_none() && (is_due || self.store.golden_path(&name).exists());
        // Said before an hour of work whose result could not be kept.
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
        // A line that was set aside may be any command of golden: none of them is missing for certain.
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
            Some(_) if scope == Scope::Whole => self.overtaken.push(name),
            Some(_) | None => {}
        }
    }

    /// Writes the pending files to their ends. Whatever can fail for want of room fails here.
    pub(super) fn finish(self) -> Result<Findings<'a>, GoldenError> {
        let pending = self.pending.into_iter().map(PendingWriter::finish).collect::<Result<_, _>>()?;
        Ok(Findings { store: self.store, pending, overtaken: self.overtaken })
    }
}

/// What a replay has found, written and not in its place yet.
pub(super) struct Findings<'a> {
    store: &'a Store,
    pending: Vec<FinishedPending>,
    overtaken: Vec<SnapshotName>,
}

impl Findings<'_> {
    /// Puts the pending files in their places, and removes those that this replay has overtaken: all of that, or nothing.
    pub(super) fn publish(self) -> Result<(), GoldenError> {
        self.store.publish(self.pending, &self.overtaken)
    }
}
