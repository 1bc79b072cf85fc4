//! The kind of an input by its first bytes.
//!
//! Recordings and risk lines are text. Every other format here begins with bytes that no text holds, or is tried only where the bytes
//! are no text.

/// Bytes that are enough to tell all formats apart: the first block of a tar archive.
pub(super) const MAGIC_BYTES: usize = 512;

/// The kind of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is empty.
    Nothing,
    /// None of the known formats.
    Plain,
    Gzip,
    Zstd,
    /// Something that is not read here, as `compressed by xz`.
    Foreign(&'static str),
}

impl Kind {
    /// `start` has [`MAGIC_BYTES`], ends with a line, or is the whole input.
    pub(super) fn of(start: &[u8]) -> Self {
        match start {
            [] => Self::Nothing,
            [0x1f] | [0x1f, 0x8b, ..] => Self::Gzip,
            // A frame, also one that is cut off within its magic number, which is not UTF-8; or a skippable frame, which may
            // come before or between the others.
            [0x28, 0xb5] | [0x28, 0xb5, 0x2f] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Self::Zstd
            }
            // Bytes of bzip2 that are text, though no text begins so.
            [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..] => {
                Self::Foreign("compressed by bzip2")
            }
            _ => foreign(start).map_or(Self::Plain, Self::Foreign),
        }
    }
}

/// Beginnings that are in no text, from the specifications of the formats (and `file`'s table of them).
const BEGINNINGS: [(&[u8], &str); 22] = [
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ\0", "compressed by xz"),
    (b"7z\xbc\xaf\x27\x1c", "compressed by 7-Zip"),
    // A file, an empty archive, and one over several volumes.
    (b"PK\x03\x04", "compressed by ZIP"),
    (b"PK\x05\x06", "compressed by ZIP"),
    (b"PK\x07\x08", "compressed by ZIP"),
    (b"\x04\x22\x4d\x18", "compressed by LZ4"),
    (b"\x02\x21\x4c\x18", "compressed by LZ4"),
    (b"\x1f\x9d", "compressed by compress"),
    (b"\x1f\xa0", "compressed by compress"),
    (b"\x1f\x1e", "compressed by pack"),
    (b"Rar!\x1a\x07", "compressed by RAR"),
    (b"LZIP", "compressed by lzip"),
    (b"\x89LZO\0\r\n\x1a", "compressed by LZO"),
    (b"\x5d\0\0", "compressed by LZMA"),
    (b"\xff\x06\0\0sNaPpY", "compressed by Snappy"),
    (b"PAR1", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"\xff\xfe\0\0", "text in UTF-32"),
    (b"\0\0\xfe\xff", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
];

fn foreign(start: &[u8]) -> Option<&'static str> {
    // The common case, which has to be fast.
    if is_text(start) {
        return None;
    }
    let known = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning)).map(|(_, what)| *what);
    known.or_else(|| wide_text(start)).or_else(|| is_tar(start).then_some("a tar archive")).or_else(|| {
        // RFC 1950: the method in the lower half of the first byte, and a check over both.
        let is_zlib = |pair: [u8; 2]| pair[0] & 0x8f == 8 && u16::from_be_bytes(pair).is_multiple_of(31);
        start.first_chunk().copied().is_some_and(is_zlib).then_some("compressed by zlib")
    })
}

/// Whether the bytes may be the beginning of a text in UTF-8: no control characters, and only the last character may be cut off.
fn is_text(start: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < b' ' && !b"\t\n\r".contains(byte);
    let is_utf8 = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    is_utf8 && !start.iter().any(is_control)
}

/// JSON in units of two or four bytes, without a byte order mark: every other byte of its first characters is 0.
fn wide_text(start: &[u8]) -> Option<&'static str> {
    let begins = |byte: u8| b"{[\" \t\r\n".contains(&byte);
    match *start {
        [byte, 0, 0, 0, ..] | [0, 0, 0, byte, ..] if begins(byte) => Some("text in UTF-32"),
        [byte, 0, ..] | [0, byte, ..] if begins(byte) => Some("text in UTF-16"),
        _ => None,
    }
}

/// The header of the first file of a tar archive: `ustar` at byte 257, or, in the older format, the mode in octal digits behind a
/// name that is padded with zeros.
fn is_tar(start: &[u8]) -> bool {
    let is_old = || {
        let mode = start.get(100..107).is_some_and(|mode| mode.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ')));
        mode && start.get(99..100) == Some(&[0]) && start.get(107).is_some_and(|end| matches!(end, 0 | b' '))
    };
    start.get(257..262) == Some(b"ustar") || is_old()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn unsupported_formats_are_named() {
        let tar = |magic: &[u8]| {
            let mut block = [0_u8; MAGIC_BYTES];
            block[..7].copy_from_slice(b"a.jsonl");
            block[100..107].copy_from_slice(b"0000644");
            block[257..257 + magic.len()].copy_from_slice(magic);
            block.to_vec()
        };
        let units = |big: bool, width: usize| -> Vec<u8> {
            let unit = |byte: &u8| {
                let mut unit = vec![0; width];
                unit[if big { width - 1 } else { 0 }] = *byte;
                unit
            };
            b" {\"v\":1}".iter().flat_map(unit).collect()
        };
        for (start, what) in [
            (b"BZh91AY&SY".to_vec(), "compressed by bzip2"),
            (b"BZh9\x17\x72\x45\x38\x50\x90".to_vec(), "compressed by bzip2"),
            (b"\xfd7zXZ\0\0".to_vec(), "compressed by xz"),
            (b"7z\xbc\xaf\x27\x1c".to_vec(), "compressed by 7-Zip"),
            (b"PK\x03\x04\x14\0".to_vec(), "compressed by ZIP"),
            (b"PK\x05\x06\0\0".to_vec(), "compressed by ZIP"),
            (b"\x04\x22\x4d\x18\x64".to_vec(), "compressed by LZ4"),
            (b"\x02\x21\x4c\x18\x09".to_vec(), "compressed by LZ4"),
            (b"\x1f\x9d\x90".to_vec(), "compressed by compress"),
            (b"Rar!\x1a\x07\x01\0".to_vec(), "compressed by RAR"),
            (b"LZIP\x01\x0c\0".to_vec(), "compressed by lzip"),
            (b"\x5d\0\0\x80\0\xff".to_vec(), "compressed by LZMA"),
            (b"\xff\x06\0\0sNaPpY".to_vec(), "compressed by Snappy"),
            (b"x\x9cK\xcb\xcf".to_vec(), "compressed by zlib"),
            (b"x\x01\x01\0".to_vec(), "compressed by zlib"),
            (b"x\xda\x03\0".to_vec(), "compressed by zlib"),
            (b"x^K\xcb\xcfK".to_vec(), "compressed by zlib"),
            (tar(b"ustar\0"), "a tar archive"),
            (tar(b"ustar  \0"), "a tar archive"),
            (tar(b""), "a tar archive"),
            (b"\xff\xfe{\0".to_vec(), "text in UTF-16"),
            (b"\xfe\xff\0{".to_vec(), "text in UTF-16"),
            (b"\xff\xfe\0\0{\0\0\0".to_vec(), "text in UTF-32"),
            (b"\0\0\xfe\xff\0\0\0{".to_vec(), "text in UTF-32"),
            (units(false, 2), "text in UTF-16"),
            (units(true, 2), "text in UTF-16"),
            (units(false, 4), "text in UTF-32"),
            (units(true, 4), "text in UTF-32"),
            (b"PAR1\x15\x04".to_vec(), "a Parquet file"),
        ] {
            assert_eq!(Kind::of(&start), Kind::Foreign(what), "{start:?}");
        }
    }

    #[test]
    fn text_is_plain_whatever_word_it_begins_with() {
        for text in
            ["BZh9 and so on", "PAR1", "LZIP", "x^2", "(\u{b5}", "\u{feff}{}", "Rar!", "7z", "PK", "H\r\n", "X\ty"]
        {
            assert_eq!(Kind::of(text.as_bytes()), Kind::Plain, "{text}");
        }
        assert_eq!(Kind::of(b""), Kind::Nothing);
        // Cut within a character.
        assert_eq!(Kind::of(&"{\"a\":\"чай".as_bytes()[..9]), Kind::Plain);
    }

    proptest! {
        #[test]
        fn no_line_of_json_is_taken_for_anything_else(
            blanks in "[ \t\r\n]{0,3}", key: String, value: String, number: i64, cut in 1_usize..=MAGIC_BYTES
        ) {
            let text = format!("{blanks}{}\n", json!({key: [json!(value), json!(number)]}));
            let start = text.as_bytes().get(..cut).unwrap_or(text.as_bytes());
            prop_assert_eq!(Kind::of(start), Kind::Plain);
        }
    }
}
