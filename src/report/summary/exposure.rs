//! Exposure at each rate, the worst cases by name, and the effects of accepted candidates on the items.

use super::super::cap::capped;
use super::super::number::{grouped, listed, marked, rate};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::table::Table;
use super::Scope;
use crate::outcome::{Divergence, Effect};
use crate::summary::{CorpusSummary, NamedCase, Role, RoleTotals, Severity, Stage, Summary};
use std::collections::BTreeMap;
use std::io;

/// Worst cases that are named per role.
const NAMED: usize = 6;

pub(super) fn write(page: &mut Page, scope: Scope) -> io::Result<()> {
    for totals in &scope.summary.roles {
        let is_wanted = match totals.role {
            Role::Representative | Role::Adversarial => true,
            Role::Edge => scope.is_full(),
        };
        if is_wanted && totals.stages.iter().any(|stage| stage.exposed() > 0) {
            stages(page, scope, totals)?;
        }
    }
    Ok(())
}

fn stages(page: &mut Page, scope: Scope, totals: &RoleTotals) -> io::Result<()> {
    let corpora: Vec<_> = scope.summary.corpora.iter().filter(|corpus| corpus.role == totals.role).collect();
    let title = scope.title(&format!("exposure at each rate, {}", totals.role));
    page.heading(
        &title,
        &format!("({}; users are counted per corpus)", listed(corpora.iter().map(|corpus| &corpus.name))),
    )?;
    page.table(&[stage_table(totals), table(totals, "other\nchanges"), table(totals, "other\nchanges").gap(1)])?;
    worst(page, scope, &corpora)
}

/// Exposure at each rate, with divergence classes.
pub(in crate::report) fn stage_table(totals: &RoleTotals) -> Table {
    table(totals, "other changes")
}

fn table(totals: &RoleTotals, other: &str) -> Table {
    let mut table = Table::new(["rate", "commands", "users", "accepted", "regressed", "improved", other]);
    for stage in &totals.stages {
        let classes = &stage.classes;
        let of = |class| classes.of(class);
        let other = of(Divergence::BothRight) + of(Divergence::BothWrong) + of(Divergence::Unlabelled);
        table.row(vec![
            name_of(stage).into(),
            grouped(stage.exposed()).into(),
            grouped(stage.users).into(),
            grouped(classes.accepted()).into(),
            marked(of(Divergence::Regressed), Tone::Bad),
            marked(of(Divergence::Improved), Tone::Good),
            grouped(other).into(),
        ]);
    }
    table
}

/// The rate; `all` for the whole traffic.
pub(in crate::report) fn name_of(stage: &Stage) -> String {
    if stage.rate >= 1.0 { "all".to_owned() } else { rate(stage.rate) }
}

/// Names the worst cases, the most severe and then the first exposed ones first.
fn worst(page: &mut Page, scope: Scope, corpora: &[&CorpusSummary]) -> io::Result<()> {
    let mut cases: Vec<(&NamedCase, usize, &str, String)> = Vec::new();
    for corpus in corpora {
        // A case is in every stage from its first one on, unless worse cases displace it.
        let mut first = BTreeMap::<&NamedCase, (usize, String)>::new();
        for (number, stage) in corpus.counts.stages.iter().enumerate() {
            for case in stage.worst.iter() {
                first.entry(case).or_insert_with(|| (number, name_of(stage)));
            }
        }
        cases.extend(first.into_iter().map(|(case, (number, rate))| (case, number, corpus.name.as_str(), rate)));
    }
    cases.sort_by(|(case, number, ..), (other, others, ..)| {
        (case.severity, number, *case).cmp(&(other.severity, others, *other))
    });
    let shown = if scope.is_full() { cases.len() } else { NAMED };
    let mut table = Table::of_words();
    let mut named = 0;
    for (case, _, corpus, from) in cases.into_iter().take(shown) {
        let id = if corpora.len() > 1 { format!("{corpus}:{}", case.command_id) } else { case.command_id.clone() };
        let tone = match case.severity {
            Severity::Broken | Severity::Regressed => Tone::Bad,
            Severity::BothWrong | Severity::Unlabelled => Tone::Warning,
        };
        named += u64::from(matches!(case.severity, Severity::Broken | Severity::Regressed));
        let from = if from == "all" { "at rate 1 only".to_owned() } else { format!("from rate {from}") };
        table.row(vec![
            Tone::Code.of(capped(&id)),
            tone.of(case.severity.as_str()),
            case.effect.map_or("", Effect::as_str).into(),
            Tone::Faint.of(from),
        ]);
    }
    page.table(&[table])?;
    let bad = |corpus: &&CorpusSummary| {
        corpus.counts.classes.of(Divergence::Regressed) + corpus.counts.classes.of(Divergence::Broken)
    };
    let all: u64 = corpora.iter().map(bad).sum();
    let left = all.saturating_sub(named);
    if left > 0 {
        let text = format!("and {} more of class regressed or broken, in the run's outcomes.jsonl", grouped(left));
        page.paragraph(2, &[Tone::Faint.of(text)])?;
    }
    Ok(())
}

/// The effects of accepted candidates on the items, by role.
pub(super) fn effects(page: &mut Page, scope: Scope) -> io::Result<()> {
    let Some(table) = effect_table(scope.summary) else { return Ok(()) };
    page.heading(&scope.title("effects on the items"), EFFECTS)?;
    page.table(&[table])
}

/// What the table of effects counts.
pub(in crate::report) const EFFECTS: &str = "(accepted decisions that differ; one with two effects counts in both)";

/// Accepted decisions by effect and role; `None` where no candidate changed an item.
pub(in crate::report) fn effect_table(summary: &Summary) -> Option<Table> {
    let mut heads = vec![String::new()];
    heads.extend(summary.roles.iter().map(|totals| totals.role.to_string()));
    let mut table = Table::new(heads);
    let mut is_empty = true;
    for effect in Effect::ALL {
        let of = |totals: &RoleTotals| totals.effects.iter().find(|(known, _)| known == effect);
        let counts: Vec<u64> = summary.roles.iter().map(|totals| of(totals).map_or(0, |(_, count)| count)).collect();
        if counts.iter().any(|count| *count > 0) {
            is_empty = false;
            let cells = counts.into_iter().map(|count| Span::from(grouped(count)));
            table.row(std::iter::once(Span::from(effect.as_str())).chain(cells).collect());
        }
    }
    (!is_empty).then_some(table)
}
