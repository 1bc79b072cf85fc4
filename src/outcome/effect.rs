//! The effects of an accepted candidate on the items, found without labels.

use super::spelled::{Key, Spelled};
use crate::model::wire::wire_enum;
use crate::model::{DecisionCore, Each};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};

wire_enum! {
    /// One kind of difference between the items of two decisions, the most severe first.
    Effect, "effect" {
        /// An item of the baseline is missing.
        ItemsLost = "items_lost",
        /// There is an item that the baseline does not have.
        ItemsAdded = "items_added",
        /// An item has another name.
        NameChanged = "name_changed",
        /// The baseline's list is missing.
        ListDropped = "list_dropped",
        /// Another list.
        ListChanged = "list_changed",
        /// Another quantity, or only one side has one.
        QuantityChanged = "quantity_changed",
        /// Another unit, or only one side has one.
        UnitChanged = "unit_changed",
        /// The same item, its name, quantity or unit in [another spelling](crate::model::spelling): no harm.
        SpellingChanged = "spelling_changed",
    }
}

/// How often each effect occurs in one decision; written as an object without the zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects(Each<Effect, u32>);

impl Effects {
    /// The effects of `corridor` replacing `baseline`.
    ///
    /// Items are paired one to one: first equal items, then by name, as written and in another spelling, and then the rest of
    /// both sides in order.
    #[must_use]
    pub fn between(baseline: &DecisionCore, corridor: &DecisionCore) -> Self {
        let mut effects = Self::default();
        let [mut ours, mut theirs] = [baseline, corridor].map(|side| side.items().map(Spelled::of).collect::<Vec<_>>());
        for key in [Spelled::as_written, Spelled::as_spelled, Spelled::name_as_written, Spelled::name_as_spelled] {
            effects.pair(&mut ours, &mut theirs, key);
        }
        let mut left = theirs.into_iter();
        for ours in ours {
            match left.next() {
                Some(theirs) => {
                    effects.add(Effect::NameChanged);
                    effects.add_pair(&ours, &theirs);
                }
                None => effects.add(Effect::ItemsLost),
            }
        }
        left.for_each(|_| effects.add(Effect::ItemsAdded));
        effects
    }

    /// Pairs items with the same key, in order, and removes them from both sides.
    fn pair<'i>(
        &mut self,
        ours: &mut Vec<Spelled<'i>>,
        theirs: &mut Vec<Spelled<'i>>,
        key: for<'k> fn(&'k Spelled<'i>) -> Key<'k>,
    ) {
        let mut places: BTreeMap<Key, VecDeque<usize>> = BTreeMap::new();
        for (place, item) in theirs.iter().enumerate() {
            places.entry(key(item)).or_default().push_back(place);
        }
        let taken: Vec<Option<usize>> =
            ours.iter().map(|item| places.get_mut(&key(item)).and_then(VecDeque::pop_front)).collect();
        let mut is_left = vec![true; theirs.len()];
        for (item, place) in ours.iter().zip(&taken).filter_map(|(item, place)| Some((item, (*place)?))) {
            self.add_pair(item, &theirs[place]);
            is_left[place] = false;
        }
        let (mut taken, mut is_left) = (taken.into_iter(), is_left.into_iter());
        ours.retain(|_| taken.next() == Some(None));
        theirs.retain(|_| is_left.next() == Some(true));
    }

    fn add_pair(&mut self, ours: &Spelled, theirs: &Spelled) {
        if ours.quantity != theirs.quantity {
            self.add(Effect::QuantityChanged);
        }
        if ours.unit != theirs.unit {
            self.add(Effect::UnitChanged);
        }
        match (&ours.item.list_id, &theirs.item.list_id) {
            (Some(_), None) => self.add(Effect::ListDropped),
            (ours, theirs) if ours != theirs => self.add(Effect::ListChanged),
            (Some(_) | None, Some(_) | None) => {}
        }
        if ours.is_spelled_otherwise(theirs) {
            self.add(Effect::SpellingChanged);
        }
    }

    fn add(&mut self, effect: Effect) {
        self.0[effect] += 1;
    }

    /// How often `effect` occurs.
    #[must_use]
    pub fn count(&self, effect: Effect) -> u32 {
        self.0[effect]
    }

    /// The effects that occur, the most severe first, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Effect, u32)> + '_ {
        self.0.iter().map(|(effect, count)| (effect, *count)).filter(|(_, count)| *count > 0)
    }

    /// The most severe effect that occurs.
    #[must_use]
    pub fn worst(&self) -> Option<Effect> {
        self.iter().next().map(|(effect, _)| effect)
    }

    /// Whether the only effect is another spelling.
    #[must_use]
    pub fn is_spelling_alone(&self) -> bool {
        self.worst() == Some(Effect::SpellingChanged)
    }

    /// Whether nothing happened to the items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.worst().is_none()
    }
}

impl Serialize for Effects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (effect, count) in self.iter() {
            map.serialize_entry(&effect, &count)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Effects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EffectsVisitor;
        impl<'de> Visitor<'de> for EffectsVisitor {
            type Value = Effects;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of effects and their counts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Effects, A::Error> {
                let mut effects = Effects::default();
                while let Some((effect, count)) = map.next_entry::<Effect, u32>()? {
                    if effects.0[effect] > 0 || count == 0 {
                        return Err(A::Error::custom("effects are named once, with a count of 1 or more"));
                    }
                    effects.0[effect] = count;
                }
                Ok(effects)
            }
        }
        deserializer.deserialize_map(EffectsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(items: &str) -> String {
        let actions: Vec<_> = serde_json::from_str::<Vec<serde_json::Value>>(items)
            .unwrap()
            .into_iter()
            .map(|item| serde_json::json!({"action": "propose_add_shopping_item", "payload": {"item": item}}))
            .collect();
        serde_json::json!({"status": "ok", "action": "start_job", "confidence": 0.78,
            "payload": {"job_type": "add_shopping_item", "proposed_actions": actions}})
        .to_string()
    }

    fn effects(baseline: &str, corridor: &str) -> String {
        let (baseline, corridor) = (job(baseline), job(corridor));
        let effects =
            Effects::between(&serde_json::from_str(&baseline).unwrap(), &serde_json::from_str(&corridor).unwrap());
        let text = serde_json::to_string(&effects).unwrap();
        assert_eq!(serde_json::from_str::<Effects>(&text).unwrap(), effects);
        text
    }

    #[test]
    fn items_are_paired_by_name_and_then_in_order() {
        assert_eq!(
            effects(
                r#"[{"name":"хлеб","list_id":"l"},{"name":"молоко","list_id":"l"},{"name":"яйца","list_id":"l"}]"#,
                r#"[{"name":" Молоко"}]"#
            ),
            r#"{"items_lost":2,"list_dropped":1,"spelling_changed":1}"#
        );
        assert_eq!(
            effects(r#"[{"name":"молоко","list_id":"a"}]"#, r#"[{"name":"пиво","quantity":"100","list_id":"b"}]"#),
            r#"{"name_changed":1,"list_changed":1,"quantity_changed":1}"#
        );
        assert_eq!(
            effects(r#"[{"name":"a"}]"#, r#"[{"name":"a","unit":"kg","list_id":"l"},{"name":"b"}]"#),
            r#"{"items_added":1,"list_changed":1,"unit_changed":1}"#
        );
        assert_eq!(
            effects(r#"[{"name":"a"},{"name":"a"}]"#, r#"[{"name":"A"}]"#),
            r#"{"items_lost":1,"spelling_changed":1}"#
        );
        let (one, other) = (r#"{"name":"чай","quantity":"1"}"#, r#"{"name":"чай","quantity":"2"}"#);
        assert_eq!(effects(&format!("[{one},{other}]"), &format!("[{other}]")), r#"{"items_lost":1}"#);
        assert_eq!(effects(&format!("[{one},{other}]"), &format!("[{other},{one}]")), "{}");
        assert_eq!(effects(r#"[{"name":"мёд"},{"name":"мед"}]"#, r#"[{"name":"мед"}]"#), r#"{"items_lost":1}"#);
    }

    #[test]
    fn an_item_in_another_spelling_is_the_same_item() {
        for (ours, theirs, found) in [
            (r#"{"name":"мёд"}"#, r#"{"name":"Мед"}"#, r#"{"spelling_changed":1}"#),
            (r#"{"name":"сыр «Домик»"}"#, r#"{"name":"сыр  \"домик\""}"#, r#"{"spelling_changed":1}"#),
            (r#"{"name":"a","unit":"кг"}"#, r#"{"name":"a","unit":"КГ\u00a0"}"#, r#"{"spelling_changed":1}"#),
            (r#"{"name":"a","quantity":"1–2"}"#, r#"{"name":"a","quantity":"1-2"}"#, r#"{"spelling_changed":1}"#),
            (r#"{"name":"a","unit":"кг"}"#, r#"{"name":"a","unit":"kg"}"#, r#"{"unit_changed":1}"#),
            (r#"{"name":"a","quantity":"1,5"}"#, r#"{"name":"a","quantity":"15"}"#, r#"{"quantity_changed":1}"#),
            (r#"{"name":"a","list_id":"L"}"#, r#"{"name":"a","list_id":"l"}"#, r#"{"list_changed":1}"#),
            (r#"{"name":"ёж","quantity":"2"}"#, r#"{"name":"еж"}"#, r#"{"quantity_changed":1,"spelling_changed":1}"#),
        ] {
            let (ours, theirs) = (format!("[{ours}]"), format!("[{theirs}]"));
            assert_eq!(effects(&ours, &theirs), found, "{ours} {theirs}");
            assert_eq!(effects(&ours, &ours), "{}");
        }
    }
}
