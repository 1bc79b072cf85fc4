//! Serialisation of the domain's types: enumerations as strings, structures as JSON objects only.
//!
//! Errors never repeat the text that could not be read: it comes from outside, and errors end up in logs.

/// Declares an enum whose variants have a fixed wire name, with `ALL`, `as_str`, `FromStr`, serde in
/// both directions, `Display`, and a place for each variant in [`Each`](crate::model::Each).
macro_rules! wire_enum {
    ($(#[$meta:meta])* $name:ident, $what:literal { $($(#[$doc:meta])* $variant:ident = $wire:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)+ }
            }
        }

        impl $crate::model::Variant for $name {
            const VARIANTS: &'static [Self] = $name::ALL;
            type Array<V> = [V; $name::ALL.len()];

            fn array<V>(mut value: impl FnMut(Self) -> V) -> Self::Array<V> {
                [$(value(Self::$variant),)+]
            }

            fn place(self) -> usize {
                self as usize
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($wire => Ok(Self::$variant),)+
                    _ => Err($crate::model::UnknownName { what: $what, known: &[$($wire,)+] }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::model::wire::deserialize_name(deserializer, $what)
            }
        }
    };
}
pub(crate) use wire_enum;

/// Reads structures from objects only: what serde derives accepts an array of the fields' values as well.
///
/// For types with `#[serde(remote = "Self")]`, whose derived functions are inherent and called from here.
macro_rules! closed_object {
    ($($name:ident $(<$life:lifetime>)?),+ $(,)?) => {$(
        impl<'de $(: $life, $life)?> serde::Deserialize<'de> for $name $(<$life>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ObjectVisitor $(<$life>(std::marker::PhantomData<&$life ()>))?;
                impl<'de $(: $life, $life)?> serde::de::Visitor<'de> for ObjectVisitor $(<$life>)? {
                    type Value = $name $(<$life>)?;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                        $name::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }
                deserializer.deserialize_map(ObjectVisitor $((std::marker::PhantomData::<&$life ()>))?)
            }
        }
    )+};
}
pub(crate) use closed_object;

/// Writes structures with `#[serde(remote = "Self")]` as derived.
macro_rules! written_as_derived {
    ($($name:ident $(<$life:lifetime>)?),+ $(,)?) => {$(
        impl $(<$life>)? serde::Serialize for $name $(<$life>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $name::serialize(self, serializer)
            }
        }
    )+};
}
pub(crate) use written_as_derived;

/// Structures that are read as closed objects and written as derived.
macro_rules! wire_objects {
    ($($types:tt)*) => {
        $crate::model::wire::closed_object!($($types)*);
        $crate::model::wire::written_as_derived!($($types)*);
    };
}
pub(crate) use wire_objects;

use serde::de::{Deserializer, Error, Visitor};
use std::marker::PhantomData;
use std::str::FromStr;

/// A name that the contract does not have. It is not kept, because it comes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// What was expected, e.g. `capability`.
    pub what: &'static str,
    /// The names that exist.
    pub known: &'static [&'static str],
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a known {}, expected one of", self.what)?;
        for (position, name) in self.known.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(f, "{comma} `{name}`")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownName {}

/// Reads one wire name without allocating.
pub(crate) fn deserialize_name<'de, D, T>(deserializer: D, what: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = UnknownName>,
{
    struct NameVisitor<T>(&'static str, PhantomData<T>);
    impl<T: FromStr<Err = UnknownName>> Visitor<'_> for NameVisitor<T> {
        type Value = T;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "the name of a {}", self.0)
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(NameVisitor(what, PhantomData))
}
