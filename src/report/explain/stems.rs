//! The stems that the baseline matches in a text.

use crate::decide::matched_stems;
use std::collections::BTreeMap;

/// The stems that a text contains, by set: `shopping "куп", "buy"; schedule marker "завтра"`.
pub(super) fn stems(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut order = Vec::new();
    let mut sets = BTreeMap::<&str, Vec<String>>::new();
    for (set, stem) in matched_stems(&lower) {
        if !order.contains(&set) {
            order.push(set);
        }
        sets.entry(set).or_default().push(format!("\"{stem}\""));
    }
    let named = order.iter().filter_map(|set| Some(format!("{set} {}", sets.get(set)?.join(", "))));
    named.collect::<Vec<_>>().join("; ")
}
