//! Completions: the script for a shell, and the answers that it asks the program for.
//!
//! A script of names alone cannot know the corpora and runs of a project, so it calls the program with [`ASKED`] set. An
//! answer reads names of files, writes nothing, and says nothing where something is wrong: there is nobody to tell.

use super::args::Cli;
use super::exit::Failure;
use super::project::Project;
use super::variable;
use crate::corpus::CorpusInput;
use crate::corpus::generate::{self, Knob};
use crate::decide::RuleSet;
use crate::gate::{Policy, RuleId};
use crate::model::{CorridorStatus, KnownReason, VARIABLES};
use crate::outcome::Divergence;
use crate::preflight::{FindingId, Preset};
use crate::run::pointer_of;
use crate::verify::Part;
use clap::CommandFactory;
use clap_complete::engine::{
    ArgValueCandidates, ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter,
};
use clap_complete::env::{CompleteEnv, Shells};
use std::ffi::OsStr;
use std::panic::{catch_unwind, set_hook};
use std::path::{Path, PathBuf};

/// The variable with which a script asks, set to the name of the shell.
const ASKED: &str = "CORRIDOR_COMPLETE";

/// Digits of a run's name that are offered: as many as are shown elsewhere.
const DIGITS: usize = 8;

/// Answers a script that asks; `false` where none does.
pub(super) fn answer() -> bool {
    if variable(ASKED).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    set_hook(Box::new(|_| ()));
    #[expect(clippy::disallowed_methods, reason = "the command line that is to be completed")]
    let arguments = std::env::args_os();
    let answered = catch_unwind(|| CompleteEnv::with_factory(Cli::command).var(ASKED).try_complete(arguments, None));
    // What could not be completed is not completed.
    !matches!(answered, Ok(Ok(false)))
}

/// The script for a shell. It calls the program as it was called to print it.
pub(super) fn script(shell: clap_complete::Shell) -> Result<String, Failure> {
    #[expect(clippy::disallowed_methods, reason = "how the program was called")]
    let called = std::env::args_os().next().unwrap_or_default();
    let called = Path::new(&called);
    let program = match called.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(_) => std::path::absolute(called).unwrap_or_else(|_| called.to_owned()).display().to_string(),
        None => "corridor".to_owned(),
    };
    let cannot = |error: std::io::Error| Failure::input(format!("cannot make a script for {shell}: {error}"));
    let shells = Shells::builtins();
    let completer = shells.completer(&shell.to_string());
    let completer = completer.ok_or_else(|| Failure::usage(format!("there is no script for {shell}")))?;
    let mut script = Vec::new();
    completer.write_registration(ASKED, "corridor", "corridor", &program, &mut script).map_err(cannot)?;
    let script = String::from_utf8_lossy(&script).into_owned();
    Ok(if shell == clap_complete::Shell::Bash { with_whole_words(&script) } else { script })
}

/// The script for Bash, which takes words apart at `=`: behind an option the sign is left out, elsewhere (`class=regressed`) the
/// word is put together again, and what is offered loses what stands before its last part.
fn with_whole_words(script: &str) -> String {
    const ASKS: &str = "    COMPREPLY=( $( \\\n";
    const ENDS: &str = "compopt -o nospace\n    fi\n";
    const JOINS: &str = r#"    local whole=() at last=-1 glued="" strip=""
    for ((at = 0; at < ${#words[@]}; at++)); do
        if ((last > 0 && at <= COMP_CWORD)) && [[ ${COMP_WORDS[at]} == "=" ]]; then
            if [[ ${whole[last]} != --* || ${whole[last]} == *=* ]]; then
                whole[last]+="="
                glued=yes
                ((at == COMP_CWORD)) && strip="${whole[last]}"
                continue
            fi
            ((at == COMP_CWORD)) || continue
        elif [[ $glued ]]; then
            ((at == COMP_CWORD)) && strip="${whole[last]}"
            whole[last]+="${words[at]}"
            glued=""
            continue
        fi
        whole[++last]="${words[at]}"
    done
    ((COMP_CWORD < ${#words[@]})) && words=("${whole[@]}") && _CLAP_COMPLETE_INDEX=$last
"#;
    const STRIPS: &str = "    COMPREPLY=(\"${COMPREPLY[@]#\"$strip\"}\")\n";
    script.replacen(ASKS, &format!("{JOINS}{ASKS}"), 1).replacen(ENDS, &format!("{ENDS}{STRIPS}"), 1)
}

/// The value of an option of every command, in the line that is to be completed.
fn typed(option: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "the command line that is to be completed")]
    let words: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let is_joined = |word: &String| word.strip_prefix(option)?.strip_prefix('=').map(str::to_owned);
    let after = words.iter().position(|word| word == option).and_then(|place| words.get(place + 1).cloned());
    words.iter().find_map(is_joined).or(after).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The project here, or the one that the line names, if it can be read.
fn project() -> Option<Project> {
    let named = typed("--config").or_else(|| variable("CORRIDOR_CONFIG").map(PathBuf::from));
    let store = typed("--store").or_else(|| variable("CORRIDOR_STORE").map(PathBuf::from));
    let project = Project::load(named.as_deref(), &std::env::current_dir().ok()?).ok()?;
    Some(project.with_store(store))
}

fn candidates<T: ToString>(names: impl IntoIterator<Item = T>) -> Vec<CompletionCandidate> {
    names.into_iter().map(|name| CompletionCandidate::new(name.to_string())).collect()
}

/// Those of `names` that begin as what was typed does; where there is none, what `otherwise` finds.
fn beginning(
    names: Vec<CompletionCandidate>,
    typed: &OsStr,
    otherwise: impl FnOnce() -> Vec<CompletionCandidate>,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let mut names = names;
    names.retain(|name| name.get_value().to_string_lossy().starts_with(&*typed));
    if names.is_empty() { otherwise() } else { names }
}

pub(super) fn rules() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(RuleSet::ALL))
}

pub(super) fn presets() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(Preset::ALL))
}

pub(super) fn findings() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(FindingId::ALL))
}

pub(super) fn parts() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(Part::ALL))
}

pub(super) fn gate_rules() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(RuleId::ALL))
}

pub(super) fn traffic() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(generate::Preset::ALL))
}

pub(super) fn knobs() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(Knob::ALL.iter().map(|knob| format!("{}=", knob.as_str()))))
}

/// Names of the corridor's variables.
pub(super) fn variables() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(VARIABLES))
}

/// The same, to be followed by a value.
pub(super) fn settings() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(VARIABLES.iter().map(|name| format!("{name}="))))
}

/// Kinds of filters, and the values of those that have a few.
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
        let policy = text.and_then(|text| Policy::parse(&text).ok()).unwrap_or_default();
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

/// The same, and files where none begins as what was typed does.
pub(super) fn corpora_or_files() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        beginning(corpus_names(), typed, || PathCompleter::file().stdio().complete(typed))
    })
}

/// What a run may be called: `latest-RULES`, and the beginnings of the names of runs.
fn run_names() -> Vec<CompletionCandidate> {
    let project = project();
    let owner = project.as_ref().map(Project::owner).unwrap_or_default();
    let entries = project.and_then(|project| std::fs::read_dir(project.runs()).ok());
    let names = entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let is_digest = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = |name: String| match pointer_of(&name) {
        Some(Ok((rules, found))) => (found == owner).then(|| format!("latest-{rules}")),
        Some(Err(_)) => None,
        None => name.get(..DIGITS).filter(|_| is_digest(&name)).map(str::to_owned),
    };
    let mut names: Vec<String> = names.filter_map(short).collect();
    names.sort_unstable_by(|one, other| (!one.starts_with('l'), one).cmp(&(!other.starts_with('l'), other)));
    names.dedup();
    candidates(names)
}

/// Names of stored runs, and folders where none begins as what was typed does.
pub(super) fn runs() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| beginning(run_names(), typed, || PathCompleter::dir().complete(typed)))
}
