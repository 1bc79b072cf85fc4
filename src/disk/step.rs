//! The kinds of steps that writing to disk is made of.

/// What is about to happen to a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is made.
    Create,
    /// Bytes are written into it.
    Write,
    /// Its bytes, or the names in it, are flushed to disk.
    Sync,
    /// It takes the place of another, or a name of its own.
    Rename,
    /// It is removed.
    Remove,
    /// It is locked.
    Lock,
}
