//! The first lines of a run: its title, warnings, changes against golden, and notes; and the comparison of two rule sets.

use super::super::number::{counted, grouped, listed, was_or_were};
use super::super::page::Page;
use super::super::style::{Span, Tone};
use super::super::words;
use crate::outcome::Divergence;
use crate::summary::{ClassCounts, Decisions, GoldenResult, Role, Sampling, Summary};
use std::cmp::Ordering;
use std::io;

pub(super) fn write(page: &mut Page, summary: &Summary) -> io::Result<()> {
    page.paragraph(0, &title(summary))?;
    for line in warnings(summary).iter().chain(&against_golden(summary)).chain([&accepted(summary)]) {
        page.paragraph(2, line)?;
    }
    remarks(summary).iter().try_for_each(|line| page.paragraph(2, line))
}

/// Warnings: foreign decisions, broken invariants.
pub(in crate::report) fn warnings(summary: &Summary) -> Vec<Vec<Span>> {
    let mut lines = Vec::new();
    match summary.decisions {
        Decisions::Ours => {}
        Decisions::Foreign => {
            let text =
                "these decisions come from another implementation; this program judged them, it did not make them";
            lines.push(vec![Tone::Warning.of(text)]);
        }
    }
    let broken = summary.of_class(Divergence::Broken);
    if broken > 0 {
        let text = format!("{} broke an invariant; this is always fatal", counted(broken, "command"));
        lines.push(vec![Tone::Bad.of(text)]);
    }
    lines
}

/// What limits the numbers: undeclared roles, incompleteness, notes.
pub(in crate::report) fn remarks(summary: &Summary) -> Vec<Vec<Span>> {
    let mut lines = Vec::new();
    let undeclared: Vec<_> =
        summary.corpora.iter().filter(|corpus| !corpus.role_declared).map(|corpus| corpus.name.as_str()).collect();
    if !undeclared.is_empty() {
        let text = format!("no role is declared for {}: counted as edge", listed(&undeclared));
        lines.push(vec![Tone::Warning.of("note: "), text.into()]);
    }
    let incomplete = summary.incomplete_because.iter().map(|because| ("not complete: ", because));
    let notes = summary.notes.iter().map(|note| ("note: ", note));
    lines.extend(incomplete.chain(notes).map(|(label, text)| vec![Tone::Warning.of(label), text.clone().into()]));
    lines
}

/// The title of a run.
pub(in crate::report) fn title(summary: &Summary) -> Vec<Span> {
    let dot = || Tone::Faint.of("\u{a0}· ");
    let mut spans = vec![Tone::Strong.of("replay"), dot()];
    match summary.decisions {
        Decisions::Ours => {}
        Decisions::Foreign => spans.extend([Tone::Warning.of("FOREIGN DECISIONS"), dot()]),
    }
    spans.extend([
        Span::from("rules "),
        Tone::Strong.of(summary.rules.as_str()),
        dot(),
        words::corpora(summary.corpora.len()).into(),
        dot(),
        counted(summary.recordings(), "recording").into(),
        dot(),
        match summary.sampling {
            Sampling::Forced => "forced (every command evaluated as if sampled)".into(),
            Sampling::AsDeployed => "as deployed (at the environment's own rate)".into(),
        },
    ]);
    if let Some(seed) = summary.seed {
        spans.extend([dot(), format!("seed {seed}").into()]);
    }
    spans
}

/// The comparison with golden, in words.
pub(in crate::report) fn against_golden(summary: &Summary) -> Vec<Vec<Span>> {
    if summary.recordings() == 0 {
        return vec![vec![Tone::Bad.of("nothing was replayed")]];
    }
    let mut pending = Vec::new();
    let (mut changed, mut added, mut missing, mut carried, mut same) = (0, 0, 0, 0, 0);
    let (mut absent, mut skipped) = (Vec::new(), Vec::<(&str, Vec<&str>)>::new());
    for corpus in &summary.corpora {
        let name = corpus.name.as_str();
        match &corpus.golden {
            GoldenResult::Compared {
                unchanged,
                changed: c,
                added: a,
                missing: m,
                carried: kept,
                pending: is_pending,
                groups: _,
            } => {
                same += unchanged;
                changed += c;
                added += a;
                missing += m;
                carried += kept;
                if *is_pending {
                    pending.push(name);
                }
            }
            GoldenResult::Absent => absent.push(name),
            GoldenResult::Skipped { because } => match skipped.iter_mut().find(|(known, _)| known == because) {
                Some((_, names)) => names.push(name),
                None => skipped.push((because, vec![name])),
            },
        }
    }
    let mut verdicts = Vec::new();
    let total = changed + added + missing;
    if total > 0 {
        let kinds = [(changed, "changed"), (added, "new"), (missing, "missing")];
        let kinds: Vec<_> =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(n, kind)| format!("{} {kind}", grouped(*n))).collect();
        let split = if kinds.len() > 1 || changed == 0 { format!(": {}", listed(&kinds)) } else { String::new() };
        verdicts.push(Tone::Bad.of(format!("{} changed against golden{split}", counted(total, "outcome"))));
    } else if summary.unclaimed_golden.is_empty() {
        verdicts.extend(unchanged(summary, same, carried, absent.is_empty() && skipped.is_empty()));
    }
    if !summary.unclaimed_golden.is_empty() {
        let names = listed(&summary.unclaimed_golden);
        let text = format!("golden has {names}, and there is no such corpus: all of its commands are missing");
        verdicts.push(Tone::Bad.of(text));
    }
    if !absent.is_empty() {
        let text = format!("not compared with golden: there is none yet for {}", listed(&absent));
        verdicts.push(Tone::Warning.of(text));
    }
    for (because, names) in skipped {
        verdicts.push(Tone::Warning.of(format!("not compared with golden: {} ({because})", listed(&names))));
    }
    if !pending.is_empty() {
        let text = format!("the new outcomes of {} are pending", listed(&pending));
        verdicts.push(text.into());
    }
    if carried > 0 {
        let text = format!("{} of golden {} not replayed here", counted(carried, "outcome"), was_or_were(carried));
        verdicts.push(Tone::Faint.of(text));
    }
    verdicts.into_iter().map(|verdict| vec![verdict]).collect()
}

/// The line that says that nothing changed; `is_alone` where no other line says what was not compared.
fn unchanged(summary: &Summary, same: u64, carried: u64, is_alone: bool) -> Option<Span> {
    let (compared, corpora) = (summary.compared(), summary.corpora.len());
    if compared == 0 {
        // Other lines say what was not compared.
        return is_alone.then(|| Tone::Warning.of("not compared with golden"));
    }
    let text = if compared < corpora {
        let left = corpora - compared;
        format!("nothing changed in {compared} of {corpora} corpora; {left} not compared with golden")
    } else if carried > 0 {
        format!("nothing changed in {} of {} outcomes of golden", grouped(same), grouped(same + carried))
    } else {
        "nothing changed against golden".to_owned()
    };
    Some(Tone::Good.of(text))
}

/// Accepted candidates, by result. Golden may already hold them.
pub(in crate::report) fn accepted(summary: &Summary) -> Vec<Span> {
    let of = |class| summary.of_class(class);
    let accepted = Divergence::ALL.iter().filter(|class| class.accepted()).map(|class| of(*class)).sum();
    let (regressed, improved) = (of(Divergence::Regressed), of(Divergence::Improved));
    let others = of(Divergence::BothRight) + of(Divergence::BothWrong) + of(Divergence::Unlabelled);
    let tone = |count: u64, tone| if count == 0 { Tone::Plain } else { tone };
    let text = format!("{} accepted: ", counted(accepted, "candidate"));
    vec![
        text.into(),
        tone(regressed, Tone::Bad).of(format!("{} regressed", grouped(regressed))),
        ", ".into(),
        tone(improved, Tone::Good).of(format!("{} improved", grouped(improved))),
        format!(", {} changed otherwise, {} agreed", grouped(others), grouped(of(Divergence::Agreed))).into(),
    ]
}

/// Compares the regressions and improvements of other rule sets with the first, where they saw the same commands.
pub(super) fn side_by_side(page: &mut Page, summaries: &[Summary]) -> io::Result<()> {
    let [first, others @ ..] = summaries else { return Ok(()) };
    for lines in others.iter().map(|other| against(first, other)).filter(|lines| !lines.is_empty()) {
        page.blank()?;
        lines.iter().try_for_each(|line| page.paragraph(0, line))?;
    }
    Ok(())
}

/// Compares the regressions and improvements of `other` with `first`, for representative corpora and for all; nothing where
/// they saw different commands.
pub(in crate::report) fn against(first: &Summary, other: &Summary) -> Vec<Vec<Span>> {
    if !sees_the_same(first, other) {
        return Vec::new();
    }
    let all = Tone::Plain.of(compared(first, other, |_| true));
    let is_mixed = first.roles.len() > 1 && first.roles.iter().any(|totals| totals.role == Role::Representative);
    if !is_mixed {
        return vec![vec![all]];
    }
    let text = compared(first, other, |role| role == Role::Representative);
    vec![vec!["on representative corpora ".into(), Tone::Strong.of(text)], vec!["over all corpora ".into(), all]]
}

/// ``strict avoids 20 of the 27 regressions of reference, 7 remain; it costs 16 of 38 improvements``: net counts.
fn compared(first: &Summary, other: &Summary, counts: impl Fn(Role) -> bool) -> String {
    let classes = |summary: &Summary| {
        let mut classes = ClassCounts::default();
        let corpora = summary.corpora.iter().filter(|corpus| counts(corpus.role));
        corpora.for_each(|corpus| classes.merge(&corpus.counts.classes));
        classes
    };
    let (of_first, of_other) = (classes(first), classes(other));
    if of_first.accepted() + of_other.accepted() == 0 {
        return "no candidate was accepted under either rule set: nothing to compare".to_owned();
    }
    let both = |class| (of_first.of(class), of_other.of(class));
    let is_in_either = |class| both(class) != (0, 0);
    let judged = [Divergence::Regressed, Divergence::Improved, Divergence::BothRight, Divergence::BothWrong];
    if is_in_either(Divergence::Unlabelled) && !judged.into_iter().any(is_in_either) {
        return "no changed decision has a label: under which rule set they are right is not known".to_owned();
    }
    let (regressed, still) = both(Divergence::Regressed);
    let (improved, kept) = both(Divergence::Improved);
    let (name, base) = (other.rules, first.rules);
    let regressions = counted(regressed, "regression");
    let remain = if still == 1 { "remains" } else { "remain" };
    let gain = match (still.cmp(&regressed), still) {
        (Ordering::Greater, _) => format!("{name} has {} more than {base}", counted(still - regressed, "regression")),
        (Ordering::Equal, 0) => format!("neither {base} nor {name} has a labelled regression"),
        (Ordering::Equal, _) => format!("{name} has as many regressions as {base}: {}", grouped(still)),
        (Ordering::Less, 0) if regressed == 1 => format!("{name} avoids the one regression of {base}"),
        (Ordering::Less, 0) => format!("{name} avoids all {regressions} of {base}"),
        (Ordering::Less, _) => {
            let avoided = grouped(regressed - still);
            format!("{name} avoids {avoided} of the {regressions} of {base}, {} {remain}", grouped(still))
        }
    };
    // Where the first half of the sentence is about both, `it` would be ambiguous.
    let it = if (regressed, still) == (0, 0) { name.as_str() } else { "it" };
    let cost = match kept.cmp(&improved) {
        Ordering::Less => format!("{it} costs {} of {}", grouped(improved - kept), counted(improved, "improvement")),
        Ordering::Greater => format!("{it} gains {}", counted(kept - improved, "improvement")),
        Ordering::Equal => format!("{it} costs no improvement"),
    };
    format!("{gain}; {cost}")
}

fn sees_the_same(first: &Summary, other: &Summary) -> bool {
    let seen = |summary: &Summary| -> Vec<_> {
        summary.corpora.iter().map(|corpus| (corpus.name.clone(), corpus.counts.recordings)).collect()
    };
    first.rules != other.rules && first.sampling == other.sampling && seen(first) == seen(other)
}
