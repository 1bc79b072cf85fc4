//! Corpora: recordings, read and made.

pub mod generate;
