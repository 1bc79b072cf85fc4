//! A summary, and how much of it is shown.

use crate::summary::Summary;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Only the verdicts.
    Verdict,
    /// The usual amount.
    #[default]
    Usual,
    /// Everything.
    Full,
}

/// A summary, and how much of it is shown.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) summary: &'a Summary,
    /// Whether headings name the rule set.
    pub(super) is_one_of_many: bool,
    pub(super) detail: Detail,
}

impl Scope<'_> {
    /// The title of a section, with the rule set where several are shown.
    pub(super) fn title(self, title: &str) -> String {
        let rules = self.summary.rules;
        if self.is_one_of_many { format!("{title} · {rules}") } else { title.to_owned() }
    }

    pub(super) fn is_full(self) -> bool {
        self.detail == Detail::Full
    }
}
