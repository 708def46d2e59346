//! Reads JSON as strictly as its standard allows, and to one value only.
//!
//! What two readers could take for two things is refused: duplicate keys, numbers that do
//! not survive, lone surrogates, text after the end. It sits on the way of every call, so it
//! is serde_json's own parser with a visitor that counts; what it adds is one comparison a
//! value and one a key.

mod canonical;

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::diagnostic::Place;
use crate::printable::printable;

pub use canonical::canonical_json;

/// Bounds on one JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonLimits {
    /// Most bytes of text.
    pub bytes: usize,
    /// Most arrays and objects inside one another. Past 127 the parser's own bound holds.
    pub depth: usize,
    /// Most values in all: scalars, arrays, objects. A value takes 32 to 72 bytes of memory
    /// for as few as two of text.
    pub values: usize,
}

impl JsonLimits {
    /// 1 MiB, 64 deep, 131,072 values: eight bytes of text a value, which real documents
    /// have and floods of `[],[],…` do not.
    pub const STANDARD: Self = Self {
        bytes: 1 << 20,
        depth: 64,
        values: 1 << 17,
    };
}

impl Default for JsonLimits {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// Why a text is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// Stable `snake_case` code: `json_syntax`, `json_duplicate_key`, `json_number`,
    /// `json_too_deep`, `json_too_large`, `json_too_many_values`.
    pub code: &'static str,
    /// What is wrong; safe to print.
    pub message: String,
    /// Line, from 1; 0 where the text as a whole is wrong.
    pub line: usize,
    /// Column in bytes, from 1; 0 where the text as a whole is wrong.
    pub column: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.line > 0 {
            write!(f, " at line {} column {}", self.line, self.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for JsonError {}

/// Parses `text` to its one value.
///
/// # Errors
/// The first place where the text breaks JSON's grammar, repeats a key, holds a number that
/// a 64-bit integer or float cannot, or passes one of `limits`.
pub fn parse_strict(text: &str, limits: &JsonLimits) -> Result<Value, JsonError> {
    if text.len() > limits.bytes {
        return Err(JsonError {
            code: "json_too_large",
            message: format!(
                "the JSON has {} bytes; the limit is {}",
                text.len(),
                limits.bytes
            ),
            line: 0,
            column: 0,
        });
    }
    let state = State {
        values_left: Cell::new(limits.values),
        code: Cell::new("json_syntax"),
        huge: Cell::new(false),
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let seed = Strict {
        state: &state,
        depth_left: limits.depth,
    };
    let parsed = seed
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value));
    let value = parsed.map_err(|error| explain(&error, state.code.get()))?;
    if state.huge.get() {
        refuse_huge_integer(text)?;
    }
    Ok(value)
}

/// What the visitors share: counters, and why they stopped.
struct State {
    values_left: Cell<usize>,
    code: Cell<&'static str>,
    /// Whether a float came that is so large that its text may have been an integer.
    huge: Cell<bool>,
}

#[derive(Clone, Copy)]
struct Strict<'s> {
    state: &'s State,
    depth_left: usize,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { depth_left, ..self }),
            None => {
                self.state.code.set("json_too_deep");
                Err(E::custom("arrays and objects are nested too deep"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    #[inline]
    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<Value, D::Error> {
        let left = &self.state.values_left;
        match left.get().checked_sub(1) {
            Some(fewer) => left.set(fewer),
            None => {
                self.state.code.set("json_too_many_values");
                return Err(D::Error::custom("the text holds too many values"));
            }
        }
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    #[inline]
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    #[inline]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    #[inline]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    #[inline]
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // 2^63: integers up to here came as integers.
        if value.abs() >= 9_223_372_036_854_775_808.0 {
            self.state.huge.set(true);
        }
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    #[inline]
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    #[inline]
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(inner)?;
            match map.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(value);
                }
                Entry::Occupied(taken) => {
                    self.state.code.set("json_duplicate_key");
                    let name = printable(taken.key()).into_owned();
                    return Err(A::Error::custom(format_args!(
                        "the key `{name}` stands twice"
                    )));
                }
            }
        }
        Ok(Value::Object(map))
    }
}

/// Refuses an integer that 64 bits cannot hold: read as a float it would change its value.
/// `1e30` says that it is a float, and passes.
fn refuse_huge_integer(text: &str) -> Result<(), JsonError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at),
            b'-' | b'0'..=b'9' => {
                let end = (at + 1..bytes.len())
                    .find(|&i| !matches!(bytes[i], b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
                    .unwrap_or(bytes.len());
                let number = &text[at..end];
                let integer = !number.contains(['.', 'e', 'E']);
                if integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    let place = Place::of_offset(text, at);
                    return Err(JsonError {
                        code: "json_number",
                        message: "the integer does not fit into 64 bits".to_owned(),
                        line: place.line as usize,
                        column: place.column as usize,
                    });
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// Returns the offset after the string that begins at `start`, in JSON that has been parsed.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn explain(error: &serde_json::Error, code: &'static str) -> JsonError {
    let text = error.to_string();
    // serde_json ends its message with the position, which has fields of its own here.
    let message = text
        .rfind(" at line ")
        .map_or(text.as_str(), |at| &text[..at]);
    let code = match message {
        "number out of range" => "json_number",
        "recursion limit exceeded" => "json_too_deep",
        _ => code,
    };
    JsonError {
        code,
        message: printable(message).into_owned(),
        line: error.line(),
        column: error.column(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let code = parse_strict(text, &JsonLimits::STANDARD).map_or_else(|e| e.code, |_| "ok");
        let head: String = text.chars().take(60).collect();
        assert_eq!(code, expected, "{head}");
    }

    #[test]
    fn accepts_what_serde_json_accepts_to_the_same_value() {
        for text in [
            r#"{"a":[1,-2,3.5,1e30,true,false,null,"\u00e9\ud83d\ude00"],"b":{}}"#,
            "18446744073709551615",
            "-9223372036854775808",
            " \"x\" ",
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse_strict(text, &JsonLimits::STANDARD), Ok(value));
        }
    }

    #[test]
    fn refuses_what_two_readers_could_read_as_two_things() {
        check(r#"{"a":1,"a":2}"#, "json_duplicate_key");
        check(r#"{"a":1,"\u0061":2}"#, "json_duplicate_key");
        check("1e400", "json_number");
        check("18446744073709551616", "json_number");
        check(r#"["1e99", 123456789012345678901234567890]"#, "json_number");
        check(r#"["123456789012345678901234567890", 1e99]"#, "ok");
        check(r#""\ud800""#, "json_syntax");
        check(r#""\udc00x""#, "json_syntax");
        check("1 2", "json_syntax");
        check("{} x", "json_syntax");
        check("", "json_syntax");
        check("\u{feff}{}", "json_syntax");
        check("NaN", "json_syntax");
        check("[1,]", "json_syntax");
        check("\"a\nb\"", "json_syntax");
    }

    #[test]
    fn bounds_hold() {
        check(&format!("{}{}", "[".repeat(64), "]".repeat(64)), "ok");
        check(
            &format!("{}{}", "[".repeat(65), "]".repeat(65)),
            "json_too_deep",
        );
        check(&"[".repeat(100_000), "json_too_deep");
        check(&"{\"a\":".repeat(100_000), "json_too_deep");
        check(
            &format!("[{}0]", "0,".repeat(131_072)),
            "json_too_many_values",
        );
        check(&format!("\"{}\"", "x".repeat(1 << 20)), "json_too_large");
    }

    #[test]
    fn errors_have_a_place() {
        let error = parse_strict("{\n \"a\": 1,\n \"a\": 2}", &JsonLimits::STANDARD).unwrap_err();
        assert_eq!(error.line, 3);
        let shown = error.to_string();
        assert!(
            shown.starts_with("the key `a` stands twice at line 3"),
            "{shown}"
        );
    }
}
