//! Recordings for tests: a plain shopping command that the corridor accepts unchanged, and what a test changes of it.

use serde_json::{Value, json};

/// One recording; [`line`](Self::line) is the line of a corpus.
#[derive(Clone, Debug)]
pub(crate) struct Recorded(Value);

/// "Купи хлеб", answered with the same item on the same list: accepted, and the decision is the baseline's.
pub(crate) fn recording(command_id: &str) -> Recorded {
    Recorded(json!({
        "v": 1,
        "command": {
            "command_id": command_id,
            "user_id": "user-1",
            "timestamp": "2026-03-02T08:00:00Z",
            "text": "Купи хлеб",
            "capabilities": [
                "start_job", "propose_create_task", "propose_add_shopping_item", "clarify", "reject", "confirm"
            ],
            "context": {
                "household": {
                    "household_id": "home-1",
                    "members": [{"user_id": "user-1"}],
                    "shopping_lists": [{"list_id": "list-home", "name": "Дом"}]
                },
                "defaults": {"default_list_id": "list-home"}
            }
        },
        "exchanges": {"partial_trust_shopping": [attempt(&json!({"item_name": "хлеб", "list_id": "list-home"}))]},
        "label": {
            "intent": "add_shopping_item",
            "action": "start_job",
            "items": [{"name": "хлеб", "list_id": "list-home"}]
        },
        "source": "authored"
    }))
}

fn attempt(answer: &Value) -> Value {
    json!({"raw": answer.to_string(), "latency_ms": 50})
}

impl Recorded {
    /// Puts `value` at a path such as `command.context.household`; objects on the way are made.
    pub(crate) fn with(mut self, path: &str, value: impl Into<Value>) -> Self {
        let mut place = &mut self.0;
        for key in path.split('.') {
            place = match key.parse::<usize>() {
                Ok(index) if place.is_array() => &mut place[index],
                _ => &mut place[key],
            };
        }
        *place = value.into();
        self
    }

    /// Takes the field at a path away.
    pub(crate) fn without(mut self, path: &str) -> Self {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let pointer = if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
        self.0.pointer_mut(&pointer).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        self
    }

    /// What the user says.
    pub(crate) fn text(self, text: &str) -> Self {
        self.with("command.text", text)
    }

    /// What the LLM answers at its first attempt.
    pub(crate) fn answer(self, answer: &Value) -> Self {
        self.with("exchanges", json!({"partial_trust_shopping": [attempt(answer)]}))
    }

    /// A wrong item that the reference rules accept: `regressed`.
    pub(crate) fn regressed(self) -> Self {
        self.answer(&json!({"item_name": "пиво", "list_id": "list-home", "confidence": 0.9}))
    }

    /// The line of a corpus, without its end.
    pub(crate) fn line(&self) -> String {
        self.0.to_string()
    }
}

/// `count` recordings with ids `case-000` and so on, of all kinds: accepted, changed, refused, failed, and not shopping.
pub(crate) fn mixture(count: usize) -> Vec<Recorded> {
    (0..count)
        .map(|number| {
            let plain = recording(&format!("case-{number:03}"))
                .with("command.user_id", format!("user-{}", number % 7))
                .with("tags", json!([format!("rest-{}", number % 3)]));
            match number % 6 {
                0 => plain,
                1 => plain.regressed(),
                2 => plain.answer(&json!({"item_name": "хлеб", "confidence": 0.1})),
                3 => {
                    plain.with("exchanges", json!({"partial_trust_shopping": [{"error": "timeout", "latency_ms": 9}]}))
                }
                4 => plain.text("Сделай уборку").without("label").without("exchanges"),
                _ => plain.text("Что-то непонятное").without("label"),
            }
        })
        .collect()
}

/// The bytes of a corpus.
pub(crate) fn corpus(recordings: &[Recorded]) -> String {
    recordings.iter().map(|recording| recording.line() + "\n").collect()
}
