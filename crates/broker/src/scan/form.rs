//! The forms of a value that are looked for as they stand: raw, base64 and hex.
//!
//! Escapes are not forms: they have too many spellings, so the text is decoded instead.

use zeroize::Zeroizing;

use super::WINDOW;
use super::fold::folded;

/// How a form is made, and so how many of its bytes are twelve of the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The bytes themselves.
    Raw,
    /// Base64 at one of the three alignments.
    Base64,
    /// Two digits a byte.
    Hex,
}

/// All kinds.
pub(super) const KINDS: [Kind; 3] = [Kind::Raw, Kind::Base64, Kind::Hex];

/// The longest run.
pub(super) const RUN_MAX: usize = Kind::Hex.run();

impl Kind {
    /// Returns the length of the shortest run that is a hit.
    ///
    /// Twelve bytes settle 15 or 16 signs of base64, depending on the alignment.
    pub(super) const fn run(self) -> usize {
        match self {
            Kind::Raw => WINDOW,
            Kind::Base64 => (WINDOW * 8 - 4) / 6,
            Kind::Hex => WINDOW * 2,
        }
    }

    /// Returns the bit that stands for this kind in a set of kinds.
    pub(super) const fn bit(self) -> u64 {
        match self {
            Kind::Raw => 1,
            Kind::Base64 => 2,
            Kind::Hex => 4,
        }
    }
}

/// One form of one value. Wiped when it goes.
pub(super) struct Form {
    pub(super) kind: Kind,
    pub(super) text: Zeroizing<Vec<u8>>,
}

/// Returns the forms of a value or of a part of it.
pub(super) fn forms(value: &[u8]) -> Vec<Form> {
    let mut texts = vec![Zeroizing::new(value.to_vec())];
    add_folded(&mut texts);
    add_utf16(value, &mut texts);
    let form = |kind| move |text| Form { kind, text };
    let mut forms: Vec<Form> = texts.into_iter().map(form(Kind::Raw)).collect();
    forms.extend(
        (0..3)
            .map(|shift| base64(value, shift))
            .map(form(Kind::Base64)),
    );
    forms.push(form(Kind::Hex)(hex(value)));
    forms
}

/// Adds what the value becomes in a text that is decoded: it loses its line breaks, and what
/// looks like an escape in it is decoded too.
fn add_folded(texts: &mut Vec<Zeroizing<Vec<u8>>>) {
    for _ in 0..super::LEVELS {
        let last = texts.last().expect("the value is there");
        let next = folded(last);
        if next == *last {
            return;
        }
        texts.push(next);
    }
}

/// Adds what is left of UTF-16 when the NULs go. ASCII is left as it is.
fn add_utf16(value: &[u8], texts: &mut Vec<Zeroizing<Vec<u8>>>) {
    let Ok(text) = std::str::from_utf8(value) else {
        return;
    };
    if text.is_ascii() {
        return;
    }
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let mut wide = Zeroizing::new(Vec::with_capacity(text.len() * 2));
        let units = text.encode_utf16().flat_map(bytes);
        wide.extend(units.filter(|byte| *byte != 0));
        texts.push(wide);
    }
}

/// Returns the signs that the value alone settles when `shift` bytes stand before it.
fn base64(value: &[u8], shift: usize) -> Zeroizing<Vec<u8>> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let first = (shift * 8).div_ceil(6);
    let end = (shift + value.len()) * 8 / 6;
    let mut text = Zeroizing::new(Vec::with_capacity(end.saturating_sub(first)));
    for sign in first..end {
        let bit = sign * 6 - shift * 8;
        let high = u16::from(value[bit / 8]) << 8;
        let low = value.get(bit / 8 + 1).copied().map_or(0, u16::from);
        let six = (high | low) >> (10 - bit % 8) & 63;
        text.push(SIGNS[usize::from(six)]);
    }
    text
}

fn hex(value: &[u8]) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new(Vec::with_capacity(value.len() * 2));
    for byte in value {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn base64_is_what_an_encoder_writes_at_each_alignment() {
        for length in 12..20 {
            let value: Vec<u8> = (0..length).map(|n: u8| n.wrapping_mul(37) ^ 5).collect();
            for shift in 0..3 {
                let mut padded = vec![0xA5; shift];
                padded.extend(&value);
                padded.extend([0x5A; 3]);
                let whole = STANDARD.encode(padded);
                let ours = String::from_utf8(base64(&value, shift).to_vec()).unwrap();
                assert!(whole.contains(&ours), "{whole} holds {ours}");
                assert!(ours.len() >= Kind::Base64.run());
            }
        }
    }

    #[test]
    fn hex_has_two_digits_a_byte() {
        assert_eq!(hex(&[0, 0x1f, 0xe0]).as_slice(), b"001fe0");
    }

    #[test]
    fn a_value_with_line_breaks_has_a_form_without() {
        let forms = forms(b"abcdefgh\r\nijklmnop");
        assert!(
            forms
                .iter()
                .any(|form| form.text.as_slice() == b"abcdefghijklmnop")
        );
    }
}
