//! The types of the domain, with their wire names.
//!
//! Every other module imports this one, and it imports none: commands, decision cores, recordings, and the verdicts of the corridor.
//! Types borrow from the line that they were read from, because a replay reads millions of lines and keeps none.

mod command;
mod day;
mod decision;
mod decisions;
mod each;
mod hex;
mod intent;
mod location;
mod lower;
mod name;
mod problem;
mod recording;
mod sampling;
mod schema;
mod spelling;
mod text;
mod time;
mod unique;
mod verdict;
pub(crate) mod wire;

pub use command::{Action, Capabilities, Command, Context, Defaults, Household, Member, Policies, ShoppingList, Zone};
pub use day::Day;
pub use decision::{
    Clarification, Confirmation, DecisionCore, DecisionOutcome, DecisionStatus, Item, ItemProposal, JobHint, JobType,
    Payload, ProposedAction, Rejection, StartJob, Task, TaskProposal,
};
pub use decisions::Decisions;
pub use each::{Each, Variant};
pub use hex::hex;
pub use intent::Intent;
pub use location::Location;
pub use lower::lower_case;
pub use name::{shown_name, unportable};
pub use problem::{TextProblem, message_alone, placed_problem, problem_of, read_toml, shown_problem};
pub use recording::{
    Attempt, CallError, Captured, Exchanges, Inconsistency, InjectedCandidate, Label, LabelItem, LabelTask, LlmTask,
    RECORDING_VERSION, Recording, Source,
};
pub use sampling::{Bucket, IdDigest};
pub use schema::{VARIABLES, is_documented};
pub use spelling::{file_name_key, is_same_spelling, spelling};
pub use text::Text;
pub use time::{is_date_time, utc_microseconds, utc_text};
pub use unique::UniqueMap;
pub use verdict::{CorridorStatus, ErrorName, KnownReason, ReasonCode};
pub use wire::UnknownName;
