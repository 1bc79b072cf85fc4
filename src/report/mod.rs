//! Renders results in every format: text for terminals, JSON, Markdown, HTML, `JUnit` XML, annotations.
//!
//! Each `write_…` function takes one value, such as a [`Summary`](crate::summary::Summary) or an [`Explanation`], and writes
//! text. It fails only where its writer fails. The functions are pure: they read no file, no clock and no environment, so that
//! a stored run always looks the same. The [`Layout`] describes the terminal.
//!
//! Identifiers and texts come from outside. They are escaped where a line is written, so that no control, bidi or invisible
//! character reaches a terminal or an output file.

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
    write_document_junit, write_document_text, write_html, write_markdown,
};
pub use explain::{ExplainOptions, Explanation, GoldenState, write_explanation};
pub use fidelity::{write_fidelity, write_fidelity_json};
pub use gate::{
    CheckView, CheckedState, GateView, write_check, write_gate, write_gate_json, write_gate_markdown, write_rule,
};
pub use groups::write_change_group;
pub use inspection::{Examined, INSPECTION_FORMAT, Inspection, InspectionFinding, write_inspection};
pub use json::{JSON_FORMAT, write_document, write_json};
pub use junit::write_junit;
pub use pending::{PendingFile, PendingView, write_case_line, write_pending};
pub use preflight::{write_preflights, write_preflights_json};
pub use risklog::{write_analysis, write_analysis_json};
pub use style::Layout;
pub use summary::{Detail, SummaryOptions, write_summaries};
pub use sweep::{write_sweep, write_sweep_json};
pub use verify::{REPORT_HEAD, write_verification, write_verification_report};
