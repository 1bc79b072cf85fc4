//! What a run shows, in each format it is shown in.
//!
//! A value goes in (a [`Summary`](crate::summary::Summary), an [`Explanation`], a
//! [`Preflight`](crate::preflight::Preflight), an [`Analysis`](crate::risklog::Analysis), a
//! [`Fidelity`](crate::risklog::fidelity::Fidelity), a
//! [`Sweep`](crate::summary::Sweep)), and text comes out through a
//! writer. The functions are pure: they read no file, no clock and no environment, so that a stored run looks the same wherever and
//! whenever it is printed. What the terminal is like comes in as a [`Layout`].
//!
//! Identifiers and texts come from outside and are escaped in one place, where a line is written: no control, bidi or
//! invisible character reaches a terminal or a file of ours.

mod cap;
mod core;
mod document;
pub mod escape;
mod explain;
mod fidelity;
#[cfg(test)]
mod fixture;
mod gate;
mod groups;
mod inspection;
mod json;
mod junit;
mod number;
mod page;
mod pending;
mod preflight;
mod redaction;
mod risklog;
mod rows;
pub mod shell;
mod style;
mod summary;
mod sweep;
mod table;
mod verify;
mod words;

pub use cap::{capped, capped_at};
pub use document::{
    COMMENT_LIMIT, COMMENT_MINIMUM, CaseView, Cases, ChangesView, DOCUMENT_FORMAT, DiffRow, DiffView, Document,
    GroupView, PartView, REASON_LEFT_OUT, ReasonView, RunView, Segment, Shown, VerdictView, write_annotations,
    write_document_json, write_document_junit, write_document_text, write_html, write_markdown,
};
pub use explain::{ExplainOptions, Explanation, GoldenState, write_explanation};
pub use fidelity::{FIDELITY_FORMAT, write_fidelity, write_fidelity_json};
pub use gate::{
    CheckView, CheckedState, GATE_FORMAT, GateView, write_check, write_check_json, write_gate, write_gate_json,
    write_gate_markdown, write_rule,
};
pub use groups::write_change_group;
pub use inspection::{
    Examined, INSPECTION_FORMAT, Inspection, InspectionFinding, write_inspection, write_inspection_json,
};
pub use json::{JSON_FORMAT, write_json, write_verification_json};
pub use junit::write_junit;
pub use pending::{PendingFile, PendingView, write_case_line, write_pending, write_pending_json};
pub use preflight::{PREFLIGHT_FORMAT, write_preflights, write_preflights_json};
pub use risklog::{ANALYSIS_FORMAT, write_analysis, write_analysis_json, write_compatible_json};
pub use style::Layout;
pub use summary::{Detail, SummaryOptions, write_summaries};
pub use sweep::{SWEEP_FORMAT, write_sweep, write_sweep_json};
pub use verify::{REPORT_HEAD, write_verification, write_verification_report};
