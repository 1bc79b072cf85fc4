//! `corridor fidelity`: production's risk logs, as a replay writes them, against the replay.

// A log that production would have written, and what a test changes of it.
mod log;
// What agrees and what does not, and what is said of it.
mod result;
// Runs that are not what a replay wrote.
mod run;
