//! Follows golden files through the ledger: every line records the digests of a golden file before and after a settlement.

use super::error::GoldenError;
use super::ledger::LedgerEntry;
use super::store::SnapshotName;
use std::collections::BTreeMap;

/// The state of each golden file after the last ledger line about it.
#[derive(Clone, Debug, Default)]
pub struct Chain(BTreeMap<SnapshotName, Link>);

#[derive(Clone, Debug)]
struct Link {
    /// Digest of the file; `None` where there is no file.
    digest: Option<String>,
    /// Whether the digest before each line is the digest after the previous one.
    is_unbroken: bool,
}

impl Chain {
    /// Sets the digest of a golden file before the first line. Without it, the digest in the first line is trusted.
    pub fn begin(&mut self, name: SnapshotName, digest: Option<String>) {
        self.0.insert(name, Link { digest, is_unbroken: true });
    }

    /// Follows the next line.
    ///
    /// # Errors
    ///
    /// [`GoldenError::Name`] where its rule set and corpus cannot name a golden file.
    pub fn follow(&mut self, entry: &LedgerEntry) -> Result<(), GoldenError> {
        let name = SnapshotName::new(&entry.rules, &entry.corpus)?;
        let new = || Link { digest: entry.before.clone(), is_unbroken: true };
        let link = self.0.entry(name).or_insert_with(new);
        link.is_unbroken &= link.digest == entry.before;
        link.digest.clone_from(&entry.after);
        Ok(())
    }

    /// The golden files that have a line, ascending, each with its digest after the last one.
    pub fn ends(&self) -> impl Iterator<Item = (&SnapshotName, Option<&str>)> {
        self.0.iter().map(|(name, link)| (name, link.digest.as_deref()))
    }

    /// Whether the lines about a golden file are an unbroken chain that ends with this digest.
    pub fn leads_to(&self, name: &SnapshotName, digest: Option<&str>) -> bool {
        self.0.get(name).is_some_and(|link| link.is_unbroken && link.digest.as_deref() == digest)
    }
}
