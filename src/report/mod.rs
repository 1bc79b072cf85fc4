//! stub until the branch lands
pub mod escape;
mod style;
use crate::summary::*;
pub use style::Layout;
pub fn summaries_text(s: &[Summary], _l: Layout, _v: bool, next: &[String]) -> String {
    format!("{}\n{next:?}\n", summaries_json(s))
}
pub fn summaries_json(s: &[Summary]) -> String {
    serde_json::to_string_pretty(s).unwrap_or_default() + "\n"
}
pub fn junit(_: &Summary) -> String {
    String::new()
}
pub fn pending_text(l: &[(String, GoldenResult)], _: Layout) -> String {
    format!("{l:#?}\n")
}
pub fn pending_json(l: &[(String, GoldenResult)]) -> String {
    format!("{l:#?}\n")
}
