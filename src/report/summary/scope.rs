//! What is shown of a summary, and how much.

use crate::summary::Summary;

/// How much of a summary is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The verdicts alone.
    Verdict,
    /// What a reader of a run needs.
    #[default]
    Usual,
    /// Everything that a summary holds.
    Full,
}

/// A summary, and how it is shown.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) summary: &'a Summary,
    /// Headings name the rule set.
    pub(super) is_one_of_many: bool,
    pub(super) detail: Detail,
}

impl Scope<'_> {
    /// The title of a section: with several rule sets on one page, each says whose it is.
    pub(super) fn title(self, title: &str) -> String {
        let rules = self.summary.rules;
        if self.is_one_of_many { format!("{title} · {rules}") } else { title.to_owned() }
    }

    pub(super) fn is_full(self) -> bool {
        self.detail == Detail::Full
    }
}
