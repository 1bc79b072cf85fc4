//! First golden files: pending files of the latest run's outcomes, for corpora that have none.

use super::super::args::SnapshotArgs;
use super::super::exit::Failure;
use super::super::output::Output;
use super::super::project::Project;
use crate::golden::{SnapshotName, Store};
use crate::report::escape;
use crate::run::{open_run, stored_corpora};

/// Makes pending files of the latest run's outcomes for corpora without golden.
pub(super) fn make_new(
    store: &Store,
    args: &SnapshotArgs,
    project: &Project,
    output: &Output,
) -> Result<Vec<SnapshotName>, Failure> {
    let mut found = false;
    // Everything is written before anything is published: on an error no rule set changes.
    let mut written = Vec::new();
    for rules in args.rule_sets() {
        let Some(run) = project.latest_run(*rules)? else { continue };
        found = true;
        let inputs = open_run(&run)?.0.inputs;
        let rewritten = project.rewritten_since(&run, &inputs);
        for corpus in stored_corpora(&run, &std::env::temp_dir())? {
            let name = SnapshotName::new(rules.as_str(), &corpus.name)?;
            let is_wanted = args.corpora.is_empty() || args.corpora.contains(&corpus.name);
            if !is_wanted || store.golden_path(&name).exists() {
                continue;
            }
            if rewritten.contains(&corpus.name) {
                let message = format!("the corpus {} has changed since the latest run of {rules}", corpus.name);
                let help = "what it held then would become golden; replay first: `corridor replay`";
                return Err(Failure::input(message).with_help(help));
            }
            let mut pending = store.begin_pending(&name)?;
            for entry in corpus.entries() {
                let (command_id, bytes) = entry?;
                pending.writer().write(&command_id, &bytes)?;
            }
            written.push((name, pending));
        }
    }
    let mut finished = Vec::new();
    let mut made = Vec::new();
    for (name, pending) in written {
        finished.push(pending.finish()?);
        made.push(name);
    }
    store.publish(finished, &[])?;
    for name in &made {
        output.note(&escape::visible(&format!("to be new golden for {name}, from the latest run")));
    }
    if found {
        return Ok(made);
    }
    Err(project.no_run("there is no complete run to make golden of", None))
}
