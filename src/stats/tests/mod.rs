//! Tests of the formulas: reference values, properties, simulated histories, and the tables of the document.

mod accuracy;
mod document;
mod edge;
mod looks;
mod property;
mod reference;
mod simulation;

use super::{Alpha, Count, Limit, Rate};

fn count(events: u64, records: u64) -> Count {
    Count::new(events, records).unwrap()
}

fn rate(rate: f64) -> Rate {
    Rate::new(rate).unwrap()
}

fn limit(limit: f64) -> Limit {
    Limit::new(limit).unwrap()
}

fn alpha(alpha: f64) -> Alpha {
    Alpha::new(alpha).unwrap()
}

/// Whether two numbers agree, relative to the larger.
#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let scale = found.abs().max(expected.abs());
    let agree = (found - expected).abs() <= tolerance * scale;
    assert!(agree, "{what}: found {found}, expected {expected}, tolerance {tolerance} of the larger");
}
