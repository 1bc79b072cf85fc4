//! `analyze`: the deployed analyzer's metrics on any log, the honest ones beside them, and nothing of a line's text.

// Bounds, and the evidence against a sample rate.
mod bounds;
// The deployed analyzer's metrics, worked out by hand from their definitions.
mod compatible;
// The honest metrics.
mod honest;
// Lines of a risk log for tests.
mod log;
// Logs in every state, and how the command ends.
mod odd;
// What may come out, and what may not.
mod privacy;
// What holds for every log.
mod properties;
