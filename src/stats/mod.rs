//! The mathematics of evidence: what a small number of records proves about a rate, at any number of looks.
//!
//! Pure functions of numbers; none depends on commands, logs or policies. Verdicts depend on [`mixture`], which holds at any
//! number of looks, and on [`binomial`], which holds for one look. The others are shown beside a verdict.
//! `docs/statistics.md` says which question each formula answers, and why it was chosen.
//!
//! The types exclude invalid input: a [`Count`] never has more events than records, a [`Rate`] is in 0..=1, a [`Limit`]
//! strictly between 0 and 1, and an [`Alpha`] is at most one half. Every function is defined from 0 records (nothing is
//! proven, the bounds are 0 and 1) and tested up to 10^9 records.
//!
//! The distributions are computed here and not by a statistics crate: at 10^9 records, the crate that was tried returned a
//! probability of 1.6.

pub mod binomial;
mod bisect;
mod count;
pub mod interval;
pub mod mismatch;
pub mod mixture;
pub mod needed;
pub mod paired;
pub mod projection;
pub mod quantile;
mod rate;
mod special;
pub mod stability;
pub mod stratified;
#[cfg(test)]
mod tests;

pub use count::Count;
pub use rate::{Alpha, Limit, Rate};
