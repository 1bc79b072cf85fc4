//! The command on the wire (contract 2.1.0): closed objects, borrowed from their line.

use super::text::Text;
use super::wire::{wire_enum, wire_objects};
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

wire_enum! {
    /// What a caller allows the assistant to answer; also the six actions of a decision.
    Action, "capability" {
        /// Start a job that holds proposed actions.
        StartJob = "start_job",
        /// Propose one task.
        ProposeCreateTask = "propose_create_task",
        /// Propose one shopping item.
        ProposeAddShoppingItem = "propose_add_shopping_item",
        /// Ask back.
        Clarify = "clarify",
        /// Refuse.
        Reject = "reject",
        /// Ask for confirmation of several actions.
        Confirm = "confirm",
    }
}

/// The non-empty set of capabilities that a command carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities(u8);

impl Capabilities {
    /// The set of the given capabilities; `None` when there are none.
    #[must_use]
    pub fn new(capabilities: &[Action]) -> Option<Self> {
        let bits = capabilities.iter().fold(0, |bits, capability| bits | bit(*capability));
        (bits != 0).then_some(Self(bits))
    }

    /// Whether the caller allows `capability`.
    #[must_use]
    pub const fn contains(self, capability: Action) -> bool {
        self.0 & bit(capability) != 0
    }
}

const fn bit(capability: Action) -> u8 {
    1 << capability as u8
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(Action::ALL.iter().filter(|action| self.contains(**action)))
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SetVisitor;
        impl<'de> Visitor<'de> for SetVisitor {
            type Value = Capabilities;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a non-empty array of capabilities")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Capabilities, A::Error> {
                let mut bits = 0;
                while let Some(capability) = sequence.next_element::<Action>()? {
                    bits |= bit(capability);
                }
                if bits == 0 {
                    return Err(A::Error::custom("must hold at least one capability"));
                }
                Ok(Capabilities(bits))
            }
        }
        deserializer.deserialize_seq(SetVisitor)
    }
}

/// One command of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Command<'a> {
    /// Identifier chosen by the caller; determines the sampling bucket.
    #[serde(borrow)]
    pub command_id: Text<'a>,
    /// Who gave the command.
    #[serde(borrow)]
    pub user_id: Text<'a>,
    /// RFC 3339 date-time, kept as written.
    #[serde(borrow, deserialize_with = "super::time::deserialize_date_time")]
    pub timestamp: Text<'a>,
    /// What the user said.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// What the caller allows.
    pub capabilities: Capabilities,
    /// The household around the command.
    #[serde(borrow)]
    pub context: Context<'a>,
}

/// Household, defaults and policies of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Context<'a> {
    /// The household.
    #[serde(borrow)]
    pub household: Household<'a>,
    /// Defaults for what a command leaves out.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Defaults<'a>>,
    /// Household policies; carried, not read by either path.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub policies: Option<Policies<'a>>,
}

/// The people, zones and lists of a household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Household<'a> {
    /// Identifier of the household.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub household_id: Option<Text<'a>>,
    /// At least one member.
    #[serde(borrow, deserialize_with = "non_empty")]
    pub members: Vec<Member<'a>>,
    /// Rooms and areas.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub zones: Option<Vec<Zone<'a>>>,
    /// Shopping lists, the only list ids that a candidate may name.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub shopping_lists: Option<Vec<ShoppingList<'a>>>,
}

/// A person of the household.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Member<'a> {
    /// Identifier of the person.
    #[serde(borrow)]
    pub user_id: Text<'a>,
    /// Name shown to others.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Text<'a>>,
    /// Role in the household.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub role: Option<Text<'a>>,
    /// Share of work, no unit.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub workload_score: Option<f64>,
}

/// A room or area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Zone<'a> {
    /// Identifier.
    #[serde(borrow)]
    pub zone_id: Text<'a>,
    /// Name.
    #[serde(borrow)]
    pub name: Text<'a>,
}

/// A shopping list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ShoppingList<'a> {
    /// Identifier.
    #[serde(borrow)]
    pub list_id: Text<'a>,
    /// Name.
    #[serde(borrow)]
    pub name: Text<'a>,
}

/// Values for what a command leaves out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Defaults<'a> {
    /// Who gets a task.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub default_assignee_id: Option<Text<'a>>,
    /// Which list gets an item.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub default_list_id: Option<Text<'a>>,
}

/// Household policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Policies<'a> {
    /// Hours without notifications.
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<Text<'a>>,
    /// Tasks per user, 0 or more.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub max_open_tasks_per_user: Option<u64>,
}

/// Reads an optional field that may be absent but not `null`: the contract's optional strings are strings.
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Reads an array that must hold at least one element.
pub(crate) fn non_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let elements = Vec::deserialize(deserializer)?;
    if elements.is_empty() {
        return Err(D::Error::custom("must hold at least one element"));
    }
    Ok(elements)
}

wire_objects!(
    Command<'a>,
    Context<'a>,
    Household<'a>,
    Member<'a>,
    Zone<'a>,
    ShoppingList<'a>,
    Defaults<'a>,
    Policies<'a>
);
