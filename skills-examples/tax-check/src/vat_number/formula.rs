//! The countries whose check digit is one formula over the digits.
//!
//! Sources: the European Commission's "VIES: check digit routines", and where it is silent the
//! tax office's own paper, named at the function.

use super::{Assurance, Fault};

type Verdict = Result<Assurance, Fault>;

/// Reads exactly `count` digits, or refuses with `format`.
pub(super) fn digits(body: &str, count: usize, format: &'static str) -> Result<Vec<i64>, Fault> {
    let all = body.len() == count && body.bytes().all(|byte| byte.is_ascii_digit());
    if !all {
        return Err(Fault::Format(format));
    }
    Ok(body.bytes().map(|byte| i64::from(byte - b'0')).collect())
}

/// As [`digits`], and the first is not 0.
fn digits_not_0(body: &str, count: usize, format: &'static str) -> Result<Vec<i64>, Fault> {
    let digits = digits(body, count, format)?;
    if digits.first() == Some(&0) {
        Err(Fault::Format(format))
    } else {
        Ok(digits)
    }
}

/// Returns the sum of digit times weight, as far as both go.
pub(super) fn weighted(digits: &[i64], weights: &[i64]) -> i64 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// Returns the number that the digits write.
pub(super) fn number(digits: &[i64]) -> i64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + digit)
}

pub(super) fn verdict(fits: bool) -> Verdict {
    if fits {
        Ok(Assurance::CheckDigits)
    } else {
        Err(Fault::CheckDigits)
    }
}

/// Returns whether the last digit is Luhn's (ISO/IEC 7812).
pub(super) fn luhn(digits: &[i64]) -> bool {
    let doubled = |(at, digit): (usize, &i64)| match (at % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) if twice > 9 => twice - 9,
        (_, twice) => twice,
    };
    digits.iter().rev().enumerate().map(doubled).sum::<i64>() % 10 == 0
}

/// Returns whether the last digit is that of ISO/IEC 7064, MOD 11,10.
fn mod_11_10(digits: &[i64]) -> bool {
    let Some((check, head)) = digits.split_last() else {
        return false;
    };
    let product = head
        .iter()
        .fold(10, |product, digit| match (product + digit) % 10 {
            0 => 20 % 11,
            sum => sum * 2 % 11,
        });
    (11 - product) % 10 == *check
}

/// BMF: `U` and 8 digits; the last is (96 − sum) mod 10 of alternately doubled digits.
pub(super) fn austria(body: &str) -> Verdict {
    let format = "ATU and 8 digits";
    let body = body.strip_prefix('U').ok_or(Fault::Format(format))?;
    let d = digits(body, 8, format)?;
    let cross = |(at, digit): (usize, &i64)| match at % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    };
    let sum: i64 = d[..7].iter().enumerate().map(cross).sum();
    verdict((96 - sum) % 10 == d[7])
}

/// The enterprise number: 97 less the first eight digits mod 97. Since 2023 it may begin with 1.
pub(super) fn belgium(body: &str) -> Verdict {
    let format = "BE, 0 or 1, and 9 digits";
    let d = digits(body, 10, format)?;
    if d[0] > 1 {
        return Err(Fault::Format(format));
    }
    verdict(97 - number(&d[..8]) % 97 == number(&d[8..]))
}

/// 9 digits for companies (BULSTAT), 10 for persons, foreigners and others.
pub(super) fn bulgaria(body: &str) -> Verdict {
    let format = "BG and 9 or 10 digits";
    if body.len() == 9 {
        let d = digits(body, 9, format)?;
        let check = match weighted(&d[..8], &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
            10 => weighted(&d[..8], &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
            check => check,
        };
        return verdict(check == d[8]);
    }
    let d = digits(body, 10, format)?;
    let person = weighted(&d[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    let foreigner = weighted(&d[..9], &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    let other = (11 - weighted(&d[..9], &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    verdict([person, foreigner, other].contains(&d[9]))
}

/// 8 digits and a letter; digits at odd places are replaced by the tax office's table.
pub(super) fn cyprus(body: &str) -> Verdict {
    const ODD: [i64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let format = "CY, 8 digits and a letter";
    let letter = body.chars().last().filter(char::is_ascii_uppercase);
    let letter = letter.ok_or(Fault::Format(format))?;
    let d = digits(&body[..body.len() - 1], 8, format)?;
    if d[..2] == [1, 2] {
        return Err(Fault::Format(format));
    }
    let place = |(at, digit): (usize, &i64)| match at % 2 {
        0 => ODD[*digit as usize],
        _ => *digit,
    };
    let sum: i64 = d.iter().enumerate().map(place).sum();
    verdict(sum % 26 == i64::from(u32::from(letter) - u32::from('A')))
}

/// 8 digits for companies; persons carry their birth number of 9 digits (before 1954, without a
/// check digit) or 10, or one of 9 that begins with 6.
pub(super) fn czechia(body: &str) -> Verdict {
    let format = "CZ and 8 to 10 digits";
    const WEIGHTS: [i64; 7] = [8, 7, 6, 5, 4, 3, 2];
    match body.len() {
        8 => {
            let d = digits(body, 8, format)?;
            if d[0] == 9 {
                return Err(Fault::Format(format));
            }
            verdict((11 - weighted(&d[..7], &WEIGHTS) % 11) % 10 == d[7])
        }
        9 => {
            let d = digits(body, 9, format)?;
            if d[0] != 6 {
                return Ok(Assurance::FormatOnly);
            }
            let rest = weighted(&d[1..8], &WEIGHTS) % 11;
            verdict((8 - (10 - rest).rem_euclid(11)).rem_euclid(10) == d[8])
        }
        _ => {
            let d = digits(body, 10, format)?;
            verdict(number(&d[..9]) % 11 % 10 == d[9])
        }
    }
}

/// BZSt: 9 digits, the first not 0, ISO/IEC 7064 MOD 11,10.
pub(super) fn germany(body: &str) -> Verdict {
    verdict(mod_11_10(&digits_not_0(
        body,
        9,
        "DE and 9 digits, the first not 0",
    )?))
}

pub(super) fn denmark(body: &str) -> Verdict {
    let d = digits_not_0(body, 8, "DK and 8 digits, the first not 0")?;
    verdict(weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0)
}

pub(super) fn estonia(body: &str) -> Verdict {
    let d = digits(body, 9, "EE and 9 digits")?;
    verdict(weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0)
}

pub(super) fn greece(body: &str) -> Verdict {
    let d = digits(body, 9, "EL and 9 digits")?;
    verdict(weighted(&d[..8], &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == d[8])
}

pub(super) fn finland(body: &str) -> Verdict {
    let d = digits(body, 8, "FI and 8 digits")?;
    verdict(weighted(&d, &[7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0)
}

/// The OIB.
pub(super) fn croatia(body: &str) -> Verdict {
    verdict(mod_11_10(&digits(body, 11, "HR and 11 digits")?))
}

pub(super) fn hungary(body: &str) -> Verdict {
    let d = digits(body, 8, "HU and 8 digits")?;
    verdict(weighted(&d, &[9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0)
}

/// Partita IVA: 7 digits of the matricola, 3 of the office, Luhn.
pub(super) fn italy(body: &str) -> Verdict {
    let format = "IT and 11 digits, with the office's number in digits 8 to 10";
    let d = digits(body, 11, format)?;
    let office = matches!(number(&d[7..10]), 1..=100 | 120 | 121 | 888 | 999);
    if number(&d[..7]) == 0 || !office {
        return Err(Fault::Format(format));
    }
    verdict(luhn(&d))
}

/// 9 digits for companies, 12 for persons who are registered for a time; the last but one is 1.
pub(super) fn lithuania(body: &str) -> Verdict {
    let format = "LT and 9 or 12 digits, the last but one a 1";
    let d = digits(body, if body.len() == 12 { 12 } else { 9 }, format)?;
    let last = d.len() - 1;
    if d[last - 1] != 1 {
        return Err(Fault::Format(format));
    }
    let check = match weighted(&d[..last], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]) % 11 {
        10 => weighted(&d[..last], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]) % 11 % 10,
        check => check,
    };
    verdict(check == d[last])
}

pub(super) fn luxembourg(body: &str) -> Verdict {
    let d = digits(body, 8, "LU and 8 digits")?;
    verdict(number(&d[..6]) % 89 == number(&d[6..]))
}

/// Companies begin with 4 to 9; the numbers of persons carry a check digit only before 2017.
pub(super) fn latvia(body: &str) -> Verdict {
    let d = digits(body, 11, "LV and 11 digits")?;
    if d[0] <= 3 {
        return Ok(Assurance::FormatOnly);
    }
    verdict(weighted(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3)
}

pub(super) fn malta(body: &str) -> Verdict {
    let d = digits_not_0(body, 8, "MT and 8 digits, the first not 0")?;
    verdict(weighted(&d, &[3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0)
}

/// NIP.
pub(super) fn poland(body: &str) -> Verdict {
    let d = digits(body, 10, "PL and 10 digits")?;
    verdict(weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7, -1]).rem_euclid(11) == 0)
}

/// NIF.
pub(super) fn portugal(body: &str) -> Verdict {
    let d = digits_not_0(body, 9, "PT and 9 digits, the first not 0")?;
    let rest = weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    verdict((11 - rest) % 11 % 10 == d[8])
}

/// CUI: 2 to 10 digits, weighed from the right.
pub(super) fn romania(body: &str) -> Verdict {
    const WEIGHTS: [i64; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let format = "RO and 2 to 10 digits, the first not 0";
    let d = digits_not_0(body, body.len().clamp(2, 10), format)?;
    let (head, check) = d.split_at(d.len() - 1);
    let sum = weighted(head, &WEIGHTS[WEIGHTS.len() - head.len()..]);
    verdict([sum * 10 % 11 % 10] == check)
}

/// The organisation number with Luhn's digit, then 01 to 94.
pub(super) fn sweden(body: &str) -> Verdict {
    let format = "SE and 12 digits, the last two 01 to 94";
    let d = digits(body, 12, format)?;
    if !(1..=94).contains(&number(&d[10..])) {
        return Err(Fault::Format(format));
    }
    verdict(luhn(&d[..10]))
}

/// Where the formula says 11 the number is never given out.
pub(super) fn slovenia(body: &str) -> Verdict {
    let d = digits_not_0(body, 8, "SI and 8 digits, the first not 0")?;
    let check = 11 - weighted(&d[..7], &[8, 7, 6, 5, 4, 3, 2]) % 11;
    verdict(check != 11 && check % 10 == d[7])
}

pub(super) fn slovakia(body: &str) -> Verdict {
    let format = "SK and 10 digits, the first not 0, the third one of 2, 3, 4, 7, 8, 9";
    let d = digits_not_0(body, 10, format)?;
    if !matches!(d[2], 2 | 3 | 4 | 7 | 8 | 9) {
        return Err(Fault::Format(format));
    }
    verdict(number(&d) % 11 == 0)
}

/// As the United Kingdom: 97 less the weighted sum, since 2010 also 55 more. 9 digits, or 12
/// with a branch.
pub(super) fn northern_ireland(body: &str) -> Verdict {
    let d = digits(
        body,
        if body.len() == 12 { 12 } else { 9 },
        "XI and 9 or 12 digits",
    )?;
    let sum = weighted(&d[..7], &[8, 7, 6, 5, 4, 3, 2]) + number(&d[7..9]);
    verdict(sum % 97 == 0 || (sum + 55) % 97 == 0)
}
