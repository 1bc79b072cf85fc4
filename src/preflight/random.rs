//! Whether characters look random, as those of keys and tokens do, or like words.

/// Whether a text holds a run of at least `least` letters and digits, with a letter and two digits in it.
pub(super) fn has_random_run(text: &str, least: usize) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        run.len() >= least
            && run.bytes().filter(u8::is_ascii_digit).count() >= 2
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

/// Whether small letters, capitals and digits follow each other in a token of at least `least` characters more often than in
/// words: on average, every fourth character is of another kind than the one before it.
pub(super) fn is_jumbled(token: &str, least: usize) -> bool {
    let kinds = || {
        token.bytes().map(|byte| match byte {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            b'0'..=b'9' => 3,
            _ => 0,
        })
    };
    let changes = kinds().zip(kinds().skip(1)).filter(|(left, right)| left != right && *left > 0 && *right > 0);
    // Names of hosts, and of what runs on them, join short random parts without any capital.
    let is_name = token.contains(['-', '.', '_']) && !kinds().any(|kind| kind == 2);
    token.len() >= least && !is_name && changes.count() * 4 >= token.len()
}
