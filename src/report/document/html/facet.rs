//! The facets by which cases are filtered. Elements of the page carry numbers of values, so that the script never compares
//! texts of a document.

use super::super::{CaseView, Document};
use super::inline::{Text, short};
use crate::model::ReasonCode;
use crate::outcome::Divergence;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// The values of one facet, numbered from 0.
#[derive(Default)]
pub(super) struct Facet<'a> {
    numbers: BTreeMap<&'a str, usize>,
    /// Values with their counts of cases, by number.
    values: Vec<(&'a str, u64)>,
}

impl<'a> Facet<'a> {
    /// The values in the order of `known`, then all others in ascending order.
    fn of(known: impl IntoIterator<Item = &'a str>, met: &[&'a str]) -> Self {
        let others: BTreeSet<_> = met.iter().copied().collect();
        let mut facet = Self::default();
        for value in known.into_iter().chain(others) {
            facet.numbers.entry(value).or_insert_with(|| {
                facet.values.push((value, 0));
                facet.values.len() - 1
            });
        }
        for value in met {
            if let Some((_, count)) = facet.number(value).and_then(|number| facet.values.get_mut(number)) {
                *count += 1;
            }
        }
        facet
    }

    /// The number of a value.
    pub(super) fn number(&self, value: &str) -> Option<usize> {
        self.numbers.get(value).copied()
    }

    /// A selection list of the values that some case has.
    fn choice(&self, label: &str, name: &str, shown: impl Fn(&str) -> String) -> Markup {
        html! {
            label { (label) " " select data-facet=(name) {
                option value="" { "all" }
                @for (number, (value, count)) in self.values.iter().enumerate() {
                    @if *count > 0 { option value=(number) { (Text(&shown(value))) " (" (count) ")" } }
                }
            } }
        }
    }
}

/// All facets.
pub(super) struct Facets<'a> {
    class: Facet<'a>,
    reason: Facet<'a>,
    tag: Facet<'a>,
    snapshot: Facet<'a>,
    /// By fingerprint.
    group: Facet<'a>,
    /// By fingerprint, the sentence of the group.
    names: BTreeMap<&'a str, &'a str>,
}

impl<'a> Facets<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        let cases = document.cases.as_slice();
        let met = |value: fn(&CaseView) -> Option<&str>| cases.iter().filter_map(value).collect::<Vec<_>>();
        let groups = document.changes.as_ref().map(|changes| changes.groups.as_slice()).unwrap_or_default();
        let tags: Vec<_> = cases.iter().flat_map(|case| &case.tags).map(String::as_str).collect();
        let classes = Divergence::ALL.iter().map(|class| class.as_str());
        let fingerprints = groups.iter().map(|group| group.fingerprint.as_str());
        Self {
            class: Facet::of(classes, &met(|case| Some(case.class.as_str()))),
            reason: Facet::of([], &met(|case| case.reason.as_ref().map(ReasonCode::as_str))),
            tag: Facet::of([], &tags),
            snapshot: Facet::of([], &met(|case| Some(&case.snapshot))),
            group: Facet::of(fingerprints, &met(|case| case.group.as_deref())),
            names: groups.iter().map(|group| (group.fingerprint.as_str(), group.what.as_str())).collect(),
        }
    }

    /// The number of a group, and how many listed cases belong to it.
    pub(super) fn group(&self, fingerprint: &str) -> Option<(usize, u64)> {
        let number = self.group.number(fingerprint)?;
        self.group.values.get(number).map(|(_, cases)| (number, *cases))
    }

    /// The numbers of a case's values: class, reason, tags, snapshot, group.
    pub(super) fn numbers(&self, case: &CaseView) -> [Option<String>; 5] {
        let tags: Vec<_> = case.tags.iter().filter_map(|tag| self.tag.number(tag)).map(|n| n.to_string()).collect();
        let text = |number: Option<usize>| number.map(|number| number.to_string());
        [
            text(self.class.number(case.class.as_str())),
            text(case.reason.as_ref().and_then(|reason| self.reason.number(reason.as_str()))),
            (!tags.is_empty()).then(|| tags.join(" ")),
            text(self.snapshot.number(&case.snapshot)),
            text(case.group.as_deref().and_then(|group| self.group.number(group))),
        ]
    }

    /// A selection list for each facet.
    pub(super) fn choices(&self) -> Markup {
        let same = str::to_owned;
        html! {
            (self.class.choice("Class", "class", same))
            (self.reason.choice("Reason", "reason", same))
            (self.tag.choice("Tag", "tag", same))
            (self.snapshot.choice("Snapshot", "snapshot", same))
            (self.group.choice("Group", "group", |fingerprint| {
                let what = self.names.get(fingerprint).copied().unwrap_or_default().replace('`', "");
                format!("{what} {}", short(fingerprint))
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_in_the_known_order_then_by_name_and_only_those_that_are_met_can_be_chosen() {
        let facet = Facet::of(["outside", "agreed"], &["zebra", "agreed", "<b>", "zebra"]);
        let numbers = ["outside", "agreed", "<b>", "zebra", "nobody"].map(|value| facet.number(value));
        assert_eq!(numbers, [Some(0), Some(1), Some(2), Some(3), None]);
        assert_eq!(
            facet.choice("Class", "class", str::to_owned).0,
            "<label>Class <select data-facet=\"class\"><option value=\"\">all</option>\
             <option value=\"1\">agreed (1)</option><option value=\"2\">&lt;b&gt; (1)</option>\
             <option value=\"3\">zebra (2)</option></select></label>"
        );
    }
}
