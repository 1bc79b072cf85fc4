//! Selecting a part of each corpus: filters by id, tag, class, status and reason, and a seeded sample.

use crate::model::{CorridorStatus, ReasonCode, Recording};
use crate::outcome::{Divergence, Outcome};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which recordings of each corpus are replayed. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Of each kind that occurs, any filter has to match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// A stratified sample of each corpus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleSize>,
}

/// A seeded sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleSize {
    /// Recordings of each corpus.
    pub size: usize,
    /// The seed of the sample.
    pub seed: u64,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `id=GLOB`: the command id; `*` stands for any characters.
    Id(String),
    /// `tag=TAG`.
    Tag(String),
    /// `class=CLASS`.
    Class(Divergence),
    /// `reason=REASON`.
    Reason(ReasonCode),
    /// `status=STATUS`.
    Status(CorridorStatus),
}

/// A filter that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(String);

impl Filter {
    /// Whether it needs the outcome of a replay.
    #[must_use]
    pub const fn is_of_outcome(&self) -> bool {
        matches!(self, Self::Class(_) | Self::Reason(_) | Self::Status(_))
    }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(FilterError(
                "a filter is KEY=VALUE, with KEY one of id, tag, class, status, reason".to_owned(),
            ));
        };
        let unknown = |error: crate::model::UnknownName| FilterError(error.to_string());
        match key {
            "id" => Ok(Self::Id(value.to_owned())),
            "tag" => Ok(Self::Tag(value.to_owned())),
            "class" => value.parse().map(Self::Class).map_err(unknown),
            "status" => value.parse().map(Self::Status).map_err(unknown),
            "reason" => ReasonCode::parse(value)
                .map(Self::Reason)
                .ok_or_else(|| FilterError("a reason code is 1 to 64 letters, digits or underscores".to_owned())),
            _ => Err(FilterError("not a filter key, expected one of id, tag, class, status, reason".to_owned())),
        }
    }
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(glob) => write!(f, "id={glob}"),
            Self::Tag(tag) => write!(f, "tag={tag}"),
            Self::Class(class) => write!(f, "class={class}"),
            Self::Status(status) => write!(f, "status={status}"),
            Self::Reason(reason) => write!(f, "reason={reason}"),
        }
    }
}

impl Serialize for Filter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Selection {
    /// Whether everything is replayed.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.filters.is_empty() && self.sample.is_none()
    }
}

/// A selection that keeps track of which filters have matched.
#[derive(Debug)]
pub struct Selector {
    selection: Selection,
    /// By filter, whether it has matched.
    agreed: Vec<AtomicBool>,
}

impl Selector {
    /// Begins with nothing seen.
    #[must_use]
    pub fn new(selection: Selection) -> Self {
        let agreed = selection.filters.iter().map(|_| AtomicBool::new(false)).collect();
        Self { selection, agreed }
    }

    /// The sample of each corpus.
    #[must_use]
    pub const fn sample(&self) -> Option<SampleSize> {
        self.selection.sample
    }

    /// The filters that have matched nothing so far. Filters of outcomes see only recordings that the others selected.
    pub fn unmet(&self) -> impl Iterator<Item = &Filter> {
        let filters = self.selection.filters.iter().zip(&self.agreed);
        filters.filter(|(_, agreed)| !agreed.load(Ordering::Relaxed)).map(|(filter, _)| filter)
    }

    /// Whether the filters on recordings select this one.
    #[must_use]
    pub fn takes_recording(&self, recording: &Recording) -> bool {
        let by_id = self.any(|filter| match filter {
            Filter::Id(glob) => Some(matches_glob(glob, &recording.command.command_id)),
            Filter::Class(_) | Filter::Tag(_) | Filter::Reason(_) | Filter::Status(_) => None,
        });
        let by_tag = self.any(|filter| match filter {
            Filter::Tag(tag) => Some(recording.tags.iter().any(|own| *own == tag.as_str())),
            Filter::Class(_) | Filter::Id(_) | Filter::Reason(_) | Filter::Status(_) => None,
        });
        by_id && by_tag
    }

    /// Whether the filters on outcomes select this one.
    #[must_use]
    pub fn takes_outcome(&self, outcome: &Outcome) -> bool {
        let verdict = outcome.verdict();
        let by_class = self.any(|filter| match filter {
            Filter::Class(class) => Some(outcome.divergence == *class),
            Filter::Id(_) | Filter::Tag(_) | Filter::Reason(_) | Filter::Status(_) => None,
        });
        let by_reason = self.any(|filter| match filter {
            Filter::Reason(reason) => Some(verdict.is_some_and(|(_, own)| own == reason)),
            Filter::Id(_) | Filter::Tag(_) | Filter::Class(_) | Filter::Status(_) => None,
        });
        let by_status = self.any(|filter| match filter {
            Filter::Status(status) => Some(verdict.is_some_and(|(own, _)| own == *status)),
            Filter::Id(_) | Filter::Tag(_) | Filter::Class(_) | Filter::Reason(_) => None,
        });
        by_class && by_reason && by_status
    }

    /// Whether any filter of a kind matches, or there is none of the kind. `agrees` is `None` for other kinds; all filters are asked,
    /// to track which ones match.
    fn any(&self, agrees: impl Fn(&Filter) -> Option<bool>) -> bool {
        let (mut is_asked, mut is_taken) = (false, false);
        for (filter, agreed) in self.selection.filters.iter().zip(&self.agreed) {
            let Some(answer) = agrees(filter) else { continue };
            is_asked = true;
            is_taken |= answer;
            // Threads that only read it do not contend.
            if answer && !agreed.load(Ordering::Relaxed) {
                agreed.store(true, Ordering::Relaxed);
            }
        }
        is_taken || !is_asked
    }
}

/// `*` stands for any characters, none included; everything else for itself.
fn matches_glob(glob: &str, text: &str) -> bool {
    let Some((head, rest)) = glob.split_once('*') else { return glob == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.find(part) {
            Some(start) => text = text.get(start + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_ids() {
        for (glob, text) in
            [("a", "a"), ("*", ""), ("a*", "abc"), ("*c", "abc"), ("a*c", "ac"), ("a*b*c", "a-b-b-c"), ("**", "x")]
        {
            assert!(matches_glob(glob, text), "{glob} {text}");
        }
        for (glob, text) in [("a", "ab"), ("a*", "ba"), ("a*b*c", "acb"), ("ab*ba", "aba")] {
            assert!(!matches_glob(glob, text), "{glob} {text}");
        }
    }

    #[test]
    fn filters_are_parsed_from_what_they_print() {
        for text in ["id=hh-*", "tag=ru", "class=regressed", "reason=items_lost", "status=skipped"] {
            assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
        }
        for text in ["", "id", "class=bad", "colour=red", "reason=a b"] {
            assert!(text.parse::<Filter>().is_err(), "{text}");
        }
    }
}
