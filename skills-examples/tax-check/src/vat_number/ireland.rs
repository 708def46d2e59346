//! Ireland: seven digits and a letter, since 2013 a second one; before, a sign at the second
//! place.
//!
//! Source: Revenue, "Tax and duty reference numbers".

use super::formula::{digits, verdict, weighted};
use super::{Assurance, Fault};

const FORMAT: &str =
    "IE, 7 digits and one or two letters (old: a letter, + or * at the second place)";
/// The place of a letter is its value: W is 0.
const LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";

pub(super) fn check(body: &str) -> Result<Assurance, Fault> {
    if !matches!(body.len(), 8 | 9) || !body.is_ascii() {
        return Err(Fault::Format(FORMAT));
    }
    let check = value(body.as_bytes()[7])?;
    let second = match body.as_bytes().get(8) {
        None => 0,
        Some(letter @ (b'A'..=b'I' | b'W')) => value(*letter)?,
        Some(_) => return Err(Fault::Format(FORMAT)),
    };
    let head = match body.as_bytes()[1] {
        b'0'..=b'9' => body[..7].to_owned(),
        // The old form is weighed as 0, its digits 3 to 7, then the first.
        b'A'..=b'Z' | b'+' | b'*' => format!("0{}{}", &body[2..7], &body[..1]),
        _ => return Err(Fault::Format(FORMAT)),
    };
    let d = digits(&head, 7, FORMAT)?;
    verdict((weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23 == check)
}

fn value(letter: u8) -> Result<i64, Fault> {
    let place = LETTERS.iter().position(|other| *other == letter);
    place.map(|place| place as i64).ok_or(Fault::Format(FORMAT))
}
