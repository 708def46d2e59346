//! One escape: percent, backslash or HTML, at the beginning of a text.

use super::entity::entity;

/// What stands at the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// One byte that means itself.
    Literal,
    /// An escape of `taken` bytes, and what it means.
    Escape {
        /// Its length.
        taken: usize,
        /// The bytes that it means.
        meant: Meant,
    },
    /// It may become an escape when more text comes.
    Incomplete,
}

/// The one to four bytes that an escape means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meant {
    bytes: [u8; 4],
    length: u8,
}

impl Meant {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Takes a number as one byte.
    pub(super) fn byte(number: u32) -> Self {
        Self {
            bytes: [number as u8, 0, 0, 0],
            length: 1,
        }
    }

    /// Takes a number as a character in UTF-8; one that is none is replaced, as browsers do.
    fn character(number: u32) -> Self {
        let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
        let mut bytes = [0; 4];
        let length = character.encode_utf8(&mut bytes).len() as u8;
        Self { bytes, length }
    }
}

/// The longest escape but for the leading zeros of a numeric one: a pair of `\uXXXX`.
pub(super) const ESCAPE_MAX: usize = 12;
/// The most digits of `\u{…}`; languages that have it allow six or eight.
const BRACED_DIGITS_MAX: usize = 8;

/// Reads the escape at the beginning of `text`, which is not empty.
pub(super) fn step(text: &[u8]) -> Step {
    match text[0] {
        b'%' => percent(&text[1..]),
        b'\\' => backslash(&text[1..]),
        b'&' => ampersand(text),
        _ => Step::Literal,
    }
}

/// `%41`, and `%u0041` as JavaScript's `escape` writes it.
fn percent(rest: &[u8]) -> Step {
    match rest.first() {
        None => Step::Incomplete,
        Some(b'u' | b'U') => hex(2, &rest[1..], 4, Meant::character),
        Some(_) => hex(1, rest, 2, Meant::byte),
    }
}

/// `\x41`, `\u0041`, `\u{41}`, `\U00000041`, `\101`, and a backslash before any other sign.
fn backslash(rest: &[u8]) -> Step {
    let Some((&sign, digits)) = rest.split_first() else {
        return Step::Incomplete;
    };
    let next = match sign {
        // JSON inside HTML: the quote has been escaped, and its backslash has not.
        b'%' | b'&' => match step(rest) {
            Step::Escape { .. } => return Step::Literal,
            // Once a number has begun it is an escape, wherever it ends.
            Step::Incomplete if is_number(rest) => return Step::Literal,
            step => step,
        },
        b'u' if digits.first() == Some(&b'{') => braced(&digits[1..]),
        b'u' => unicode(digits),
        b'U' => hex(2, digits, 8, Meant::character),
        b'x' | b'X' => hex(2, digits, 2, Meant::byte),
        b'0'..=b'7' => octal(rest),
        _ => Step::Literal,
    };
    match next {
        Step::Literal if is_broken(rest) => Step::Literal,
        Step::Literal => Step::Escape {
            taken: 2,
            meant: Meant::byte(control(sign).into()),
        },
        next => next,
    }
}

/// Returns whether the number of an escape breaks off at another escape, as in `\u00%341`.
/// It stays as it is then, and is whole when that one is decoded.
fn is_broken(rest: &[u8]) -> bool {
    let (digits, radix) = match rest {
        [b'u', b'{', digits @ ..] | [b'u' | b'U' | b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0'..=b'7', digits @ ..] => (digits, 8),
        _ => return false,
    };
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let end = digits.iter().find(|byte| !is_digit(byte));
    end.is_some_and(|byte| matches!(byte, b'%' | b'&' | b'\\'))
}

/// What a backslash makes of one sign. Shells, regular expressions and Markdown escape
/// almost any sign, so that one without a meaning of its own means itself.
fn control(sign: u8) -> u8 {
    match sign {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 8,
        b'v' => 11,
        b'f' => 12,
        b'0' => 0,
        sign => sign,
    }
}

/// `\uXXXX`, or two of them that make one character.
fn unicode(digits: &[u8]) -> Step {
    let single = hex(2, digits, 4, Meant::character);
    let Step::Escape { taken, .. } = single else {
        return single;
    };
    let high = number(&digits[..4], 16);
    if !(0xD800..0xDC00).contains(&high) {
        return single;
    }
    let rest = &digits[4..];
    if rest.len() < 2 && b"\\u".starts_with(rest) {
        return Step::Incomplete;
    }
    let Some(low) = rest.strip_prefix(b"\\u") else {
        return single;
    };
    match hex(taken + 2, low, 4, Meant::character) {
        Step::Escape { taken, .. } => match number(&low[..4], 16) {
            low @ 0xDC00..0xE000 => Step::Escape {
                taken,
                meant: Meant::character(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)),
            },
            _ => single,
        },
        Step::Incomplete => Step::Incomplete,
        Step::Literal => single,
    }
}

/// `\u{41}`, from its first digit.
fn braced(rest: &[u8]) -> Step {
    let digits = rest.iter().take(BRACED_DIGITS_MAX);
    let count = digits.take_while(|byte| byte.is_ascii_hexdigit()).count();
    match rest.get(count) {
        None => Step::Incomplete,
        Some(b'}') if count > 0 => Step::Escape {
            taken: 4 + count,
            meant: Meant::character(number(&rest[..count], 16)),
        },
        Some(_) => Step::Literal,
    }
}

/// `\101`, as C and PostgreSQL write bytes.
fn octal(rest: &[u8]) -> Step {
    let digits = rest.iter().take(3);
    let count = digits
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    match count {
        3 => Step::Escape {
            taken: 4,
            meant: Meant::byte(number(&rest[..3], 8)),
        },
        count if count == rest.len() => Step::Incomplete,
        _ => Step::Literal,
    }
}

/// Returns whether a text begins with a numeric character of HTML, complete or not.
fn is_number(text: &[u8]) -> bool {
    match text {
        [b'&', b'#', b'x' | b'X', digit, ..] => digit.is_ascii_hexdigit(),
        [b'&', b'#', digit, ..] => digit.is_ascii_digit(),
        _ => false,
    }
}

/// `&#65;`, `&#x41;` and the named ones. A semicolon may be missing where browsers accept it.
fn ampersand(text: &[u8]) -> Step {
    let (radix, from) = match (text.get(1), text.get(2)) {
        (None, _) | (Some(b'#'), None) => return Step::Incomplete,
        (Some(b'#'), Some(b'x' | b'X')) => (16, 3),
        (Some(b'#'), _) => (10, 2),
        _ => return entity(text),
    };
    let digits = &text[from..];
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let count = digits.iter().take_while(is_digit).count();
    let end = match (count, digits.get(count)) {
        (_, None) => return Step::Incomplete,
        (0, Some(_)) => return Step::Literal,
        (_, Some(b';')) => count + 1,
        (_, Some(_)) => count,
    };
    Step::Escape {
        taken: from + end,
        meant: Meant::character(number(&digits[..count], radix)),
    }
}

/// Reads `count` hex digits that stand after `lead` bytes of an escape.
fn hex(lead: usize, rest: &[u8], count: usize, meant: fn(u32) -> Meant) -> Step {
    let digits = rest.iter().take(count);
    let found = digits.take_while(|byte| byte.is_ascii_hexdigit()).count();
    if found == count {
        Step::Escape {
            taken: lead + count,
            meant: meant(number(&rest[..count], 16)),
        }
    } else if found == rest.len() {
        Step::Incomplete
    } else {
        Step::Literal
    }
}

/// Reads digits of any number; one that is too large stays too large to be a character.
fn number(digits: &[u8], radix: u32) -> u32 {
    digits.iter().fold(0, |number: u32, digit| {
        let digit = char::from(*digit).to_digit(radix).unwrap_or(0);
        number.saturating_mul(radix).saturating_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, taken: usize, meant: &str) {
        let Step::Escape { taken: t, meant: m } = step(text.as_bytes()) else {
            panic!("{text} is no escape");
        };
        assert_eq!((t, m.as_slice()), (taken, meant.as_bytes()), "{text}");
    }

    #[test]
    fn percent_and_backslash() {
        check("%41x", 3, "A");
        check("%4a%", 3, "J");
        check("%u0041", 6, "A");
        check("\\x41x", 4, "A");
        check("\\u00e9", 6, "é");
        check("\\ud83d\\ude00", 12, "😀");
        check("\\ud83dx", 6, "\u{FFFD}");
        check("\\u{1F600}", 9, "😀");
        check("\\U0001F600", 10, "😀");
        check("\\101", 4, "A");
        check("\\n", 2, "\n");
        check("\\/", 2, "/");
        check("\\12x", 2, "1");
        check("\\&= ", 2, "&");
        check("\\uzz", 2, "u");
    }

    #[test]
    fn html() {
        check("&#65;", 5, "A");
        check("&#65x", 4, "A");
        check("&#000000000000000000065;", 24, "A");
        check("&#X41;", 6, "A");
        check("&#x00041g", 8, "A");
        check("&#99999999999999999999;", 23, "\u{FFFD}");
        check("&amp;", 5, "&");
        check("&lt!", 3, "<");
        check("&QUOT;", 6, "\"");
        check("&apos;", 6, "'");
        check("&sol;", 5, "/");
    }

    #[test]
    fn what_is_no_escape_means_itself() {
        for text in [
            "a",
            "%4g",
            "%%",
            "&a ",
            "&#;",
            "&#xg",
            "&apos ",
            "&b=2",
            "&&",
            "\\&#0",
            "\\&#x00",
            "\\&quot;",
            "\\%22",
            "\\u00%341",
            "\\x4&#49;",
            "\\10\\x31",
        ] {
            assert_eq!(step(text.as_bytes()), Step::Literal, "{text}");
        }
    }

    #[test]
    fn every_beginning_of_an_escape_waits() {
        for text in [
            "%41",
            "%u0041",
            "\\x41",
            "\\ud83d\\ude00",
            "\\u{41}",
            "\\101",
            "&#65;",
            "&#x41;",
            "&amp;",
            "&NewLine;",
            "\\&NewLine;",
            "\\%u0041",
        ] {
            for end in 1..text.len() {
                assert_eq!(
                    step(&text.as_bytes()[..end]),
                    Step::Incomplete,
                    "{text} {end}"
                );
            }
        }
    }
}
