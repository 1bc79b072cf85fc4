//! Commands as people say them, each with its label.
//!
//! The label is made together with the text and does not depend on either path. It names items in the words of the command, as the
//! baseline does.

use super::draw::Draw;
use super::english::ENGLISH;
use super::household::Home;
use super::knob::Knob;
use super::lexicon::{Good, Lexicon};
use super::recipe::Recipe;
use super::russian::RUSSIAN;
use crate::model::{Action, Intent, Label, LabelItem, LabelTask, Text};

static LANGUAGES: [Lexicon; 2] = [RUSSIAN, ENGLISH];

/// One item that the user wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) good: Good,
    /// As said: in the counted form where there is a quantity.
    pub(super) name: &'static str,
    pub(super) quantity: Option<u64>,
    pub(super) unit: Option<&'static str>,
}

/// What a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// Items to buy, at least one. The corridor will ask for a candidate.
    Shopping(Vec<Wanted>),
    /// Shopping without an item: the baseline will ask for one.
    EmptyList,
    /// Shopping without a list to put the items onto.
    NoList,
    /// Anything else.
    Other,
}

/// A command that was said.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub(super) text: String,
    pub(super) lexicon: &'static Lexicon,
    pub(super) subject: Subject,
    pub(super) label: Label<'static>,
    /// What kind of command it is.
    pub(super) tags: Vec<&'static str>,
}

#[derive(Clone, Copy)]
enum Kind {
    Shopping,
    Task,
    Clarify,
    Reject,
}

#[derive(Clone, Copy)]
enum Question {
    Remark,
    BareItem,
    Confirmation,
    EmptyList,
    NoList,
}

/// Draws a command of a user in `home`.
pub(super) fn speech(recipe: &Recipe, home: &Home, draw: &mut Draw) -> Speech {
    let [russian, english] = &LANGUAGES;
    let lexicon = if draw.chance(recipe.chance(Knob::English)) { english } else { russian };
    let kind = draw.weighted([
        (recipe.chance(Knob::Shopping), Kind::Shopping),
        (recipe.chance(Knob::Task), Kind::Task),
        (recipe.chance(Knob::Clarify), Kind::Clarify),
        (recipe.chance(Knob::Reject), Kind::Reject),
    ]);
    match kind.unwrap_or(Kind::Shopping) {
        Kind::Shopping => shopping(recipe, lexicon, home, draw),
        Kind::Task => task(lexicon, draw),
        Kind::Clarify => question(recipe, lexicon, draw),
        Kind::Reject => {
            let (text, intent) = draw.pick(&lexicon.refused);
            let label = Label { intent: Some(intent), action: Some(Action::Reject), ..Label::default() };
            Speech { text: text.to_owned(), lexicon, subject: Subject::Other, label, tags: vec!["reject"] }
        }
    }
}

fn shopping(recipe: &Recipe, lexicon: &'static Lexicon, home: &Home, draw: &mut Draw) -> Speech {
    let count = if draw.chance(recipe.chance(Knob::SingleItem)) {
        1
    } else {
        draw.weighted([(55, 2), (28, 3), (12, 4), (5, 5)]).unwrap_or(2)
    };
    let wanted = wanted(recipe, lexicon, count, draw);
    let mut tags = vec![if count == 1 { "single-item" } else { "multi-item" }];
    if wanted.iter().any(|item| item.quantity.is_some()) {
        tags.push("quantity");
    }
    let is_loose = draw.chance(recipe.chance(Knob::LooseWording));
    let ending = if is_loose {
        tags.push("loose-wording");
        draw.pick(&lexicon.loose_endings)
    } else {
        ""
    };
    let text = shopping_text(lexicon, &wanted, ending, draw);
    let items = wanted.iter().map(|item| LabelItem {
        name: item.name.into(),
        quantity: item.quantity.map(|quantity| Text::from(quantity.to_string())),
        unit: item.unit.map(Text::from),
        list_id: Some(home.default_list.into()),
    });
    let label = Label {
        intent: Some(Intent::AddShoppingItem),
        action: Some(Action::StartJob),
        items: Some(items.collect()),
        ..Label::default()
    };
    Speech { text, lexicon, subject: Subject::Shopping(wanted), label, tags }
}

/// `count` different items.
fn wanted(recipe: &Recipe, lexicon: &'static Lexicon, count: usize, draw: &mut Draw) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::with_capacity(count);
    while wanted.len() < count {
        let good = another_good(lexicon, &wanted, draw);
        let has_quantity = draw.chance(recipe.chance(Knob::Quantity));
        wanted.push(if has_quantity {
            let (quantity, unit) = lexicon.amount(good.measure, draw);
            Wanted { good, name: good.counted, quantity: Some(quantity), unit }
        } else {
            Wanted { good, name: good.name, quantity: None, unit: None }
        });
    }
    wanted
}

/// A good that is not wanted yet.
pub(super) fn another_good(lexicon: &Lexicon, wanted: &[Wanted], draw: &mut Draw) -> Good {
    // A command has at most a tenth of the goods as items, so this ends soon.
    loop {
        let good = draw.pick(&lexicon.goods);
        if wanted.iter().all(|item| item.good != good) {
            return good;
        }
    }
}

/// An `ending` that is not empty replaces the stop phrase.
fn shopping_text(lexicon: &Lexicon, wanted: &[Wanted], ending: &str, draw: &mut Draw) -> String {
    let opening = draw.pick(&lexicon.openings);
    let stop_phrase = draw.pick(&lexicon.stop_phrases);
    let names_a_list = draw.percent(60) && opening.names_a_list && ending.is_empty();
    let mut text = if draw.percent(40) { opening.words.to_lowercase() } else { opening.words.to_owned() };
    // "a, b and c", sometimes without "and".
    let conjunction = if draw.percent(75) { lexicon.conjunction } else { lexicon.comma };
    for (position, item) in wanted.iter().enumerate() {
        if position > 0 {
            text.push_str(if position + 1 == wanted.len() { conjunction } else { lexicon.comma });
        }
        if let Some(quantity) = item.quantity {
            text.push_str(&quantity.to_string());
            text.push(' ');
        }
        if let Some(unit) = item.unit {
            text.push_str(unit);
            text.push(' ');
        }
        text.push_str(item.name);
    }
    text.push_str(if names_a_list { stop_phrase } else { ending });
    text
}

fn task(lexicon: &'static Lexicon, draw: &mut Draw) -> Speech {
    let mut text = draw.pick(&lexicon.task_leads).to_owned();
    text.push_str(draw.pick(&lexicon.chores));
    let label = Label {
        intent: Some(Intent::CreateTask),
        action: Some(Action::StartJob),
        task: Some(LabelTask { title: text.clone().into() }),
        ..Label::default()
    };
    Speech { text, lexicon, subject: Subject::Other, label, tags: vec!["task"] }
}

fn question(recipe: &Recipe, lexicon: &'static Lexicon, draw: &mut Draw) -> Speech {
    let kind = draw.weighted([
        (30, Question::Remark),
        (15, Question::BareItem),
        (25, Question::Confirmation),
        (20, Question::EmptyList),
        (10, Question::NoList),
    ]);
    let said = |text: &str| text.to_owned();
    let (text, subject, intent, missing) = match kind.unwrap_or(Question::Remark) {
        Question::Remark => (said(draw.pick(&lexicon.remarks)), Subject::Other, Intent::ClarifyNeeded, None),
        Question::BareItem => (said(draw.pick(&lexicon.goods).name), Subject::Other, Intent::ClarifyNeeded, None),
        Question::Confirmation => {
            (said(draw.pick(&lexicon.confirmations)), Subject::Other, Intent::ClarifyNeeded, Some("intent"))
        }
        Question::EmptyList => {
            let text = said(draw.pick(&lexicon.empty_lists));
            (text, Subject::EmptyList, Intent::AddShoppingItem, Some("item.name"))
        }
        Question::NoList => {
            let text = shopping_text(lexicon, &wanted(recipe, lexicon, 1, draw), "", draw);
            (text, Subject::NoList, Intent::AddShoppingItem, Some("item.list_id"))
        }
    };
    let label = Label {
        intent: Some(intent),
        action: Some(Action::Clarify),
        missing_fields: missing.map(|field| vec![field.into()]),
        ..Label::default()
    };
    Speech { text, lexicon, subject, label, tags: vec!["clarify"] }
}
