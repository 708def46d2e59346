//! France: a key of two characters and the SIREN of nine digits.
//!
//! Source: DGFiP, "numéro de TVA intracommunautaire". The old key is two digits; the new one
//! has a letter at either place, from 34 signs without I and O.

use super::formula::{digits, luhn, number, verdict};
use super::{Assurance, Fault};

const FORMAT: &str = "FR, two signs (no I, no O) and 9 digits";
const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(super) fn check(body: &str) -> Result<Assurance, Fault> {
    let (key, siren) = body.split_at_checked(2).ok_or(Fault::Format(FORMAT))?;
    let siren = digits(siren, 9, FORMAT)?;
    let mut signs = key
        .bytes()
        .map(|byte| SIGNS.iter().position(|sign| *sign == byte));
    let (Some(Some(first)), Some(Some(second))) = (signs.next(), signs.next()) else {
        return Err(Fault::Format(FORMAT));
    };
    let (first, second) = (first as i64, second as i64);
    // Monaco's companies have a SIREN that begins with 000 and is not Luhn's.
    if siren[..3] != [0, 0, 0] && !luhn(&siren) {
        return Err(Fault::CheckDigits);
    }
    let siren = number(&siren);
    if first < 10 && second < 10 {
        return verdict((12 + 3 * (siren % 97)) % 97 == first * 10 + second);
    }
    let value = if first < 10 {
        first * 24 + second - 10
    } else {
        first * 34 + second - 100
    };
    verdict((siren + 1 + value / 11) % 11 == value % 11)
}
