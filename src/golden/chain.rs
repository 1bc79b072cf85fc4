//! Golden files followed through the ledger: every line says which file it found and which it left, by digest.

use super::error::GoldenError;
use super::ledger::LedgerEntry;
use super::store::SnapshotName;
use std::collections::BTreeMap;

/// What the lines of a ledger have left, by golden file.
#[derive(Clone, Debug, Default)]
pub struct Chain(BTreeMap<SnapshotName, Link>);

#[derive(Clone, Debug)]
struct Link {
    /// Digest of the file; nothing where there is none.
    left: Option<String>,
    /// Whether every line found what was left before it.
    is_joined: bool,
}

impl Chain {
    /// Says what a golden file was before the first line; without it, the first line is taken at its word.
    pub fn begin(&mut self, name: SnapshotName, digest: Option<String>) {
        self.0.insert(name, Link { left: digest, is_joined: true });
    }

    /// Takes the next line.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Name`] where it names what cannot be a golden file.
    pub fn follow(&mut self, entry: &LedgerEntry) -> Result<(), GoldenError> {
        let name = SnapshotName::new(&entry.rules, &entry.corpus)?;
        let new = || Link { left: entry.before.clone(), is_joined: true };
        let link = self.0.entry(name).or_insert_with(new);
        link.is_joined &= link.left == entry.before;
        link.left.clone_from(&entry.after);
        Ok(())
    }

    /// The golden files that lines speak of, ascending, each with the digest that the last of them has left.
    pub fn ends(&self) -> impl Iterator<Item = (&SnapshotName, Option<&str>)> {
        self.0.iter().map(|(name, link)| (name, link.left.as_deref()))
    }

    /// Whether the lines join up, and have left a file of this digest.
    #[must_use]
    pub fn leads_to(&self, name: &SnapshotName, digest: Option<&str>) -> bool {
        self.0.get(name).is_some_and(|link| link.is_joined && link.left.as_deref() == digest)
    }
}
