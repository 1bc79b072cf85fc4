//! Decompression by the first bytes of an input, whatever its name: the same for files and standard input.
//!
//! The input is text in UTF-8, plain or compressed once. A file whose name ends in `.gz` or `.zst` and whose bytes do not begin like
//! either is damaged: without this check every line of it would be reported.

use super::magic::{Kind, MAGIC_BYTES};
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

/// Windows of zstd frames are at most 2 to this power bytes, 128 MiB: the default limit of zstd's own tools.
const WINDOW_LOG: u32 = 27;

/// How zstd refuses a larger window.
const WINDOW_TOO_LARGE: &str = "Frame requires too much memory for decoding";

/// The decompressed bytes of `raw`; `name` is that of its file, if it is one.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] for another compression and for a zstd frame with a window beyond 128 MiB,
/// [`io::ErrorKind::InvalidData`] where the name says that it is compressed and it is not, and errors of reading.
pub(super) fn decompressed<R: Read + Send + 'static>(raw: R, name: Option<&Path>) -> io::Result<Box<dyn Read + Send>> {
    let (kind, whole) = looked_at(raw)?;
    match (kind, name.and_then(promise_of)) {
        (Kind::Gzip, _) => once("gzip", flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, whole))),
        (Kind::Zstd, _) => {
            let mut decoder = zstd::Decoder::new(whole)?;
            decoder.window_log_max(WINDOW_LOG)?;
            once("zstd", Unzstd(decoder))
        }
        (Kind::Foreign(what), _) => {
            Err(io::Error::new(io::ErrorKind::Unsupported, format!("it is {what}, which is not read")))
        }
        (Kind::Nothing, Some(_)) => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "its name says that it is compressed, and it has no bytes"))
        }
        (Kind::Plain, Some(_)) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "its name says that it is compressed, and its first bytes do not",
        )),
        (Kind::Plain | Kind::Nothing, None) => Ok(Box::new(whole)),
    }
}

/// Names the limit where a frame's window is beyond it.
struct Unzstd<R>(R);

impl<R: Read> Read for Unzstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.to_string() != WINDOW_TOO_LARGE {
                return error;
            }
            let limit = (1_u64 << WINDOW_LOG) >> 20;
            let message = format!(
                "the window of a zstd frame in it is too large, at most {limit} MiB are read: compress it with `zstd \
                 --long={WINDOW_LOG}`, or without `--long`"
            );
            io::Error::new(io::ErrorKind::Unsupported, message)
        })
    }
}

/// The content of a stream compressed by `by`, which has to be text.
fn once<R: Read + Send + 'static>(by: &str, stream: R) -> io::Result<Box<dyn Read + Send>> {
    let (kind, whole) = looked_at(stream)?;
    let inside = match kind {
        Kind::Plain | Kind::Nothing => return Ok(Box::new(whole)),
        Kind::Gzip => "compressed by gzip",
        Kind::Zstd => "compressed by zstd",
        Kind::Foreign(what) => what,
    };
    let message = format!("it is compressed by {by}, and what is in it is {inside}, which is not read");
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}

/// The kind of a stream by its first bytes, and the whole stream.
fn looked_at<R: Read>(mut raw: R) -> io::Result<(Kind, impl Read)> {
    let (magic, count) = first_bytes(&mut raw)?;
    let kind = Kind::of(magic.get(..count).unwrap_or(&magic));
    Ok((kind, Cursor::new(magic).take(count as u64).chain(raw)))
}

/// The ending of a name that says that its file is compressed.
pub(super) fn promise_of(name: &Path) -> Option<&str> {
    name.extension()?.to_str().filter(|ending| matches!(*ending, "gz" | "zst"))
}

/// The first bytes, and how many there are. Stops at a line end: the peer of a filter may wait for an answer to that line.
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
    fn compression_is_recognised_by_the_bytes_whatever_the_name() {
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
    fn an_input_that_is_cut_off_is_an_error() {
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        for whole in [gzip(b"{}\n"), zstd_frame(b"{}\n"), [&skippable[..], &zstd_frame(b"{}\n")].concat()] {
            for end in 1..whole.len() {
                // The input is whole after a skippable frame; the first one to three bytes of its magic number are text.
                if whole.starts_with(&skippable) && [1, 2, 3, skippable.len()].contains(&end) {
                    continue;
                }
                // So is the first byte of a frame's.
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
    fn a_zstd_window_beyond_the_limit_is_named_with_the_limit() {
        // Frame header without flags, window (RFC 8878: exponent over 10 in the upper five bits, eighths below), one raw block.
        let frame = |window: u8| [&[0x28, 0xb5, 0x2f, 0xfd, 0, window, 3 << 3 | 1, 0, 0][..], b"{}\n"].concat();
        let largest = frame(17 << 3);
        assert_eq!(read(&largest, None).unwrap(), b"{}\n");
        for too_large in [17 << 3 | 1, 18 << 3, 21 << 3] {
            for bytes in [frame(too_large), [&largest[..], &frame(too_large)].concat()] {
                let error = read(&bytes, None).unwrap_err();
                let expected =
                    "too large, at most 128 MiB are read: compress it with `zstd --long=27`, or without `--long`";
                assert!(error.ends_with(expected), "{error}");
            }
        }
    }

    #[test]
    fn data_behind_a_compressed_stream_is_an_error() {
        for whole in [gzip(b"{}\n"), zstd_frame(b"{}\n")] {
            for rest in [&b"x"[..], b"garbage behind it", b"{}\n"] {
                assert!(read(&[&whole, rest].concat(), None).is_err());
            }
        }
    }

    #[test]
    fn compressed_content_that_is_no_text_is_named() {
        let tar = [&b"a.jsonl"[..], &[0; 250], b"ustar\x0000", &[0; 248]].concat();
        for (inner, what) in [
            (gzip(b"{}\n"), "compressed by gzip"),
            (zstd_frame(b"{}\n"), "compressed by zstd"),
            (tar, "a tar archive"),
            (b"BZh91AY&SY".to_vec(), "compressed by bzip2"),
            (b"{\0}\0".to_vec(), "text in UTF-16"),
        ] {
            for (by, outer) in [("gzip", gzip(&inner)), ("zstd", zstd_frame(&inner))] {
                let expected = format!("it is compressed by {by}, and what is in it is {what}, which is not read");
                assert_eq!(read(&outer, None).unwrap_err(), expected);
                assert_eq!(read(&outer, Some("a.jsonl.gz")).unwrap_err(), expected);
            }
            let is_read = what.ends_with("gzip") || what.ends_with("zstd");
            assert_eq!(read(&inner, None).is_ok(), is_read, "{what}");
        }
    }

    #[test]
    fn reading_the_first_bytes_stops_at_a_line_end() {
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
