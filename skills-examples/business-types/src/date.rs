//! A day of the Gregorian calendar.

use std::borrow::Cow;
use std::fmt;

use hotcell_sdk::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, as ISO 8601 text in JSON: `"2026-11-21"`. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Returns the day; none where the calendar has no such day, or the year has not 4 digits.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let real = year >= 1000
            && year <= 9999
            && month >= 1
            && month <= 12
            && day >= 1
            && day <= days_in(year, month);
        if real {
            Some(Self { year, month, day })
        } else {
            None
        }
    }

    /// Reads `YYYY-MM-DD`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0_u16, |sum, byte| {
                byte.is_ascii_digit()
                    .then(|| sum * 10 + u16::from(byte - b'0'))
            })
        };
        let month = u8::try_from(number(5, 7)?).ok()?;
        Self::new(number(0, 4)?, month, u8::try_from(number(8, 10)?).ok()?)
    }

    /// Returns the year, 1000 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// Returns the month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// Returns the day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let expected = "a day of the calendar as YYYY-MM-DD";
        Self::parse(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &expected))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A day as YYYY-MM-DD.",
            "format": "date",
            "pattern": "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, valid: bool) {
        let found = Date::parse(text).map(|date| date.to_string());
        assert_eq!(found.as_deref(), valid.then_some(text), "{text:?}");
    }

    #[test]
    fn days_of_the_calendar() {
        for text in ["2026-11-21", "2024-02-29", "2000-02-29", "1999-12-31"] {
            check(text, true);
        }
    }

    #[test]
    fn no_such_day() {
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-4-1",
        ] {
            check(text, false);
        }
        for text in ["", "20261121", "2026/11/21", "0999-01-01", "2026-1é-1"] {
            check(text, false);
        }
    }

    #[test]
    fn days_are_ordered_by_time() {
        assert!(Date::new(2025, 12, 31) < Date::new(2026, 1, 1));
    }
}
