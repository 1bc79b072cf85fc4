//! Short tables of classes and of exposure, by role. They contain no text from outside.

use super::super::RunView;
use crate::outcome::Divergence;
use crate::report::number::grouped;
use crate::report::summary::name_of;
use crate::summary::{ClassCounts, Role};
use std::fmt::Display;

/// Both tables, in a closed `details` element; empty where there is no run.
pub(super) fn tables(runs: &[RunView]) -> String {
    if runs.is_empty() {
        return String::new();
    }
    format!(
        "<details><summary>Classes, and exposure at each rate</summary>\n\n{}\n{}\n</details>\n",
        classes(runs),
        exposure(runs)
    )
}

fn classes(runs: &[RunView]) -> String {
    let found = |class: &Divergence| runs.iter().any(|run| run.summary.of_class(*class) > 0);
    let shown: Vec<_> = Divergence::ALL.iter().copied().filter(found).collect();
    let heads = ["rules", "role", "recordings"].into_iter().chain(shown.iter().map(|class| class.as_str()));
    let rows = runs.iter().flat_map(|run| run.summary.roles.iter().map(move |role| (run.summary.rules, role)));
    let rows = rows.map(|(rules, totals)| {
        let counts = shown.iter().map(|class| grouped(totals.classes.of(*class)));
        [rules.to_string(), totals.role.to_string(), grouped(totals.recordings)].into_iter().chain(counts).collect()
    });
    table(heads, 2, rows)
}

fn exposure(runs: &[RunView]) -> String {
    let heads = ["rules", "role", "rate", "commands", "users", "accepted", "regressed", "improved"];
    let rows = runs.iter().flat_map(|run| run.summary.roles.iter().map(move |role| (run.summary.rules, role)));
    // Rates over edge cases mean nothing.
    let rows = rows.filter(|(_, totals)| totals.role != Role::Edge);
    let rows = rows.flat_map(|(rules, totals)| totals.stages.iter().map(move |stage| (rules, totals.role, stage)));
    let rows = rows.map(|(rules, role, stage)| {
        let of = |count: fn(&ClassCounts) -> u64| grouped(count(&stage.classes));
        vec![
            rules.to_string(),
            role.to_string(),
            name_of(stage),
            grouped(stage.exposed()),
            grouped(stage.users),
            of(ClassCounts::accepted),
            of(|classes| classes.of(Divergence::Regressed)),
            of(|classes| classes.of(Divergence::Improved)),
        ]
    });
    table(heads, 2, rows)
}

/// A table whose first `words` columns are words, and the others numbers.
fn table<H: Display>(
    heads: impl IntoIterator<Item = H>,
    words: usize,
    rows: impl Iterator<Item = Vec<String>>,
) -> String {
    let heads: Vec<_> = heads.into_iter().map(|head| head.to_string()).collect();
    let rule: Vec<_> = (0..heads.len()).map(|column| if column < words { "---" } else { "--:" }.to_owned()).collect();
    [heads, rule].into_iter().chain(rows).fold(String::new(), |text, row| text + "| " + &row.join(" | ") + " |\n")
}
