//! Bar charts as SVG, with a description in words. A table beside each chart has every number.

use super::super::super::number::grouped;
use maud::{Markup, html};

/// Width of the drawing, start of the bars, length of the longest bar, and height of a row, in units of about one pixel.
const WIDTH: u64 = 340;
const BEGIN: u64 = 84;
const LENGTH: u64 = 190;
const ROW: u64 = 24;
/// The shortest length of a section.
const SEEN: u64 = 2;

/// A row of a chart.
pub(super) struct Bar {
    /// What the row counts.
    pub(super) label: String,
    /// Its sections, from left to right.
    pub(super) bands: Vec<Band>,
}

/// A section of a bar.
pub(super) struct Band {
    /// What it counts.
    pub(super) name: &'static str,
    /// The class of the style sheet.
    pub(super) class: &'static str,
    /// How many.
    pub(super) count: u64,
}

impl Bar {
    fn total(&self) -> u64 {
        self.bands.iter().map(|band| band.count).sum()
    }
}

/// A chart with one bar per row; a bar that counts `whole` has the full length.
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
        @for Piece { band, from, length } in &pieces {
            rect class=(band.class) x=(BEGIN + from) y=(top + 4) width=(length) height=(ROW - 8) {
                title { (band.name) ": " (grouped(band.count)) }
            }
        }
        text.figure x=(BEGIN + end + 7) y=(middle) { (grouped(bar.total())) }
    }
}

/// A section with its position and length.
struct Piece<'a> {
    band: &'a Band,
    from: u64,
    length: u64,
}

/// The sections that are not empty, from left to right. Each is at least [`SEEN`] long and moves those after it.
fn pieces(bar: &Bar, whole: u64) -> Vec<Piece<'_>> {
    let (mut done, mut end) = (0, 0);
    let pieces = bar.bands.iter().filter(|band| band.count > 0).map(|band| {
        let from = end;
        done += band.count;
        end = scaled(done, whole).max(from + SEEN);
        Piece { band, from, length: end - from }
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
        let bands = bar.bands.iter().filter(|band| band.count > 0);
        let bands: Vec<_> = bands.map(|band| format!("{} {}", grouped(band.count), band.name)).collect();
        match bands.as_slice() {
            [] => format!("{}: 0.", bar.label),
            [_] if bar.bands.len() == 1 => format!("{}: {}.", bar.label, grouped(bar.total())),
            bands => format!("{}: {}, of which {}.", bar.label, grouped(bar.total()), bands.join(", ")),
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
        let bands = names.into_iter().zip(counts).map(|(name, count)| Band { name, class: "same", count: *count });
        Bar { label: label.to_owned(), bands: bands.collect() }
    }

    #[test]
    fn a_chart_is_described_by_its_numbers() {
        let text = described(&[bar("0.05", &[1, 0, 2000]), bar("0.10", &[0, 0, 0]), bar("agreed", &[7])]);
        assert_eq!(text, "0.05: 2,001, of which 1 regressed, 2,000 agreed. 0.10: 0. agreed: 7.");
    }

    proptest! {
        #[test]
        fn every_section_is_visible_and_the_bar_fits(
            counts in proptest::collection::vec(prop_oneof![Just(0), 1..9u64, 0..1u64 << 50], 3),
            more in 0..1u64 << 50,
        ) {
            let bar = bar("", &counts);
            let whole = bar.total() + more;
            let pieces = pieces(&bar, whole);
            prop_assert_eq!(pieces.len(), counts.iter().filter(|count| **count > 0).count());
            let mut end = 0;
            for piece in &pieces {
                prop_assert_eq!(piece.from, end, "sections do not overlap");
                prop_assert!(piece.length >= SEEN);
                end += piece.length;
            }
            prop_assert!(end <= LENGTH + SEEN * 3);
            prop_assert!(end >= scaled(bar.total(), whole));
        }
    }
}
