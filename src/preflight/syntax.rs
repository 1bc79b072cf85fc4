//! Syntax of a file of variables that loaders read in different ways.
//!
//! The file is read here as a shell and Compose read it. `docker run --env-file` uses a line as it is written, and systemd's
//! `EnvironmentFile=` unquotes only in part, so that the same file gives another environment.

use super::finding::{Finding, FindingId};
use std::collections::BTreeSet;

/// Something on a line that loaders read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Syntax {
    /// Quotes in the value, which are taken away.
    Quotes,
    /// A comment behind the value.
    Comment,
    /// `export` before the name.
    Export,
    /// Blanks beside the `=`, or at the end of the line.
    Blanks,
    /// A backslash that escapes the next character.
    Backslash,
    /// A value that goes over several lines.
    Lines,
    /// `#` within a value.
    Hash,
    /// Signs by which a shell would run something, or end the value.
    Shell,
}

impl Syntax {
    /// The syntax on the lines of one entry, in the order above; `written` is those lines as they are in the file.
    #[must_use]
    pub fn of(written: &str) -> Vec<Self> {
        let written = written.trim_end_matches(['\r', '\n']);
        let Some((name, value)) = written.split_once('=') else { return Vec::new() };
        let name = name.trim_start();
        let is_export = name.strip_prefix("export").is_some_and(|rest| rest.starts_with(char::is_whitespace));
        let (mut found, end) = scan(value);
        let is_blank = |c: char| c.is_whitespace();
        let is_whole = !found.contains(&Self::Comment);
        if name.ends_with(is_blank) || value.starts_with(is_blank) || is_whole && end.ends_with(is_blank) {
            found.insert(Self::Blanks);
        }
        if is_export {
            found.insert(Self::Export);
        }
        if written.contains('\n') {
            found.insert(Self::Lines);
        }
        found.into_iter().collect()
    }

    pub(super) fn finding(self, variable: &str) -> Finding {
        let (id, consequence, fix) = match self {
            Self::Quotes => (
                FindingId::QuotesInFile,
                "the quotes were taken away here, as a shell, Compose and systemd do; docker run --env-file keeps them as \
                 part of the value, which then means something else, or nothing",
                "write the value without quotes",
            ),
            Self::Comment => (
                FindingId::InlineComment,
                "what follows the # was taken for a comment here, as a shell does; docker run --env-file and systemd's \
                 EnvironmentFile keep it as part of the value",
                "put the comment on a line of its own",
            ),
            Self::Export => (
                FindingId::ExportPrefix,
                "`export` was skipped here, as a shell does; docker run --env-file refuses the file, and systemd's \
                 EnvironmentFile passes over the line, so that the variable is unset",
                "leave `export` out",
            ),
            Self::Blanks => (
                FindingId::BlanksInFile,
                "blanks beside the = or at the end of the line were taken away here; docker run --env-file keeps those of \
                 the value and refuses the file for one before the =, and a shell does not set the variable",
                "write NAME=VALUE without blanks around either",
            ),
            Self::Backslash => (
                FindingId::BackslashInFile,
                "the backslash stands for what follows it here, as in a shell; docker run --env-file keeps it as part of \
                 the value, and loaders differ in what may follow",
                "write the value without backslashes",
            ),
            Self::Lines => (
                FindingId::ValueOverLines,
                "the value goes over several lines here, as in a shell; docker run --env-file ends it at the first, and \
                 takes the others for variables of their own",
                "write the value on one line",
            ),
            Self::Hash => (
                FindingId::HashInValue,
                "the # is part of the value here, as in a shell; other loaders, dotenv for Node.js among them, take it and what \
                 follows for a comment",
                "write the value without #, or set the variable in another way",
            ),
            Self::Shell => (
                FindingId::ShellSign,
                "the signs are part of the value here; a shell that reads the file runs what stands between backquotes, in \
                 $(...), or behind ; & or |, and does not set the variable to what is written",
                "write the value without such signs, or set the variable in another way",
            ),
        };
        Finding::warning(id, variable, consequence, fix)
    }
}

/// The syntax in a value, and the value without its comment.
fn scan(value: &str) -> (BTreeSet<Syntax>, &str) {
    let mut found = BTreeSet::new();
    let mut quote = None;
    let mut before = ' ';
    let mut signs = value.char_indices();
    while let Some((place, c)) = signs.next() {
        match (quote, c) {
            (None, '#') if before.is_whitespace() => {
                found.insert(Syntax::Comment);
                return (found, value.get(..place).unwrap_or(value));
            }
            (None, '#') => drop(found.insert(Syntax::Hash)),
            (None, '"' | '\'') => {
                found.insert(Syntax::Quotes);
                quote = Some(c);
            }
            (Some(open), _) if c == open => quote = None,
            (None | Some('"'), '\\') => {
                found.insert(Syntax::Backslash);
                signs.next();
            }
            (None, '`' | ';' | '&' | '|' | '<' | '>' | '(' | ')') | (Some('"'), '`') => {
                found.insert(Syntax::Shell);
            }
            (Some('"'), '(') if before == '$' => drop(found.insert(Syntax::Shell)),
            (None | Some(_), _) => {}
        }
        before = c;
    }
    (found, value)
}

#[cfg(test)]
mod tests {
    use super::Syntax::{self, Backslash, Blanks, Comment, Export, Hash, Lines, Quotes, Shell};

    #[test]
    fn syntax_that_loaders_read_in_different_ways_is_found() {
        for (written, found) in [
            ("A=1\n", &[][..]),
            ("  A=1\r\n", &[]),
            ("A=", &[]),
            ("A=a#b", &[Hash]),
            ("A='a#b'", &[Quotes]),
            ("A=`id`", &[Shell]),
            ("A=\"`id`\"", &[Quotes, Shell]),
            ("A=\"$(id)\"", &[Quotes, Shell]),
            ("A='$(id)'", &[Quotes]),
            ("A=a;b", &[Shell]),
            ("A=https://x/?a=b&c", &[Shell]),
            ("A=https://x/?a=b", &[]),
            ("A=\"1\"", &[Quotes]),
            ("A='1'", &[Quotes]),
            ("A=it\"s\"", &[Quotes]),
            ("A=1 # x", &[Comment]),
            ("A=1\t#x", &[Comment]),
            ("A=#x", &[Comment]),
            ("A='1' # x", &[Quotes, Comment]),
            ("A='1 # x'", &[Quotes]),
            ("export A=1", &[Export]),
            ("export\tA=1", &[Export]),
            ("exported=1", &[]),
            ("A =1", &[Blanks]),
            ("A= 1", &[Blanks]),
            ("A=1 \r\n", &[Blanks]),
            ("A=   ", &[Blanks]),
            ("A\u{a0}= 1", &[Blanks]),
            ("A=a\\ b", &[Backslash]),
            ("A='a\\b'", &[Quotes]),
            ("A=\"a\\\"b\"", &[Quotes, Backslash]),
            ("A=\"1\n2\"", &[Quotes, Lines]),
            (" export A = \"1\\n\n2\" # x", &[Quotes, Comment, Export, Blanks, Backslash, Lines]),
        ] {
            assert_eq!(Syntax::of(written), found, "{written:?}");
        }
    }
}
