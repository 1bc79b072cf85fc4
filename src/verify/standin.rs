//! Stand-ins for the LLM: a candidate that the corridor accepts, and faulty ones.

use crate::decide::{CandidateSource, Supply};
use crate::model::{Attempt, CallError, Command, DecisionCore, InjectedCandidate, Item, Recording};
use serde_json::{Map, Value, json};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A source that always gives the same, and counts how often it is asked.
#[derive(Debug)]
pub(super) struct StandIn {
    supply: Arc<Stock>,
    asked: AtomicU64,
}

/// What a stand-in gives.
#[derive(Clone, Debug)]
pub(super) enum Stock {
    /// These calls.
    Attempts(Vec<Attempt<'static>>),
    /// This candidate.
    Finished(Box<InjectedCandidate<'static>>),
    /// A panic.
    Panics,
    /// What was recorded.
    Recorded,
}

impl StandIn {
    pub(super) fn new(supply: Stock) -> Self {
        Self::shared(Arc::new(supply))
    }

    /// The same with a shared stock.
    pub(super) fn shared(supply: Arc<Stock>) -> Self {
        Self { supply, asked: AtomicU64::new(0) }
    }

    /// No call at all.
    pub(super) fn nothing() -> Self {
        Self::new(Stock::Attempts(Vec::new()))
    }

    /// One answer on the first call.
    pub(super) fn answer(raw: &str) -> Self {
        Self::new(Stock::answers(raw, 1, 0))
    }

    /// How often a candidate was asked for.
    pub(super) fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Stock {
    /// The same answer on each of `calls` calls, of `latency_ms` each.
    pub(super) fn answers(raw: &str, calls: usize, latency_ms: u64) -> Self {
        Self::Attempts(vec![Attempt { result: Ok(raw.to_owned().into()), latency_ms }; calls])
    }

    /// A call that fails.
    pub(super) fn fails(error: CallError) -> Self {
        Self::Attempts(vec![Attempt { result: Err(error), latency_ms: 0 }])
    }
}

impl CandidateSource for StandIn {
    fn supply<'a>(&'a self, recording: &'a Recording<'a>) -> Supply<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match &*self.supply {
            Stock::Attempts(attempts) => Supply::Attempts(attempts),
            Stock::Finished(candidate) => Supply::Finished(candidate),
            Stock::Recorded => crate::decide::Recorded.supply(recording),
            // Without the panic hook, which would print on standard error.
            Stock::Panics => resume_unwind(Box::new(format!("could not read {}", &*recording.command.text))),
        }
    }
}

/// The longest name that the rules accept, in Unicode scalar values.
const MAX_NAME_CHARACTERS: usize = 120;

/// A unit that makes the candidate's decision differ from the baseline's: no rule looks at units.
const MARK: &str = "короб";

/// A candidate that passes every rule that it can for its command, and differs from the baseline's decision, so that a fault applied
/// to it is the only reason to refuse it.
#[derive(Clone, Debug)]
pub(super) struct Perfect {
    name: String,
    list_id: Option<String>,
    /// Items that the baseline proposes.
    pub(super) items: usize,
    /// The baseline's only item, where an answer that repeats it can be accepted.
    only_item: Option<Map<String, Value>>,
}

impl Perfect {
    /// For a command whose baseline proposes items: its first item, on a list that the household has. There is no `baseline`
    /// where the decision path panicked.
    pub(super) fn of(baseline: Option<&DecisionCore>, command: &Command) -> Self {
        let lists = command.context.household.shopping_lists.as_deref().unwrap_or_default();
        let is_known = |id: &str| lists.iter().any(|list| list.list_id == id);
        let items = baseline.map_or(0, |baseline| baseline.items().count());
        let Some(first) = baseline.and_then(|baseline| baseline.items().next()) else {
            return Self { name: "молоко".to_owned(), list_id: None, items, only_item: None };
        };
        let list_id = first.list_id.as_deref().filter(|id| is_known(id)).map(str::to_owned);
        let name: String = first.name.chars().take(MAX_NAME_CHARACTERS).collect();
        let is_repeatable = items == 1 && name == *first.name && list_id.as_deref() == first.list_id.as_deref();
        let only_item = is_repeatable.then(|| repeated(first));
        Self { name, list_id, items, only_item }
    }

    /// The answer with this candidate, after `change`.
    pub(super) fn answer(&self, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let mut answer = Map::new();
        answer.insert("item_name".to_owned(), json!(self.name));
        answer.insert("unit".to_owned(), json!(MARK));
        answer.insert("confidence".to_owned(), json!(0.9));
        if let Some(list_id) = &self.list_id {
            answer.insert("list_id".to_owned(), json!(list_id));
        }
        change(&mut answer);
        Value::Object(answer).to_string()
    }

    /// The answer that repeats the baseline's only item, with this confidence.
    pub(super) fn echo(&self, confidence: Option<f64>) -> Option<String> {
        let mut answer = self.only_item.clone()?;
        if let Some(confidence) = confidence {
            answer.insert("confidence".to_owned(), json!(confidence));
        }
        Some(Value::Object(answer).to_string())
    }

    /// The finished candidate, after `change`.
    pub(super) fn finished(&self, change: impl FnOnce(&mut InjectedCandidate<'static>)) -> Stock {
        let mut item = json!({"name": self.name, "unit": MARK});
        if let (Some(list_id), Some(item)) = (&self.list_id, item.as_object_mut()) {
            item.insert("list_id".to_owned(), json!(list_id));
        }
        let mut candidate = InjectedCandidate {
            proposed_actions: json!([{"action": "propose_add_shopping_item", "payload": {"item": item}}]),
            confidence: json!(0.9),
            latency_ms: Some(0),
            ..InjectedCandidate::default()
        };
        change(&mut candidate);
        Stock::Finished(Box::new(candidate))
    }
}

/// An item as an answer gives it.
fn repeated(item: &Item) -> Map<String, Value> {
    let fields = [
        ("item_name", Some(&item.name)),
        ("quantity", item.quantity.as_ref()),
        ("unit", item.unit.as_ref()),
        ("list_id", item.list_id.as_ref()),
    ];
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(&**value?)))).collect()
}
