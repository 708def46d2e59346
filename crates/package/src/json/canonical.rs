//! The one text of a JSON value, for digests (RFC 8785).

use serde_json::Value;

/// 2⁵³: up to here a double holds every integer.
const INTEGER_MAX: u64 = 1 << 53;

/// Returns the canonical text of `value`: no spaces, keys sorted by their UTF-16 units, numbers as
/// ECMAScript writes doubles, so `1.0` and `1` are one.
///
/// RFC 8785 knows doubles only, and would write neighbours past 2⁵³ alike. An integer of which a
/// double does not give back the digits is written as a string, as its appendix D advises: calls
/// that ask for different things must not have one digest. Read again, the text is canonical.
pub fn canonical_json(value: &Value) -> String {
    let text = match has_wide_integer(value) {
        true => written(&spelled_out(value)),
        false => written(value),
    };
    String::from_utf8(text).expect("it is made of strings and ASCII")
}

fn has_wide_integer(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_wide_integer),
        Value::Object(entries) => entries.values().any(has_wide_integer),
        _ => is_wide_integer(value),
    }
}

/// Returns whether it is an integer of which a double does not give back the digits.
fn is_wide_integer(value: &Value) -> bool {
    let is_wide = value.as_u64().is_some_and(|n| n > INTEGER_MAX)
        || value
            .as_i64()
            .is_some_and(|n| n.unsigned_abs() > INTEGER_MAX);
    is_wide && written(value) != value.to_string().into_bytes()
}

fn written(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value)
        .expect("a value has text keys, none of them twice, and finite numbers")
}

fn spelled_out(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(spelled_out).collect(),
        Value::Object(entries) => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.clone(), spelled_out(value)))
                .collect()
        }
        _ if is_wide_integer(value) => Value::String(value.to_string()),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;

    fn check(text: &str, expected: &str) {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(canonical_json(&value), expected, "{text}");
    }

    /// The examples of RFC 8785, 3.2.2 and 3.2.3.
    #[test]
    fn the_examples_of_the_standard() {
        let numbers = "{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, \
                       0.000000000000000000000000001], \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\", \
                       \"literals\": [null, true, false]}";
        let expected = "{\"literals\":[null,true,false],\
                        \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                        \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        check(numbers, expected);
        let keys = "{\"\\u20ac\": 1, \"\\r\": 2, \"\\ufb33\": 3, \"1\": 4, \"\\ud83d\\ude00\": 5, \
                    \"\\u0080\": 6, \"\\u00f6\": 7}";
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
        check(keys, expected);
        check("[]", "[]");
        check(" { } ", "{}");
        check("-0.0", "0");
        check("[1.0, 1, 10e-1]", "[1,1,1]");
    }

    #[test]
    fn neighbours_that_no_double_tells_apart_are_told_apart() {
        check("9007199254740991", "9007199254740991");
        check("9007199254740992", "9007199254740992");
        check("[9007199254740993]", "[\"9007199254740993\"]");
        check(
            "{\"a\": -9007199254740993}",
            "{\"a\":\"-9007199254740993\"}",
        );
        check("18446744073709551615", "\"18446744073709551615\"");
        check("9223372036854775807", "\"9223372036854775807\"");
        check("-9223372036854775808", "\"-9223372036854775808\"");
        check("9223372036854775808", "\"9223372036854775808\"");
        check("9223372036854776000", "9223372036854776000");
        check("9007199254740994", "9007199254740994");
        check("1e18", "1000000000000000000");
        check("1000000000000000000", "1000000000000000000");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|entries| entries.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }

    /// The same with each object's keys the other way round.
    fn reversed(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(reversed).collect(),
            Value::Object(entries) => {
                let entries = entries.iter().rev();
                entries.map(|(k, v)| (k.clone(), reversed(v))).collect()
            }
            other => other.clone(),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_keys_does_not_count(value in values()) {
            prop_assert_eq!(canonical_json(&value), canonical_json(&reversed(&value)));
        }

        /// It is JSON, and canonical already.
        #[test]
        fn what_is_canonical_stays(value in values()) {
            let text = canonical_json(&value);
            let again: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(canonical_json(&again), text);
        }

        #[test]
        fn integers_that_differ_have_two_texts(one in any::<u64>(), other in any::<u64>()) {
            prop_assert_eq!(canonical_json(&json!(one)) == canonical_json(&json!(other)), one == other);
            let next = one.wrapping_add(1);
            prop_assert_ne!(canonical_json(&json!(one)), canonical_json(&json!(next)));
        }
    }
}
