//! How an input is compressed, told by its first bytes: the same for a file, whatever it is called, and for standard input.
//!
//! A recording and a risk line begin with `{`, and nothing that is compressed does. A name that ends in `.gz` or `.zst` is
//! a promise all the same: what does not begin as it should is damaged, and would otherwise be told line by line.

use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

/// Bytes by which all that is looked for is told apart.
const MAGIC_BYTES: usize = 6;

/// What the first bytes of an input say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Gzip,
    Zstd,
    /// Compressed by something that is not read here.
    Foreign(&'static str),
}

impl Kind {
    /// `start` has [`MAGIC_BYTES`] or is everything there is.
    fn of(start: &[u8]) -> Self {
        match start {
            [0x1f] | [0x1f, 0x8b, ..] => Self::Gzip,
            // A frame, also cut off within its magic number, which is in no text in UTF-8; or a skippable frame, of which any
            // number may stand before or between the others.
            [0x28, 0xb5] | [0x28, 0xb5, 0x2f] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Self::Zstd
            }
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, 0x41 | 0x72] => Self::Foreign("bzip2"),
            [0xfd, b'7', b'z', b'X', b'Z', 0] => Self::Foreign("xz"),
            [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c] => Self::Foreign("7-Zip"),
            [b'P', b'K', 3, 4, ..] => Self::Foreign("ZIP"),
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Foreign("LZ4"),
            [0x1f, 0x9d, ..] => Self::Foreign("compress"),
            _ => Self::Plain,
        }
    }
}

/// The decompressed bytes of `raw`; `name` is that of its file, if it is one.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] where it is compressed in a way that is not read, [`io::ErrorKind::InvalidData`] where it is
/// not compressed and its name says so; whatever keeps the first bytes from being read.
pub(super) fn decompressed<R: Read + Send + 'static>(
    mut raw: R,
    name: Option<&Path>,
) -> io::Result<Box<dyn Read + Send>> {
    let (magic, count) = first_bytes(&mut raw)?;
    let kind = Kind::of(magic.get(..count).unwrap_or(&magic));
    let whole = Cursor::new(magic).take(count as u64).chain(raw);
    match (kind, name.and_then(promise_of)) {
        (Kind::Gzip, _) => Ok(Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole)))),
        (Kind::Zstd, _) => Ok(Box::new(zstd::Decoder::new(whole)?)),
        (Kind::Foreign(by), _) => {
            Err(io::Error::new(io::ErrorKind::Unsupported, format!("it is compressed by {by}, which is not read")))
        }
        (Kind::Plain, Some(_)) if count == 0 => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "its name says that it is compressed, and it has no bytes"))
        }
        (Kind::Plain, Some(_)) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "its name says that it is compressed, and its first bytes do not",
        )),
        (Kind::Plain, None) => Ok(Box::new(whole)),
    }
}

/// The ending by which a name says that its file is compressed.
pub(super) fn promise_of(name: &Path) -> Option<&str> {
    name.extension()?.to_str().filter(|ending| matches!(*ending, "gz" | "zst"))
}

/// The first bytes, and how many there are. Stops at a line end: a peer that writes less may wait for an answer to it.
fn first_bytes(reader: &mut impl Read) -> io::Result<([u8; MAGIC_BYTES], usize)> {
    let mut magic = [0; MAGIC_BYTES];
    let mut filled = 0;
    while let Some(rest) = magic.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if magic.get(..filled).is_some_and(|read| read.contains(&b'\n')) {
            break;
        }
    }
    Ok((magic, filled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd_frame(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 1).unwrap()
    }

    fn read(bytes: &[u8], name: Option<&str>) -> Result<Vec<u8>, String> {
        let mut reader =
            decompressed(Cursor::new(bytes.to_vec()), name.map(Path::new)).map_err(|error| error.to_string())?;
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|error| format!("read: {error}"))?;
        Ok(text)
    }

    #[test]
    fn what_is_compressed_is_told_by_its_bytes_whatever_it_is_called() {
        let skippable = |nibble: u8| [&[0x50 | nibble, 0x2a, 0x4d, 0x18, 3, 0, 0, 0], &b"any"[..]].concat();
        let text = b"{}\n";
        let mut forms = vec![
            text.to_vec(),
            gzip(text),
            [gzip(b"{"), gzip(b"}\n")].concat(),
            zstd_frame(text),
            [zstd_frame(b"{"), skippable(0), zstd_frame(b"}\n")].concat(),
        ];
        forms.extend((0..16).map(|nibble| [skippable(nibble), zstd_frame(text)].concat()));
        for (number, form) in forms.iter().enumerate() {
            for name in [None, Some("a.jsonl"), Some("a.jsonl.gz"), Some("a.jsonl.zst"), Some("log")] {
                let is_broken_promise = number == 0 && name.is_some_and(|name| promise_of(Path::new(name)).is_some());
                assert_eq!(read(form, name).is_err(), is_broken_promise, "{number} {name:?}");
                if !is_broken_promise {
                    assert_eq!(read(form, name).unwrap(), text, "{number} {name:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_never_taken_for_whole() {
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        for whole in [gzip(b"{}\n"), zstd_frame(b"{}\n"), [&skippable[..], &zstd_frame(b"{}\n")].concat()] {
            for end in 1..whole.len() {
                // What ends with a skippable frame is whole; two or three bytes of its magic number are text.
                if whole.starts_with(&skippable) && [1, 2, 3, skippable.len()].contains(&end) {
                    continue;
                }
                // So is one byte of a frame's.
                if whole.starts_with(&[0x28]) && end == 1 {
                    continue;
                }
                for name in [None, Some("a.gz"), Some("a.zst"), Some("a.jsonl")] {
                    assert!(read(&whole[..end], name).is_err(), "{end} of {} {name:?}", whole.len());
                }
            }
        }
        for (name, is_fine) in [(None, true), (Some("a.jsonl"), true), (Some("a.gz"), false), (Some("a.zst"), false)] {
            assert_eq!(read(b"", name).is_ok(), is_fine, "{name:?}");
        }
    }

    #[test]
    fn what_follows_a_compressed_stream_is_no_part_of_it() {
        for whole in [gzip(b"{}\n"), zstd_frame(b"{}\n")] {
            for rest in [&b"x"[..], b"garbage behind it", b"{}\n"] {
                assert!(read(&[&whole, rest].concat(), None).is_err());
            }
        }
    }

    #[test]
    fn other_compressions_are_named() {
        for (start, by) in [
            (&b"BZh91AY&SY"[..], "bzip2"),
            (b"\xfd7zXZ\0\0", "xz"),
            (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
            (b"PK\x03\x04\x14\0", "ZIP"),
            (b"\x04\x22\x4d\x18\x64", "LZ4"),
            (b"\x1f\x9d\x90", "compress"),
        ] {
            assert_eq!(read(start, None).unwrap_err(), format!("it is compressed by {by}, which is not read"));
        }
    }

    #[test]
    fn the_first_bytes_are_not_waited_for_beyond_a_line() {
        struct Once(Option<u8>);
        impl Read for Once {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let byte = self.0.take().unwrap();
                buffer[0] = byte;
                Ok(1)
            }
        }
        assert_eq!(first_bytes(&mut Once(Some(b'\n'))).unwrap().1, 1);
    }
}
