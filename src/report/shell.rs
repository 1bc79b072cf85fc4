//! Commands that users paste: each word is quoted so that a shell passes it on unchanged.
//!
//! Plain words are not quoted, words of visible characters are in single quotes, and all others are `$'…'`, which bash, zsh
//! and ksh know, with escapes for characters that are invisible or would not survive a terminal, a page or a log.

use super::escape::is_hidden;
use std::ffi::OsStr;
use std::fmt::Write as _;

/// A placeholder for the reason, which the user replaces; the quotes make it one word.
pub const REASON: &str = " --reason \"…\"";

/// A word for a shell, quoted where necessary. Hidden characters are shown as escapes.
pub fn word(text: impl AsRef<OsStr>) -> String {
    let text = text.as_ref();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@,+".contains(c);
    match text.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Some(text) if !text.chars().any(is_unseen) && !text.contains(COMMAND) && !text.contains('`') => {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
        Some(_) | None => escaped(text.as_encoded_bytes()),
    }
}

/// `corridor VERB OPERANDS OPTIONS`, where each of `options` begins with a space. Operands that look like options follow
/// `--`.
pub fn command<W: AsRef<OsStr>>(verb: &str, operands: &[W], options: &str) -> String {
    let words: Vec<_> = operands.iter().map(|operand| format!(" {}", word(operand))).collect();
    let words = words.concat();
    if operands.iter().any(|operand| operand.as_ref().as_encoded_bytes().starts_with(b"-")) {
        format!("corridor {verb}{options} --{words}")
    } else {
        format!("corridor {verb}{words}{options}")
    }
}

/// Whether a shell can pass this text to a program.
pub fn can_be_typed(text: &str) -> bool {
    !text.contains('\0')
}

/// Begins a command anywhere in a log of GitHub Actions.
const COMMAND: &str = "##[";

/// Hidden characters, and white space other than the space.
fn is_unseen(c: char) -> bool {
    is_hidden(c) || (c.is_whitespace() && c != ' ')
}

fn escaped(bytes: &[u8]) -> String {
    let mut quoted = "$'".to_owned();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => quoted.extend(['\\', c]),
                '\t' => quoted.push_str(r"\t"),
                '\n' => quoted.push_str(r"\n"),
                '\r' => quoted.push_str(r"\r"),
                c if "#`".contains(c) || is_unseen(c) => octal(&mut quoted, c.encode_utf8(&mut [0; 4]).as_bytes()),
                c => quoted.push(c),
            }
        }
        octal(&mut quoted, chunk.invalid());
    }
    quoted.push('\'');
    quoted
}

/// Always three digits, so that a following digit is not part of the escape.
fn octal(quoted: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(quoted, "\\{byte:03o}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_quoted_as_little_as_they_need() {
        for (text, expected) in [
            ("hh-ru-001", "hh-ru-001"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("a\tb\n", r"$'a\tb\n'"),
            ("a\u{202e}'b", r"$'a\342\200\256\'b'"),
            ("хлеб", "'хлеб'"),
            ("a\u{a0}b", r"$'a\302\240b'"),
            ("##[error]", r"$'\043\043[error]'"),
            ("$(rm -r /)", "'$(rm -r /)'"),
        ] {
            assert_eq!(word(text), expected);
        }
        assert_eq!(
            command("explain", &["-x", "a b"], " --rules strict"),
            "corridor explain --rules strict -- -x 'a b'"
        );
        assert_eq!(command("explain", &["x", "a"], " --rules strict"), "corridor explain x a --rules strict");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_printed(text in any::<String>()) {
            prop_assert!(!word(&text).chars().any(is_unseen));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_gives_back_the_same_bytes() {
        use std::os::unix::ffi::{OsStrExt, OsStringExt};
        let mut texts: Vec<Vec<u8>> = (1..=255_u8).map(|byte| vec![b'a', byte, b'7']).collect();
        let nasty = [
            "it's",
            "a\\b",
            "\\",
            "!x",
            "$HOME `ls` \"q\"",
            "~",
            "#x",
            "-x",
            "*?[a]{b,c}",
            "\u{202e}x\u{200b}",
            "e\u{301} 🥛\u{fe0f}",
        ];
        texts.extend(nasty.map(|text| text.as_bytes().to_vec()));
        texts.push(vec![0xff, 0xfe, b'\'', 0xd0]);
        let words: Vec<_> = texts.iter().map(|text| word(OsStr::from_bytes(text))).collect();
        let line = format!("printf '%s\\0' {}", words.join(" "));
        let ran = std::process::Command::new("bash").args(["-c", &line]).output().unwrap();
        let expected: Vec<u8> = texts.iter().flat_map(|text| text.iter().copied().chain([0])).collect();
        assert_eq!(std::ffi::OsString::from_vec(ran.stdout), std::ffi::OsString::from_vec(expected));
    }
}
