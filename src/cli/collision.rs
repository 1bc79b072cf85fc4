//! Names of corpora that are not portable: some file systems cannot store them, or treat two of them as one file.

use super::exit::Failure;
use crate::model::{file_name_key, unportable};
use std::collections::{BTreeMap, BTreeSet};

/// Refuses a name that some file system cannot store; `place` is the prefix of the message: a file and a field, or empty.
pub(super) fn check_portable(name: &str, place: &str) -> Result<(), Failure> {
    let Some(problem) = unportable(name) else { return Ok(()) };
    let message = format!("{place}a corpus is called `{name}`, and Windows cannot hold a file of this name: {problem}");
    Err(Failure::input(message).with_help(format!("rename it: {WHERE}")))
}

/// The places in which a corpus is renamed.
const WHERE: &str = "its file in the folder of corpora, its entry in corridor.toml, and its golden files";

/// Two names that differ only in case, Unicode normal form or invisible characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Collision<'a>(&'a str, &'a str);

/// The first two of `names` that collide, one of which `is_meant`.
pub(super) fn collision<'a>(names: &BTreeSet<&'a str>, is_meant: impl Fn(&str) -> bool) -> Option<Collision<'a>> {
    let mut known: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in names {
        known.entry(file_name_key(name)).or_default().push(name);
    }
    let mut alike = known.into_values().filter(|alike| alike.iter().any(|name| is_meant(name)));
    alike.find_map(|alike| Some(Collision(alike.first()?, alike.get(1)?)))
}

impl Collision<'_> {
    /// The error; `place` is the prefix of the message: a file and a field, or empty.
    pub(super) fn failure(&self, place: &str) -> Failure {
        let Self(one, other) = self;
        let (one, other, what) = if one.to_lowercase() == other.to_lowercase() {
            ((*one).to_owned(), (*other).to_owned(), "case")
        } else {
            (spelled_out(one), spelled_out(other), "how their characters are written")
        };
        let message = format!(
            "{place}two corpora are called `{one}` and `{other}`, which differ in {what} alone: some file systems take their \
             files for one"
        );
        Failure::input(message).with_help(format!("rename one of them: {WHERE}"))
    }
}

/// The name with non-ASCII characters as code points, since both names may look the same.
fn spelled_out(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_collide_on_some_file_system_are_found() {
        for (names, meant, found) in [
            (&["Household", "household"][..], "household", Some(Collision("Household", "household"))),
            (&["Household", "household", "other"], "other", None),
            (&["cafe\u{301}", "caf\u{e9}"], "caf\u{e9}", Some(Collision("cafe\u{301}", "caf\u{e9}"))),
            (&["STRASSE", "straße"], "straße", Some(Collision("STRASSE", "straße"))),
            (&["a", "a\u{200b}"], "a", Some(Collision("a", "a\u{200b}"))),
            (&["мёд", "мед", "a-b", "a_b"], "мед", None),
        ] {
            assert_eq!(collision(&names.iter().copied().collect(), |name| name == meant), found, "{names:?}");
        }
    }
}
