//! Lower case, fast for the scripts that commands are written in.

/// The full Unicode lower case of `text`, as [`str::to_lowercase`] gives it.
///
/// Most commands are ASCII and Cyrillic, where lower case is an offset. Everything else takes the tables of the standard library,
/// which cost ten times as much.
#[must_use]
pub fn lower_case(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    for c in text.chars() {
        lower.push(match c {
            '\0'..='\x7f' => c.to_ascii_lowercase(),
            '\u{430}'..='\u{45f}' => c,
            '\u{410}'..='\u{42f}' => offset(c, 0x20),
            '\u{400}'..='\u{40f}' => offset(c, 0x50),
            _ => return text.to_lowercase(),
        });
    }
    lower
}

fn offset(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::lower_case;
    use proptest::prelude::*;

    #[test]
    fn every_character_has_the_lower_case_of_the_standard_library() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            assert_eq!(lower_case(&text), text.to_lowercase(), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn texts_have_the_lower_case_of_the_standard_library(text in "[a-zA-ZА-яЁё ΣİǅÀ\\PC]{0,20}") {
            prop_assert_eq!(lower_case(&text), text.to_lowercase());
        }
    }
}
