//! The tables of `docs/statistics.md` are what the functions compute.

use super::super::mixture::{self, Prior};
use super::super::{Count, binomial, needed, projection, quantile};
use super::{alpha, count, limit, looks, rate};
use std::str::FromStr;

const DOCUMENT: &str = include_str!("../../../docs/statistics.md");

/// Checks every row of the table with the columns of `head`; the cells that `row` returns are compared with the document's.
fn check_table(head: &str, row: impl Fn(&[&str]) -> Vec<String>) {
    let (_, table) = DOCUMENT.split_once(head).unwrap_or_else(|| panic!("no table has the columns {head}"));
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(!rows.is_empty(), "no rows under {head}");
    let computed: Vec<String> = rows
        .iter()
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            format!("| {} |", row(&cells).join(" | "))
        })
        .collect();
    assert_eq!(rows, computed, "left: docs/statistics.md, right: what the functions compute:\n{}", computed.join("\n"));
}

fn read<T: FromStr>(cell: &str) -> T {
    cell.parse().unwrap_or_else(|_| panic!("a number was expected: {cell}"))
}

fn or_none(number: Option<u64>) -> String {
    number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

#[test]
fn the_chances_of_passing_are_computed() {
    let (risk, limit) = (alpha(0.05), limit(0.05));
    check_table("| passes if | looks | chance of passing |", |cells| {
        let numbers: Vec<u64> =
            cells[1].split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
        let (step, first, last): (usize, u64, u64) = match numbers[..] {
            [once] => (1, once, once),
            [step, first, last] => (step.try_into().unwrap(), first, last),
            _ => panic!("looks: {}", cells[1]),
        };
        let observed = |count: Count| count.rate().is_some_and(|rate| rate < limit.rate());
        let chance = looks::chance_of_passing(limit.rate(), (first..=last).step_by(step), |count| match cells[0] {
            "the observed rate is below the limit" => observed(count),
            "one exact look proves it" => binomial::limit_proven(count, limit, risk),
            "any number of looks proves it" => mixture::limit_proven(count, limit, risk),
            other => panic!("rule: {other}"),
        });
        vec![cells[0].to_owned(), cells[1].to_owned(), format!("{chance:.4}")]
    });
}

#[test]
fn the_counts_are_judged() {
    let risk = alpha(0.05);
    check_table("| events | records | limit | upper bound, one look |", |cells| {
        let (count, limit) = (count(read(cells[0]), read(cells[1])), limit(read(cells[2])));
        let verdict = match (mixture::limit_proven(count, limit, risk), mixture::limit_refuted(count, limit, risk)) {
            (true, false) => "proven",
            (false, true) => "refuted",
            (false, false) => "open",
            (true, true) => unreachable!("proven and refuted"),
        };
        let bounds = [binomial::upper_bound(count, risk), mixture::upper_bound(count, Prior::below(limit), risk)];
        let mut row: Vec<String> = cells[..3].iter().map(|&cell| cell.to_owned()).collect();
        row.extend(bounds.map(|bound| format!("{:.6}", bound.get())));
        row.push(verdict.to_owned());
        row.extend([needed::one_look, needed::any_look].map(|needed| or_none(needed(count, limit, risk))));
        row
    });
}

#[test]
fn the_ranks_are_computed() {
    check_table("| values | level | rank of the lower bound |", |cells| {
        let ranks = quantile::ranks(rate(read(cells[1])), read(cells[0]), alpha(0.05));
        vec![cells[0].to_owned(), cells[1].to_owned(), or_none(ranks.lower), or_none(ranks.upper)]
    });
}

#[test]
fn the_chances_of_people_are_computed() {
    check_table("| rate | commands of a person |", |cells| {
        let chance = projection::chance_of_any(rate(read(cells[0])), read(cells[1])).get();
        vec![cells[0].to_owned(), cells[1].to_owned(), format!("{chance:.3}")]
    });
}
