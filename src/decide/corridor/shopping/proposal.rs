//! The one action that a shopping candidate may propose: read from an answer or from injected JSON, and completed.

use crate::decide::corridor::risk::Confidence;
use crate::decide::text::strip;
use crate::model::{DecisionCore, Item, ItemProposal, ProposedAction, Text};
use serde_json::{Map, Value};

const ITEM_ACTION: &str = "propose_add_shopping_item";

/// Reads the object of an answer. Outside, `None` violates the schema; inside, the name is blank.
#[expect(clippy::option_option, reason = "the outer one is the schema, the inner one the action")]
pub(super) fn read_answer(object: Map<String, Value>) -> Option<Option<(ProposedAction<'static>, Confidence)>> {
    Answer::read(object).map(Answer::into_action)
}

/// An answer that matches the schema of `partial_trust_shopping`.
struct Answer {
    item_name: String,
    quantity: Option<String>,
    unit: Option<String>,
    list_id: Option<String>,
    confidence: Confidence,
}

impl Answer {
    /// Reads a closed object: `item_name` of one character or more, strings, a number; `None` violates the schema.
    fn read(object: Map<String, Value>) -> Option<Self> {
        let mut answer = Self {
            item_name: String::new(),
            quantity: None,
            unit: None,
            list_id: None,
            confidence: Confidence::Absent,
        };
        for (key, value) in object {
            match (key.as_str(), value) {
                ("item_name", Value::String(text)) => answer.item_name = text,
                ("quantity", Value::String(text)) => answer.quantity = Some(text),
                ("unit", Value::String(text)) => answer.unit = Some(text),
                ("list_id", Value::String(text)) => answer.list_id = Some(text),
                ("confidence", Value::Number(number)) => answer.confidence = Confidence::Given(number.as_f64()?),
                _ => return None,
            }
        }
        (!answer.item_name.is_empty()).then_some(answer)
    }

    /// Trims the fields and drops the empty ones; `None` when the name is blank.
    fn into_action(self) -> Option<(ProposedAction<'static>, Confidence)> {
        let trimmed = |text: String| {
            let inner = strip(&text);
            if inner.is_empty() {
                None
            } else if inner.len() == text.len() {
                Some(Text::from(text))
            } else {
                Some(Text::from(inner.to_owned()))
            }
        };
        let item = Item {
            name: trimmed(self.item_name)?,
            quantity: self.quantity.and_then(trimmed),
            unit: self.unit.and_then(trimmed),
            list_id: self.list_id.and_then(trimmed),
        };
        let confidence = match self.confidence {
            Confidence::Given(value) => Confidence::Given(value.clamp(0.0, 1.0)),
            other @ (Confidence::Absent | Confidence::Malformed) => other,
        };
        Some((ProposedAction::AddShoppingItem(ItemProposal { item, idempotency_key: None }), confidence))
    }
}

/// Reads injected actions as the one well-formed action that a decision may take; `None` is `invalid_schema`.
pub(super) fn read_injected(actions: &Value) -> Option<ProposedAction<'_>> {
    let Value::Array(actions) = actions else { return None };
    let [Value::Object(action)] = actions.as_slice() else { return None };
    let only = |object: &Map<String, Value>, known: &[&str]| object.keys().all(|key| known.contains(&key.as_str()));
    let payload = action.get("payload")?.as_object()?;
    let item = payload.get("item")?.as_object()?;
    let is_closed = only(action, &["action", "payload"])
        && only(payload, &["item", "idempotency_key"])
        && only(item, &["name", "quantity", "unit", "list_id"]);
    if !is_closed || action.get("action")?.as_str()? != ITEM_ACTION {
        return None;
    }
    let name = item.get("name")?.as_str().filter(|name| !strip(name).is_empty())?;
    // `Some(None)`: absent or null. `None`: neither that nor a string.
    let string = |object: &'_ Map<String, Value>, key: &str| match object.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(_)) => Some(object.get(key).and_then(Value::as_str).map(str::to_owned)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    let non_blank =
        |key: &str| string(item, key).filter(|text| text.as_deref().is_none_or(|text| !strip(text).is_empty()));
    Some(ProposedAction::AddShoppingItem(ItemProposal {
        item: Item {
            name: name.into(),
            quantity: non_blank("quantity")?.map(Text::from),
            unit: non_blank("unit")?.map(Text::from),
            list_id: non_blank("list_id")?.map(Text::from),
        },
        // A decision must not hold a key that is no string.
        idempotency_key: string(payload, "idempotency_key")?.map(Text::from),
    }))
}

/// Gives an item without a list that of the baseline's first item; says whether it got one.
pub(super) fn complete<'a>(action: &mut ProposedAction<'a>, baseline: &DecisionCore<'a>) -> bool {
    let ProposedAction::AddShoppingItem(ItemProposal { item, .. }) = action else { return false };
    if item.list_id.is_some() {
        return false;
    }
    item.list_id = baseline.items().next().and_then(|item| item.list_id.clone());
    item.list_id.is_some()
}
