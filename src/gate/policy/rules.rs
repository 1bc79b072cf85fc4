//! The limits of the rules that do not depend on the stage: a map with an entry for each.

use super::built_in::built_in;
use super::limits::RulePolicy;
use crate::gate::rule::{GATE_RULES, RuleId};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::LazyLock;

/// The rules that do not depend on the stage. Omitted rules have the limits of the built-in policy.
#[derive(Clone, Debug, PartialEq)]
pub struct RulePolicies(BTreeMap<RuleId, RulePolicy>);

/// Its name in error messages.
const NAME: &str = "RulePolicies";

/// The ids of its rules, in the order in which they are written.
fn ids() -> impl Iterator<Item = RuleId> {
    GATE_RULES.iter().filter(|rule| rule.is_of_no_stage()).map(|rule| rule.id)
}

fn keys() -> &'static [&'static str] {
    static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| ids().map(RuleId::as_str).collect());
    &KEYS
}

impl RulePolicies {
    /// Every rule with its limits, in the order of harm.
    pub fn all(&self) -> impl Iterator<Item = (RuleId, RulePolicy)> {
        self.0.iter().map(|(id, rule)| (*id, *rule))
    }

    /// The limits of a rule; `None` for one whose limits are in the stages.
    #[must_use]
    pub fn of(&self, id: RuleId) -> Option<RulePolicy> {
        self.0.get(&id).copied()
    }
}

impl Default for RulePolicies {
    fn default() -> Self {
        Self(built_in().rule.clone())
    }
}

impl Serialize for RulePolicies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(ids().filter_map(|id| Some((id, self.0.get(&id)?))))
    }
}

impl<'de> Deserialize<'de> for RulePolicies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(NAME, keys(), RulesVisitor)
    }
}

struct RulesVisitor;

impl<'de> Visitor<'de> for RulesVisitor {
    type Value = RulePolicies;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "struct {NAME}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RulePolicies, A::Error> {
        let mut rules = BTreeMap::new();
        while let Some(Key(id)) = map.next_key()? {
            let Entry::Vacant(place) = rules.entry(id) else {
                return Err(Error::duplicate_field(id.as_str()));
            };
            place.insert(map.next_value()?);
        }
        for (id, rule) in &built_in().rule {
            rules.entry(*id).or_insert(*rule);
        }
        Ok(RulePolicies(rules))
    }
}

/// The name of a rule as a key: another one is an unknown field.
struct Key(RuleId);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("field identifier")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
                let id = ids().find(|id| id.as_str() == text);
                id.map(Key).ok_or_else(|| E::unknown_field(text, keys()))
            }
        }
        deserializer.deserialize_identifier(KeyVisitor)
    }
}
