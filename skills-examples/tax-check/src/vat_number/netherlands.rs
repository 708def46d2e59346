//! The Netherlands: nine digits, `B`, two digits.
//!
//! Source: Belastingdienst, "btw-identificatienummer". Companies keep the number that is made
//! of their RSIN (eleven-test). Since 2020 sole traders have one that says nothing of their
//! citizen's number and is checked as a whole by ISO/IEC 7064, MOD 97-10.

use super::formula::{digits, verdict, weighted};
use super::{Assurance, Fault};

const FORMAT: &str = "NL, 9 digits, B and 2 digits";

pub(super) fn check(body: &str) -> Result<Assurance, Fault> {
    let (head, tail) = body.split_once('B').ok_or(Fault::Format(FORMAT))?;
    let head = digits(head, 9, FORMAT)?;
    let suffix = digits(tail, 2, FORMAT)?;
    if suffix == [0, 0] {
        return Err(Fault::Format(FORMAT));
    }
    let company = weighted(&head, &[9, 8, 7, 6, 5, 4, 3, 2, -1]).rem_euclid(11) == 0;
    verdict(company || sole_trader(body))
}

/// Letters count as A = 10 to Z = 35; the number with its prefix leaves 1 by 97.
fn sole_trader(body: &str) -> bool {
    let rest = format!("NL{body}")
        .bytes()
        .fold(0, |rest, byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
        });
    rest == 1
}
