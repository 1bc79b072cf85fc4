//! The project: `corridor.toml`, and its folders of corpora, golden files and runs.

use super::collision::{check_portable, collision};
use super::exit::Failure;
use super::file::resolved;
use super::folder::{CorpusFolder, ENDS, is_corpus_file};
use super::output::Output;
use super::stale::{AgeLimit, Stale};
use super::standard;
use super::variable::expected_variable;
use crate::corpus::CorpusInput;
use crate::decide::{Environment, RuleSet};
use crate::model::{VARIABLES, read_toml};
use crate::preflight::intended;
use crate::report::escape;
use crate::summary::Role;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The name of a project file.
pub(super) const FILE: &str = "corridor.toml";

/// The default variables of a replay.
const BUILT_IN: [(&str, &str); 6] = [
    ("LLM_POLICY_ALLOW_PLACEHOLDERS", "true"),
    ("LLM_POLICY_ENABLED", "true"),
    ("PARTIAL_TRUST_ENABLED", "true"),
    ("PARTIAL_TRUST_PROFILE_ID", "partial_trust"),
    ("PARTIAL_TRUST_SAMPLE_RATE", "0.01"),
    ("PARTIAL_TRUST_TIMEOUT_MS", "200"),
];

/// The replay environment without a project file.
pub(super) fn built_in_environment() -> Environment {
    BUILT_IN.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The contents of `corridor.toml`; every field has a default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ProjectFile {
    rules: Vec<String>,
    stages: Vec<f64>,
    corpora: PathBuf,
    golden: PathBuf,
    store: PathBuf,
    environment: Option<BTreeMap<String, Spanned<String>>>,
    recordings: RecordingsEntry,
    corpus: BTreeMap<String, Spanned<CorpusEntry>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RecordingsEntry {
    max_age_days: Option<AgeLimit>,
    stale: Option<Stale>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorpusEntry {
    role: Role,
}

impl Default for ProjectFile {
    fn default() -> Self {
        Self {
            rules: RuleSet::ALL.iter().map(|rules| rules.as_str().to_owned()).collect(),
            stages: vec![0.01, 0.05, 0.10],
            corpora: PathBuf::from("corpora"),
            golden: PathBuf::from("golden"),
            store: Path::new(".corridor").join("runs"),
            environment: None,
            recordings: RecordingsEntry::default(),
            corpus: BTreeMap::new(),
        }
    }
}

/// The entry of a corpus in the project file.
#[derive(Clone, Copy, Debug)]
struct Declared {
    role: Role,
    /// 1-based.
    line: usize,
}

/// A project with its defaults filled in.
#[derive(Debug)]
pub(super) struct Project {
    root: PathBuf,
    /// The project file, if the user named one.
    pub(super) named: Option<PathBuf>,
    /// Rule sets to replay.
    pub(super) rules: Vec<RuleSet>,
    /// Stages of the rollout, ascending, 0..1.
    pub(super) stages: Vec<f64>,
    /// The replay environment.
    pub(super) environment: Environment,
    /// How old captured recordings may be; `None` without a limit.
    pub(super) age_limit: Option<(AgeLimit, Stale)>,
    corpora: PathBuf,
    golden: PathBuf,
    /// Where runs are.
    runs: PathBuf,
    /// The folder of runs, if the user named one.
    pub(super) named_store: Option<PathBuf>,
    corpora_declared: BTreeMap<String, Declared>,
    /// The project file in messages.
    name: String,
}

impl Project {
    /// Reads the named project file, or the nearest one from `here` upwards. Without one, everything has its default.
    pub(super) fn load(named: Option<&Path>, here: &Path) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => Some(path.to_owned()),
            None => here.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file()),
        };
        let Some(path) = path else { return Self::new(here.to_owned(), ProjectFile::default(), FILE, "") };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::system(format!("cannot read project file {}", path.display()), &error))?;
        let file = read_toml::<ProjectFile>(&text).map_err(|problem| {
            let (line, column) = place(&text, problem.place.map_or(0, |place| place.start));
            Failure::input(format!("{}:{line}:{column}: {}", path.display(), problem.message))
        })?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(here);
        let project = Self::new(folder.to_owned(), file, &path.display().to_string(), &text)?;
        Ok(Self { named: named.map(Path::to_owned), ..project })
    }

    fn new(root: PathBuf, file: ProjectFile, name: &str, text: &str) -> Result<Self, Failure> {
        let ProjectFile { rules, mut stages, corpora, golden, store, environment, recordings, corpus } = file;
        let rules =
            rules.iter().map(|rules| rules.parse().map_err(|error| Failure::input(format!("{name}: rules: {error}"))));
        let mut rules = rules.collect::<Result<Vec<RuleSet>, _>>()?;
        rules.sort_unstable();
        rules.dedup();
        if rules.is_empty() {
            return Err(Failure::input(format!("{name}: rules: names no rule set")));
        }
        if stages.iter().any(|rate| !(*rate > 0.0 && *rate < 1.0)) {
            return Err(Failure::input(format!("{name}: stages: a rate is above 0 and below 1")));
        }
        stages.sort_by(f64::total_cmp);
        stages.dedup();
        let age_limit = match recordings {
            RecordingsEntry { max_age_days: Some(limit), stale } => Some((limit, stale.unwrap_or(Stale::Warn))),
            RecordingsEntry { max_age_days: None, stale: None } => None,
            RecordingsEntry { max_age_days: None, stale: Some(_) } => {
                let message = format!("{name}: recordings: stale says nothing without max_age_days");
                return Err(Failure::input(message).with_help("add a limit, such as max_age_days = 180"));
            }
        };
        let unknown = environment.iter().flatten().filter(|(variable, _)| !VARIABLES.contains(&variable.as_str()));
        if let Some((variable, value)) = unknown.min_by_key(|(_, value)| value.span().start) {
            let line = place(text, value.span().start).0;
            // Another name may be a secret; a misspelling of ours is not.
            let shown = intended(variable).map_or(String::new(), |_| format!("`{variable}` is "));
            let message = format!("{name}:{line}: environment: {shown}not a variable of the corridor");
            return Err(Failure::input(message).with_help(expected_variable(variable)));
        }
        let environment =
            environment.map(|set| set.into_iter().map(|(variable, value)| (variable, value.into_inner())).collect());
        corpus.keys().try_for_each(|corpus| check_portable(corpus, &format!("{name}: corpus: ")))?;
        if let Some(found) = collision(&corpus.keys().map(String::as_str).collect(), |_| true) {
            return Err(found.failure(&format!("{name}: corpus: ")));
        }
        for (key, folder, other, its) in [
            ("golden", &golden, "corpora", &corpora),
            ("store", &store, "corpora", &corpora),
            ("store", &store, "golden", &golden),
        ] {
            if resolved(&root.join(folder)) == resolved(&root.join(its)) {
                let message = format!("{name}: {key}: is the folder of {other} as well");
                return Err(Failure::input(message).with_help("each needs a folder where nothing else is looked for"));
            }
        }
        let declared = |(corpus, entry): (String, Spanned<CorpusEntry>)| {
            let line = place(text, entry.span().start).0;
            (corpus, Declared { role: entry.into_inner().role, line })
        };
        Ok(Self {
            rules,
            stages,
            environment: environment.map_or_else(built_in_environment, |variables| beside(&root, variables)),
            age_limit,
            corpora,
            golden,
            runs: root.join(store),
            named_store: None,
            root,
            named: None,
            corpora_declared: corpus.into_iter().map(declared).collect(),
            name: name.to_owned(),
        })
    }

    /// The same project with its runs in `store`, if given.
    pub(super) fn with_store(self, store: Option<PathBuf>) -> Self {
        let store = store.filter(|store| !store.as_os_str().is_empty());
        let runs = store.clone().unwrap_or(self.runs);
        Self { runs, named_store: store, ..self }
    }

    /// The rule sets that were named, sorted and each once, or those of the project.
    pub(super) fn rule_sets(&self, named: &[RuleSet]) -> Vec<RuleSet> {
        let mut rules = if named.is_empty() { self.rules.clone() } else { named.to_vec() };
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    /// The folder that the project file is in.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Name of the project file.
    pub(super) fn file_name(&self) -> &Path {
        Path::new(self.name.as_str()).file_name().map_or(Path::new(FILE), Path::new)
    }

    /// Where runs are stored.
    pub(super) fn runs(&self) -> PathBuf {
        self.runs.clone()
    }

    /// A file of the project.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The folder of the corpora.
    pub(super) fn corpora(&self) -> PathBuf {
        self.root.join(&self.corpora)
    }

    /// The project file, which need not exist.
    pub(super) fn own_file(&self) -> PathBuf {
        self.named.clone().unwrap_or_else(|| self.file(FILE))
    }

    /// Refuses a folder that `option` names and that does not exist: it would look like an empty one.
    pub(super) fn need_folder(option: &str, named: Option<&Path>) -> Result<(), Failure> {
        match named.filter(|folder| !folder.is_dir()) {
            None => Ok(()),
            Some(folder) => Err(Failure::input(format!("{option}: there is no folder {}", folder.display()))),
        }
    }

    /// Where receipts are.
    pub(super) fn receipts(&self) -> PathBuf {
        self.root.join("rollout").join("receipts")
    }

    /// Where golden files are.
    pub(super) fn golden(&self, named: Option<&Path>) -> PathBuf {
        named.map_or_else(|| self.root.join(&self.golden), Path::to_owned)
    }

    /// How a run stores a golden folder that was named: relative to the project if it is in it, so that the project can be
    /// moved. `None` for the project's own.
    pub(super) fn golden_name(&self, named: Option<&Path>) -> Option<String> {
        let absolute = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
        let (named, own) = (absolute(named?)?, absolute(&self.golden(None)));
        if own.is_some_and(|own| own == named) {
            return None;
        }
        let root = absolute(&self.root);
        let in_project = root.and_then(|root| named.strip_prefix(root).ok().map(Path::to_owned));
        in_project.unwrap_or(named).to_str().map(str::to_owned)
    }

    /// The golden folder that is stored in a run.
    pub(super) fn golden_of(&self, name: Option<&str>) -> PathBuf {
        name.map_or_else(|| self.golden(None), |name| self.root.join(name))
    }

    /// The role of a corpus, and whether it was declared.
    pub(super) fn role(&self, corpus: &str) -> (Role, bool) {
        self.corpora_declared.get(corpus).map_or((Role::Edge, false), |declared| (declared.role, true))
    }

    /// The names of corpora that are declared; they need not exist.
    pub(super) fn declared(&self) -> impl Iterator<Item = &str> {
        self.corpora_declared.keys().map(String::as_str)
    }

    /// Lists the folder of the corpora.
    pub(super) fn corpus_folder(&self) -> Result<CorpusFolder, Failure> {
        CorpusFolder::read(self.corpora())
    }

    /// The names of all corpora that are declared or exist.
    pub(super) fn corpus_names(&self) -> BTreeSet<String> {
        let there = self.corpus_folder().map(|folder| folder.inputs).unwrap_or_default();
        let declared = self.corpora_declared.keys().cloned();
        there.iter().filter_map(CorpusInput::corpus_name).chain(declared).collect()
    }

    /// All corpora of the project, sorted by name. A declared corpus that is missing is an error; files that are not read are
    /// noted.
    pub(super) fn all_corpora(&self, output: &Output) -> Result<Vec<CorpusInput>, Failure> {
        let folder = self.corpus_folder()?;
        if let Some(note) = folder.note() {
            output.note(&escape::visible(&note));
        }
        let is_there = |name: &str| folder.inputs.iter().any(|input| input.corpus_name().as_deref() == Some(name));
        let missing: Vec<_> = self.corpora_declared.iter().filter(|(name, _)| !is_there(name)).collect();
        let shown = self.corpora();
        if !missing.is_empty() {
            let names = missing.iter().map(|(name, declared)| format!("`{name}` ({}:{})", self.name, declared.line));
            let advice: Vec<_> = missing.iter().filter_map(|(name, _)| folder.advice(name)).collect();
            let help = if advice.is_empty() {
                "put it there, take it out of the project file, or name the corpora that are meant".to_owned()
            } else {
                advice.join("\n")
            };
            let message =
                format!("declared and not in {}: corpus {}", shown.display(), names.collect::<Vec<_>>().join(", "));
            return Err(Failure::input(message).with_help(help));
        }
        if folder.inputs.is_empty() {
            return Err(Failure::input(format!("there is no corpus in {}", shown.display())));
        }
        Ok(folder.inputs)
    }

    /// The corpora that the user named, or all of the project.
    pub(super) fn corpora_of(&self, named: &[String], output: &Output) -> Result<Vec<CorpusInput>, Failure> {
        if named.is_empty() { self.all_corpora(output) } else { named.iter().map(|named| self.corpus(named)).collect() }
    }

    /// The corpus that the user named: `-`, a path, or a name in the project's folder.
    pub(super) fn corpus(&self, named: &str) -> Result<CorpusInput, Failure> {
        if named == "-" {
            return standard::input();
        }
        let path = Path::new(named);
        let folder = self.corpora();
        let in_folder = ENDS.map(|end| folder.join(format!("{named}{end}")));
        let is_name = path.components().count() == 1;
        let found: Vec<_> = in_folder.into_iter().filter(|path| is_name && path.is_file()).collect();
        match found.as_slice() {
            [found] => Ok(CorpusInput::File(found.clone())),
            [one, other, ..] => {
                let message = format!("two corpora are called `{named}`: {} and {}", one.display(), other.display());
                Err(Failure::usage(message).with_help("name one by its path, or rename it"))
            }
            [] if path.exists() || !is_name || is_corpus_file(path) => Ok(CorpusInput::File(path.to_owned())),
            [] => {
                let folder = self.corpus_folder();
                let advice = folder.as_ref().ok().and_then(|folder| folder.advice(named));
                let known = folder.map(|folder| folder.inputs).unwrap_or_default();
                let known: Vec<String> = known.iter().filter_map(CorpusInput::corpus_name).collect();
                Err(Failure::input(format!("there is no corpus `{named}`")).with_help(
                    match (advice, known.as_slice()) {
                        (Some(advice), _) => advice,
                        (None, []) => "name a corpus by path".to_owned(),
                        (None, known) => format!("the project has {}; others are named by path", known.join(", ")),
                    },
                ))
            }
        }
    }
}

/// Makes the path of the policy file relative to the project, and not to the current folder.
fn beside(root: &Path, mut variables: Environment) -> Environment {
    if let Some(path) = variables.get_mut("LLM_POLICY_PATH").filter(|path| !path.is_empty()) {
        *path = root.join(&*path).display().to_string();
    }
    variables
}

/// 1-based line and column, in characters, of a byte offset.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before.get(line_start..).map_or(0, |line| line.chars().count()) + 1)
}
