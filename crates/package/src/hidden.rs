//! Finds characters that a person does not see and a model reads.
//!
//! Zero-width and bidirectional controls, tags, fillers and the like carry instructions past
//! a reviewer. A few of them have honest work, and are let be only there:
//!
//! - a zero-width joiner or variation selector between or behind emoji;
//! - a zero-width joiner or non-joiner between two letters of a script that needs it: Arabic
//!   and its kin, the scripts of India and south-east Asia, Mongolian.
//!
//! Direction marks (LRM, RLM) are refused too: text that needs them is rare, text that abuses
//! them is not. Flags made of tags (England, Scotland, Wales) are refused with all tags.

use crate::printable::is_invisible;

/// Returns the byte offset and the character of the first hidden one, if any.
pub(crate) fn first_hidden(text: &str) -> Option<(usize, char)> {
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        let is_hidden = is_invisible(c) || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
        if is_hidden && !has_honest_work(before, c, after) {
            return Some((at, c));
        }
        before = Some(c);
    }
    None
}

fn has_honest_work(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else {
        return false;
    };
    match c {
        '\u{200d}' => {
            let emoji = is_emoji(before) || before == '\u{fe0f}';
            let scripts = is_joining(before) && after.is_some_and(is_joining);
            (emoji && after.is_some_and(is_emoji)) || scripts
        }
        '\u{200c}' => is_joining(before) && after.is_some_and(is_joining),
        '\u{fe0e}' | '\u{fe0f}' => {
            is_emoji(before) || matches!(before, '0'..='9' | '#' | '*' | '©' | '®')
        }
        _ => false,
    }
}

/// The blocks in which emoji are.
fn is_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0x203C | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x21FF | 0x2300..=0x23FF | 0x24C2
        | 0x25A0..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0x3030 | 0x303D | 0x3297
        | 0x3299 | 0x1F000..=0x1FAFF)
}

/// Scripts whose letters join: Arabic, Syriac, N'Ko, Mandaic; Devanagari to Sinhala; Tibetan
/// to Myanmar; Khmer; Mongolian.
fn is_joining(c: char) -> bool {
    matches!(u32::from(c),
        0x0600..=0x08FF | 0x0900..=0x0DFF | 0x0F00..=0x109F | 0x1780..=0x17FF | 0x1800..=0x18AF)
        && !is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_text_passes() {
        for text in [
            "plain\r\n\ttext, Größe",
            "👩‍💻 and 👨‍👩‍👧 and ❤️ and 1️⃣",
            "می‌خواهم",
            "क्‍ष",
        ] {
            assert_eq!(first_hidden(text), None, "{text}");
        }
    }

    #[test]
    fn hidden_text_is_found() {
        for text in [
            "a\u{200b}b",
            "a\u{200d}b",
            "a\u{200c}b",
            "\u{feff}a",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{e0041}b",
            "a\u{fe0f}b",
            "a\u{e0100}b",
            "soft\u{ad}hyphen",
            "\u{1b}[31m",
            "a\u{200f}b",
            "\u{3164}",
            "a\u{2028}b",
            "\u{200d}👩",
        ] {
            assert!(first_hidden(text).is_some(), "{text:?}");
        }
    }
}
