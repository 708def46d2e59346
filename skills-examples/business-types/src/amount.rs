//! An exact decimal number: money, a quantity or a rate.

use std::borrow::Cow;

use hotcell_sdk::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use rust_decimal::Decimal;
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most digits before the point, so that no sum or product of a real invoice overflows.
const WHOLE_DIGITS_MAX: usize = 12;
/// Most digits behind the point.
const DECIMALS_MAX: usize = 6;

/// An exact decimal number, as text in JSON: `"-1234.50"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Reads `-?` up to 12 digits, and up to 6 decimals; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = match digits.split_once('.') {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return None,
            None => (digits, ""),
        };
        let numeric = whole
            .bytes()
            .chain(decimals.bytes())
            .all(|b| b.is_ascii_digit());
        let fits = (1..=WHOLE_DIGITS_MAX).contains(&whole.len()) && decimals.len() <= DECIMALS_MAX;
        if !numeric || !fits {
            return None;
        }
        Decimal::from_str_exact(text).ok().map(Self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let expected = "a decimal number as text, such as \"-1234.50\"";
        Self::parse(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &expected))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A decimal number as text, such as \"-1234.50\".",
            "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$",
        })
    }
}

/// What amounts come to, as text in JSON: it may have more digits than any of them, as far as a
/// thousand products of two amounts reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Sum(pub Decimal);

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl JsonSchema for Sum {
    fn schema_name() -> Cow<'static, str> {
        "Sum".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A decimal number as text, such as \"-1234.50\".",
            "pattern": r"^-?[0-9]{1,28}(\.[0-9]{1,6})?$",
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = Amount::parse(text).map(|amount| amount.0.to_string());
        assert_eq!(found.as_deref(), expected, "{text:?}");
    }

    #[test]
    fn numbers_keep_their_decimals() {
        check("0", Some("0"));
        check("119.00", Some("119.00"));
        check("-0.000001", Some("-0.000001"));
        check("999999999999.999999", Some("999999999999.999999"));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1,5",
            "1e3",
            "+1",
            "1 000",
            "1.0000001",
            "--1",
            "١",
        ] {
            check(text, None);
        }
        check("1000000000000", None);
    }

    #[test]
    fn json_is_text_both_ways() {
        let amount: Amount = serde_json::from_str("\"1.50\"").unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), "\"1.50\"");
        assert!(serde_json::from_str::<Amount>("1.5").is_err());
    }
}
