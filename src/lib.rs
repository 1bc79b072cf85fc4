//! Replay and regression harness for decisions that an LLM is allowed to influence.
//!
//! The data flows one way: a [`corpus`] of recordings is decided on two paths ([`decide`]), each command comes to an
//! [`outcome`], a [`replay`] stores them and compares them with [`golden`] snapshots, a [`summary`] adds them up, and a
//! [`report`] shows it. Beside them, [`preflight`] says what an environment would do, [`verify`] what holds of this build,
//! [`risklog`] what the logs of production say, and [`stats`] what a few records prove. [`cli`] starts everything.

#![forbid(unsafe_code)]

pub mod cli;
pub mod corpus;
pub mod decide;
pub mod disk;
pub mod gate;
pub mod golden;
pub mod model;
pub mod outcome;
pub mod preflight;
pub mod replay;
pub mod report;
pub mod risklog;
pub mod stats;
pub mod summary;
pub mod verify;
