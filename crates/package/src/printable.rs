//! Makes untrusted text safe to show: on a terminal, in a log, in a message to a model.
//!
//! The text keeps its meaning and gains no power: control characters, which a terminal
//! obeys, and hidden characters, which a person does not see, are written as `\u{…}`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns `text` with every control and hidden character written as `\u{…}`, line breaks
/// and tabs included (`\n`, `\r`, `\t`). Text without any is borrowed, not copied.
pub fn printable(text: &str) -> Cow<'_, str> {
    let Some(first) = text.char_indices().find(|&(_, c)| needs_escape(c)) else {
        return Cow::Borrowed(text);
    };
    let (clean, rest) = text.split_at(first.0);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    for c in rest.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => {
                write!(out, "\\u{{{:x}}}", u32::from(c)).expect("writing to a String cannot fail");
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn needs_escape(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// Returns whether `c` shows nothing of its own: zero-width and bidirectional controls, tag
/// characters, joiners, variation selectors, fillers, line and paragraph separators.
///
/// This is Unicode's `Default_Ignorable_Code_Point`, and beside it the interlinear
/// annotation marks, the line separators and the musical controls that renderers hide too.
pub fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_obeys_or_a_person_cannot_see() {
        let check = |input, expected| assert_eq!(printable(input), expected);
        check("plain, Größe, 日本", "plain, Größe, 日本");
        check("a\u{1b}[2Jb\r\n", "a\\u{1b}[2Jb\\r\\n");
        check("pay\u{202e}lld", "pay\\u{202e}lld");
        check("x\u{200b}y\u{e0041}", "x\\u{200b}y\\u{e0041}");
        check("\u{9b}31m", "\\u{9b}31m");
        assert!(matches!(printable("borrowed"), Cow::Borrowed(_)));
    }
}
