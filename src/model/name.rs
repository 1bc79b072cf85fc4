//! Redaction of names from outside: ids, versions, models; and names of files.

use super::{IdDigest, hex};
use std::borrow::Cow;

/// `name` itself where it matches `[A-Za-z0-9._:/+-]{1,128}`; otherwise its SHA-256, because it may hold text of a user, which
/// reports must not repeat.
#[must_use]
pub fn shown_name(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/+-".contains(&byte);
    if (1..=128).contains(&name.len()) && name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let digest = hex(&IdDigest::of(name).0);
    Cow::Owned(format!("sha256:{}", digest.get(..32).unwrap_or_default()))
}

/// Why a file of this name, with any ending, is impossible on Windows: characters with a meaning in paths, names of devices (also
/// before a dot), a dot or a blank at the end; `None` where it is possible. Source: "Naming Files, Paths, and Namespaces",
/// Microsoft Learn.
#[must_use]
pub fn unportable(name: &str) -> Option<&'static str> {
    let device = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_port = |port: &str| {
        let number = device.strip_prefix(port).unwrap_or_default();
        let mut digits = number.chars();
        matches!((digits.next(), digits.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
    };
    let is_device = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$");
    if name.contains(['<', '>', ':', '"', '|', '?', '*']) {
        Some("it holds one of <>:\"|?*")
    } else if is_device || is_port("COM") || is_port("LPT") {
        Some("it is the name of a device")
    } else if name.ends_with(['.', ' ']) || name.starts_with(' ') {
        Some("it begins or ends with a blank, or ends with a dot")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_windows_cannot_hold_are_known() {
        for name in
            ["CON", "con", "nul", "Aux.2026", "COM1", "lpt9.x", "COM²", "prn .x", "a:b", "a?", "a|b", "a.", "a ", " a"]
        {
            assert!(unportable(name).is_some(), "{name:?}");
        }
        for name in
            ["household", "2026.05", "console", "COM", "COM10", "com0", "a b", "хлеб", ".x", "nul-hypothesis", "a'b"]
        {
            assert_eq!(unportable(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_plain_name_is_shown_by_its_digest() {
        assert_eq!(shown_name("cmd-1:a.B_2/x+y"), "cmd-1:a.B_2/x+y");
        // printf '' | sha256sum | cut -c1-32
        assert_eq!(shown_name(""), "sha256:e3b0c44298fc1c149afbf4c8996fb924");
        for name in ["купи молоко", "a b", "me@home", "\u{1b}[31m", &"a".repeat(129)] {
            assert!(shown_name(name).starts_with("sha256:") && shown_name(name).len() == 39, "{name:?}");
        }
    }
}
