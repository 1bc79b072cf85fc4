//! What an operator reads.
