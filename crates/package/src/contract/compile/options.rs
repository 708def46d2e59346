//! `enum` and `const`, in place of the crate's own: see [`equal`] for why.

use std::collections::HashSet;

use jsonschema::{Keyword, ValidationError};
use serde_json::Value;

use crate::contract::compile::equal::equal;

/// Either keyword.
pub(super) struct Options {
    /// The options that are strings: looked up, however many there are.
    texts: HashSet<String>,
    /// Length of the longest of them: a longer text is not hashed.
    texts_bytes_max: usize,
    /// All others: compared one by one.
    others: Vec<Value>,
}

impl Options {
    /// Returns the keyword with these options.
    pub(super) fn of(options: &[Value]) -> Self {
        let (texts, others): (Vec<&Value>, Vec<&Value>) =
            options.iter().partition(|option| option.is_string());
        let texts = texts.into_iter().filter_map(Value::as_str);
        Self {
            texts_bytes_max: texts.clone().map(str::len).max().unwrap_or(0),
            texts: texts.map(str::to_owned).collect(),
            others: others.into_iter().cloned().collect(),
        }
    }
}

impl Keyword<'_> for Options {
    fn validate<'i>(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom("this is none of the options")),
        }
    }

    fn is_valid(&self, instance: &Value) -> bool {
        match instance {
            Value::String(text) => text.len() <= self.texts_bytes_max && self.texts.contains(text),
            // The names of the value are looked up in the option, so that a long name in the
            // schema is not hashed for every value.
            value => self.others.iter().any(|option| equal(value, option)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equality_is_that_of_json() {
        let check = |option: Value, value: Value, expected| {
            let got = Options::of(&[json!("x"), option.clone()]).is_valid(&value);
            assert_eq!(got, expected, "{option} {value}");
        };
        check(json!("a"), json!("a"), true);
        check(json!("a"), json!("b"), false);
        check(json!("a"), json!("x"), true);
        check(json!(1), json!(1.0), true);
        check(json!(0), json!(-0.0), true);
        check(json!(1), json!("1"), false);
        check(json!(0), json!(false), false);
        check(json!(null), json!(null), true);
        check(json!([1, 2]), json!([1.0, 2]), true);
        check(json!([1, 2]), json!([2, 1]), false);
        check(json!([1]), json!([1, 1]), false);
        check(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1.0}), true);
        check(json!({"a": 1, "b": 2}), json!({"a": 1, "c": 2}), false);
        check(json!({"a": 1}), json!({"a": 1, "b": 2}), false);
        check(
            json!(9_007_199_254_740_993_u64),
            json!(9_007_199_254_740_992.0),
            false,
        );
    }

    #[test]
    fn members_in_another_order_are_compared_once() {
        let (mut a, mut b) = (json!({}), json!({}));
        for _ in 0..60 {
            a = json!({"n": a, "x": 1, "y": 2});
            b = json!({"n": b, "y": 2, "x": 1});
        }
        assert!(Options::of(&[a]).is_valid(&b));
    }
}
