//! Every way to write a byte or a value that the scan promises to see through.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::dice::Dice;

/// How a value is written before anything is escaped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Raw,
    /// Letters change their case.
    Case,
    /// One NUL or three, before or after each byte.
    Wide,
    Base64,
    Hex,
}

pub(crate) const SHAPES: [Shape; 5] = [
    Shape::Raw,
    Shape::Case,
    Shape::Wide,
    Shape::Base64,
    Shape::Hex,
];

/// Writes a value in a shape, as units that each stand for about one byte.
pub(crate) fn shaped(value: &[u8], shape: Shape, dice: &mut Dice) -> Vec<Vec<u8>> {
    match shape {
        Shape::Raw => value.iter().map(|byte| vec![*byte]).collect(),
        Shape::Case => value.iter().map(|byte| vec![cased(*byte, dice)]).collect(),
        Shape::Wide => {
            let zeros = vec![0; *dice.pick(&[1, 3])];
            let little = dice.one_in(2);
            let unit = |byte: &u8| match little {
                true => [&[*byte], &zeros[..]].concat(),
                false => [&zeros[..], &[*byte]].concat(),
            };
            value.iter().map(unit).collect()
        }
        Shape::Base64 => base64(value, dice),
        Shape::Hex => {
            let digit = |byte: &u8| format!("{byte:02x}").into_bytes();
            let digits = value.iter().flat_map(digit);
            digits.map(|digit| vec![cased(digit, dice)]).collect()
        }
    }
}

fn cased(byte: u8, dice: &mut Dice) -> u8 {
    match dice.below(3) {
        0 => byte.to_ascii_lowercase(),
        1 => byte.to_ascii_uppercase(),
        _ => byte,
    }
}

/// Base64 at any alignment, in either alphabet, padded or not, in lines of any length.
fn base64(value: &[u8], dice: &mut Dice) -> Vec<Vec<u8>> {
    let before = dice.below(7);
    let after = dice.below(4);
    let mut bytes: Vec<u8> = (0..before).map(|_| dice.next() as u8).collect();
    bytes.extend(value);
    bytes.extend((0..after).map(|_| dice.next() as u8));
    let mut text = STANDARD.encode(bytes);
    if dice.one_in(2) {
        text = text.trim_end_matches('=').to_owned();
    }
    if dice.one_in(2) {
        text = text.replace('+', "-").replace('/', "_");
    }
    let line = *dice.pick(&[usize::MAX, 1, 4, 11, 64, 76]);
    let end = *dice.pick(&["\n", "\r\n", "\r\n\t"]);
    let mut units = Vec::new();
    for (place, sign) in text.bytes().enumerate() {
        let mut unit = vec![sign];
        if (place + 1) % line == 0 {
            unit.extend(end.bytes());
        }
        units.push(unit);
    }
    units
}

/// How a text is escaped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layer {
    /// Any byte in any way, or not at all.
    Mixed,
    /// As `encodeURIComponent` does, or a form when it writes `+`.
    Percent,
    /// As a JSON string.
    Json,
    /// As HTML text.
    Html,
}

pub(crate) const LAYERS: [Layer; 4] = [Layer::Mixed, Layer::Percent, Layer::Json, Layer::Html];

/// Escapes each unit.
pub(crate) fn escaped(units: &[Vec<u8>], layer: Layer, dice: &mut Dice) -> Vec<Vec<u8>> {
    let unit = |unit: &Vec<u8>| {
        unit.iter()
            .flat_map(|byte| byte_in(*byte, layer, dice))
            .collect()
    };
    units.iter().map(unit).collect()
}

fn byte_in(byte: u8, layer: Layer, dice: &mut Dice) -> Vec<u8> {
    match layer {
        Layer::Mixed => mixed(byte, dice),
        Layer::Percent => percent(byte),
        Layer::Json => match byte {
            b'"' | b'\\' => vec![b'\\', byte],
            b'/' => b"\\/".to_vec(),
            b'\n' => b"\\n".to_vec(),
            b'\r' => b"\\r".to_vec(),
            b'\t' => b"\\t".to_vec(),
            0..0x20 => format!("\\u{byte:04x}").into_bytes(),
            _ => vec![byte],
        },
        Layer::Html => match byte {
            b'&' => b"&amp;".to_vec(),
            b'<' => b"&lt;".to_vec(),
            b'>' => b"&gt;".to_vec(),
            b'"' => b"&quot;".to_vec(),
            b'\'' => b"&#39;".to_vec(),
            _ => vec![byte],
        },
    }
}

fn percent(byte: u8) -> Vec<u8> {
    match byte {
        b'-' | b'_' | b'.' | b'~' => vec![byte],
        byte if byte.is_ascii_alphanumeric() => vec![byte],
        b' ' => b"+".to_vec(),
        _ => format!("%{byte:02X}").into_bytes(),
    }
}

/// One of all escapes; what begins an escape is never left as it is.
fn mixed(byte: u8, dice: &mut Dice) -> Vec<u8> {
    let plain = !b"%&\\".contains(&byte);
    // A backslash before an escape is JSON inside HTML, so that it does not escape these two.
    let is_sign = byte.is_ascii_punctuation() && !b"%&".contains(&byte);
    let zeros = "0".repeat(*dice.pick(&[0, 1, 3, 40]));
    let choice = match dice.below(16) {
        0..5 if plain => return vec![byte],
        5 if is_sign => return vec![b'\\', byte],
        6 if byte == b' ' => return vec![b'+'],
        choice => choice % 8,
    };
    match choice {
        0 => format!("%{byte:02x}"),
        1 => format!("%{byte:02X}"),
        2 => format!("\\x{byte:02x}"),
        3 => format!("\\{byte:03o}"),
        // The others name a character, which is the byte only where that is ASCII.
        _ if !byte.is_ascii() => format!("%{byte:02x}"),
        4 => format!("\\u{byte:04X}"),
        5 => format!("&#{zeros}{byte};"),
        6 => format!("&#x{zeros}{byte:x};"),
        _ => format!("\\u{{{byte:x}}}"),
    }
    .into_bytes()
}
