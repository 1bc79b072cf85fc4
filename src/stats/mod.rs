//! The mathematics of evidence: what a few records prove about a rate, however often somebody looks.
//!
//! Numbers go in and numbers come out: pure functions that know nothing of commands, logs or policies. What decides is
//! [`mixture`], whose answer may be asked for every day, and [`binomial`], whose answer may be asked for once. The others
//! are shown beside a decision. `docs/statistics.md` says which question each formula answers, and why this one.
//!
//! Input that makes no sense cannot be expressed: a [`Count`] never has more events than records, a [`Rate`] lies in 0..=1,
//! a [`Limit`] strictly between 0 and 1, and an [`Alpha`] is at most one half. Everything is defined from no record at all
//! (nothing is proven, the bounds are 0 and 1) and tested up to 10^9 records.
//!
//! The distributions are computed here and not by a statistics crate: at the upper end of that range, the one that was tried
//! returned a probability of 1.6.

pub mod binomial;
mod bisect;
mod count;
pub mod interval;
pub mod looks;
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
