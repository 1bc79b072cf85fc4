//! The verification report: a document with criteria, counts, coverage and planted faults, and how to reproduce them.
//!
//! Its bytes depend on the verification alone, so that comparing files finds an outdated report.

use super::super::escape::in_markdown;
use super::super::number::{counted, grouped};
use super::super::words::capitalised;
use super::{capability, cell, dimensions, end, matrix, one_worker, rules, sentence};
use crate::verify::{Count, CriterionResult, Verification};
use std::io::{self, Write};

/// The beginning of every report.
pub const REPORT_HEAD: &[u8] = b"# Verification report";

/// Writes the report.
pub fn write_verification_report(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(REPORT_HEAD)?;
    writeln!(out, "\n")?;
    writeln!(
        out,
        "Of the partial-trust corridor as built into `corridor` {}, {}, with the corpora below. Written by `corridor verify \
         {}--report`, not by hand; `--check` says whether it is still what comes out.\n",
        verification.tool_version,
        rules(&verification.rules),
        if verification.planted.is_some() { "--planted " } else { "" }
    )?;
    writeln!(out, "**Verdict: {}**. {}.\n", verification.verdict, capitalised(&sentence(verification)))?;
    how_to_read(out)?;
    corpora(verification, out)?;
    for criterion in &verification.criteria {
        write_criterion(criterion, out)?;
    }
    invariants(verification, out)?;
    faults(verification, out)?;
    space(verification, out)?;
    coverage(verification, out)?;
    planted(verification, out)?;
    vacuity(verification, out)
}

fn how_to_read(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "Everything here was executed. *Runs* is how often a check was made, *could fail* how often a corridor without the \
         property would have shown it there (for a fault: a candidate was at hand that is accepted without the fault, and \
         changes the decision), *violations* how often it did not hold. A check that could not fail is not a pass, and is \
         named at the end.\n\n\
         To run it again: `corridor verify` (exit 0 held, 1 failed, 3 vacuous, 5 broken), with `--planted` for the planted \
         faults, `--format json` for every number, and the names of corpora to verify with those alone. To see one command \
         that is named: `corridor explain CORPUS COMMAND_ID`.\n"
    )
}

fn corpora(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| corpus | recordings | SHA-256 |\n|---|---:|---|")?;
    for corpus in &verification.corpora {
        writeln!(out, "| {} | {} | `{}` |", in_markdown(&corpus.name), grouped(corpus.recordings), corpus.digest)?;
    }
    writeln!(out)
}

fn write_criterion(criterion: &CriterionResult, out: &mut dyn Write) -> io::Result<()> {
    let name = criterion.criterion.as_str().to_uppercase();
    writeln!(out, "## {name}: {}\n\nResult: **{}**.\n", criterion.statement, criterion.verdict)?;
    writeln!(out, "| check | what holds | runs | could fail | violations | result |\n|---|---|---:|---:|---:|---|")?;
    for check in &criterion.checks {
        writeln!(out, "| `{}` | {} | {} | {} |", check.check, check.claim, numbers(&check.count), check.verdict)?;
    }
    writeln!(out)?;
    criterion.checks.iter().try_for_each(|check| examples(check.check.as_str(), &check.count, out))
}

/// `runs | could fail | violations`.
fn numbers(count: &Count) -> String {
    format!("{} | {} | {}", grouped(count.runs), grouped(count.opportunities), grouped(count.violations))
}

fn examples(name: &str, count: &Count, out: &mut dyn Write) -> io::Result<()> {
    if count.examples.is_empty() {
        return Ok(());
    }
    writeln!(out, "Violations of `{name}`, the first of {}:\n", grouped(count.violations))?;
    for example in &count.examples {
        writeln!(out, "- {}", in_markdown(example))?;
    }
    writeln!(out)
}

fn invariants(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "## Invariants\n\nWatched in every decision that was made through the checks above (those that serve a command with a risk log \
         excepted).\n"
    )?;
    writeln!(out, "| invariant | runs | could fail | violations | result |\n|---|---:|---:|---:|---|")?;
    for result in &verification.invariants {
        writeln!(out, "| `{}` | {} | {} |", result.invariant, numbers(&result.count), result.verdict)?;
    }
    writeln!(out)?;
    verification.invariants.iter().try_for_each(|row| examples(row.invariant.as_str(), &row.count, out))
}

fn faults(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "## Fault matrix\n\nEach command of the corridor under each fault: commands by corpus, all rule sets added up. In \
         every cell each command kept the decision that it has with the corridor off, and its risk line said what the \
         second column says, or the cell is marked WRONG. The `edge_` rows are no faults: the last good values before one, \
         with a candidate that repeats the baseline.\n"
    )?;
    let names: Vec<_> = verification.corpora.iter().map(|corpus| in_markdown(&corpus.name)).collect();
    writeln!(out, "| fault | ends in | {} |", names.join(" | "))?;
    writeln!(out, "|---|---|{}", "---:|".repeat(names.len()))?;
    for line in matrix(verification) {
        let cells: Vec<_> = line.cells.iter().map(cell).collect();
        let row = line.row;
        writeln!(out, "| `{}`: {} | {} | {} |", row.fault, row.what, end(row), cells.join(" | "))?;
    }
    writeln!(out, "\nIn a queue: {}.\n", one_worker(verification))
}

fn space(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    let space = &verification.state_space;
    writeln!(
        out,
        "## State space\n\nThe corridor as a function of its inputs: {}. All {} were driven through the code, with one \
         concrete representative for each class, and compared with what the rules say about the classes \
         (`state_verdict`, `state_decision`, `state_asked` above).\n",
        dimensions(verification),
        counted(space.combinations, "combination")
    )
}

fn coverage(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "## Coverage\n\nHow often each terminal state was reached: by recordings as they are, by recorded commands \
         under an arranged condition, by combinations of the state space.\n"
    )?;
    writeln!(out, "| rules | status / reason | replayed | arranged | enumerated |\n|---|---|---:|---:|---:|")?;
    let (reachable, unreachable): (Vec<_>, Vec<_>) =
        verification.ways.iter().partition(|way| way.unreachable_because.is_none());
    for way in reachable {
        let numbers = [way.replayed, way.arranged, way.enumerated].map(grouped).join(" | ");
        writeln!(out, "| {} | {} / {} | {numbers} |", way.rules, way.status, way.reason)?;
    }
    writeln!(out, "\nCannot be reached by any command, and were not:\n")?;
    for way in unreachable.iter().filter(|way| Some(&way.rules) == verification.rules.first()) {
        let because = way.unreachable_because.as_deref().unwrap_or_default();
        writeln!(out, "- {} / {}: {because} (reached {} times).", way.status, way.reason, grouped(way.total()))?;
    }
    writeln!(out, "\n{}.\n", capitalised(&capability(verification)))?;
    writeln!(out, "| rules | acceptance rule | applied | refused |\n|---|---|---:|---:|")?;
    for rule in &verification.acceptance_rules {
        let (applied, refused) = (grouped(rule.opportunities), grouped(rule.refused));
        writeln!(out, "| {} | `{}` | {applied} | {refused} |", rule.rules, rule.rule)?;
    }
    writeln!(out)
}

fn planted(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Planted faults\n")?;
    let Some(planted) = &verification.planted else {
        return writeln!(out, "None were planted.\n");
    };
    let survived = planted.iter().filter(|fault| fault.survived()).count() as u64;
    writeln!(
        out,
        "The checks, checked: known-bad corridors, one fault each, built around the real one. Every check above was run \
         against each, with a part of the state space, and so was a replay (`replay_changed`: outcomes are not those that \
         golden holds; `replay_broken`: outcomes of the class `broken`). {} of {} went unnoticed.\n",
        grouped(survived),
        grouped(planted.len() as u64)
    )?;
    writeln!(out, "| fault | the corridor... | noticed by |\n|---|---|---|")?;
    for fault in planted {
        let hazard = fault.hazard.as_ref().map_or_else(String::new, |hazard| format!(" ({hazard})"));
        let catches: Vec<_> =
            fault.caught_by.iter().map(|catch| format!("`{}` {}", catch.by, grouped(catch.times))).collect();
        let noticed = if fault.survived() { "**nothing**".to_owned() } else { catches.join(", ") };
        writeln!(out, "| `{}` | {}{hazard} | {noticed} |", fault.fault, fault.what)?;
    }
    writeln!(out)
}

fn vacuity(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## What could not have failed\n")?;
    if verification.vacuous.is_empty() {
        return writeln!(
            out,
            "Nothing: each check, invariant, fault, acceptance rule and reachable terminal state had its opportunity."
        );
    }
    verification.vacuous.iter().try_for_each(|what| writeln!(out, "- {}", in_markdown(what)))
}
