//! The corpora of one replay: their names, inputs and golden.

use super::collision::{check_portable, collision};
use super::exit::Failure;
use super::output::Output;
use super::project::Project;
use crate::corpus::CorpusInput;
use crate::golden::SnapshotName;
use crate::run::Spool;
use std::path::Path;

/// The corpora as they were typed, and how they will be read.
pub(super) struct Asked<'a> {
    /// Names or paths; all corpora of the project if empty.
    pub(super) corpora: &'a [String],
    /// The corpus name of standard input.
    pub(super) name: Option<&'a str>,
    /// Whether they have to be read more than once.
    pub(super) reads_twice: bool,
    /// The folder to which standard input is copied if it has to be read twice.
    pub(super) spool: &'a Path,
}

/// One corpus of the command line.
pub(super) struct Corpus {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) input: CorpusInput,
    /// The copy of standard input, if it has to be read twice.
    _spooled: Option<Spool>,
    /// Whether it can have golden files: everything but standard input without a name.
    pub(super) named: bool,
    /// How a command names it; `None` for standard input.
    pub(super) typed: Option<String>,
    /// Whether it is one of the project's own.
    pub(super) of_project: bool,
}

impl Corpus {
    /// The named corpora, or all of the project, sorted by name; standard input is copied if it has to be read twice.
    pub(super) fn all(asked: &Asked, project: &Project, output: &Output) -> Result<Vec<Self>, Failure> {
        let inputs = project.corpora_of(asked.corpora, output)?;
        if asked.name.is_some() && !inputs.contains(&CorpusInput::Stdin) {
            return Err(Failure::usage("--name names standard input: give `-` as a corpus"));
        }
        let corpora = inputs.into_iter().map(|input| {
            let label = input.display_name();
            let (named, name) = match (&input, asked.name) {
                (CorpusInput::Stdin, Some(name)) => (true, name.to_owned()),
                (CorpusInput::Stdin, None) => (false, "stdin".to_owned()),
                (CorpusInput::File(_) | CorpusInput::Beginning { .. }, _) => {
                    (true, input.corpus_name().unwrap_or_default())
                }
            };
            SnapshotName::new("reference", &name)?;
            if named {
                check_portable(&name, "")?;
            }
            let spooled = (asked.reads_twice && !input.can_be_read_again())
                .then(|| Ok::<_, Failure>(Spool::new(asked.spool, &mut *input.open_as_stored()?)?))
                .transpose()?;
            let typed = typed_name(&input, &name, project);
            let input = spooled.as_ref().map_or(input, |file| CorpusInput::File(file.path()));
            let of_project = typed.as_deref() == Some(name.as_str());
            Ok(Self { name, label, input, _spooled: spooled, named, typed, of_project })
        });
        let mut corpora = corpora.collect::<Result<Vec<_>, Failure>>()?;
        corpora.sort_by(|one, other| one.name.cmp(&other.name));
        refuse_namesakes(corpora.iter().map(|corpus| corpus.name.as_str()), "run")?;
        let mut known = project.corpus_names();
        known.extend(corpora.iter().filter(|corpus| corpus.named).map(|corpus| corpus.name.clone()));
        let is_asked = |name: &str| corpora.iter().any(|corpus| corpus.named && corpus.name == name);
        if let Some(found) = collision(&known.iter().map(String::as_str).collect(), is_asked) {
            return Err(found.failure(""));
        }
        Ok(corpora)
    }
}

/// Refuses two corpora of one name; `names` are sorted, and `what` is made of the corpora.
pub(super) fn refuse_namesakes<'a>(names: impl Iterator<Item = &'a str>, what: &str) -> Result<(), Failure> {
    let names: Vec<_> = names.collect();
    let Some([name, _]) = names.windows(2).find(|pair| matches!(pair, [one, other] if one == other)) else {
        return Ok(());
    };
    let message = format!("two corpora of this {what} are called `{name}`");
    Err(Failure::usage(message).with_help("a corpus is called by its file's stem: rename one of them"))
}

/// The name of a project's corpus, the path of any other; `None` for standard input.
fn typed_name(input: &CorpusInput, name: &str, project: &Project) -> Option<String> {
    match input {
        CorpusInput::Stdin => None,
        CorpusInput::File(path) | CorpusInput::Beginning { path, .. } => {
            let is_project_corpus = project.corpus(name).is_ok_and(|known| known == *input);
            Some(if is_project_corpus { name.to_owned() } else { path.display().to_string() })
        }
    }
}
