//! Exit codes, and failures with their messages.

use super::limit;
use crate::corpus::CorpusError;
use crate::decide::Unusable;
use crate::golden::{GoldenError, NotAName};
use crate::replay::ReplayError;
use crate::risklog::RiskLogError;
use crate::risklog::fidelity::FidelityError;
use crate::run::RunError;
use std::error::Error;
use std::fmt::Write as _;
use std::io;
use std::io::ErrorKind;
use std::process::ExitCode;

/// How the program ends. `docs/exit-codes.md` is the public table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing changed.
    Clean,
    /// Something was found.
    Found,
    /// The command line is invalid.
    Usage,
    /// Too little data to decide.
    Inconclusive,
    /// Bad or missing input or configuration.
    Input,
    /// An invariant is broken.
    Broken,
}

impl Exit {
    /// The exit code of the process.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Input => 4,
            Self::Broken => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a subcommand failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    message: String,
    causes: Vec<String>,
    help: Option<String>,
}

impl Failure {
    /// An invalid command line.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), causes: Vec::new(), help: None }
    }

    /// Bad or missing input.
    pub(super) fn input(message: impl Into<String>) -> Self {
        Self { exit: Exit::Input, message: message.into(), causes: Vec::new(), help: None }
    }

    /// Sets the help: what to do.
    #[must_use]
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the help, if there is none.
    #[must_use]
    pub(super) fn or_help(self, help: &str) -> Self {
        if self.help.is_some() { self } else { self.with_help(help) }
    }

    /// Adds lines to the help.
    #[must_use]
    pub(super) fn with_more_help(self, more: &str) -> Self {
        let help = self.help.as_deref().map_or_else(|| more.to_owned(), |help| format!("{help}\n{more}"));
        self.with_help(help)
    }

    /// Bad or missing input with all its causes, and help if one is a limit of the machine.
    pub(super) fn caused(error: &(dyn Error + 'static)) -> Self {
        let causes = causes(error.source());
        Self { causes, help: limit::help(error).map(str::to_owned), ..Self::input(error.to_string()) }
    }

    /// A failure whose cause is a system error.
    pub(super) fn system(message: impl Into<String>, error: &io::Error) -> Self {
        let help = limit::help(error).map(str::to_owned);
        Self { causes: vec![error.to_string()], help, ..Self::input(message) }
    }

    /// A temporary folder cannot be created.
    pub(super) fn temporary(error: &io::Error) -> Self {
        Self::system("cannot make a temporary folder", error).or_help(TEMPORARY)
    }

    /// Adds the options that were typed to the commands in backticks in its texts: without them, these commands would use another
    /// project, other runs or other golden files.
    #[must_use]
    pub(super) fn carrying(self, options: &[String]) -> Self {
        let message = carried_in(&self.message, options);
        let causes = self.causes.iter().map(|cause| carried_in(cause, options)).collect();
        Self { message, causes, help: self.help.map(|help| carried_in(&help, options)), ..self }
    }

    /// Adds a cause, of one line or of several.
    #[must_use]
    pub(super) fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// `error: …`, `caused by: …`, `help: …`, each on lines of their own, with control characters escaped.
    pub(super) fn shown(&self) -> String {
        let mut text = format!("error: {}", harmless(&self.message));
        for cause in &self.causes {
            let _ = write!(text, "\ncaused by: {}", harmless(cause));
        }
        if let Some(help) = &self.help {
            let _ = write!(text, "\nhelp: {}", harmless(help));
        }
        text
    }
}

/// The beginning of a command in a text.
const COMMAND: &str = "`corridor ";

/// The text, with `options` added to each command in backticks that does not have them.
pub(super) fn carried_in(text: &str, options: &[String]) -> String {
    let mut pieces = text.split(COMMAND);
    let mut carried = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (command, rest) = piece.split_once('`').unwrap_or((piece, ""));
        carried.extend([COMMAND, command]);
        let is_new = |option: &&String| !command.contains(option.split(' ').next().unwrap_or_default());
        options.iter().filter(is_new).for_each(|option| carried.extend([" ", option.as_str()]));
        carried.extend(["`", rest]);
    }
    carried
}

/// Help if temporary files cannot be created.
const TEMPORARY: &str = "set TMPDIR to a folder that is there and can be written";

fn causes(mut cause: Option<&(dyn Error + 'static)>) -> Vec<String> {
    let mut causes = Vec::new();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes
}

fn harmless(text: &str) -> String {
    text.lines().map(crate::report::escape::visible).collect::<Vec<_>>().join("\n")
}

impl From<&CorpusError> for Failure {
    fn from(error: &CorpusError) -> Self {
        let help = match error {
            CorpusError::Line { error, .. } => error.help.map(str::to_owned),
            CorpusError::Directory(_) => Some("name the files in it".to_owned()),
            CorpusError::Duplicate { .. } => {
                Some("give one of them another command_id, or set it aside with --keep-going".to_owned())
            }
            CorpusError::Read { source, .. } if source.kind() == ErrorKind::Unsupported => Some(
                "unpack or convert it: what is read is text in UTF-8, plain or compressed once by gzip or zstd"
                    .to_owned(),
            ),
            CorpusError::Read { .. } => Some("the file is damaged or cut off: fetch it again".to_owned()),
            CorpusError::Open { .. } | CorpusError::Empty(_) => None,
        };
        let caused = Self::caused(error);
        Self { help: caused.help.clone().or(help), ..caused }
    }
}

impl From<CorpusError> for Failure {
    fn from(error: CorpusError) -> Self {
        Self::from(&error)
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        Self::from(&error)
    }
}

impl From<&ReplayError> for Failure {
    fn from(error: &ReplayError) -> Self {
        match error {
            ReplayError::Corpus(error) => error.into(),
            ReplayError::Decider(_) | ReplayError::Run(_) | ReplayError::Io { .. } => Self::caused(error),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        ReplayError::from(error).into()
    }
}

impl From<Unusable> for Failure {
    fn from(error: Unusable) -> Self {
        ReplayError::from(error).into()
    }
}

impl From<RiskLogError> for Failure {
    fn from(error: RiskLogError) -> Self {
        match &error {
            RiskLogError::Read(error) => error.into(),
            RiskLogError::Directory(_) => Self::caused(&error).with_help("name the files in it"),
            RiskLogError::Open { .. } => Self::caused(&error),
            RiskLogError::Temporary { .. } => Self::caused(&error).or_help(TEMPORARY),
        }
    }
}

impl From<FidelityError> for Failure {
    fn from(error: FidelityError) -> Self {
        match error {
            FidelityError::Log(error) => error.into(),
            FidelityError::Run(_) => {
                Self::caused(&error).with_help("a run is a folder that `corridor replay` stored in .corridor/runs")
            }
            FidelityError::Read { .. } | FidelityError::Line { .. } | FidelityError::Parts { .. } => {
                Self::caused(&error).with_help("the run is not what its replay wrote: replay again")
            }
        }
    }
}

impl From<GoldenError> for Failure {
    fn from(error: GoldenError) -> Self {
        let caused = Self::caused(&error);
        Self { help: error.help().map(str::to_owned).or_else(|| caused.help.clone()), ..caused }
    }
}

impl From<NotAName> for Failure {
    fn from(error: NotAName) -> Self {
        GoldenError::from(error).into()
    }
}
