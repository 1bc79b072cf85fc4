//! `corridor gate`: verdicts from the replay and from production, receipts, formats.

mod format;
mod production;
mod project;
mod receipt;
mod replay;
