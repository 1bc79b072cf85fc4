//! The latest runs of a project, including in a folder that several projects share.

use super::exit::Failure;
use super::file::{MORE_DIGITS, digest_of, modified, resolved, shortened};
use super::project::{FILE, Project};
use crate::corpus::CorpusInput;
use crate::decide::RuleSet;
use crate::run::{CorpusInputs, Owner, RunInputs, is_shared, latest_run, stored_records};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

impl Project {
    /// The owner under which this project's latest runs are stored: none if the folder of runs is in the project and the
    /// project file is `corridor.toml`.
    pub(super) fn owner(&self) -> Owner {
        let [root, runs] = [self.root(), &self.runs()].map(resolved);
        let file = self.file_name();
        // A project in a folder of ours has its own runs.
        let between = runs.ancestors().take_while(|folder| *folder != root);
        let is_ours = runs.starts_with(&root) && !between.into_iter().any(|folder| folder.join(FILE).is_file());
        match (is_ours, file == Path::new(FILE)) {
            (true, true) => Owner::HERE,
            // Without the path of the project, which may be moved with its runs.
            (true, false) => Owner::of(file.as_os_str()),
            (false, _) => Owner::of(root.join(file).as_os_str()),
        }
    }

    /// The newest complete run of `rules`.
    pub(super) fn latest_run(&self, rules: RuleSet) -> Result<Option<PathBuf>, Failure> {
        Ok(latest_run(&self.runs(), &self.owner(), rules)?)
    }

    /// The run that was named, or the latest one of `rules`.
    pub(super) fn named_or_latest(&self, named: Option<&PathBuf>, rules: RuleSet) -> Result<PathBuf, Failure> {
        named.map_or_else(|| self.need_latest_run(rules), |run| Ok(run.clone()))
    }

    /// As [`latest_run`](Self::latest_run), or an error.
    pub(super) fn need_latest_run(&self, rules: RuleSet) -> Result<PathBuf, Failure> {
        self.latest_run(rules)?
            .ok_or_else(|| self.no_run(&format!("there is no complete run of rule set {rules}"), Some(rules)))
    }

    /// The error `message`, that there is no run, with help. Says if the folder holds latest runs of other projects, which the
    /// user may expect to be used.
    pub(super) fn no_run(&self, message: &str, rules: Option<RuleSet>) -> Failure {
        let runs = self.runs();
        let is_shared = is_shared(&runs, &self.owner());
        let others = if is_shared {
            format!(" of this project in {}: the latest runs there are of other projects", runs.display())
        } else {
            String::new()
        };
        let mut help =
            format!("`corridor replay{}`", rules.map(|rules| format!(" --rules {rules}")).unwrap_or_default());
        // An incomplete run is never the latest, but can be named.
        let stored = if rules.is_none() && !is_shared { stored_records(&runs) } else { Vec::new() };
        if let Some((name, _)) = stored.first() {
            let short = shortened(name, MORE_DIGITS);
            let _ = write!(help, "; a run that is not complete has to be named, such as `corridor report {short}`");
        }
        Failure::input(format!("{message}{others}")).with_help(help)
    }

    /// Corpora of the project whose recordings have changed since this run.
    pub(super) fn rewritten_since(&self, run: &Path, inputs: &RunInputs) -> Vec<String> {
        let corpora = self.corpus_folder().map(|folder| folder.inputs).unwrap_or_default();
        let rewritten = corpora.iter().filter_map(|input| {
            let CorpusInput::File(path) = input else { return None };
            let name = input.corpus_name()?;
            let replayed = inputs.corpora.iter().find(|corpus| corpus.name == name)?;
            (!is_as_replayed(path, replayed, replayed_at(run))).then_some(name)
        });
        rewritten.collect()
    }
}

/// When a run was stored.
pub(super) fn replayed_at(run: &Path) -> Option<SystemTime> {
    modified(&run.join("run.json"))
}

/// When a file was last modified or its inode changed: a copy may keep the modification time of its original.
fn changed(path: &Path) -> Option<SystemTime> {
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        use std::time::Duration;
        let found = path.metadata().ok()?;
        let whole = Duration::from_secs(u64::try_from(found.ctime()).ok()?);
        let part = Duration::from_nanos(u64::try_from(found.ctime_nsec()).ok()?);
        SystemTime::UNIX_EPOCH.checked_add(whole)?.checked_add(part)?
    };
    #[cfg(not(unix))]
    let changed = SystemTime::UNIX_EPOCH;
    Some(modified(path)?.max(changed))
}

/// Whether a corpus is still what was replayed. It is hashed only if it is newer than the run, since it may be large.
pub(super) fn is_as_replayed(path: &Path, replayed: &CorpusInputs, replayed_at: Option<SystemTime>) -> bool {
    let is_old = changed(path).zip(replayed_at).is_some_and(|(corpus, run)| corpus < run);
    is_old || digest_of(path, None).is_ok_and(|digest| digest == replayed.digest)
}
