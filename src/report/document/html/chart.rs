//! Bar charts: drawn as SVG, described in words, and with every number in a table beside them.

use super::super::super::number::grouped;
use maud::{Markup, html};

/// Width of the drawing, where bars begin, how long the longest may be, and the height of a row. In units of the drawing,
/// which are about pixels.
const WIDTH: u64 = 340;
const BEGIN: u64 = 84;
const LENGTH: u64 = 190;
const ROW: u64 = 24;
/// What the shortest piece takes.
const SEEN: u64 = 2;

/// A row of a chart.
pub(super) struct Bar {
    /// What it stands for.
    pub(super) label: String,
    /// What it is made of, from left to right.
    pub(super) parts: Vec<Part>,
}

/// A piece of a bar.
pub(super) struct Part {
    /// What it counts.
    pub(super) name: &'static str,
    /// The class of the style sheet.
    pub(super) class: &'static str,
    /// How many.
    pub(super) count: u64,
}

impl Bar {
    fn total(&self) -> u64 {
        self.parts.iter().map(|part| part.count).sum()
    }
}

/// One bar under the other; `whole` is what the longest possible one counts.
pub(super) fn bars(title: &str, bars: &[Bar], whole: u64) -> Markup {
    let height = ROW * bars.len() as u64;
    html! {
        svg role="img" viewBox={ "0 0 " (WIDTH) " " (height) } {
            title { (title) }
            desc { (described(bars)) }
            @for (place, bar) in (0u64..).zip(bars) { (row(bar, place * ROW, whole)) }
        }
    }
}

fn row(bar: &Bar, top: u64, whole: u64) -> Markup {
    let middle = top + ROW / 2;
    let pieces = pieces(bar, whole);
    let end = pieces.last().map_or(0, |piece| piece.from + piece.length);
    html! {
        text.label x=(BEGIN - 8) y=(middle) { (bar.label) }
        @for Piece { part, from, length } in &pieces {
            rect class=(part.class) x=(BEGIN + from) y=(top + 4) width=(length) height=(ROW - 8) {
                title { (part.name) ": " (grouped(part.count)) }
            }
        }
        text.figure x=(BEGIN + end + 7) y=(middle) { (grouped(bar.total())) }
    }
}

/// A part as it is drawn.
struct Piece<'a> {
    part: &'a Part,
    from: u64,
    length: u64,
}

/// The parts that count something, one after the other. What is there is seen, however little it is: a part that would be
/// shorter than [`SEEN`] moves those after it.
fn pieces(bar: &Bar, whole: u64) -> Vec<Piece<'_>> {
    let (mut done, mut end) = (0, 0);
    let pieces = bar.parts.iter().filter(|part| part.count > 0).map(|part| {
        let from = end;
        done += part.count;
        end = scaled(done, whole).max(from + SEEN);
        Piece { part, from, length: end - from }
    });
    pieces.collect()
}

/// `count` of `whole` as a length.
fn scaled(count: u64, whole: u64) -> u64 {
    let length = u128::from(count) * u128::from(LENGTH) / u128::from(whole.max(1));
    u64::try_from(length).unwrap_or(LENGTH).min(LENGTH)
}

/// `0.05: 3, of which 1 regressed, 2 agreed. 0.10: 0.`
fn described(bars: &[Bar]) -> String {
    let rows = bars.iter().map(|bar| {
        let parts = bar.parts.iter().filter(|part| part.count > 0);
        let parts: Vec<_> = parts.map(|part| format!("{} {}", grouped(part.count), part.name)).collect();
        match parts.as_slice() {
            [] => format!("{}: 0.", bar.label),
            [_] if bar.parts.len() == 1 => format!("{}: {}.", bar.label, grouped(bar.total())),
            parts => format!("{}: {}, of which {}.", bar.label, grouped(bar.total()), parts.join(", ")),
        }
    });
    rows.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bar(label: &str, counts: &[u64]) -> Bar {
        let names = ["regressed", "improved", "agreed"];
        let parts = names.into_iter().zip(counts).map(|(name, count)| Part { name, class: "same", count: *count });
        Bar { label: label.to_owned(), parts: parts.collect() }
    }

    #[test]
    fn a_chart_is_described_by_its_numbers() {
        let text = described(&[bar("0.05", &[1, 0, 2000]), bar("0.10", &[0, 0, 0]), bar("agreed", &[7])]);
        assert_eq!(text, "0.05: 2,001, of which 1 regressed, 2,000 agreed. 0.10: 0. agreed: 7.");
    }

    proptest! {
        #[test]
        fn what_counts_is_seen_and_the_whole_fits(
            counts in proptest::collection::vec(prop_oneof![Just(0), 1..9u64, 0..1u64 << 50], 3),
            more in 0..1u64 << 50,
        ) {
            let bar = bar("", &counts);
            let whole = bar.total() + more;
            let pieces = pieces(&bar, whole);
            prop_assert_eq!(pieces.len(), counts.iter().filter(|count| **count > 0).count());
            let mut end = 0;
            for piece in &pieces {
                prop_assert_eq!(piece.from, end, "nothing lies over anything");
                prop_assert!(piece.length >= SEEN);
                end += piece.length;
            }
            prop_assert!(end <= LENGTH + SEEN * 3);
            prop_assert!(end >= scaled(bar.total(), whole));
        }
    }
}
