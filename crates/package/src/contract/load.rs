//! Reads the tools from the text of a `schema.json`.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::contract::budget::LoadBudget;
use crate::contract::check::Validators;
use crate::contract::locate::place_of_pointer;
use crate::contract::{
    CONTRACT_FILE, Contract, ErrorDecl, RetryAdvice, TOOL_ERRORS_MAX, TOOLS_MAX, Tool, schema,
};
use crate::diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Place};
use crate::json::{JsonLimits, parse_strict};
use crate::limits::CONTRACT_BYTES_MAX;
use crate::near::near_name;

const TOOL_KEYS: &[&str] = &[
    "name",
    "title",
    "description",
    "input_schema",
    "output_schema",
    "errors",
];
const PLAIN_KEYS: &[&str] = &["name", "description", "parameters"];
const ERROR_KEYS: &[&str] = &["code", "description", "retry"];
/// Most bytes of a tool's description: what hosts cut at, and then some.
const DESCRIPTION_BYTES_MAX: usize = 16 << 10;

/// See [`Contract::parse`].
pub(super) fn load(text: &str) -> Result<Contract, Vec<Diagnostic>> {
    let limits = JsonLimits {
        bytes: CONTRACT_BYTES_MAX as usize,
        ..JsonLimits::STANDARD
    };
    let document = parse_strict(text, &limits).map_err(|error| {
        let found = Diagnostic::error(error.code, CONTRACT_FILE, &error.message)
            .hint("the file must be one JSON document (RFC 8259)");
        let place = Place {
            line: u32::try_from(error.line).unwrap_or(u32::MAX),
            column: u32::try_from(error.column).unwrap_or(u32::MAX).max(1),
        };
        vec![if error.line > 0 {
            found.at(place)
        } else {
            found
        }]
    })?;
    let mut loader = Loader {
        text,
        budget: LoadBudget::default(),
        found: Vec::new(),
    };
    let tools = loader.document(&document);
    match loader.found.is_empty() {
        true => Ok(Contract { tools }),
        false => Err(loader.found),
    }
}

struct Loader<'t> {
    text: &'t str,
    budget: LoadBudget,
    found: Vec<Diagnostic>,
}

impl Loader<'_> {
    fn document(&mut self, document: &Value) -> Vec<Tool> {
        let (list, base, plain) = match document {
            Value::Array(list) => (Some(list), "", true),
            Value::Object(members) => {
                self.allow_keys(members, "", &["$schema", "tools"]);
                (
                    members.get("tools").and_then(Value::as_array),
                    "/tools",
                    false,
                )
            }
            _ => (None, "", false),
        };
        let Some(list) = list else {
            let hint = "write {\"tools\": [{\"name\", \"description\", \"input_schema\", …}]}";
            self.error("wrong_type", "", "schema.json needs a list `tools`", hint);
            return Vec::new();
        };
        if list.is_empty() || list.len() > TOOLS_MAX {
            let message = format!(
                "a contract has 1 to {TOOLS_MAX} tools, this one {}",
                list.len()
            );
            self.error("tool_count", base, message, "three to eight is the advice");
            return Vec::new();
        }
        let mut tools: Vec<Tool> = Vec::new();
        for (index, value) in list.iter().enumerate() {
            if self.is_full() {
                break;
            }
            let at = format!("{base}/{index}");
            let keys = if plain { PLAIN_KEYS } else { TOOL_KEYS };
            let Some(tool) = self.tool(value, &at, keys) else {
                continue;
            };
            if tools.iter().any(|other| other.name == tool.name) {
                let message = format!("two tools are named `{}`", tool.name);
                self.error("duplicate", &format!("{at}/name"), message, "rename one");
            }
            tools.push(tool);
        }
        tools
    }

    fn tool(&mut self, value: &Value, at: &str, keys: &[&str]) -> Option<Tool> {
        let members = self.object(value, at)?;
        self.allow_keys(members, at, keys);
        let name = self.string(members, at, "name", true);
        if let Some(name) = &name
            && !is_tool_name(name)
        {
            let message = format!("`{name}` cannot name a tool");
            let hint = "begin with a letter or `_`; then letters, digits, `_`, `-`; at most 64";
            self.error("tool_name", &format!("{at}/name"), message, hint);
        }
        let description = self.string(members, at, "description", true);
        let input_key = if keys.contains(&"parameters") {
            "parameters"
        } else {
            "input_schema"
        };
        let input_schema = self.input_schema(members, at, input_key);
        let output_schema = members.get("output_schema").map(|schema| {
            self.check_schema(schema, &format!("{at}/output_schema"));
            schema.clone()
        });
        let errors = self.errors(members, at);
        Some(Tool {
            name: name?,
            title: self.string(members, at, "title", false),
            description: description?,
            input_schema: input_schema?,
            output_schema,
            errors,
            validators: Arc::new(Validators::default()),
        })
    }

    fn input_schema(&mut self, members: &Map<String, Value>, at: &str, key: &str) -> Option<Value> {
        let Some(schema) = members.get(key) else {
            let hint = format!("add \"{key}\": {{\"type\": \"object\", \"properties\": {{}}}}");
            self.error("missing_key", at, format!("the tool needs `{key}`"), hint);
            return None;
        };
        let at = format!("{at}/{key}");
        if schema.get("type").and_then(Value::as_str) != Some("object") {
            let message = "the schema of the arguments must say \"type\": \"object\" at its root";
            self.error(
                "input_not_object",
                &at,
                message,
                "models give arguments by name",
            );
        }
        self.check_schema(schema, &at);
        Some(schema.clone())
    }

    fn check_schema(&mut self, schema: &Value, at: &str) {
        if self.is_full() {
            return;
        }
        let faults = schema::check(schema, &mut self.budget)
            .err()
            .unwrap_or_default();
        for fault in faults {
            let pointer = format!("{at}{}", fault.pointer);
            self.error(fault.code, &pointer, fault.message, fault.hint);
        }
    }

    fn errors(&mut self, members: &Map<String, Value>, at: &str) -> Vec<ErrorDecl> {
        let at = format!("{at}/errors");
        let list = match members.get("errors") {
            None => return Vec::new(),
            Some(Value::Array(list)) if list.len() <= TOOL_ERRORS_MAX => list,
            Some(_) => {
                let message = format!("`errors` must be a list of at most {TOOL_ERRORS_MAX}");
                self.error(
                    "wrong_type",
                    &at,
                    message,
                    "[{\"code\", \"description\", \"retry\"}]",
                );
                return Vec::new();
            }
        };
        let mut errors: Vec<ErrorDecl> = Vec::new();
        for (index, value) in list.iter().enumerate() {
            let at = format!("{at}/{index}");
            let Some(error) = self.declared(value, &at) else {
                continue;
            };
            if errors.iter().any(|other| other.code == error.code) {
                let message = format!("the code `{}` stands twice", error.code);
                self.error("duplicate", &at, message, "remove one");
            }
            errors.push(error);
        }
        errors
    }

    fn declared(&mut self, value: &Value, at: &str) -> Option<ErrorDecl> {
        let members = self.object(value, at)?;
        self.allow_keys(members, at, ERROR_KEYS);
        let code = self.string(members, at, "code", true)?;
        let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let first = code.starts_with(|c: char| c.is_ascii_uppercase());
        if !first || code.len() > 64 || !code.bytes().all(upper) {
            let message = format!("`{code}` cannot be an error code");
            let hint = "write capitals, digits and `_`, as in TRANSIENT_TIMEOUT; at most 64";
            self.error("error_code", &format!("{at}/code"), message, hint);
        }
        let retry = match self.string(members, at, "retry", false).as_deref() {
            None | Some("never") => RetryAdvice::Never,
            Some("same-key") => RetryAdvice::SameKey,
            Some("after-ms") => RetryAdvice::AfterMs,
            Some(other) => {
                let message = format!("`{other}` is no retry advice");
                let hint = "write \"never\", \"same-key\" or \"after-ms\"";
                self.error("wrong_value", &format!("{at}/retry"), message, hint);
                RetryAdvice::Never
            }
        };
        let description = self.string(members, at, "description", true)?;
        Some(ErrorDecl {
            code,
            description,
            retry,
        })
    }

    fn object<'v>(&mut self, value: &'v Value, at: &str) -> Option<&'v Map<String, Value>> {
        if !value.is_object() {
            self.error("wrong_type", at, "an object must stand here", "write { … }");
        }
        value.as_object()
    }

    fn string(
        &mut self,
        members: &Map<String, Value>,
        at: &str,
        key: &str,
        required: bool,
    ) -> Option<String> {
        match members.get(key) {
            Some(Value::String(text)) if text.len() > DESCRIPTION_BYTES_MAX => {
                let message = format!("`{key}` is longer than {DESCRIPTION_BYTES_MAX} bytes");
                self.error("too_long", &format!("{at}/{key}"), message, "shorten it");
                None
            }
            Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
            Some(_) => {
                let message = format!("`{key}` must be a string that is not empty");
                self.error(
                    "wrong_type",
                    &format!("{at}/{key}"),
                    message,
                    "write it in words",
                );
                None
            }
            None if required => {
                let message = format!("`{key}` is missing");
                self.error("missing_key", at, message, format!("add \"{key}\": \"…\""));
                None
            }
            None => None,
        }
    }

    fn allow_keys(&mut self, members: &Map<String, Value>, at: &str, allowed: &[&str]) {
        for key in members
            .keys()
            .filter(|key| !allowed.contains(&key.as_str()))
        {
            if self.is_full() {
                return;
            }
            let hint = match near_name(key, allowed.iter().copied()) {
                Some(near) => format!("write `{near}`"),
                None => format!("remove it; allowed are {}", allowed.join(", ")),
            };
            let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            self.error(
                "unknown_key",
                &pointer,
                format!("no key `{key}` is known here"),
                hint,
            );
        }
    }

    /// Returns whether so many errors are recorded that no other will be.
    fn is_full(&self) -> bool {
        self.found.len() >= DIAGNOSTICS_MAX
    }

    fn error(
        &mut self,
        code: &'static str,
        pointer: &str,
        message: impl AsRef<str>,
        hint: impl AsRef<str>,
    ) {
        if self.is_full() {
            return;
        }
        let found = Diagnostic::error(code, CONTRACT_FILE, message).hint(hint);
        let place = place_of_pointer(self.text, pointer);
        self.found.push(found.at(place).pointer(pointer));
    }
}

/// Returns whether `name` is safe for every host that we know: `^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$`.
pub fn is_tool_name(name: &str) -> bool {
    let first = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    first && name.len() <= 64 && name.bytes().all(rest)
}
