//! `multipleOf`, in place of the crate's own.
//!
//! The crate reads numbers as the decimals that they print as, which is right, and falls
//! back on fractions of any length where 128 bits do not hold them: 5 µs for `1e300` and
//! `0.1`, and by way of rounded digits. Modular arithmetic answers exactly in any case.

use jsonschema::{Keyword, ValidationError};
use serde_json::{Number, Value};

/// The keyword.
pub(super) struct MultipleOf {
    /// None where the keyword's value is no positive number; then nothing passes.
    divisor: Option<Decimal>,
}

impl MultipleOf {
    /// Returns the keyword with this value, which the meta-schema has checked.
    pub(super) fn of(value: &Value) -> Self {
        let divisor = value.as_number().and_then(Decimal::of);
        Self {
            divisor: divisor.filter(|divisor| divisor.digits > 0),
        }
    }

    fn divides(&self, number: &Number) -> bool {
        let number = Decimal::of(number);
        match (&self.divisor, number) {
            (Some(divisor), Some(number)) => number.is_multiple_of(divisor),
            _ => false,
        }
    }
}

impl Keyword<'_> for MultipleOf {
    fn validate<'i>(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom("this is no multiple")),
        }
    }

    fn is_valid(&self, instance: &Value) -> bool {
        instance
            .as_number()
            .is_none_or(|number| self.divides(number))
    }
}

/// The size of a number: `digits` times ten to the power of `exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Decimal {
    digits: u64,
    exponent: i32,
}

impl Decimal {
    /// Reads an integer as it is, a float as the shortest decimal that means it.
    fn of(number: &Number) -> Option<Self> {
        if let Some(integer) = number.as_i128() {
            let digits = u64::try_from(integer.unsigned_abs()).ok()?;
            return Some(Self {
                digits,
                exponent: 0,
            });
        }
        let text = format!("{:e}", number.as_f64()?.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self {
            digits: format!("{whole}{fraction}").parse().ok()?,
            exponent: exponent.parse::<i32>().ok()? - places,
        })
    }

    /// Returns whether `self / divisor` is an integer.
    fn is_multiple_of(self, divisor: &Self) -> bool {
        if self.digits == 0 {
            return true;
        }
        let shift = self.exponent - divisor.exponent;
        let power = shift.unsigned_abs();
        if shift >= 0 {
            let modulus = u128::from(divisor.digits);
            let product = u128::from(self.digits) * power_of_ten(power, modulus);
            return product.is_multiple_of(modulus);
        }
        let scale = 10_u128.checked_pow(power);
        let whole = scale.and_then(|scale| scale.checked_mul(u128::from(divisor.digits)));
        // Past 128 bits the divisor is the larger one.
        whole.is_some_and(|whole| u128::from(self.digits).is_multiple_of(whole))
    }
}

/// Returns 10^power modulo `modulus`, which fits into 64 bits.
fn power_of_ten(mut power: u32, modulus: u128) -> u128 {
    let (mut result, mut square) = (1 % modulus, 10 % modulus);
    while power > 0 {
        if power & 1 == 1 {
            result = result * square % modulus;
        }
        square = square * square % modulus;
        power >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_those_of_the_decimals() {
        let check = |value: &str, divisor: &str, expected| {
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let got = MultipleOf::of(&read(divisor)).is_valid(&read(value));
            assert_eq!(got, expected, "{value} by {divisor}");
        };
        check("0", "7", true);
        check("-0.0", "0.1", true);
        check("21", "7", true);
        check("-21", "7", true);
        check("22", "7", false);
        check("21.0", "7", true);
        check("7", "21", false);
        check("19.99", "0.01", true);
        check("1070468.14", "0.01", true);
        check("19.995", "0.01", false);
        check("0.3", "0.1", true);
        check("4.5", "1.5", true);
        check("1e300", "0.1", true);
        check("1e300", "7", false);
        check("7e300", "7", true);
        check("1e300", "1e-300", true);
        check("1e-300", "1e300", false);
        check("5e-324", "5e-324", true);
        check("1.7e308", "5e-324", true);
        check("18446744073709551615", "5", true);
        check("18446744073709551615", "18446744073709551615", true);
        check("18446744073709551614", "18446744073709551615", false);
        check("\"a\"", "7", true);
    }
}
