//! The corridor for adding items to a shopping list: everything in `decide::corridor` that is specific to this intent.

mod acceptance;
mod proposal;
mod terminal;

use super::intent::{Corridor, in_turn};
use crate::model::{Intent, JobType, LlmTask};
use std::sync::LazyLock;

/// The corridor that is open in the deployed system, and the only one.
pub(in crate::decide) static SHOPPING: Corridor = Corridor {
    intent: Intent::AddShoppingItem,
    task: LlmTask::PartialTrustShopping,
    job: JobType::AddShoppingItem,
    terminal_states: terminal::TERMINAL_STATES,
    acceptance_rules: LazyLock::new(|| in_turn(terminal::TERMINAL_STATES)),
    read_answer: proposal::read_answer,
    read_injected: proposal::read_injected,
    complete: proposal::complete,
};
