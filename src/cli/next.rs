//! The commands that are suggested after a replay, ready to be pasted into a shell.

use super::args::EnvironmentArgs;
use super::plan::Plan;
use super::project::Project;
use crate::decide::RuleSet;
use crate::golden::ChangeKind;
use crate::model::Decisions;
use crate::preflight::{VARIABLE_TABLE, Written};
use crate::report::shell::{REASON, can_be_typed, command, word};
use crate::summary::{CorpusSummary, GoldenResult, Summary};
use std::cmp::Reverse;
use std::path::Path;

impl Project {
    /// The options that select this project, its runs and golden files, each after a space. Every printed command needs them.
    pub(super) fn carried(&self, golden: Option<&Path>) -> String {
        let named =
            [("--config", self.named.as_deref()), ("--store", self.named_store.as_deref()), ("--golden", golden)];
        let given = named.into_iter().filter_map(|(flag, path)| Some(format!(" {flag} {}", word(path?))));
        given.collect()
    }
}

impl Plan<'_> {
    /// The options that make `explain` decide as this replay did.
    fn what_if_options(&self) -> String {
        let EnvironmentArgs { variables, unset, recorded_environment, as_deployed } = &self.args.environment;
        let set = variables.iter().map(|(name, value)| {
            let known = VARIABLE_TABLE.iter().find(|known| known.name == name);
            let is_shown = known.is_some_and(|known| match Written::of(known, Some(value)) {
                Written::Shown(shown) => shown == *value,
                Written::Empty => true,
                Written::Unset | Written::Hidden => false,
            });
            let value = if is_shown { value } else { "…" };
            format!(" --env {}", word(format!("{name}={value}")))
        });
        let unset = unset.iter().map(|name| format!(" --unset {}", word(name)));
        let flag = |is_set: bool, flag: &str| if is_set { format!(" {flag}") } else { String::new() };
        let flags = [flag(*recorded_environment, "--recorded-environment"), flag(*as_deployed, "--as-deployed")];
        set.chain(unset).chain(flags).collect()
    }

    /// The suggested commands, with remarks after `#`.
    pub(super) fn next_commands(&self, summaries: &[Summary]) -> Vec<String> {
        let mut next = Vec::new();
        let carried = self.project.carried(self.args.golden.as_deref());
        let bare = |verb: &str, more: &str| command::<&str>(verb, &[], &format!("{carried}{more}"));
        let results = || summaries.iter().flat_map(|summary| &summary.corpora).map(|corpus| &corpus.golden);
        if results().any(|golden| matches!(golden, GoldenResult::Compared { pending: true, .. })) {
            next.push(format!("{}  # without a terminal: {}", bare("review", ""), bare("pending", "")));
            if self.effective.what_if {
                let remark = "a what-if; accept only what the project's environment will hold";
                next.push(format!("{}  # {remark}", bare("reject", "")));
            }
        }
        // `accept --new` uses the latest run, which never has foreign decisions.
        if results().any(|golden| matches!(golden, GoldenResult::Absent))
            && summaries.iter().all(Summary::is_complete)
            && self.decisions() == Decisions::Ours
            && self.corpora.iter().all(|corpus| corpus.of_project)
        {
            let remark = "make golden of this run where there is none";
            next.push(format!("{}  # {remark}", bare("accept --new", REASON)));
        }
        next.extend(self.explanation(summaries, &carried));
        next
    }

    /// The command that explains the worst case that changed or, if none did, the worst case of the corpora without golden.
    fn explanation(&self, summaries: &[Summary], carried: &str) -> Option<String> {
        // `explain` shows our own decision, not a foreign one.
        if self.decisions() == Decisions::Foreign {
            return None;
        }
        let (summary, corpus, id) = worst_change(summaries).or_else(|| worst_unknown(summaries))?;
        let typed = self.corpora.iter().find(|known| known.name == corpus.name)?.typed.as_ref()?;
        let rules = if summary.rules == RuleSet::Strict { " --rules strict" } else { "" };
        let options = format!("{rules}{}{carried}", self.what_if_options());
        (id.len() <= LONGEST_ID && can_be_typed(id) && can_be_typed(typed))
            .then(|| command("explain", &[typed.as_str(), id], &options))
    }
}

/// The longest id in a suggested command, bytes.
const LONGEST_ID: usize = 1_000;

/// A rule set, a corpus, and an id in it.
type Case<'a> = (&'a Summary, &'a CorpusSummary, &'a str);

fn corpora(summaries: &[Summary]) -> impl Iterator<Item = (&Summary, &CorpusSummary)> {
    summaries.iter().flat_map(|summary| summary.corpora.iter().map(move |corpus| (summary, corpus)))
}

fn worst_change(summaries: &[Summary]) -> Option<Case<'_>> {
    let groups = corpora(summaries).flat_map(|(summary, corpus)| {
        let groups = match &corpus.golden {
            GoldenResult::Compared { groups, .. } => groups.as_slice(),
            GoldenResult::Absent | GoldenResult::Skipped { .. } => &[],
        };
        groups.iter().map(move |group| (summary, corpus, group))
    });
    // A deleted command cannot be explained.
    let groups = groups.filter(|(.., group)| group.shape.kind != ChangeKind::Missing);
    let (summary, corpus, group) =
        groups.min_by_key(|(_, corpus, group)| (group.severity, corpus.role, Reverse(group.count)))?;
    Some((summary, corpus, group.examples.first()?))
}

fn worst_unknown(summaries: &[Summary]) -> Option<Case<'_>> {
    let unknown = corpora(summaries).filter(|(_, corpus)| !matches!(corpus.golden, GoldenResult::Compared { .. }));
    let cases = unknown.flat_map(|(summary, corpus)| {
        let stages = corpus.counts.stages.iter().enumerate();
        stages.flat_map(move |(stage, counts)| counts.worst.iter().map(move |case| (summary, corpus, stage, case)))
    });
    let (summary, corpus, _, case) = cases.min_by_key(|(_, corpus, stage, case)| (corpus.role, *stage, *case))?;
    Some((summary, corpus, &case.command_id))
}
