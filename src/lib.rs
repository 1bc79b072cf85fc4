//! Replay and regression harness for decisions that an LLM is allowed to influence.
pub mod corpus;
pub mod decide;
pub mod golden;
pub mod model;
pub mod outcome;
pub mod replay;
pub mod report;
pub mod summary;
