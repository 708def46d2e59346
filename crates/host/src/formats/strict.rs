//! A contract's schema under OpenAI's strict rules.
//!
//! Every property is required, and one that a contract lets be left out may be null instead; no
//! other property is allowed. What merely narrows a value and has no strict keyword (`maxLength`,
//! `default`) goes into the description, and is checked when the tool is called. What gives a
//! value another shape (`allOf`, `not`, `if`, an open object) cannot be said: the tool stays as
//! it is then, not strict. The rules are those of "Structured Outputs: supported schemas".

use serde_json::{Map, Value, json};

use super::Loss;

/// Most levels of objects and arrays in one another.
const DEPTH_MAX: usize = 10;
/// Most properties of a schema in all.
const PROPERTIES_MAX: usize = 5_000;
/// Most values of all enums.
const ENUM_VALUES_MAX: usize = 1_000;
/// Most characters of a keyword's value that goes into words.
const WORD_CHARS_MAX: usize = 200;
/// The formats of strings that strict rules know.
const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];
/// Keywords that stay as they are.
const KEPT: [&str; 11] = [
    "title",
    "description",
    "enum",
    "pattern",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
];
/// Keywords that say nothing about a value.
const SILENT: [&str; 3] = ["$schema", "$comment", "$id"];
/// Keywords that are looked at with others.
const JOINED: [&str; 7] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "$defs",
    "const",
];
/// Keywords that give a value another shape.
const UNSAYABLE: [&str; 17] = [
    "allOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
    "unevaluatedProperties",
    "definitions",
    "$anchor",
];

/// Where, what came of it, and what it is.
pub(super) type Found = (String, Loss, String);

/// Returns the schema under strict rules, none where it cannot be said so; and what was found.
pub(super) fn strict_schema(schema: &Value) -> (Option<Value>, Vec<Found>) {
    let mut strict = Strict::default();
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        strict.cannot("", "the root has to be of type object");
    }
    if schema.get("anyOf").is_some() || schema.get("oneOf").is_some() {
        strict.cannot("", "the root has to be one object, not a choice");
    }
    let value = strict.schema(schema, "", 0);
    let unsaid = |(_, loss, _): &Found| *loss == Loss::NotStrict;
    if strict.found.iter().any(unsaid) {
        // Nothing was put into words then: the contract's own schema stands there.
        strict.found.retain(unsaid);
        return (None, strict.found);
    }
    (Some(value), strict.found)
}

#[derive(Default)]
struct Strict {
    found: Vec<Found>,
    properties: usize,
    enum_values: usize,
}

impl Strict {
    fn cannot(&mut self, at: &str, message: impl Into<String>) {
        self.found
            .push((at.to_owned(), Loss::NotStrict, message.into()));
    }

    fn schema(&mut self, schema: &Value, at: &str, depth: usize) -> Value {
        let Some(own) = schema.as_object() else {
            self.cannot(at, "a schema of `true` or `false` has no strict form");
            return Value::Null;
        };
        if depth > DEPTH_MAX {
            self.cannot(at, format!("it is nested deeper than {DEPTH_MAX}"));
            return Value::Null;
        }
        if let Some(target) = own.get("$ref") {
            return self.reference(own, target, at);
        }
        let choices = ["anyOf", "oneOf"]
            .into_iter()
            .find(|key| own.contains_key(*key));
        if let Some(key) = choices {
            return self.choice(own, key, at, depth);
        }
        let mut out = Map::new();
        let mut words = Vec::new();
        for (key, value) in own {
            self.keyword(key, value, at, &mut out, &mut words);
        }
        self.value(own, &mut out, at, depth);
        describe(&mut out, &words);
        Value::Object(out)
    }

    /// A reference has to stand alone; what stands beside it goes around it.
    fn reference(&mut self, own: &Map<String, Value>, target: &Value, at: &str) -> Value {
        let target = target.as_str().unwrap_or_default();
        let name = target.strip_prefix("#/$defs/");
        if target != "#" && name.is_none_or(|name| name.contains('/')) {
            self.cannot(
                at,
                format!("`$ref` to {target}: only `#` and `#/$defs/NAME` can be said"),
            );
        }
        let alone = json!({ "$ref": target });
        let mut around = Map::new();
        let mut words = Vec::new();
        for (key, value) in own.iter().filter(|(key, _)| *key != "$ref") {
            match key.as_str() {
                "title" | "description" => drop(around.insert(key.clone(), value.clone())),
                "default" | "examples" | "deprecated" | "readOnly" | "writeOnly" => {
                    self.word(key, value, at, &mut words);
                }
                _ if SILENT.contains(&key.as_str()) => {}
                _ => self.cannot(
                    &below(at, key),
                    format!("`{key}` cannot stand beside `$ref`"),
                ),
            }
        }
        if around.is_empty() && words.is_empty() {
            return alone;
        }
        around.insert("anyOf".to_owned(), json!([alone]));
        describe(&mut around, &words);
        Value::Object(around)
    }

    fn choice(&mut self, own: &Map<String, Value>, key: &str, at: &str, depth: usize) -> Value {
        let mut out = Map::new();
        let mut words = Vec::new();
        for (other, value) in own.iter().filter(|(other, _)| *other != key) {
            match other.as_str() {
                "title" | "description" => drop(out.insert(other.clone(), value.clone())),
                "default" | "examples" | "deprecated" | "readOnly" | "writeOnly" => {
                    self.word(other, value, at, &mut words);
                }
                _ if SILENT.contains(&other.as_str()) => {}
                _ => {
                    let message = format!("`{other}` cannot stand beside `{key}`");
                    self.cannot(&below(at, other), message);
                }
            }
        }
        if key == "oneOf" {
            let message = "`oneOf` became `anyOf`; that just one fits is checked on the call";
            self.found
                .push((below(at, key), Loss::InWords, message.to_owned()));
            words.push("exactly one form".to_owned());
        }
        let branches = own[key].as_array().into_iter().flatten().enumerate();
        let branches = branches.map(|(index, branch)| {
            self.schema(branch, &below(&below(at, key), &index.to_string()), depth)
        });
        let branches: Vec<_> = branches.collect();
        out.insert("anyOf".to_owned(), Value::Array(branches));
        describe(&mut out, &words);
        Value::Object(out)
    }

    /// Takes a keyword that is looked at alone.
    fn keyword(
        &mut self,
        key: &str,
        value: &Value,
        at: &str,
        out: &mut Map<String, Value>,
        words: &mut Vec<String>,
    ) {
        let is_known = |value: &Value| value.as_str().is_some_and(|f| FORMATS.contains(&f));
        match key {
            "format" if is_known(value) => drop(out.insert(key.to_owned(), value.clone())),
            _ if KEPT.contains(&key) => drop(out.insert(key.to_owned(), value.clone())),
            _ if JOINED.contains(&key) || SILENT.contains(&key) => {}
            "unevaluatedProperties" if value == false => {}
            _ if UNSAYABLE.contains(&key) => {
                self.cannot(&below(at, key), format!("`{key}` has no strict form"));
            }
            _ => self.word(key, value, at, words),
        }
    }

    /// Puts a keyword into words.
    fn word(&mut self, key: &str, value: &Value, at: &str, words: &mut Vec<String>) {
        let text = format!("{key}: {value}");
        let pointer = below(at, key);
        if text.chars().count() > WORD_CHARS_MAX {
            let message = format!("`{key}` is too long for words, and is left out");
            self.found.push((pointer, Loss::LeftOut, message));
            return;
        }
        let message = format!("`{key}` has no strict keyword; the description says it");
        self.found.push((pointer, Loss::InWords, message));
        words.push(text);
    }

    /// Takes the keywords that say which values there are.
    fn value(
        &mut self,
        own: &Map<String, Value>,
        out: &mut Map<String, Value>,
        at: &str,
        depth: usize,
    ) {
        if let Some(value) = own.get("const") {
            out.insert("enum".to_owned(), json!([value]));
        }
        let values = out.get("enum").and_then(Value::as_array).cloned();
        self.enum_values += values.as_ref().map_or(0, Vec::len);
        if self.enum_values > ENUM_VALUES_MAX {
            self.cannot(
                at,
                format!("the enums have more than {ENUM_VALUES_MAX} values"),
            );
        }
        let kind = own
            .get("type")
            .cloned()
            .or_else(|| type_of(values.as_deref()?));
        let Some(kind) = kind else {
            self.cannot(at, "a value of any type has no strict form");
            return;
        };
        let is = |wanted: &str| match &kind {
            Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
            kind => kind == wanted,
        };
        if is("object") {
            self.object(own, out, at, depth);
        }
        if is("array") {
            match own.get("items") {
                Some(items) => {
                    let items = self.schema(items, &below(at, "items"), depth + 1);
                    out.insert("items".to_owned(), items);
                }
                None => self.cannot(at, "an array of anything has no strict form"),
            }
        }
        out.insert("type".to_owned(), kind);
    }

    fn object(
        &mut self,
        own: &Map<String, Value>,
        out: &mut Map<String, Value>,
        at: &str,
        depth: usize,
    ) {
        let none = Map::new();
        let properties = own
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&none);
        let open = own.get("additionalProperties");
        let is_closed = own.get("unevaluatedProperties") == Some(&json!(false));
        match open {
            Some(Value::Bool(false)) => {}
            None if !properties.is_empty() || is_closed => {}
            _ => self.cannot(at, "an object with any properties has no strict form"),
        }
        self.properties += properties.len();
        if self.properties > PROPERTIES_MAX {
            self.cannot(at, format!("it has more than {PROPERTIES_MAX} properties"));
        }
        let required = own.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|r| r == name));
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !properties.contains_key(name) {
                self.cannot(at, format!("the required `{name}` has no schema"));
            }
        }
        let mut shaped = Map::new();
        for (name, property) in properties {
            let pointer = below(&below(at, "properties"), name);
            let property = self.schema(property, &pointer, depth + 1);
            let property = match is_required(name) {
                true => property,
                false => nullable(property),
            };
            shaped.insert(name.clone(), property);
        }
        let names: Vec<_> = shaped.keys().cloned().collect();
        out.insert("properties".to_owned(), Value::Object(shaped));
        out.insert("required".to_owned(), json!(names));
        out.insert("additionalProperties".to_owned(), json!(false));
        if let Some(defs) = own.get("$defs").and_then(Value::as_object) {
            let pointer = below(at, "$defs");
            let defs = defs.iter().map(|(name, schema)| {
                (
                    name.clone(),
                    self.schema(schema, &below(&pointer, name), depth),
                )
            });
            let defs: Map<_, _> = defs.collect();
            out.insert("$defs".to_owned(), Value::Object(defs));
        }
    }
}

/// Lets a value be null as well.
fn nullable(mut schema: Value) -> Value {
    let null = json!({ "type": "null" });
    let Some(own) = schema.as_object_mut() else {
        return schema;
    };
    if let Some(Value::Array(branches)) = own.get_mut("anyOf") {
        if !branches.contains(&null) {
            branches.push(null);
        }
        return schema;
    }
    let is_scalar = |kind: &str| !matches!(kind, "object" | "array");
    let kinds = match own.get("type") {
        Some(Value::String(kind)) if is_scalar(kind) => vec![json!(kind)],
        Some(Value::Array(kinds)) => kinds.clone(),
        _ => return json!({ "anyOf": [schema, { "type": "null" }] }),
    };
    let mut kinds = kinds;
    if !kinds.contains(&json!("null")) {
        kinds.push(json!("null"));
    }
    own.insert("type".to_owned(), Value::Array(kinds));
    if let Some(Value::Array(values)) = own.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    schema
}

/// Returns the one type of all values of an enum.
fn type_of(values: &[Value]) -> Option<Value> {
    let kind = |value: &Value| match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some("integer"),
        Value::Number(_) => Some("number"),
        Value::Null => Some("null"),
        _ => None,
    };
    let mut kinds: Vec<_> = values.iter().map(kind).collect::<Option<_>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    match kinds[..] {
        [] => None,
        [one] => Some(json!(one)),
        _ => Some(json!(kinds)),
    }
}

fn describe(out: &mut Map<String, Value>, words: &[String]) {
    if words.is_empty() {
        return;
    }
    let words = format!("({})", words.join("; "));
    let text = match out.get("description").and_then(Value::as_str) {
        Some(own) => format!("{own} {words}"),
        None => words,
    };
    out.insert("description".to_owned(), json!(text));
}

fn below(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}
