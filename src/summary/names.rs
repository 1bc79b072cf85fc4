//! A summary without text of users: ids and names that could be such text are replaced by digests.

use super::evidence::FirstIds;
use super::exposure::WorstCases;
use super::{CorpusSummary, GoldenResult, NamedCase, Summary};
use crate::model::shown_name;

impl Summary {
    /// The same summary with every id and name as [`shown_name`] shows it.
    #[must_use]
    pub fn with_shown_names(mut self) -> Self {
        self.corpora.iter_mut().for_each(show_corpus);
        let stages = self.roles.iter_mut().flat_map(|role| &mut role.stages);
        stages.for_each(|stage| show_worst(&mut stage.worst));
        self.unclaimed_golden.iter_mut().for_each(show);
        self.repeated.examples = shown(self.repeated.examples.iter());
        self
    }
}

fn show_corpus(corpus: &mut CorpusSummary) {
    show(&mut corpus.name);
    show_worst(&mut corpus.counts.worst);
    corpus.counts.stages.iter_mut().for_each(|stage| show_worst(&mut stage.worst));
    corpus.counts.unrecorded = shown(corpus.counts.unrecorded.iter());
    if let GoldenResult::Compared { groups, .. } = &mut corpus.golden {
        groups.iter_mut().flat_map(|group| &mut group.examples).for_each(show);
    }
}

fn show_worst(worst: &mut WorstCases) {
    let shown = |case: &NamedCase| NamedCase { command_id: shown_name(&case.command_id).into_owned(), ..case.clone() };
    *worst = worst.iter().map(shown).collect();
}

fn shown<'a>(ids: impl Iterator<Item = &'a String>) -> FirstIds {
    ids.map(|id| shown_name(id).into_owned()).collect()
}

fn show(name: &mut String) {
    *name = shown_name(name).into_owned();
}
