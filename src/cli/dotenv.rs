//! Reads files of variables in dotenv syntax: names, values and line numbers.
//!
//! dotenvy parses the syntax, with two differences. It would replace `$NAME` by variables of this process, so that the same file
//! would mean something else on another machine: here `$` is a literal. And it does not report line numbers: it is given one
//! line at a time, so that the number of lines it has consumed is known.

use super::exit::Failure;
use crate::preflight::Syntax;
use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Replaces `$` while dotenvy parses: a Unicode noncharacter, which is refused if a file has it.
const DOLLAR: char = '\u{fdd0}';

const HELP: &str = "expected NAME=VALUE, `export NAME=VALUE`, a comment or an empty line; quote values with spaces, and close \
                    the quotes. The line is not shown, for it may hold a secret";

/// The longest file that is read, bytes.
const LONGEST: u64 = 1024 * 1024;

/// A file of variables. Has no `Debug`: it holds secrets.
pub(super) struct EnvFile {
    /// In the order of the file; a name may occur more than once.
    pub(super) entries: Vec<Entry>,
    /// Whether a line ends in CR LF, or the last one in CR.
    pub(super) has_carriage_returns: bool,
    /// Whether it begins with a byte order mark.
    pub(super) has_byte_order_mark: bool,
}

/// One variable of a file.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: String,
    /// 1-based line on which it begins.
    pub(super) line: u64,
    /// Syntax that other loaders read differently.
    pub(super) syntax: Vec<Syntax>,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<EnvFile, Failure> {
    let shown = path.display();
    let bytes =
        read_short(path).map_err(|reason| Failure::input(format!("cannot read the variables in {shown}: {reason}")))?;
    parse(&bytes).map_err(|Wrong { line, what }| Failure::input(format!("{shown}:{line}: {what}")).with_help(HELP))
}

/// The bytes of a regular file of at most 1 MiB, or why it is not read. A pipe or a device may never end.
pub(super) fn read_short(path: &Path) -> Result<Vec<u8>, String> {
    let reason = |error: std::io::Error| error.kind().to_string();
    // Checked before it is opened: opening a pipe would block.
    if !std::fs::metadata(path).map_err(reason)?.is_file() {
        return Err("it is not a regular file; save what it gives in one, and name that".to_owned());
    }
    let mut bytes = Vec::new();
    // Reads one byte more than is allowed: the file may grow, or report a wrong length.
    File::open(path).map_err(reason)?.take(LONGEST + 1).read_to_end(&mut bytes).map_err(reason)?;
    if bytes.len() as u64 > LONGEST {
        return Err("it is longer than 1 MiB; is it the right file?".to_owned());
    }
    Ok(bytes)
}

/// Why a file cannot be parsed. Contains nothing of its text.
#[derive(Debug, PartialEq, Eq)]
struct Wrong {
    line: u64,
    what: &'static str,
}

fn parse(bytes: &[u8]) -> Result<EnvFile, Wrong> {
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf");
    let has_byte_order_mark = unmarked.is_some();
    let bytes = unmarked.unwrap_or(bytes);
    let line_at = |offset| 1 + memchr::memchr_iter(b'\n', bytes.get(..offset).unwrap_or(bytes)).count() as u64;
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Wrong { line: line_at(error.valid_up_to()), what: "the text is not UTF-8" })?;
    if let Some(offset) = text.find(DOLLAR) {
        return Err(Wrong { line: line_at(offset), what: "the text holds U+FDD0, which is no character" });
    }
    let literal = without_substitution(text);
    let taken = Cell::new(0_u64);
    let mut parsed = dotenvy::from_read_iter(Lines { left: literal.as_bytes(), taken: &taken });
    let mut lines = text.split_inclusive('\n').zip(1_u64..).peekable();
    let mut entries = Vec::new();
    loop {
        let before = taken.get();
        let entry = parsed.next();
        // dotenvy consumes blank lines and comments before an entry together with it.
        while lines.next_if(|(text, line)| *line <= before || is_skipped(text)).is_some() {}
        let line = lines.peek().map_or(before + 1, |(_, line)| *line);
        match entry {
            None => break,
            Some(Ok((name, value))) => {
                let written: String = std::iter::from_fn(|| lines.next_if(|(_, line)| *line <= taken.get()))
                    .map(|(text, _)| text)
                    .collect();
                let (value, syntax) = (value.replace(DOLLAR, "$"), Syntax::of(&written));
                entries.push(Entry { name, value, line, syntax });
            }
            Some(Err(_)) => {
                let is_name = |text: &str| text.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
                let what = match lines.peek() {
                    Some((text, _)) if is_name(text.trim()) => {
                        "a name without a value: docker run --env-file takes it from its own environment, other loaders refuse the file"
                    }
                    Some(_) | None => "this is not a variable in dotenv syntax",
                };
                return Err(Wrong { line, what });
            }
        }
    }
    Ok(EnvFile { entries, has_carriage_returns: text.contains("\r\n") || text.ends_with('\r'), has_byte_order_mark })
}

fn is_skipped(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

/// The text with each `$` replaced by [`DOLLAR`], and with a line feed at its end.
///
/// After an odd number of backslashes a `$` is a literal for dotenvy already: it removes the backslash outside single quotes,
/// and keeps it inside.
fn without_substitution(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 1);
    let mut backslashes = 0_usize;
    for c in text.chars() {
        literal.push(if c == '$' && backslashes.is_multiple_of(2) { DOLLAR } else { c });
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
    }
    // Without the line feed, dotenvy refuses a last line that ends in a blank.
    literal.push('\n');
    literal
}

/// A reader that gives one line at a time and counts them.
struct Lines<'a> {
    left: &'a [u8],
    taken: &'a Cell<u64>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let line = memchr::memchr(b'\n', self.left).map_or(self.left.len(), |end| end + 1);
        let given = line.min(buffer.len());
        let (now, later) = self.left.split_at(given);
        if let Some(target) = buffer.get_mut(..given) {
            target.copy_from_slice(now);
        }
        self.left = later;
        self.taken.set(self.taken.get() + u64::from(now.ends_with(b"\n")));
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(text: &str) -> Vec<(String, String, u64)> {
        let file = parse(text.as_bytes()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        file.entries.into_iter().map(|Entry { name, value, line, .. }| (name, value, line)).collect()
    }

    #[track_caller]
    fn assert_entries(text: &str, expected: &[(&str, &str, u64)]) {
        let expected: Vec<_> =
            expected.iter().map(|(name, value, line)| ((*name).to_owned(), (*value).to_owned(), *line)).collect();
        assert_eq!(entries(text), expected, "{text:?}");
    }

    fn wrong(text: &[u8]) -> Wrong {
        parse(text).err().unwrap()
    }

    #[test]
    fn entries_are_read_with_their_lines() {
        assert_entries(
            "# comment\n\nA=1\n  export B = \"two words\" # comment\nC='#3'\n\n#\nD=\nE=a#b\nF=  \nG=last ",
            &[
                ("A", "1", 3),
                ("B", "two words", 4),
                ("C", "#3", 5),
                ("D", "", 8),
                ("E", "a#b", 9),
                ("F", "", 10),
                ("G", "last", 11),
            ],
        );
        assert_entries("", &[]);
        assert_entries("A=1", &[("A", "1", 1)]);
        assert_entries("A=1\nA=2\n", &[("A", "1", 1), ("A", "2", 2)]);
    }

    #[test]
    fn values_over_several_lines_are_placed_where_they_begin() {
        assert_entries(
            "\nA=\"1\n# 2\n\n3\"\n#\nB='x\ny'\nC=1\n",
            &[("A", "1\n# 2\n\n3", 2), ("B", "x\ny", 7), ("C", "1", 9)],
        );
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
    fn time_grows_with_the_length_of_the_file_and_not_with_its_square() {
        // With the square of it these lines take minutes, not a second.
        let lines: u64 = 100_000;
        let text: String = (1..=lines).flat_map(|line| ["A=#".to_owned(), line.to_string(), "\n".to_owned()]).collect();
        let begun = std::time::Instant::now();
        let file = parse(text.as_bytes()).unwrap_or_else(|wrong| panic!("{wrong:?}"));
        assert!(file.entries.iter().map(|entry| entry.line).eq(1..=lines));
        assert!(begun.elapsed().as_secs() < 20);
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_are_no_part_of_a_value() {
        assert_entries(
            "\u{feff}A=1\r\n\r\n# c\r\nB=\"2\"\r\nC=3 # c\r\n",
            &[("A", "1", 1), ("B", "2", 4), ("C", "3", 5)],
        );
        assert!(parse(b"A=1\r\n").is_ok_and(|file| file.has_carriage_returns));
        assert!(parse(b"A=1\n").is_ok_and(|file| !file.has_carriage_returns));
    }

    #[test]
    fn syntax_that_other_loaders_read_differently_is_reported() {
        use Syntax::{Blanks, Comment, Export, Lines, Quotes};
        let file = parse("# x\nA=1\n\nexport B=\"2\n#3\" # c\n# y\nC = 1\nD=1".as_bytes())
            .unwrap_or_else(|wrong| panic!("{wrong:?}"));
        let found: Vec<_> =
            file.entries.iter().map(|entry| (entry.name.as_str(), entry.line, &*entry.syntax)).collect();
        assert_eq!(
            found,
            [("A", 2, &[][..]), ("B", 4, &[Quotes, Comment, Export, Lines]), ("C", 7, &[Blanks]), ("D", 8, &[])]
        );
    }

    #[test]
    fn a_dollar_sign_is_a_dollar_sign() {
        // `PATH` is there in every process that runs this test.
        for (written, value) in [
            ("$PATH", "$PATH"),
            ("${PATH}/x", "${PATH}/x"),
            ("\"a $PATH\"", "a $PATH"),
            ("'$PATH'", "$PATH"),
            (r"\$PATH", "$PATH"),
            (r#""\\$PATH""#, r"\$PATH"),
            (r"'\$PATH'", r"\$PATH"),
            (r"'\\$PATH'", r"\\$PATH"),
            ("a$", "a$"),
            ("$$", "$$"),
        ] {
            assert_entries(&format!("A=1\nB={written}\n"), &[("A", "1", 1), ("B", value, 2)]);
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        for (text, line) in [
            ("A=1\nnonsense\n", 2),
            ("A=1\n\n# c\nB=two words\n", 4),
            ("A=1\nB=\"open\nC=1\n", 2),
            ("=1\n", 1),
            ("A=1\n2B=1\n", 2),
            ("export A\n", 1),
            ("A=a\\qb\n", 1),
            ("A=1\n${A}=2\n", 2),
        ] {
            assert_eq!(wrong(text.as_bytes()).line, line, "{text:?}");
        }
        for (text, what) in
            [("A=1\nLLM_API_KEY\n", "a name without"), ("A=1\nB: 2\n", "not a variable"), ("; c", "not a")]
        {
            assert!(wrong(text.as_bytes()).what.contains(what), "{text}");
        }
        assert!(
            parse("\u{feff}A=1\r".as_bytes()).is_ok_and(|file| file.has_byte_order_mark && file.has_carriage_returns)
        );
        assert_eq!(wrong(b"A=1\nB=\xff\n"), Wrong { line: 2, what: "the text is not UTF-8" });
        assert_eq!(wrong("A=1\n\nB=\u{fdd0}\n".as_bytes()).line, 3);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_and_lines_ascend(text in "([AB=\"'#\\\\ $\r\n\u{fdd0}ё]|export){0,40}") {
            if let Ok(file) = parse(text.as_bytes()) {
                prop_assert!(file.entries.is_sorted_by(|left, right| left.line < right.line));
                prop_assert!(file.entries.iter().all(|entry| !entry.value.contains(DOLLAR)));
            }
        }

        #[test]
        fn a_value_in_single_quotes_is_read_as_it_is(value in "[^'\\\\\u{fdd0}\r]{0,20}") {
            assert_entries(&format!("A='{value}'"), &[("A", &value, 1)]);
        }
    }
}
