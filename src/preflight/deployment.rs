//! The input of a preflight: one environment as it would be deployed, and facts that only the caller can find out.

use super::origin::Origin;
use super::syntax::Syntax;
use super::variable::Variable;
use crate::decide::{Environment, PolicySource, RuleSet};
use std::collections::BTreeMap;

/// The value of a variable. Has no `Debug`: the value may be a secret.
#[derive(Clone)]
pub struct Given {
    /// The value, as it is.
    pub value: String,
    /// Where it was found.
    pub origin: Origin,
}

/// A variable that nothing reads, although its name looks like one that is read. Its value is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Its name.
    pub name: String,
    /// Where it was found.
    pub origin: Origin,
}

/// A variable that a file sets more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// Its name.
    pub name: String,
    /// 1-based lines, ascending; the value of the last one holds.
    pub lines: Vec<u64>,
}

/// Whether risk lines can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RiskLog {
    /// Not checked.
    NotLookedAt,
    /// A line can be appended.
    Writable,
    /// There is no folder for it.
    FolderMissing,
    /// It cannot be appended to, for this reason.
    Refused(String),
}

/// One environment as it would be deployed. Has no `Debug`: it holds secrets.
#[derive(Clone)]
pub struct Deployment {
    /// Its name in reports.
    pub name: String,
    /// The variables that are set, by name; a variable that is not in the map is unset.
    pub given: BTreeMap<String, Given>,
    /// Variables that a preset leaves to be filled in: no findings about them.
    pub to_fill_in: Vec<&'static str>,
    /// Variables that look like misspelt ones.
    pub strangers: Vec<Stranger>,
    /// Variables that are set more than once.
    pub repeated: Vec<Repeated>,
    /// By name of variable: the syntax on its line that loaders read in different ways.
    pub syntax: BTreeMap<String, Vec<Syntax>>,
    /// Whether lines of the file end in CR LF.
    pub has_carriage_returns: bool,
    /// Whether that file begins with a byte order mark.
    pub has_byte_order_mark: bool,
    /// What `LLM_POLICY_PATH` leads to.
    pub policy: PolicySource,
    /// Whether risk lines can be written.
    pub risk_log: RiskLog,
    /// Whether a relative path was resolved in a folder that may not be that of the service.
    pub elsewhere: bool,
    /// Sample rates of the rollout, ascending, above 0 and below 1.
    pub stages: Vec<f64>,
    /// The acceptance rules.
    pub rules: RuleSet,
}

impl Deployment {
    /// A deployment in which nothing is set.
    #[must_use]
    pub fn new(name: impl Into<String>, rules: RuleSet, stages: &[f64]) -> Self {
        Self {
            name: name.into(),
            given: BTreeMap::new(),
            to_fill_in: Vec::new(),
            strangers: Vec::new(),
            repeated: Vec::new(),
            syntax: BTreeMap::new(),
            has_carriage_returns: false,
            has_byte_order_mark: false,
            policy: PolicySource::BuiltIn,
            risk_log: RiskLog::NotLookedAt,
            elsewhere: false,
            stages: stages.to_vec(),
            rules,
        }
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<String>, origin: Origin) {
        self.given.insert(name.to_owned(), Given { value: value.into(), origin });
    }

    /// The value of a variable, where it is set.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(|given| given.value.as_str())
    }

    /// Where each variable is set, by name; those that nothing reads included.
    pub(super) fn origins(&self) -> BTreeMap<&str, &Origin> {
        let strangers = self.strangers.iter().map(|stranger| (stranger.name.as_str(), &stranger.origin));
        strangers.chain(self.given.iter().map(|(name, given)| (name.as_str(), &given.origin))).collect()
    }

    /// The path of the risk log: as set, or the default.
    #[must_use]
    pub fn risk_log_path(&self) -> &str {
        const NAME: &str = "PARTIAL_TRUST_RISK_LOG_PATH";
        let default = Variable::named(NAME).and_then(|variable| variable.default);
        self.value(NAME).or(default).unwrap_or_default()
    }

    /// The variables alone, as both paths read them.
    pub(super) fn environment(&self) -> Environment {
        self.given.iter().map(|(name, given)| (name.clone(), given.value.clone())).collect()
    }
}
