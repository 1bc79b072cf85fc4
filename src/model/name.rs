//! Names from outside where they are repeated: ids, versions, models.

use super::{IdDigest, hex};
use std::borrow::Cow;

/// A name that looks like one, `[A-Za-z0-9._:/+-]{1,128}`, as it is; any other text by its SHA-256, because a name that holds
/// what a user said has gone wrong, and a report is not the place to repeat it.
#[must_use]
pub fn shown_name(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/+-".contains(&byte);
    if (1..=128).contains(&name.len()) && name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let digest = hex(&IdDigest::of(name).0);
    Cow::Owned(format!("sha256:{}", digest.get(..32).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_none_is_shown_by_its_digest() {
        assert_eq!(shown_name("cmd-1:a.B_2/x+y"), "cmd-1:a.B_2/x+y");
        // printf '' | sha256sum | cut -c1-32
        assert_eq!(shown_name(""), "sha256:e3b0c44298fc1c149afbf4c8996fb924");
        for name in ["купи молоко", "a b", "me@home", "\u{1b}[31m", &"a".repeat(129)] {
            assert!(shown_name(name).starts_with("sha256:") && shown_name(name).len() == 39, "{name:?}");
        }
    }
}
