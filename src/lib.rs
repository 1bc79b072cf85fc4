//! Replay and regression harness for decisions that an LLM is allowed to influence.
pub mod corpus;
pub mod decide;
pub mod model;
