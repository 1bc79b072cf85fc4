//! `corridor pending`: lists the groups of pending changes, or the cases of some groups.

use super::super::args::{Format, PendingArgs};
use super::super::exit::{Exit, Failure};
use super::super::output::Output;
use super::super::project::Project;
use super::interrupted::note;
use super::plan::{groups, named};
use super::selection::{listing, narrowed, nothing_pending, selected};
use crate::golden::{Group, Groups, Pending, Store};
use crate::report::{
    CaseView, ChangesView, GroupView, JSON_FORMAT, PendingFile, PendingView, Shown, shell::word, write_case_line,
    write_document, write_pending,
};

/// Runs the subcommand.
pub(in crate::cli) fn pending(args: &PendingArgs, project: &Project, output: &Output) -> Result<Exit, Failure> {
    let store = Store::new(project.golden(args.snapshots.golden.as_deref()));
    let interrupted = note(&store, &project.carried(args.snapshots.golden.as_deref()), output)?;
    let pending = selected(&store, &args.snapshots, project)?;
    let found = groups(&pending)?;
    if args.groups.is_empty() {
        show(&store, &pending, &found, args, (project, interrupted), output)?;
    } else {
        let groups = found.groups();
        for name in &args.groups {
            let group = named(&groups, name, &listing(&args.snapshots, project))?;
            list(&pending, group, None, output)?;
        }
    }
    Ok(match found.counts().total() {
        0 if pending.is_empty() => nothing_pending(&store, &args.snapshots, project)?.1,
        0 => Exit::Clean,
        _ => Exit::Found,
    })
}

/// The labels of both sides of a pending change.
pub(super) fn shown() -> Shown {
    Shown { before: "golden".to_owned(), after: "now".to_owned(), options: String::new(), redacted: false }
}

fn show(
    store: &Store,
    pending: &[Pending],
    groups: &Groups,
    args: &PendingArgs,
    (project, interrupted): (&Project, bool),
    output: &Output,
) -> Result<(), Failure> {
    let shown = shown();
    let groups: Vec<_> = groups.groups().iter().map(|group| GroupView::of(group, &shown)).collect();
    let count = |snapshot: &str| {
        let parts = groups.iter().flat_map(|group| &group.parts).filter(|part| part.snapshot == snapshot);
        parts.map(|part| part.count).sum()
    };
    let file = |pending: &Pending| {
        let [golden, path] = [store.golden_path(pending.name()), store.pending_path(pending.name())];
        let snapshot = pending.name().to_string();
        let changes = count(&snapshot);
        let comparing = format!("git diff --no-index {} {}", word(&golden), word(&path));
        let decisions = pending.decisions()?;
        let [golden, pending] = [golden, path].map(|path| path.display().to_string());
        Ok(PendingFile { snapshot, golden, pending, changes, decisions, comparing })
    };
    let files = pending.iter().map(file).collect::<Result<Vec<_>, Failure>>()?;
    let total = groups.iter().map(|group| group.count).sum();
    let Shown { before, after, options, .. } = shown;
    let headline = match total {
        0 if pending.is_empty() => nothing_pending(store, &args.snapshots, project)?.0,
        0 => "nothing is pending".to_owned(),
        1 => "1 pending change".to_owned(),
        total => format!("{total} pending changes"),
    };
    let changes = ChangesView {
        before,
        after,
        pending: true,
        headline,
        compared: None,
        not_compared: 0,
        partial: false,
        options,
        unchanged: None,
        changed: total,
        groups,
        notes: Vec::new(),
    };
    let view = PendingView { format: JSON_FORMAT, files, changes, interrupted };
    let settling = |verb: &str, more: &str| narrowed(verb, &args.snapshots, project, more);
    match args.format {
        Format::Json => output.report(|out| write_document(&view, out)),
        Format::Text => output.report(|out| write_pending(&view, &settling, output.layout(), out)),
    }
}

/// Lists the members of a group, up to `limit`; returns how many were not listed.
pub(super) fn list(pending: &[Pending], group: &Group, limit: Option<u64>, output: &Output) -> Result<u64, Failure> {
    let shown = shown();
    let mut listed = 0;
    for pending in pending {
        let snapshot = pending.name().to_string();
        if group.parts.iter().all(|part| part.snapshot != snapshot) {
            continue;
        }
        for change in pending.changes()? {
            let change = change?;
            if change.shape != *group.shape {
                continue;
            }
            if limit.is_some_and(|limit| listed >= limit) {
                return Ok(group.count.saturating_sub(listed));
            }
            if let Some(case) = CaseView::changed(&snapshot, &change, &[], &group.fingerprint, &shown) {
                output.report(|out| write_case_line(&case, output.layout(), out))?;
            }
            listed += 1;
        }
    }
    Ok(0)
}
