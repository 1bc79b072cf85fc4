//! The answer of the LLM: the right item, at most one flaw, and the faults of the call.
//!
//! The schema of an answer has room for one item. Where the command has several, the model names one of them or is unsure: that is
//! a hazard of the corridor, not a flaw of the answer.

use super::draw::Draw;
use super::knob::Knob;
use super::latency::{beyond_budget, split, within_budget};
use super::lexicon::Lexicon;
use super::recipe::Recipe;
use super::speech::{Wanted, another_good};
use crate::model::{Attempt, CallError};

/// Lists that no household has.
const FOREIGN_LISTS: [&str; 3] = ["list-office", "list-archive", "list-neighbours"];

/// The most calls of the task: prompt and repair, on two profiles.
const MAX_ATTEMPTS: usize = 4;

/// The recorded attempts of the corridor's task, and the tags of what is wrong with them.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// `None`: the task was never recorded.
    pub(super) attempts: Option<Vec<Attempt<'static>>>,
    pub(super) tags: Vec<&'static str>,
}

/// What is wrong with the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Nothing,
    WrongItem,
    NearWord,
    WrongQuantity,
    DroppedList,
    ForeignList,
    LowConfidence,
}

/// On which attempt the answer can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    AtOnce,
    AfterRepair,
    Never,
}

/// What is wrong with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nothing,
    Call(CallError),
    Slow,
    Unrecorded,
}

/// Draws the answer to a command for `wanted`, which is not empty.
pub(super) fn answer(
    recipe: &Recipe,
    lexicon: &Lexicon,
    wanted: &[Wanted],
    default_list: &'static str,
    draw: &mut Draw,
) -> Answer {
    let fault = draw.one_of(
        [
            (recipe.chance(Knob::Timeout), Fault::Call(CallError::Timeout)),
            (recipe.chance(Knob::Unavailable), Fault::Call(CallError::Unavailable)),
            (recipe.chance(Knob::Error), Fault::Call(CallError::Error)),
            (recipe.chance(Knob::Slow), Fault::Slow),
            (recipe.chance(Knob::Unrecorded), Fault::Unrecorded),
        ],
        Fault::Nothing,
    );
    let form = draw.one_of(
        [(recipe.chance(Knob::Malformed), Form::AfterRepair), (recipe.chance(Knob::MalformedAll), Form::Never)],
        Form::AtOnce,
    );
    let flaw = draw.one_of(
        [
            (recipe.chance(Knob::WrongItem), Flaw::WrongItem),
            (recipe.chance(Knob::NearWord), Flaw::NearWord),
            (recipe.chance(Knob::WrongQuantity), Flaw::WrongQuantity),
            (recipe.chance(Knob::DroppedList), Flaw::DroppedList),
            (recipe.chance(Knob::ForeignList), Flaw::ForeignList),
            (recipe.chance(Knob::LowConfidence), Flaw::LowConfidence),
        ],
        Flaw::Nothing,
    );
    let is_refused = draw.chance(recipe.chance(Knob::MultiItemRefused)) && wanted.len() > 1;
    let flaw = if is_refused { Flaw::LowConfidence } else { flaw };
    // A model names the first of several items more often than the others.
    let named = if draw.percent(60) { 0 } else { draw.position(wanted.len()) };
    let Some(named) = wanted.get(named) else { return Answer { attempts: None, tags: Vec::new() } };

    let fields = Fields::draw(flaw, lexicon, wanted, named, default_list, draw);
    let mut texts = match form {
        Form::AtOnce => Vec::new(),
        Form::AfterRepair => vec![malformed(named.name, draw)],
        Form::Never => (0..MAX_ATTEMPTS).map(|_| malformed(named.name, draw)).collect(),
    };
    if form != Form::Never {
        texts.push(fields.written(lexicon, draw));
    }
    let total = if fault == Fault::Slow { beyond_budget(draw) } else { within_budget(draw) };
    let attempts = match fault {
        Fault::Nothing | Fault::Slow => Some(read(texts, total, draw)),
        Fault::Call(error) => Some(vec![Attempt { result: Err(error), latency_ms: failing_latency(error, draw) }]),
        // Either no attempt is recorded, or the repair is not.
        Fault::Unrecorded => draw.percent(50).then(|| read(vec![malformed(named.name, draw)], total, draw)),
    };
    Answer { attempts, tags: tags(fault, form, flaw) }
}

fn read(texts: Vec<String>, total_ms: u64, draw: &mut Draw) -> Vec<Attempt<'static>> {
    let latencies = split(total_ms, texts.len(), draw);
    let attempts = texts.into_iter().zip(latencies);
    attempts.map(|(raw, latency_ms)| Attempt { result: Ok(raw.into()), latency_ms }).collect()
}

/// Latency of a call that fails, ms.
fn failing_latency(error: CallError, draw: &mut Draw) -> u64 {
    match error {
        CallError::Timeout => super::latency::BUDGET_MS,
        CallError::Unavailable => draw.between(1, 40),
        CallError::Error => draw.between(5, 150),
    }
}

fn tags(fault: Fault, form: Form, flaw: Flaw) -> Vec<&'static str> {
    let fault_tag = match fault {
        Fault::Nothing => None,
        Fault::Call(error) => Some(error.as_str()),
        Fault::Slow => Some("slow"),
        Fault::Unrecorded => Some("unrecorded"),
    };
    let form_tag = match form {
        Form::AtOnce => None,
        Form::AfterRepair => Some("repair"),
        Form::Never => Some("malformed"),
    };
    let flaw_tag = match flaw {
        Flaw::Nothing => None,
        Flaw::WrongItem => Some("wrong-item"),
        Flaw::NearWord => Some("near-homograph"),
        Flaw::WrongQuantity => Some("wrong-quantity"),
        Flaw::DroppedList => Some("list-dropped"),
        Flaw::ForeignList => Some("list-foreign"),
        Flaw::LowConfidence => Some("low-confidence"),
    };
    let has_texts = matches!(fault, Fault::Nothing | Fault::Slow);
    let form_tag = form_tag.filter(|_| has_texts);
    let flaw_tag = flaw_tag.filter(|_| has_texts && form != Form::Never);
    fault_tag.into_iter().chain(form_tag).chain(flaw_tag).collect()
}

/// The fields of an answer.
struct Fields {
    name: &'static str,
    quantity: Option<u64>,
    unit: Option<&'static str>,
    list_id: Option<&'static str>,
    /// Hundredths.
    confidence: Option<u64>,
}

impl Fields {
    fn draw(
        flaw: Flaw,
        lexicon: &Lexicon,
        wanted: &[Wanted],
        named: &Wanted,
        default_list: &'static str,
        draw: &mut Draw,
    ) -> Self {
        let sure = 60 + draw.below(40).max(draw.below(40));
        let right = Self {
            name: named.name,
            quantity: named.quantity,
            unit: named.unit,
            list_id: Some(default_list),
            confidence: draw.percent(70).then_some(sure),
        };
        match flaw {
            Flaw::Nothing => right,
            Flaw::WrongItem => Self { name: another_good(lexicon, wanted, draw).name, ..right },
            Flaw::NearWord => Self { name: named.good.near, ..right },
            Flaw::WrongQuantity => {
                let quantity = named.quantity.unwrap_or(1) + draw.between(1, 9);
                Self { quantity: Some(quantity), ..right }
            }
            Flaw::DroppedList => Self { list_id: None, ..right },
            Flaw::ForeignList => Self { list_id: Some(draw.pick(&FOREIGN_LISTS)), ..right },
            Flaw::LowConfidence => Self { confidence: Some(draw.between(10, 59)), ..right },
        }
    }

    /// The answer's text. No word of the lexicon needs an escape.
    fn written(&self, lexicon: &Lexicon, draw: &mut Draw) -> String {
        let style = draw.weighted([(80, Style::Compact), (12, Style::Spaced), (5, Style::Fenced), (3, Style::Chatty)]);
        match style.unwrap_or(Style::Compact) {
            Style::Compact => self.object(":", ","),
            Style::Spaced => self.object(": ", ", "),
            Style::Fenced => format!("```json\n{}\n```", self.object(": ", ", ")),
            Style::Chatty => format!("{}{}", draw.pick(&lexicon.chatter), self.object(":", ",")),
        }
    }

    fn object(&self, colon: &str, comma: &str) -> String {
        let mut text = String::with_capacity(128);
        let mut push = |key: &str, parts: [&str; 3]| {
            text.push_str(if text.is_empty() { "{" } else { comma });
            for part in ["\"", key, "\"", colon].into_iter().chain(parts) {
                text.push_str(part);
            }
        };
        push("item_name", ["\"", self.name, "\""]);
        if let Some(quantity) = self.quantity {
            push("quantity", ["\"", &quantity.to_string(), "\""]);
        }
        if let Some(unit) = self.unit {
            push("unit", ["\"", unit, "\""]);
        }
        if let Some(list_id) = self.list_id {
            push("list_id", ["\"", list_id, "\""]);
        }
        if let Some(hundredths) = self.confidence {
            push("confidence", ["0.", &format!("{hundredths:02}"), ""]);
        }
        text.push('}');
        text
    }
}

/// How an answer is written. Each style can be read.
#[derive(Clone, Copy)]
enum Style {
    Compact,
    Spaced,
    Fenced,
    Chatty,
}

/// A text that cannot be read as an answer: no object, or not one of the schema.
fn malformed(name: &str, draw: &mut Draw) -> String {
    let (before, after) = draw.pick(&[
        ("", ""),
        ("{\"item_name\":\"", "\",\"quant"),
        ("[{\"item_name\":\"", "\"}]"),
        ("{\"name\":\"", "\"}"),
        ("{\"item_name\":\"", "\",\"quantity\":null}"),
        ("{\"item_name\":\"", "\",\"comment\":\"\"}"),
        ("{\"item_name\":\"", "\",\"confidence\":\"high\"}"),
    ]);
    format!("{before}{name}{after}")
}
