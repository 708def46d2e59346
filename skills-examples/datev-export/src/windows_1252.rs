//! Windows-1252, the character set that DATEV reads.
//!
//! Source: WHATWG Encoding, index-windows-1252. Its five gaps are refused here, because a
//! DATEV file never holds the control characters that the standard maps them to.

/// The characters of the bytes 0x80 to 0x9F; none where there is a gap.
const HIGH: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// Returns the byte of a character; none where the set lacks it.
pub(crate) fn byte(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => {
            let at = HIGH.iter().position(|high| *high == Some(c))?;
            u8::try_from(0x80 + at).ok()
        }
    }
}

/// Returns the first character that the set lacks.
pub(crate) fn missing(text: &str) -> Option<char> {
    text.chars().find(|c| byte(*c).is_none())
}

/// Returns the bytes of a text; the first character that the set lacks as the error.
pub(crate) fn encode(text: &str) -> Result<Vec<u8>, char> {
    text.chars().map(|c| byte(c).ok_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[u8], char>) {
        assert_eq!(encode(text), expected.map(<[u8]>::to_vec), "{text}");
    }

    #[test]
    fn german_and_the_euro() {
        check("Müller & Söhne, 5 €", Ok(b"M\xFCller & S\xF6hne, 5 \x80"));
        check("„Grüße“ – ß", Ok(b"\x84Gr\xFC\xDFe\x93 \x96 \xDF"));
        check("Žižek Ÿ", Ok(b"\x8Ei\x9Eek \x9F"));
    }

    #[test]
    fn what_the_set_lacks_is_named() {
        check("Łódź", Err('Ł'));
        check("Zürich → Bern", Err('→'));
        check("a\u{81}", Err('\u{81}'));
        check("\u{FEFF}a", Err('\u{FEFF}'));
    }

    #[test]
    fn every_byte_but_the_gaps_is_reached_once() {
        let mut bytes: Vec<u8> = ('\0'..='\u{FFFF}').filter_map(byte).collect();
        bytes.sort_unstable();
        bytes.dedup();
        assert_eq!(bytes.len(), 256 - 5);
    }
}
