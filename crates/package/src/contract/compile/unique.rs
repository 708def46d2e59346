//! `uniqueItems`, in place of the crate's own.
//!
//! The crate's hash of an array has no length in it: `[]`, `[[]]` and `[[],[]]` hash alike,
//! so that some ten thousand such items compare each with each, for seconds. Here every
//! part is hashed, with a key that the author of a value cannot know.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use jsonschema::{Keyword, ValidationError};
use serde_json::Value;

use crate::contract::compile::equal::equal;
use crate::contract::compile::exact::Exact;

/// The keyword.
pub(super) struct UniqueItems {
    /// The keyword's value: `false` asks for nothing.
    asked: bool,
    keys: RandomState,
}

impl UniqueItems {
    /// Returns the keyword with this value.
    pub(super) fn of(value: &Value) -> Self {
        Self {
            asked: *value == Value::Bool(true),
            keys: RandomState::new(),
        }
    }

    fn are_unique(&self, items: &[Value]) -> bool {
        let hashes = items.iter().map(|item| self.hash(item)).zip(items);
        let mut hashes: Vec<(u64, &Value)> = hashes.collect();
        hashes.sort_unstable_by_key(|(hash, _)| *hash);
        // Items of one hash are equal, but for one chance in billions.
        hashes.chunk_by(|a, b| a.0 == b.0).all(are_different)
    }

    fn hash(&self, value: &Value) -> u64 {
        let mut hasher = self.keys.build_hasher();
        self.write(value, &mut hasher);
        hasher.finish()
    }

    /// Hashes what [`equal`] looks at. The depth is bounded by the JSON that was read.
    fn write(&self, value: &Value, hasher: &mut impl Hasher) {
        match value {
            Value::Null => hasher.write_u8(0),
            Value::Bool(value) => hasher.write_u8(1 + u8::from(*value)),
            Value::Number(number) => {
                hasher.write_u8(3);
                Exact::of(number).hash(hasher);
            }
            Value::String(text) => {
                hasher.write_u8(4);
                text.hash(hasher);
            }
            Value::Array(items) => {
                hasher.write_u8(5);
                hasher.write_usize(items.len());
                items.iter().for_each(|item| self.write(item, hasher));
            }
            Value::Object(members) => {
                // A sum, for the order of members does not count.
                let sum = members.iter().fold(0_u64, |sum, (key, member)| {
                    let mut own = self.keys.build_hasher();
                    key.hash(&mut own);
                    self.write(member, &mut own);
                    sum.wrapping_add(own.finish())
                });
                hasher.write_u8(6);
                hasher.write_usize(members.len());
                hasher.write_u64(sum);
            }
        }
    }
}

fn are_different(alike: &[(u64, &Value)]) -> bool {
    let rest = |at: usize| alike[at + 1..].iter();
    let mut all = alike.iter().enumerate();
    all.all(|(at, (_, a))| !rest(at).any(|(_, b)| equal(a, b)))
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
            Value::Array(items) if self.asked => self.are_unique(items),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_that_of_json() {
        let unique = UniqueItems::of(&Value::Bool(true));
        let check = |text: &str, expected| {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(unique.is_valid(&value), expected, "{text}");
        };
        check("[1, 2, \"1\", true, null, [], {}, [[]]]", true);
        check("[1, 1.0]", false);
        check("[0, -0.0]", false);
        check("[9007199254740993, 9007199254740992.0]", true);
        check("[1e300, 1e300]", false);
        check("[{\"a\":1,\"b\":2}, {\"b\":2,\"a\":1}]", false);
        check("[{\"a\":1,\"b\":2}, {\"b\":1,\"a\":2}]", true);
        check("[[1,2],[2,1]]", true);
        check("[[1,[2]],[[1],2]]", true);
        check("[0.5, 1, 0.5]", false);
    }
}
