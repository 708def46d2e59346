//! What a caller asks for: one object, the same as input of every face.

use std::fmt;

use serde_json::{Map, Value};

/// The longest idempotency key, in bytes.
pub const MAX_IDEMPOTENCY_KEY_BYTES: usize = 255;

/// The longest correlation id, in bytes.
pub const MAX_CORRELATION_ID_BYTES: usize = 128;

/// One call that a caller asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// The skill's name; none where the face has chosen the package already.
    pub skill: Option<String>,
    /// The tool's name.
    pub tool: String,
    /// The arguments.
    pub input: Value,
    /// The caller's key under which this call is done once.
    pub idempotency_key: Option<String>,
    /// What ties this call to a request; made by the host where there is none.
    pub correlation_id: Option<String>,
}

impl Invocation {
    /// Returns the call of `tool` with `input` and nothing else said.
    pub fn new(tool: impl Into<String>, input: Value) -> Invocation {
        Invocation {
            skill: None,
            tool: tool.into(),
            input,
            idempotency_key: None,
            correlation_id: None,
        }
    }

    /// Tells whether `value` has the shape of a whole invocation rather than of arguments:
    /// an object with a text under `skill` or `tool`, something under `input`, and no key
    /// that an invocation does not have.
    pub fn is_shape_of(value: &Value) -> bool {
        let Value::Object(object) = value else {
            return false;
        };
        let named = ["skill", "tool"]
            .iter()
            .any(|key| object.get(*key).is_some_and(Value::is_string));
        named
            && object.contains_key("input")
            && object.keys().all(|key| KEYS.contains(&key.as_str()))
    }

    /// Reads `{"skill": "ci.run_tests", "input": {…}, "idempotency_key": "…",
    /// "correlation_id": "…"}`; `"tool": "run_tests"` may stand beside a plain `skill`. A version
    /// may stand behind the skill's name: `ci@1.2.0.run_tests`.
    ///
    /// # Errors
    ///
    /// Fails on an unknown key, a value of the wrong type, a missing tool name, or a key or
    /// id that is empty, too long or holds anything but visible ASCII.
    pub fn from_value(value: Value) -> Result<Invocation, InvocationError> {
        let Value::Object(mut object) = value else {
            return Err(InvocationError::NotAnObject);
        };
        if let Some(key) = object.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(InvocationError::UnknownKey(key.clone()));
        }
        let skill = take_text(&mut object, "skill", usize::MAX)?;
        let tool = take_text(&mut object, "tool", usize::MAX)?;
        let (skill, tool) = match (skill, tool) {
            (Some(skill), None) => match split(&skill) {
                Some((skill, tool)) => (Some(skill.to_owned()), tool.to_owned()),
                None => return Err(InvocationError::NoTool(skill)),
            },
            (skill, Some(tool)) => (skill, tool),
            (None, None) => return Err(InvocationError::NoTool(String::new())),
        };
        Ok(Invocation {
            skill,
            tool,
            input: object
                .remove("input")
                .unwrap_or_else(|| Value::Object(Map::new())),
            idempotency_key: take_text(&mut object, "idempotency_key", MAX_IDEMPOTENCY_KEY_BYTES)?,
            correlation_id: take_text(&mut object, "correlation_id", MAX_CORRELATION_ID_BYTES)?,
        })
    }
}

/// Splits `crm@1.2.0.search` at its last dot: a version has dots, and a tool's name has none. No
/// tool's name begins with a digit, so `crm@1.2.0` names none.
fn split(named: &str) -> Option<(&str, &str)> {
    let (skill, tool) = named.rsplit_once('.')?;
    (!tool.starts_with(|c: char| c.is_ascii_digit())).then_some((skill, tool))
}

const KEYS: [&str; 5] = [
    "skill",
    "tool",
    "input",
    "idempotency_key",
    "correlation_id",
];

fn take_text(
    object: &mut Map<String, Value>,
    key: &'static str,
    max_bytes: usize,
) -> Result<Option<String>, InvocationError> {
    match object.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => check_id(key, &text, max_bytes).map(|()| Some(text)),
        Some(_) => Err(InvocationError::BadValue(key)),
    }
}

/// Checks a caller's id: it goes into records, headers and logs, so it is visible ASCII.
fn check_id(key: &'static str, text: &str, max_bytes: usize) -> Result<(), InvocationError> {
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.is_empty() || text.len() > max_bytes || !visible {
        return Err(InvocationError::BadValue(key));
    }
    Ok(())
}

/// Why a value is no invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvocationError {
    /// It is not a JSON object.
    NotAnObject,
    /// It has a key that an invocation does not have.
    UnknownKey(String),
    /// The value under this key is of the wrong type, empty, too long, or not visible ASCII.
    BadValue(&'static str),
    /// It names a skill, this one, and no tool.
    NoTool(String),
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvocationError::NotAnObject => f.write_str("an invocation is a JSON object"),
            InvocationError::UnknownKey(key) => write!(
                f,
                "an invocation has no key {key:?}; it has {}",
                KEYS.join(", ")
            ),
            InvocationError::BadValue(key) => write!(
                f,
                "`{key}` takes a text of visible ASCII characters, at most \
                 {MAX_IDEMPOTENCY_KEY_BYTES} (a key) or {MAX_CORRELATION_ID_BYTES} (an id) long"
            ),
            InvocationError::NoTool(skill) => write!(
                f,
                "the invocation names no tool: write \"skill\": \"{}.TOOL\"",
                if skill.is_empty() { "SKILL" } else { skill }
            ),
        }
    }
}

impl std::error::Error for InvocationError {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: Value, expected: Result<(Option<&str>, &str), InvocationError>) {
        let read = Invocation::from_value(value.clone());
        let short = read.as_ref().map(|i| (i.skill.as_deref(), i.tool.as_str()));
        assert_eq!(short.map_err(Clone::clone), expected, "{value}");
    }

    #[test]
    fn an_invocation_names_its_tool_in_either_form() {
        check(
            json!({"skill": "ci.run", "input": {}}),
            Ok((Some("ci"), "run")),
        );
        check(
            json!({"skill": "ci", "tool": "run"}),
            Ok((Some("ci"), "run")),
        );
        check(json!({"tool": "run"}), Ok((None, "run")));
        for (named, skill) in [
            ("crm@1.2.0.search", "crm@1.2.0"),
            ("crm@~1.2.search", "crm@~1.2"),
            ("crm@1.search", "crm@1"),
            ("crm@sha256:12.search", "crm@sha256:12"),
        ] {
            check(json!({ "skill": named }), Ok((Some(skill), "search")));
        }
        check(
            json!({"skill": "crm@1.2.0"}),
            Err(InvocationError::NoTool("crm@1.2.0".into())),
        );
        check(
            json!({"skill": "crm@1.2.0", "tool": "search"}),
            Ok((Some("crm@1.2.0"), "search")),
        );
        check(
            json!({"skill": "ci"}),
            Err(InvocationError::NoTool("ci".into())),
        );
        check(
            json!({"input": {}}),
            Err(InvocationError::NoTool(String::new())),
        );
        check(json!([]), Err(InvocationError::NotAnObject));
        check(
            json!({"tool": "run", "inptu": {}}),
            Err(InvocationError::UnknownKey("inptu".into())),
        );
    }

    #[test]
    fn a_key_is_short_visible_ascii() {
        let long = "x".repeat(MAX_IDEMPOTENCY_KEY_BYTES + 1);
        for bad in ["", "a b", "a\nb", "schlüssel", &long] {
            check(
                json!({"tool": "run", "idempotency_key": bad}),
                Err(InvocationError::BadValue("idempotency_key")),
            );
        }
        let longest = "x".repeat(MAX_IDEMPOTENCY_KEY_BYTES);
        check(
            json!({"tool": "run", "idempotency_key": longest}),
            Ok((None, "run")),
        );
        check(
            json!({"tool": "run", "correlation_id": 7}),
            Err(InvocationError::BadValue("correlation_id")),
        );
    }

    #[test]
    fn arguments_are_told_from_an_invocation() {
        for (value, expected) in [
            (json!({"skill": "a.b", "input": {}}), true),
            (json!({"tool": "b", "input": {}}), true),
            (json!({"skill": "a.b", "input": {}, "colour": 1}), false),
            (json!({"skill": "a.b"}), false),
            (json!({"skill": 1, "input": 2}), false),
            (json!([1]), false),
        ] {
            assert_eq!(Invocation::is_shape_of(&value), expected, "{value}");
        }
    }
}
