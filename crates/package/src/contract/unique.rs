//! `uniqueItems`, in place of the crate's own.
//!
//! The crate hashes items, and its hash of an array has no length in it: `[]`, `[[]]` and
//! `[[],[]]` hash alike, so that some ten thousand such items compare each with each, for
//! seconds. Sorting takes n·log n whatever the items are.

use std::cmp::Ordering;

use jsonschema::{Keyword, ValidationError};
use serde_json::{Number, Value};

/// The keyword, for [`jsonschema::ValidationOptions::with_keyword`].
pub(super) struct UniqueItems {
    /// The keyword's value: `false` asks for nothing.
    pub(super) asked: bool,
}

impl Keyword<'_> for UniqueItems {
    fn validate<'i>(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom("an item stands twice")),
        }
    }

    fn is_valid(&self, instance: &Value) -> bool {
        match instance {
            Value::Array(items) if self.asked => are_unique(items),
            _ => true,
        }
    }
}

fn are_unique(items: &[Value]) -> bool {
    let mut ordered: Vec<Ordered<'_>> = items.iter().map(Ordered::of).collect();
    ordered.sort_unstable();
    ordered.windows(2).all(|pair| pair[0] != pair[1])
}

/// A value under JSON's equality: the order of members does not count, `1` is `1.0`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Ordered<'v> {
    Null,
    Bool(bool),
    Number(Exact),
    String(&'v str),
    Array(Vec<Ordered<'v>>),
    Object(Vec<(&'v str, Ordered<'v>)>),
}

impl<'v> Ordered<'v> {
    /// The depth is bounded by the JSON that was read.
    fn of(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(Exact::of(number)),
            Value::String(text) => Self::String(text),
            Value::Array(items) => Self::Array(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| (key.as_str(), Self::of(value)));
                let mut members: Vec<_> = members.collect();
                members.sort_unstable_by_key(|(key, _)| *key);
                Self::Object(members)
            }
        }
    }
}

/// A number as it is: an integer, or a float that is none.
#[derive(Clone, Copy)]
enum Exact {
    Integer(i128),
    Float(f64),
}

impl Exact {
    fn of(number: &Number) -> Self {
        if let Some(integer) = number.as_i128() {
            return Self::Integer(integer);
        }
        let float = number.as_f64().unwrap_or(f64::NAN);
        // 2^64: past it no integer of the text is exact, so floats are compared with floats.
        match float.fract() == 0.0 && float.abs() < 18_446_744_073_709_551_616.0 {
            true => Self::Integer(float as i128),
            false => Self::Float(float),
        }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        // A float that is no integer is below 2^53 or past 2^64, so rounding an integer
        // cannot move it to the other side.
        let float = |exact: &Self| match exact {
            Self::Integer(integer) => *integer as f64,
            Self::Float(float) => *float,
        };
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (a, b) => float(a).total_cmp(&float(b)),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_that_of_json() {
        let check = |text: &str, expected| {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(are_unique(value.as_array().unwrap()), expected, "{text}");
        };
        check("[1, 2, \"1\", true, null, [], {}, [[]]]", true);
        check("[1, 1.0]", false);
        check("[0, -0.0]", false);
        check("[9007199254740993, 9007199254740992.0]", true);
        check("[1e300, 1e300]", false);
        check("[{\"a\":1,\"b\":2}, {\"b\":2,\"a\":1}]", false);
        check("[[1,2],[2,1]]", true);
        check("[0.5, 1, 0.5]", false);
    }
}
