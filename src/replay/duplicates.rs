//! Lines that repeat a command id, which a second reading leaves out.

/// Lines that are left out because an earlier line has the same command id: `(line, first line)`, ascending.
pub(super) type LeftOut = [(u64, u64)];

/// The first line with the command id of `line`, if that is left out.
pub(super) fn first_of(left_out: &LeftOut, line: u64) -> Option<u64> {
    let place = left_out.binary_search_by_key(&line, |(line, _)| *line).ok()?;
    left_out.get(place).map(|(_, first)| *first)
}
