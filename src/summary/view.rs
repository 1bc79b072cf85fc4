//! The summary of a run, from which text, JSON and exit code are derived.

use super::coverage::{CoverageContext, CoverageRow, VerdictCounts, coverage};
use super::evidence::Repeated;
use super::tally::Counts;
use super::{ClassCounts, EffectCounts, Role, Stage};
use crate::decide::RuleSet;
use crate::golden::{Comparison, Group, Groups, Severity as ChangeSeverity, Shape};
pub use crate::model::Decisions;
use crate::model::wire::wire_enum;
use crate::outcome::Divergence;
use serde::{Deserialize, Serialize};

/// Version of the summary's JSON; raised when a field changes its meaning or goes.
pub const SUMMARY_FORMAT: u32 = 1;

wire_enum! {
    /// Which commands are in the sample.
    Sampling, "sampling mode" {
        /// Every command, as at rate 1.
        Forced = "forced",
        /// Those that the environment's own rate selects.
        AsDeployed = "as_deployed",
    }
}

/// The summary of a run under one rule set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SUMMARY_FORMAT`].
    pub format: u32,
    /// Version of the program that replayed.
    pub tool_version: String,
    /// The acceptance rules.
    pub rules: RuleSet,
    /// Whose decisions.
    pub decisions: Decisions,
    /// Which commands are in the sample.
    pub sampling: Sampling,
    /// Seed of the stratified selection, where one was made.
    pub seed: Option<u64>,
    /// Why the run is not complete; empty for a complete one.
    pub incomplete_because: Vec<String>,
    /// What a reader has to know, e.g. that the policy does not load.
    pub notes: Vec<String>,
    /// Golden files whose corpora are missing, where all corpora of the project were replayed.
    pub unclaimed_golden: Vec<String>,
    /// Commands that are in more than one representative corpus.
    pub repeated: Repeated,
    /// By corpus, in ascending order of names.
    pub corpora: Vec<CorpusSummary>,
    /// By role: the counts of its corpora added up. Roles are never added up.
    pub roles: Vec<RoleTotals>,
    /// Terminal states over all corpora.
    pub coverage: Vec<CoverageRow>,
}

/// The summary of one corpus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorpusSummary {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Whether the role is declared; an undeclared corpus is `edge`.
    pub role_declared: bool,
    /// Recordings in the corpus, selected or not.
    pub read: u64,
    /// Lines that were set aside as bad.
    pub set_aside: u64,
    /// The counts over the selected recordings.
    pub counts: Counts,
    /// Against golden.
    pub golden: GoldenResult,
}

/// Counts over the corpora of one role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleTotals {
    /// The role.
    pub role: Role,
    /// Its corpora.
    pub corpora: u64,
    /// Their recordings.
    pub recordings: u64,
    /// By divergence class.
    pub classes: ClassCounts,
    /// Accepted decisions by effect.
    pub effects: EffectCounts,
    /// Who is exposed; users are counted per corpus and added up.
    pub stages: Vec<Stage>,
}

/// How the outcomes of a corpus compare with golden.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum GoldenResult {
    /// They were compared.
    Compared {
        /// The same as in golden.
        unchanged: u64,
        /// In golden, and not replayed because of a filter or a sample.
        carried: u64,
        /// Golden has another outcome.
        changed: u64,
        /// Golden does not have them.
        added: u64,
        /// Golden has them, and the corpus does not.
        missing: u64,
        /// The changes by kind, the most severe first.
        groups: Vec<ChangeGroupView>,
        /// Whether a `.new` file is pending.
        pending: bool,
    },
    /// There is no golden for this corpus yet.
    Absent,
    /// They were not compared on purpose.
    Skipped {
        /// Why.
        because: String,
    },
}

/// Why an outcome is not compared although there was golden before.
pub const GONE: &str = "its golden file is not there any more";

/// Changes of the same structure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeGroupView {
    /// The structure.
    #[serde(flatten)]
    pub shape: Shape,
    /// How severe they are.
    pub severity: ChangeSeverity,
    /// SHA-256 of the structure, hex.
    pub fingerprint: String,
    /// SHA-256 of the members with both of their sides, hex.
    pub members: String,
    /// How many there are.
    pub count: u64,
    /// Ids of those that a rollout would expose first, at most three.
    pub examples: Vec<String>,
}

impl ChangeGroupView {
    /// The view of a group.
    pub fn of(group: &Group) -> Self {
        Self {
            shape: group.shape.clone(),
            severity: group.severity(),
            fingerprint: group.fingerprint.clone(),
            members: group.members.clone(),
            count: group.count,
            examples: group.representatives.iter().map(|(_, change)| change.command_id.clone()).collect(),
        }
    }
}

impl GoldenResult {
    /// The result where the golden file is missing although the ledger says that it exists.
    pub fn gone() -> Self {
        Self::Skipped { because: GONE.to_owned() }
    }

    /// The result of a comparison.
    pub fn compared(comparison: &Comparison, groups: &Groups, pending: bool) -> Self {
        let groups = groups.groups().iter().map(ChangeGroupView::of).collect();
        let Comparison { unchanged, carried, changes } = *comparison;
        Self::Compared {
            unchanged,
            carried,
            changed: changes.changed,
            added: changes.added,
            missing: changes.missing,
            groups,
            pending,
        }
    }

    /// Whether a command or more was compared.
    pub const fn is_compared(&self) -> bool {
        match self {
            Self::Compared { unchanged, .. } => *unchanged + self.changes() > 0,
            Self::Absent | Self::Skipped { .. } => false,
        }
    }

    /// How many outcomes differ from golden.
    pub const fn changes(&self) -> u64 {
        match self {
            Self::Compared { changed, added, missing, .. } => *changed + *added + *missing,
            Self::Absent | Self::Skipped { .. } => 0,
        }
    }
}

impl Summary {
    /// Adds up roles and coverage over `corpora`.
    pub fn add_up(&mut self, context: CoverageContext) {
        self.roles = Role::ALL.iter().filter_map(|role| RoleTotals::of(*role, &self.corpora)).collect();
        let mut verdicts = VerdictCounts::new();
        for (verdict, count) in self.corpora.iter().flat_map(|corpus| &corpus.counts.verdicts) {
            *verdicts.entry(verdict.clone()).or_default() += count;
        }
        self.coverage = coverage(context, &verdicts);
    }

    /// Recordings that were replayed, over all corpora.
    pub fn recordings(&self) -> u64 {
        self.corpora.iter().map(|corpus| corpus.counts.recordings).sum()
    }

    /// Commands of a class, over all corpora.
    pub fn of_class(&self, class: Divergence) -> u64 {
        self.corpora.iter().map(|corpus| corpus.counts.classes.of(class)).sum()
    }

    /// Outcomes that differ from golden, over all corpora; a golden file without a corpus counts as one.
    pub fn changes(&self) -> u64 {
        let unclaimed = self.unclaimed_golden.len() as u64;
        self.corpora.iter().map(|corpus| corpus.golden.changes()).sum::<u64>() + unclaimed
    }

    /// Corpora of which a command or more was compared with golden.
    pub fn compared(&self) -> usize {
        self.corpora.iter().filter(|corpus| corpus.golden.is_compared()).count()
    }

    /// Whether the whole corpora were replayed and every line was read.
    pub fn is_complete(&self) -> bool {
        self.incomplete_because.is_empty()
    }
}

impl RoleTotals {
    fn of(role: Role, corpora: &[CorpusSummary]) -> Option<Self> {
        let mut of_role = corpora.iter().filter(|corpus| corpus.role == role).peekable();
        let first = of_role.peek()?;
        let mut totals = Self {
            role,
            corpora: 0,
            recordings: 0,
            classes: ClassCounts::default(),
            effects: EffectCounts::default(),
            stages: first.counts.stages.iter().map(|stage| Stage::new(stage.rate)).collect(),
        };
        for corpus in of_role {
            totals.corpora += 1;
            totals.recordings += corpus.counts.recordings;
            totals.classes.merge(&corpus.counts.classes);
            totals.effects.merge(&corpus.counts.effects);
            for (stage, other) in totals.stages.iter_mut().zip(&corpus.counts.stages) {
                stage.merge(other);
                stage.users += other.users;
            }
        }
        Some(totals)
    }
}
