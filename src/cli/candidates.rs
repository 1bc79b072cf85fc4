//! Completion candidates of arguments: names that the program knows, and those of the project.

use super::file::{SHOWN_DIGITS, is_digest, shortened};
use super::process::variable;
use super::project::Project;
use crate::corpus::CorpusInput;
use crate::corpus::generate::Knob;
use crate::decide::RuleSet;
use crate::gate::RolloutPolicy;
use crate::model::{CorridorStatus, KnownReason, VARIABLES};
use crate::outcome::Divergence;
use crate::run::pointer_of;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};
use std::ffi::OsStr;
use std::fmt::Display;
use std::path::PathBuf;

/// The value of a global option in the line that is to be completed.
fn typed(option: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the command line that is to be completed")]
    let words: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let is_joined = |word: &String| word.strip_prefix(option)?.strip_prefix('=').map(str::to_owned);
    let after = words.iter().position(|word| word == option).and_then(|place| words.get(place + 1).cloned());
    words.iter().find_map(is_joined).or(after).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The project that the line or the environment names, or else the one of the current folder, if it can be read.
fn project() -> Option<Project> {
    let named = typed("--config").or_else(|| variable("CORRIDOR_CONFIG").map(PathBuf::from));
    let store = typed("--store").or_else(|| variable("CORRIDOR_STORE").map(PathBuf::from));
    let project = Project::load(named.as_deref(), &std::env::current_dir().ok()?).ok()?;
    Some(project.with_store(store))
}

fn candidates<T: ToString>(names: impl IntoIterator<Item = T>) -> Vec<CompletionCandidate> {
    names.into_iter().map(|name| CompletionCandidate::new(name.to_string())).collect()
}

/// The `names` that begin with what was typed; if there are none, what `otherwise` finds.
fn beginning(
    mut names: Vec<CompletionCandidate>,
    typed: &OsStr,
    otherwise: impl FnOnce() -> Vec<CompletionCandidate>,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    names.retain(|name| name.get_value().to_string_lossy().starts_with(&*typed));
    if names.is_empty() { otherwise() } else { names }
}

/// Names that the program knows.
pub(super) fn names<T: Display + Sync + 'static>(all: &'static [T]) -> ArgValueCandidates {
    ArgValueCandidates::new(move || candidates(all))
}

/// The rule sets.
pub(super) fn rules() -> ArgValueCandidates {
    names(RuleSet::ALL)
}

/// The knobs of `generate`, to be followed by a rate.
pub(super) fn knobs() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(Knob::ALL.iter().map(|knob| format!("{}=", knob.as_str()))))
}

/// Names of the corridor's variables.
pub(super) fn variables() -> ArgValueCandidates {
    names(&VARIABLES)
}

/// The same, each with `=`, to be followed by a value.
pub(super) fn settings() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(VARIABLES.iter().map(|name| format!("{name}="))))
}

/// Kinds of filters, and the values of class, status and reason.
pub(super) fn filters() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let named =
            |key: &str, values: Vec<&str>| values.iter().map(|value| format!("{key}={value}")).collect::<Vec<_>>();
        let of_outcome = [
            named("class", Divergence::ALL.iter().map(|class| class.as_str()).collect()),
            named("status", CorridorStatus::ALL.iter().map(|status| status.as_str()).collect()),
            named("reason", KnownReason::ALL.iter().map(|reason| reason.as_str()).collect()),
        ];
        let keys = ["id=", "tag=", "class=", "status=", "reason="];
        let values = || beginning(candidates(of_outcome.concat()), typed, Vec::new);
        if typed.to_string_lossy().contains('=') { values() } else { beginning(candidates(keys), typed, Vec::new) }
    })
}

/// The stages of the project's policy, or of the built-in one.
pub(super) fn stages() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let text = project().and_then(|project| std::fs::read_to_string(project.file("rollout.toml")).ok());
        let policy = text.and_then(|text| RolloutPolicy::parse(&text).ok()).unwrap_or_default();
        candidates(policy.stage.iter().map(|stage| stage.rate.get()))
    })
}

fn corpus_names() -> Vec<CompletionCandidate> {
    let folder = project().and_then(|project| project.corpus_folder().ok());
    let there = folder.map(|folder| folder.inputs).unwrap_or_default();
    candidates(there.iter().filter_map(CorpusInput::corpus_name))
}

/// Names of the project's corpora.
pub(super) fn corpora() -> ArgValueCandidates {
    ArgValueCandidates::new(corpus_names)
}

/// The same, or files if no corpus matches.
pub(super) fn corpora_or_files() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        beginning(corpus_names(), typed, || PathCompleter::file().stdio().complete(typed))
    })
}

/// Names of runs: `latest-RULES`, and the first digits of each run.
fn run_names() -> Vec<CompletionCandidate> {
    let project = project();
    let owner = project.as_ref().map(Project::owner).unwrap_or_default();
    let entries = project.and_then(|project| std::fs::read_dir(project.runs()).ok());
    let names = entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let short = |name: String| match pointer_of(&name) {
        Some(Ok((rules, found))) => (found == owner).then(|| format!("latest-{rules}")),
        Some(Err(_)) => None,
        None => is_digest(&name).then(|| shortened(&name, SHOWN_DIGITS).to_owned()),
    };
    let mut names: Vec<String> = names.filter_map(short).collect();
    names.sort_unstable_by(|one, other| (!one.starts_with('l'), one).cmp(&(!other.starts_with('l'), other)));
    names.dedup();
    candidates(names)
}

/// Names of stored runs, or folders if no run matches.
pub(super) fn runs() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| beginning(run_names(), typed, || PathCompleter::dir().complete(typed)))
}
