//! Replay and regression harness for decisions that an LLM is allowed to influence.
//!
//! The data flows one way: a [`replay`] takes a [`corpus`] of recordings, decides each on two paths ([`decide`]), finds an
//! [`outcome`], and compares it with [`golden`] snapshots; a [`summary`] adds the outcomes up, a [`run`] stores them, and a
//! [`report`] shows them. Beside them, [`preflight`] says what an environment would do, [`verify`] what holds of this build,
//! [`risklog`] what the logs of production say, [`stats`] what a few records prove, and [`gate`] whether that is enough. [`cli`]
//! starts everything.

#![forbid(unsafe_code)]

pub mod bulk;
pub mod cli;
pub mod corpus;
pub mod decide;
pub mod disk;
pub mod foreign;
pub mod gate;
pub mod golden;
pub mod model;
pub mod outcome;
pub mod preflight;
pub mod replay;
pub mod report;
pub mod risklog;
pub mod run;
pub mod stats;
pub mod summary;
pub mod verify;
