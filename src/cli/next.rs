//! What a user would type after a replay: commands that do what they say when they are pasted as they are.

use super::args::EnvironmentArgs;
use super::replay::Plan;
use crate::decide::RuleSet;
use crate::summary::{GoldenResult, Summary};

impl Plan<'_> {
    /// The options that make `explain` decide as this replay did.
    fn what_if_options(&self) -> String {
        let EnvironmentArgs { variables, unset, recorded_environment, as_deployed } = &self.args.environment;
        let set = variables.iter().map(|(name, value)| format!(" --env {}", shell_word(&format!("{name}={value}"))));
        let unset = unset.iter().map(|name| format!(" --unset {}", shell_word(name)));
        let flag = |is_set: bool, flag: &str| if is_set { format!(" {flag}") } else { String::new() };
        let flags = [flag(*recorded_environment, "--recorded-environment"), flag(*as_deployed, "--as-deployed")];
        set.chain(unset).chain(flags).collect()
    }

    /// What a user would type next.
    pub(super) fn next_commands(&self, summaries: &[Summary]) -> Vec<String> {
        let mut next = Vec::new();
        let results = || summaries.iter().flat_map(|summary| &summary.corpora).map(|corpus| &corpus.golden);
        if results().any(|golden| matches!(golden, GoldenResult::Compared { pending: true, .. })) {
            let folder = self.args.golden.as_ref();
            let golden = folder
                .map_or_else(String::new, |folder| format!(" --golden {}", shell_word(&folder.display().to_string())));
            next.push(format!("corridor review{golden}   (without a terminal: corridor pending)"));
            if self.effective.what_if {
                next.push(format!(
                    "corridor reject{golden}   (a what-if; accept only what the project's environment will hold)"
                ));
            }
        }
        // It is made of the latest run, which foreign decisions never are.
        if results().any(|golden| matches!(golden, GoldenResult::Absent))
            && summaries.iter().all(Summary::is_complete)
            && self.foreign.is_none()
        {
            next.push(
                "corridor accept --new --reason \"…\"   (make golden of this run where there is none)".to_owned(),
            );
        }
        let worst = summaries.iter().flat_map(|summary| {
            summary
                .corpora
                .iter()
                .flat_map(move |corpus| {
                    corpus.counts.stages.iter().enumerate().map(move |(stage, counts)| (corpus, stage, counts))
                })
                .flat_map(move |(corpus, stage, counts)| {
                    counts.worst.iter().map(move |case| (summary, corpus, stage, case))
                })
        });
        // What our own paths do is not what foreign decisions came from.
        let worst = worst.filter(|_| self.foreign.is_none());
        if let Some((summary, corpus, _, case)) =
            worst.min_by_key(|(_, corpus, stage, case)| (corpus.role, *stage, *case))
        {
            let rules = if summary.rules == RuleSet::Strict { " --rules strict" } else { "" };
            let typed =
                self.corpora.iter().find(|known| known.name == corpus.name).and_then(|known| known.typed.as_ref());
            next.extend(typed.map(|typed| {
                let dashes = if case.command_id.starts_with('-') { " --" } else { "" };
                let options = self.what_if_options();
                format!(
                    "corridor explain{rules}{options}{dashes} {} {}",
                    shell_word(typed),
                    shell_word(&case.command_id)
                )
            }));
        }
        next
    }
}

/// A word as a shell takes it, quoted where it must be.
pub(super) fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
