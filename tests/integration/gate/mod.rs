//! `corridor gate`: what proves, what refuses, and what nobody can say.

mod format;
mod production;
mod project;
mod receipt;
mod replay;
