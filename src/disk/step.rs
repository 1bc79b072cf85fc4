//! The kinds of steps of writing to disk.

/// What is about to happen to a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is created.
    Create,
    /// Bytes are written into it.
    Write,
    /// Its bytes, or the names in it, are flushed to disk.
    Sync,
    /// It is renamed, or linked to a name.
    Rename,
    /// It is removed.
    Remove,
    /// It is locked.
    Lock,
}
