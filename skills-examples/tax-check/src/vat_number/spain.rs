//! Spain: the NIF of a person (DNI, NIE, or K, L, M) or of an organisation.
//!
//! Source: Agencia Tributaria; RD 1065/2007 for persons, Orden EHA/451/2008 for organisations.

use super::formula::{digits, luhn, number, verdict};
use super::{Assurance, Fault};

const FORMAT: &str = "ES and 9 signs: a letter at the first, the last or both places";
const PERSON: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
const ORGANISATION: &[u8; 10] = b"JABCDEFGHI";

pub(super) fn check(body: &str) -> Result<Assurance, Fault> {
    if body.len() != 9 || !body.is_ascii() {
        return Err(Fault::Format(FORMAT));
    }
    let (first, last) = (body.as_bytes()[0], body.as_bytes()[8]);
    match first {
        b'0'..=b'9' => person(&body[..8], last),
        b'X' | b'Y' | b'Z' => person(&format!("{}{}", first - b'X', &body[1..8]), last),
        b'K' | b'L' | b'M' => person(&format!("0{}", &body[1..8]), last),
        b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W' => {
            organisation(first, &body[1..8], last)
        }
        _ => Err(Fault::Format(FORMAT)),
    }
}

fn person(body: &str, last: u8) -> Result<Assurance, Fault> {
    let rest = number(&digits(body, 8, FORMAT)?) % 23;
    if !last.is_ascii_uppercase() {
        return Err(Fault::Format(FORMAT));
    }
    verdict(PERSON[rest as usize] == last)
}

/// The kind of organisation says whether its check sign is a digit, a letter, or either.
fn organisation(kind: u8, body: &str, last: u8) -> Result<Assurance, Fault> {
    let mut d = digits(body, 7, FORMAT)?;
    let check = match ORGANISATION.iter().position(|letter| *letter == last) {
        Some(check) if !b"ABEH".contains(&kind) => check as i64,
        None if last.is_ascii_digit() && !b"NPQRSW".contains(&kind) => i64::from(last - b'0'),
        _ => return Err(Fault::Format(FORMAT)),
    };
    d.push(check);
    verdict(luhn(&d))
}
