//! `corridor review`: settles pending changes on a terminal, group by group, with one key each.
//!
//! Each settlement is carried out at once, so a review can be stopped at any moment and continued later with the groups that
//! are still pending.

use super::super::args::{EnvironmentArgs, ExplainArgs, Format, PendingArgs, ReviewArgs};
use super::super::exit::{Exit, Failure};
use super::super::explain;
use super::super::others::Others;
use super::super::output::Output;
use super::super::person::{Person, UNKNOWN};
use super::super::project::Project;
use super::accept::{refuse_stale, tell};
use super::interrupted::{failure, refused};
use super::pending::{list, pending, shown};
use super::plan::{groups, of_group};
use super::selection::{narrowed, nothing_pending, selected};
use crate::golden::{
    ChangeKind, GoldenError, Group, GroupName, Orphans, Pending, SettlementAction, Signature, SnapshotName, Store,
};
use crate::report::escape::{self, is_hidden, width};
use crate::report::{GroupView, write_change_group};
use console::{Key, Term};
use std::io::{self, IsTerminal};

/// Most cases that are listed; a command for the rest is named.
const LISTED: u64 = 100;

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Accept,
    Prune,
    Reject,
    Skip,
    AcceptAll,
    RejectAll,
    SkipAll,
    Explain,
    List,
    Quit,
    Help,
}

impl Choice {
    const fn of(key: char) -> Self {
        match key {
            'a' => Self::Accept,
            'p' => Self::Prune,
            'r' => Self::Reject,
            's' => Self::Skip,
            'A' => Self::AcceptAll,
            'R' => Self::RejectAll,
            'S' => Self::SkipAll,
            'e' => Self::Explain,
            'l' => Self::List,
            'q' => Self::Quit,
            _ => Self::Help,
        }
    }
}

const PROMPT: &str = "[a]ccept [r]eject [s]kip [e]xplain [l]ist [q]uit [?]  ";

const HELP: &str = "\
a  accept: golden becomes what was found  A  this one and all that follow
r  reject: golden stays as it is          R  this one and all that follow
s  skip: it stays pending                 S  this one and all that follow
e  explain a case, step by step           l  list the cases
q  quit; what was settled stays settled   ?  this help
p  prune: where the command is missing, remove its golden entry
";

/// Runs the subcommand.
pub(in crate::cli) fn review(
    args: &ReviewArgs,
    project: &Project,
    output: &Output,
    person: &Person,
) -> Result<Exit, Failure> {
    let term = Term::stdout();
    if !(term.is_term() && std::io::stdin().is_terminal()) {
        let listing = PendingArgs { snapshots: args.snapshots.clone(), groups: Vec::new(), format: Format::Text };
        let exit = pending(&listing, project, output)?;
        if exit != Exit::Clean {
            output.note("note: this is no terminal: the commands above do what a review does");
        }
        return Ok(exit);
    }
    person.refuse_under_ci()?;
    let store = Store::new(project.golden(args.snapshots.golden.as_deref()));
    if let Some(interrupted) = store.interrupted()? {
        return Err(refused(&interrupted, &store, &project.carried(args.snapshots.golden.as_deref())));
    }
    let pending = selected(&store, &args.snapshots, project)?;
    let found = groups(&pending)?;
    let groups = found.groups();
    if groups.is_empty() {
        let (text, exit) = nothing_pending(&store, &args.snapshots, project)?;
        output.result(&format!("{text}\n"))?;
        return Ok(exit);
    }
    let mut review = Review {
        store: &store,
        pending: &pending,
        project,
        args,
        output,
        person,
        term,
        following: None,
        prunes: false,
    };
    let mut left = 0;
    let mut is_over = false;
    for (place, group) in groups.iter().enumerate() {
        if is_over {
            left += 1;
            continue;
        }
        match review.judge(group, place + 1, groups.len())? {
            Judged::Settled => {}
            Judged::Left => left += 1,
            Judged::Quit => (left, is_over) = (left + 1, true),
        }
    }
    let settled = groups.len() - left;
    let go_on = if left > 0 {
        format!("; `{}` goes on", narrowed("review", &args.snapshots, project, ""))
    } else {
        String::new()
    };
    output.result(&format!("{settled} of {} groups settled, {left} left{go_on}\n", groups.len()))?;
    if person.name == UNKNOWN && settled > 0 {
        output.note("note: the ledger names nobody: set CORRIDOR_USER");
    }
    Ok(if left > 0 { Exit::Found } else { Exit::Clean })
}

/// The result for one group.
enum Judged {
    Settled,
    Left,
    Quit,
}

/// The choice for all groups that follow.
enum Following {
    Settle(SettlementAction, Option<String>),
    Skip,
}

struct Review<'a> {
    store: &'a Store,
    pending: &'a [Pending<'a>],
    project: &'a Project,
    args: &'a ReviewArgs,
    output: &'a Output,
    person: &'a Person,
    term: Term,
    following: Option<Following>,
    /// Whether the entries of the current group may be removed from golden.
    prunes: bool,
}

fn is_in(group: &Group, name: &SnapshotName) -> bool {
    let name = name.to_string();
    group.parts.iter().any(|part| part.snapshot == name)
}

impl Review<'_> {
    fn judge(&mut self, group: &Group, place: usize, of: usize) -> Result<Judged, Failure> {
        self.output.result(&format!("\n{place} of {of}\n"))?;
        self.prunes = false;
        let view = GroupView::of(group, &shown());
        self.output.report(|out| write_change_group(&view, self.output.layout(), out))?;
        for pending in self.pending.iter().filter(|pending| is_in(group, pending.name())) {
            let found_in = pending.decisions()?.found_in();
            if !found_in.is_empty() {
                self.output.result(&format!("{}{found_in}\n", escape::visible(&pending.name().to_string())))?;
            }
        }
        match &self.following {
            Some(Following::Skip) => return Ok(Judged::Left),
            Some(Following::Settle(action, reason)) => return self.settle(*action, group, reason.as_deref()),
            None => {}
        }
        let mut explained = 0;
        loop {
            Self::forget_keys();
            self.output.result(PROMPT)?;
            let choice = self.key();
            self.output.result("\n")?;
            match choice {
                Choice::Skip => return Ok(Judged::Left),
                Choice::SkipAll => {
                    self.following = Some(Following::Skip);
                    return Ok(Judged::Left);
                }
                Choice::Quit => return Ok(Judged::Quit),
                Choice::Help => self.output.result(HELP)?,
                Choice::List => self.list(group)?,
                Choice::Explain => {
                    self.explain(group, explained);
                    explained += 1;
                }
                Choice::Accept | Choice::Prune | Choice::AcceptAll | Choice::Reject | Choice::RejectAll => {
                    self.prunes = choice == Choice::Prune;
                    let accepts = matches!(choice, Choice::Accept | Choice::Prune | Choice::AcceptAll);
                    let action = if accepts { SettlementAction::Accept } else { SettlementAction::Reject };
                    if let Some(problem) = self.objection(action, group, Some("")) {
                        self.output.result(&format!("{problem}\n"))?;
                        continue;
                    }
                    let is_needed = accepts && group.severity().needs_reason();
                    let Some(reason) = self.reason(is_needed)? else {
                        self.output.result("nothing was settled\n")?;
                        continue;
                    };
                    let reason = Some(reason).filter(|reason| !reason.is_empty());
                    if let Some(problem) = self.objection(action, group, reason.as_deref()) {
                        self.output.result(&format!("{problem}\n"))?;
                        continue;
                    }
                    if matches!(choice, Choice::AcceptAll | Choice::RejectAll) {
                        self.following = Some(Following::Settle(action, reason.clone()));
                    }
                    return self.settle(action, group, reason.as_deref());
                }
            }
        }
    }

    /// Why a group cannot be settled this way, if so.
    fn objection(&self, action: SettlementAction, group: &Group, reason: Option<&str>) -> Option<&'static str> {
        if action == SettlementAction::Reject {
            None
        } else if group.shape.kind == ChangeKind::Missing && !(self.args.prune || self.prunes) {
            Some("not accepted: `p` removes entries without a command from golden")
        } else if group.severity().needs_reason() && reason.is_none() {
            Some("not accepted: what is newly regressed, newly broken or missing needs a reason")
        } else {
            None
        }
    }

    fn settle(&self, action: SettlementAction, group: &Group, reason: Option<&str>) -> Result<Judged, Failure> {
        if let Some(problem) = self.objection(action, group, reason) {
            self.output.result(&format!("{problem}\n"))?;
            return Ok(Judged::Left);
        }
        let files = of_group(self.pending, group);
        if action == SettlementAction::Accept && group.shape.kind == ChangeKind::Missing {
            files.iter().try_for_each(|(name, _)| refuse_stale(self.store, name, self.project))?;
        }
        let now = (self.person.now)();
        let signature = Signature { at: &now, who: &self.person.name, reason };
        match self.store.settle(action, &files, Orphans::Pruned, signature) {
            Ok(settled) => settled.iter().try_for_each(|settled| tell(action, settled, self.output))?,
            // Another process replayed or settled meanwhile: what is pending now is for the next review.
            Err(error @ (GoldenError::Regrouped(_) | GoldenError::NothingPending(_))) => {
                self.output.diagnostic(&Failure::from(error).shown());
                return Ok(Judged::Left);
            }
            Err(error) => {
                return Err(failure(error, self.store, &self.project.carried(self.args.snapshots.golden.as_deref())));
            }
        }
        Ok(Judged::Settled)
    }

    /// Reads one key; a closed terminal ends the review.
    fn key(&self) -> Choice {
        match self.term.read_key() {
            Ok(Key::Char(key)) => Choice::of(key),
            Ok(Key::Escape | Key::CtrlC) | Err(_) => Choice::Quit,
            Ok(_) => Choice::Help,
        }
    }

    /// The reason of the command line, or one line, which may be blank; `None` if the user goes back.
    fn reason(&self, is_needed: bool) -> Result<Option<String>, Failure> {
        if let Some(reason) = &self.args.reason {
            return Ok(Some(reason.clone()));
        }
        let blank = if is_needed { "needed here" } else { "may be empty" };
        self.output.result(&format!("why? (one line for the ledger, {blank}; Escape: back)  "))?;
        let line = self.line();
        self.output.result("\n")?;
        line.map_err(|error| Failure::input(format!("cannot read the reason: {error}")))
    }

    /// Reads one line, key by key; `None` if the user goes back.
    fn line(&self) -> io::Result<Option<String>> {
        let mut line = String::new();
        loop {
            let key = self.term.read_key()?;
            if key == Key::Enter {
                return Ok(Some(line.trim().to_owned()));
            } else if key == Key::Escape {
                return Ok(None);
            } else if key == Key::Backspace {
                if let Some(last) = line.pop() {
                    self.term.clear_chars(width(last.encode_utf8(&mut [0; 4])))?;
                }
            } else if let Key::Char(key) = key
                && !is_hidden(key)
            {
                line.push(key);
                self.term.write_str(key.encode_utf8(&mut [0; 4]))?;
            }
        }
    }

    /// Drops keys that were typed before the group was shown.
    fn forget_keys() {
        #[cfg(unix)]
        // An error means that there is no terminal, which reading the next key reports.
        let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
    }

    fn list(&self, group: &Group) -> Result<(), Failure> {
        let left = list(self.pending, group, Some(LISTED), self.output)?;
        if left > 0 {
            let name = GroupName::of(&group.fingerprint, &group.members);
            let group = format!(" --group {name}");
            let all = narrowed("pending", &self.args.snapshots, self.project, &group);
            self.output.result(&format!("and {left} more: {all}\n"))?;
        }
        Ok(())
    }

    /// Explains the representative whose turn it is.
    fn explain(&self, group: &Group, turn: usize) {
        let case = group.representatives.get(turn % group.representatives.len().max(1));
        let Some((snapshot, change)) = case else { return };
        let Some((rules, corpus)) = snapshot.split_once('/') else { return };
        let Ok(rules) = rules.parse() else { return };
        let args = ExplainArgs {
            target: vec![corpus.to_owned(), change.command_id.clone()],
            rules,
            environment: EnvironmentArgs::default(),
            golden: self.args.snapshots.golden.clone(),
            full: false,
        };
        let Some(after) = &change.after else {
            self.output.diagnostic("the command is missing from its corpus: only its golden entry is left");
            return;
        };
        // A change that cannot be explained, because its corpus has changed, can still be settled.
        let name = SnapshotName::new(args.rules.as_str(), corpus).ok();
        let others = name.and_then(|name| Others::of_pending(&name, self.store)).unwrap_or(Others::None);
        match explain::explain(&args, self.project, self.output, Some(others)) {
            Ok(entry) if entry == *after => {}
            Ok(_) => self.output.diagnostic(
                "note: this is not what is pending: that was found in another environment, in another corpus than it is now, or in decisions of another implementation",
            ),
            Err(failure) => self.output.diagnostic(&failure.shown()),
        }
    }
}
