//! The words for what was wanted and what came. All are short, however long the value is.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::near::near_name;

/// Most characters of a value or name that a message shows.
const SHOWN_CHARS_MAX: usize = 60;
/// Most allowed values or names that a message lists.
const LISTED_MAX: usize = 20;

/// A keyword that holds no subschema, and what it wants of which values.
pub(super) struct Assertion {
    keyword: &'static str,
    applies: fn(&Value) -> bool,
    /// With `{}` for the keyword's value.
    phrase: &'static str,
}

const fn assertion(
    keyword: &'static str,
    applies: fn(&Value) -> bool,
    phrase: &'static str,
) -> Assertion {
    Assertion {
        keyword,
        applies,
        phrase,
    }
}

/// Every such keyword but `type` and `required`, which have words of their own.
const ASSERTIONS: &[Assertion] = &[
    assertion("enum", |_| true, "must be one of {}"),
    assertion("const", |_| true, "must be {}"),
    assertion("minimum", Value::is_number, "must be at least {}"),
    assertion("maximum", Value::is_number, "must be at most {}"),
    assertion("exclusiveMinimum", Value::is_number, "must be more than {}"),
    assertion("exclusiveMaximum", Value::is_number, "must be less than {}"),
    assertion("multipleOf", Value::is_number, "must be a multiple of {}"),
    assertion(
        "minLength",
        Value::is_string,
        "must have at least {} characters",
    ),
    assertion(
        "maxLength",
        Value::is_string,
        "must have at most {} characters",
    ),
    assertion("pattern", Value::is_string, "must match the pattern {}"),
    assertion("minItems", Value::is_array, "must have at least {} items"),
    assertion("maxItems", Value::is_array, "must have at most {} items"),
    assertion(
        "uniqueItems",
        Value::is_array,
        "must not hold an item twice",
    ),
    assertion(
        "minProperties",
        Value::is_object,
        "must have at least {} properties",
    ),
    assertion(
        "maxProperties",
        Value::is_object,
        "must have at most {} properties",
    ),
    assertion(
        "dependentRequired",
        Value::is_object,
        "must have the properties that go with others: {}",
    ),
];

impl Assertion {
    /// Returns the assertion that a keyword makes of a value; none where it makes none.
    pub(super) fn of(keyword: &str, value: &Value) -> Option<&'static Self> {
        let found = ASSERTIONS.iter().find(|known| known.keyword == keyword)?;
        (found.applies)(value).then_some(found)
    }

    /// Returns what the keyword wants and what came.
    pub(super) fn words(&self, wanted: &Value, value: &Value) -> String {
        let shown = match self.keyword {
            "enum" => options(wanted),
            _ => shown(wanted),
        };
        let came = match (self.keyword, value) {
            ("minLength" | "maxLength", Value::String(text)) => text.chars().count().to_string(),
            ("minItems" | "maxItems", Value::Array(items)) => items.len().to_string(),
            ("minProperties" | "maxProperties", Value::Object(members)) => {
                members.len().to_string()
            }
            ("uniqueItems" | "dependentRequired", _) => "as it does".to_owned(),
            _ => describe(value),
        };
        format!("{}, not {came}", self.phrase.replace("{}", &shown))
    }
}

/// Returns whether a value has a type that the keyword `type` names.
pub(super) fn is_of_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

/// Returns what types are wanted: "an integer or null".
pub(super) fn type_names(wanted: &Value) -> String {
    let with_article = |name: &str| match name {
        "null" => "null".to_owned(),
        "integer" | "array" | "object" => format!("an {name}"),
        name => format!("a {name}"),
    };
    match wanted {
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).map(with_article);
            names.collect::<Vec<_>>().join(" or ")
        }
        name => with_article(name.as_str().unwrap_or("value")),
    }
}

/// Returns the names in the keyword `required` that an object lacks.
pub(super) fn missing<'s>(wanted: &'s Value, members: &Map<String, Value>) -> Vec<&'s str> {
    let names = wanted.as_array().into_iter().flatten();
    let names = names.filter_map(Value::as_str);
    let missing = names.filter(|name| !members.contains_key(*name));
    missing.take(LISTED_MAX).collect()
}

/// Returns the words for names that are missing.
pub(super) fn missing_words(missing: &[&str]) -> String {
    match missing {
        [one] => format!("the property {} is missing", quoted(one)),
        many => format!("the properties {} are missing", list(many.iter().copied())),
    }
}

/// Returns the words for a member that `properties` does not name.
pub(super) fn unknown_property(
    key: &str,
    properties: Option<&Map<String, Value>>,
    members: &Map<String, Value>,
) -> String {
    let names = || {
        properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
    };
    let free = names().filter(|name| !members.contains_key(*name));
    if let Some(near) = near_name(key, free) {
        return format!("no such property; did you mean {}?", quoted(near));
    }
    match names().next() {
        None => "no such property; none is allowed here".to_owned(),
        Some(_) => format!("no such property; allowed are {}", list(names())),
    }
}

/// Returns what a value is, in few words.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => shown(value),
        Value::String(_) => format!("the string {}", shown(value)),
        Value::Array(items) => format!("an array of {} items", items.len()),
        Value::Object(members) => format!("an object of {} properties", members.len()),
    }
}

fn options(wanted: &Value) -> String {
    let all = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut listed: Vec<String> = all.iter().take(LISTED_MAX).map(shown).collect();
    if all.len() > LISTED_MAX {
        listed.push(format!("{} more", all.len() - LISTED_MAX));
    }
    listed.join(", ")
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.take(LISTED_MAX).map(quoted).collect();
    quoted.join(", ")
}

fn quoted(name: &str) -> String {
    match name.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("`{}…`", &name[..end]),
        None => format!("`{name}`"),
    }
}

/// Writes a value as JSON, cut where it is long.
fn shown(value: &Value) -> String {
    // No need to copy a mebibyte to show sixty characters.
    if let Value::String(text) = value
        && let Some((end, _)) = text.char_indices().nth(SHOWN_CHARS_MAX)
    {
        return format!("\"{}…\"", &text[..end]);
    }
    let mut head = Head(Vec::new());
    // A full head is the only error, and the wanted end.
    let _ = serde_json::to_writer(&mut head, value);
    let text = String::from_utf8_lossy(&head.0);
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// Takes the first bytes that are written, enough for [`SHOWN_CHARS_MAX`] characters.
struct Head(Vec<u8>);

impl Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let free = 4 * (SHOWN_CHARS_MAX + 1) - self.0.len();
        let taken = free.min(bytes.len());
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
