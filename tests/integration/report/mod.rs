//! `diff` and `report`: what two stored things have in common and what not, and every format.

mod base;
mod diff;
mod document;
#[cfg(unix)]
mod git;

use crate::recording::{Recorded, mixture};
use crate::workbench::Workbench;

/// Twelve recordings, two of which answer something else.
fn recordings() -> Vec<Recorded> {
    let change =
        |number: usize, recorded: Recorded| if number.is_multiple_of(6) { recorded.regressed() } else { recorded };
    mixture(12).into_iter().enumerate().map(|(number, recorded)| change(number, recorded)).collect()
}

/// A project with golden, replayed, whose corpus was changed and replayed again.
fn changed() -> Workbench {
    let workbench = Workbench::new().with_corpus("mix", &mixture(12)).with_golden();
    workbench.run(["replay"]).exits(0);
    workbench.write("corpora/mix.jsonl", crate::recording::corpus(&recordings()));
    workbench
}
