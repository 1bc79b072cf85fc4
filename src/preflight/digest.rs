//! Removes what is long and random, and no secret: revisions, digests, hashes of stores, timestamps.
//!
//! Digits count as a digest where a name says so (`sha256:`) or where they are part of a path; alone they may be a key, and stay.

/// Where a text holds one of these words, any long run in it may be a secret.
const SECRET_WORDS: [&str; 7] = ["key", "token", "secret", "passw", "bearer", "auth", "credential"];

/// The text without digests, revisions and timestamps.
pub(super) fn without_digests(text: &str) -> String {
    let text = &without_integrity(text);
    let lower = text.to_lowercase();
    let is_suspicious = SECRET_WORDS.iter().any(|word| lower.contains(word));
    let components: Vec<&str> = text.split('/').collect();
    let is_in_path = components.len() > 1 && !text.contains("://");
    let mut left = String::with_capacity(text.len());
    for (place, component) in components.into_iter().enumerate() {
        if place > 0 {
            left.push('/');
        }
        if !(is_in_path && !is_suspicious && is_uuid(component)) {
            copy_without_runs(component, Surroundings { is_suspicious, is_in_path }, &mut left);
        }
    }
    left
}

/// What surrounds a run of letters and digits.
#[derive(Clone, Copy)]
struct Surroundings {
    is_suspicious: bool,
    is_in_path: bool,
}

fn copy_without_runs(component: &str, around: Surroundings, left: &mut String) {
    let mut rest = component;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (before, run_on) = rest.split_at(start);
        let end = run_on.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(run_on.len());
        let (run, after) = run_on.split_at(end);
        left.push_str(before);
        if is_named_digest(left, run) {
            // In `name:tag@sha256:…` the `@` belongs to the digest.
            let named = left.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || ":-_=".contains(c)).len();
            let named = if left.get(..named).is_some_and(|head| head.ends_with('@')) { named - 1 } else { named };
            left.truncate(named);
        } else if !is_public(component, left, run, after, around) {
            left.push_str(run);
        }
        rest = after;
    }
    left.push_str(rest);
}

fn is_public(component: &str, before: &str, run: &str, after: &str, around: Surroundings) -> bool {
    let is_part = component.len() > run.len() || around.is_in_path;
    let is_revision = is_hex(run, 40)
        || is_hex(run, 64) && is_part && !before.ends_with([' ', ':', '='])
        || is_hex(run, 32) && around.is_in_path;
    is_revision && !around.is_suspicious || is_store_hash(before, run, after) || is_timestamp(run)
}

/// Names of digests, with the digits that each has in hexadecimal.
const DIGESTS: [(&str, usize); 8] = [
    ("md5", 32),
    ("sha1", 40),
    ("sha224", 56),
    ("sha256", 64),
    ("sha384", 96),
    ("sha512", 128),
    ("etag", 32),
    ("etag", 40),
];

/// `sha256:…`, and the like.
fn is_named_digest(before: &str, run: &str) -> bool {
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let Some(head) = before.strip_suffix([':', '-', '_', '=']).map(str::to_ascii_lowercase) else { return false };
    DIGESTS.iter().any(|(name, length)| is_hex(run, *length) && head.ends_with(name))
}

/// The text without the integrity values of web pages and lock files: `sha256-` and the digest in base 64.
fn without_integrity(text: &str) -> String {
    const LENGTHS: [(&str, usize); 3] = [("sha256-", 43), ("sha384-", 64), ("sha512-", 86)];
    let mut left = text.to_owned();
    for (name, length) in LENGTHS {
        let mut from = 0;
        while let Some(start) = left.get(from..).and_then(|rest| rest.find(name)).map(|start| from + start) {
            from = start + name.len();
            let rest = left.get(from..).unwrap_or_default();
            let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
            let end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
            let padding = rest.get(end..).unwrap_or_default().chars().take_while(|c| *c == '=').count();
            if end == length {
                left.replace_range(start..from + end + padding, "");
                from = start;
            }
        }
    }
    left
}

/// Whether a run is `length` hexadecimal digits, all of one case.
fn is_hex(run: &str, length: usize) -> bool {
    let is_of = |letter: fn(&u8) -> bool| run.bytes().all(|byte| byte.is_ascii_digit() || letter(&byte));
    run.len() == length && (is_of(|byte| matches!(byte, b'a'..=b'f')) || is_of(|byte| matches!(byte, b'A'..=b'F')))
}

/// `/nix/store/HASH-name`, also without the name, and the same of other stores: 32 digits of base 32 without e, o, t and u.
fn is_store_hash(before: &str, run: &str, after: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z') && !b"eotu".contains(&byte);
    run.len() == 32
        && run.bytes().all(is_digit)
        && before.ends_with('/')
        && (after.starts_with('-') || after.is_empty() && before.ends_with("/store/"))
}

/// `20260302T080000123456Z`
fn is_timestamp(run: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let time = |(day, time): (&str, &str)| day.len() == 8 && is_digits(day) && is_digits(time);
    run.strip_suffix('Z').unwrap_or(run).split_once('T').is_some_and(time)
}

/// Whether a text is a UUID, and nothing else.
pub(super) fn is_uuid(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex)
}
