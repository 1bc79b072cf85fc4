//! The candidate: the proposal of an LLM that may replace the baseline's actions.
//!
//! A candidate is generated from an answer of the LLM task or injected unchanged. Both have one type, because the acceptance
//! rules must be able to refuse proposals that the task would never build.

use super::risk::{Confidence, LlmSummary, ModelMeta};
use crate::decide::text::strip;
use crate::model::{Item, ProposedAction, Text};
use serde_json::{Map, Value};

/// A candidate that was generated or injected.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate<'a> {
    pub(super) intent: Text<'a>,
    pub(super) job_type: Option<Text<'a>>,
    pub(super) actions: Actions<'a>,
    pub(super) confidence: Confidence,
    /// Virtual time, ms.
    pub(super) latency_ms: Option<i64>,
    pub(super) meta: Option<ModelMeta<'a>>,
}

/// What a candidate proposes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Actions<'a> {
    /// One action, built from an answer, or completed from the baseline.
    One(ProposedAction<'a>),
    /// Any JSON, injected unchanged.
    Injected(&'a Value),
}

impl Candidate<'_> {
    /// The candidate in numbers, for the risk line.
    pub(super) fn summary(&self) -> LlmSummary {
        let (action_count, entity_keys_count, has_list_id, item_name_len) = match &self.actions {
            Actions::One(action) => {
                let item = match action {
                    ProposedAction::AddShoppingItem(proposal) => Some(&proposal.item),
                    ProposedAction::CreateTask(_) => None,
                };
                let has_list_id = item.is_some_and(|item| item.list_id.is_some());
                let name_len = item.map_or(0, |item| strip(&item.name).chars().count());
                (1, item.map_or(0, Item::key_count), has_list_id, name_len)
            }
            Actions::Injected(actions) => {
                let action_count = actions.as_array().map_or(0, Vec::len);
                let item = first_item(actions);
                let name = item.and_then(|item| item.get("name")?.as_str()).map(strip).unwrap_or_default();
                let list_id = item.and_then(|item| item.get("list_id"));
                let has_list_id = list_id.is_some_and(|id| !id.is_null() && id.as_str() != Some(""));
                (action_count, item.map_or(0, Map::len), has_list_id, name.chars().count())
            }
        };
        LlmSummary::new(action_count, entity_keys_count, has_list_id, item_name_len, self.confidence, &self.intent)
    }
}

fn first_item(actions: &Value) -> Option<&Map<String, Value>> {
    actions.get(0)?.get("payload")?.get("item")?.as_object()
}
