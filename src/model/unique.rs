//! Reading objects with any keys: a key that occurs twice is an error. The message does not hold the key, which comes from outside.
//!
//! Structures do not need this: what serde derives refuses a field that occurs twice.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

const TWICE: &str = "a name occurs twice in this object";

/// A map from an object in which each key occurs once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UniqueMap<V>(pub BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for MapVisitor<V> {
            type Value = BTreeMap<String, V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }
            fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
                entries(object, self.0)
            }
        }
        deserializer.deserialize_map(MapVisitor(PhantomData)).map(Self)
    }
}

/// Reads variables by name, for a field that may be absent but not null.
pub(super) fn variables<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    UniqueMap::deserialize(deserializer).map(|UniqueMap(variables)| Some(variables))
}

/// Reads any JSON.
pub(super) fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Unique.deserialize(deserializer)
}

/// Reads an object or null.
pub(super) fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Map<String, Value>>, D::Error> {
    struct ObjectVisitor;
    impl<'de> Visitor<'de> for ObjectVisitor {
        type Value = Option<Map<String, Value>>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object or null")
        }
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
            Ok(Some(entries(object, Unique)?.into_iter().collect()))
        }
    }
    deserializer.deserialize_any(ObjectVisitor)
}

/// Reads an object, for a field that may be absent.
pub(super) fn present_object<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    let object = object(deserializer)?;
    object.map(Some).ok_or_else(|| D::Error::custom("must be an object, and not null"))
}

fn entries<'de, A: MapAccess<'de>, S: DeserializeSeed<'de> + Copy>(
    mut object: A,
    value: S,
) -> Result<BTreeMap<String, S::Value>, A::Error> {
    let mut entries = BTreeMap::new();
    while let Some(key) = object.next_key::<String>()? {
        if entries.contains_key(&key) {
            return Err(A::Error::custom(TWICE));
        }
        entries.insert(key, object.next_value_seed(value)?);
    }
    Ok(entries)
}

/// Any JSON; in objects of any depth each key occurs once.
#[derive(Clone, Copy)]
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(Self)? {
            elements.push(element);
        }
        Ok(elements.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        Ok(Value::Object(entries(object, Unique)?.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of(text: &str) -> Result<Value, String> {
        value(&mut serde_json::Deserializer::from_str(text)).map_err(|error| error.to_string())
    }

    #[test]
    fn any_json_is_read_as_it_is() {
        for text in ["null", "true", "-3", "18446744073709551615", "1.5", "1e300", r#""a\n""#, r#"[1,{"a":[{}]},"b"]"#]
        {
            assert_eq!(value_of(text).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn a_key_that_occurs_twice_is_refused_at_any_depth_and_not_shown() {
        for text in [r#"{"k":1,"k":1}"#, r#"[{"a":{"k":1,"b":2,"k":3}}]"#, r#"{"k":1,"\u006b":2}"#] {
            let error = value_of(text).unwrap_err();
            assert!(error.starts_with(TWICE) && !error.contains(char::from(b'k')), "{error}");
        }
        assert!(serde_json::from_str::<UniqueMap<u8>>(r#"{"a":1,"a":1}"#).unwrap_err().to_string().starts_with(TWICE));
        assert_eq!(serde_json::from_str::<UniqueMap<u8>>(r#"{"a":1,"b":2}"#).unwrap().0.len(), 2);
    }
}
