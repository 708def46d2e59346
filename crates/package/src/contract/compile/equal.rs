//! JSON's equality: the order of members does not count, `1` is `1.0`.
//!
//! It looks at each value of the smaller side at most once. The jsonschema crate compares
//! members in their order first and then, where that fails, all again by name, at every
//! level of nesting: 2^depth steps for two objects of 60 levels.

use serde_json::Value;

use crate::contract::compile::exact::Exact;

/// Returns whether two values are one. The depth is bounded by the JSON that was read.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Exact::of(a) == Exact::of(b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| equal(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        (a, b) => a == b,
    }
}
