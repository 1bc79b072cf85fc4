//! Seeded synthetic recordings, for load tests and for trying out statistics.
//!
//! Input: a [`Recipe`] (a seed, and rates of what people say, how good the answers are and what fails). Output: a recording for each
//! index, which depends only on `GENERATOR_VERSION`, the recipe and the index. Its command, with user and label, depends only on
//! the seed, the mix and the knobs `single_item`, `quantity`, `english` and `loose_wording`, so that recipes that differ in other
//! knobs give other answers to the same commands.
//!
//! Generated recordings have source `generated`: they can show that a corridor is unsafe, never that it is safe.
//!
//! ```
//! use corridor::corpus::generate::{Knob, Preset, Recipe};
//!
//! let mut recipe = Recipe::new(Preset::Typical, 42);
//! recipe.apply(&["slow=0.25".parse()?])?;
//! let recording = recipe.recording(7);
//! assert_eq!(recording.command.command_id, "gen-42-000000007");
//! assert_eq!(recording, recipe.recordings(0..10).nth(7).unwrap());
//! for knob in Knob::ALL {
//!     println!("{knob}={} {}", recipe.rate(*knob), knob.description());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod draw;
mod english;
mod household;
mod knob;
mod latency;
mod lexicon;
mod recipe;
mod russian;
mod speech;
#[cfg(test)]
mod tests;

use crate::model::{
    Action, Attempt, Capabilities, Command, Context, Defaults, Exchanges, Policies, RECORDING_VERSION, Recording,
    Source, Text,
};
use draw::{Draw, Stream};
use household::Home;
pub use knob::{Knob, KnobGroup, Preset};
pub use recipe::{KnobSetting, Recipe, RecipeError};
use speech::{Speech, Subject};

/// Days over which commands spread, from 2026-03-01 on.
const DAYS: u64 = 30;

/// Relative weights of the hours of the day, from 0 on.
const HOURS: [u64; 24] = [1, 0, 0, 0, 0, 1, 3, 6, 8, 8, 7, 7, 8, 7, 6, 6, 8, 10, 12, 12, 10, 8, 5, 3];

impl Recipe {
    /// The recording of `index`. Command ids sort like their indices, up to a billion.
    #[must_use]
    pub fn recording(&self, index: u64) -> Recording<'static> {
        let mut draw = Draw::new(Stream::Command, self.seed, index);
        let home = household::home_of(self.seed, household::user_of(index, &mut draw));
        let speech = speech::speech(self, &home, &mut draw);
        let timestamp = timestamp(&mut draw);
        let has_confirm = draw.percent(30);
        let (exchanges, answer_tags) = self.exchanges(index, &speech, &home);
        let tags = [speech.lexicon.tag].into_iter().chain(speech.tags).chain(answer_tags).map(Text::from).collect();
        Recording {
            v: RECORDING_VERSION,
            command: Command {
                command_id: format!("gen-{}-{index:09}", self.seed).into(),
                user_id: home.user_id.clone().into(),
                timestamp: timestamp.into(),
                text: speech.text.into(),
                capabilities: capabilities(has_confirm),
                context: context(home, &speech.subject),
            },
            exchanges,
            candidate: None,
            label: self.label.then_some(speech.label),
            tags,
            note: None,
            source: Some(Source::Generated),
            seed: Some(i128::from(self.seed)),
            captured: None,
            environment: None,
        }
    }

    /// The recordings of a range of indices, in order.
    pub fn recordings(&self, indices: std::ops::Range<u64>) -> impl Iterator<Item = Recording<'static>> {
        indices.map(|index| self.recording(index))
    }

    fn exchanges(&self, index: u64, speech: &Speech, home: &Home) -> (Exchanges<'static>, Vec<&'static str>) {
        let mut draw = Draw::new(Stream::Answer, self.seed, index);
        match &speech.subject {
            Subject::Shopping(wanted) => {
                let answer = answer::answer(self, speech.lexicon, wanted, home.default_list, &mut draw);
                let exchanges = Exchanges { partial_trust_shopping: answer.attempts, shopping_extraction: None };
                (exchanges, answer.tags)
            }
            Subject::EmptyList => {
                let latency_ms = latency::within_budget(&mut draw);
                let nothing = Attempt { result: Ok("{\"items\":[]}".into()), latency_ms };
                (Exchanges { partial_trust_shopping: None, shopping_extraction: Some(vec![nothing]) }, Vec::new())
            }
            Subject::NoList | Subject::Other => (Exchanges::default(), Vec::new()),
        }
    }
}

/// What the client supports; not every client can ask for a confirmation.
fn capabilities(has_confirm: bool) -> Capabilities {
    let count = if has_confirm { Action::ALL.len() } else { Action::ALL.len() - 1 };
    #[expect(clippy::expect_used, reason = "the first of a constant list of six")]
    Capabilities::new(Action::ALL.get(..count).unwrap_or_default()).expect("at least one capability")
}

fn context(home: Home, subject: &Subject) -> Context<'static> {
    let mut household = home.household;
    let default_list_id = match subject {
        Subject::NoList => {
            // A single list is the default without being named.
            household.shopping_lists = household.shopping_lists.filter(|lists| lists.len() > 1);
            None
        }
        Subject::Shopping(_) | Subject::EmptyList | Subject::Other => {
            home.names_default.then(|| Text::from(home.default_list))
        }
    };
    Context {
        household,
        defaults: default_list_id.map(|id| Defaults { default_assignee_id: None, default_list_id: Some(id) }),
        policies: home
            .quiet_hours
            .map(|hours| Policies { quiet_hours: Some(hours.into()), max_open_tasks_per_user: None }),
    }
}

fn timestamp(draw: &mut Draw) -> String {
    let day = draw.between(1, DAYS);
    let hour = draw.weighted(std::array::from_fn::<_, 24, _>(|hour| (HOURS[hour], hour))).unwrap_or(12);
    let (minute, second) = (draw.below(60), draw.below(60));
    format!("2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}+03:00")
}
