//! The way back from strict rules: a null that stands for what a model left out goes.

use serde_json::{Map, Value};

/// Most references that are followed in a row.
const HOPS_MAX: usize = 16;

/// Returns the arguments that a strict model sent as `schema`, the contract's, wants them: a
/// property that is null is left out where it may be left out and may not be null. Everything else
/// stays as it is, wrong values too: the contract's check tells of them.
pub fn from_strict(schema: &Value, arguments: Value) -> Value {
    mapped(schema, schema, arguments)
}

fn mapped(root: &Value, schema: &Value, value: Value) -> Value {
    let Some(schema) = resolved(root, schema) else {
        return value;
    };
    for key in ["anyOf", "oneOf"] {
        if let Some(branches) = schema.get(key).and_then(Value::as_array) {
            let branch = branches.iter().find(|branch| may_be(root, branch, &value));
            return match branch {
                Some(branch) => mapped(root, branch, value),
                None => value,
            };
        }
    }
    match value {
        Value::Object(members) => Value::Object(object(root, schema, members)),
        Value::Array(items) => match schema.get("items") {
            Some(each) => items
                .into_iter()
                .map(|item| mapped(root, each, item))
                .collect(),
            None => Value::Array(items),
        },
        value => value,
    }
}

fn object(root: &Value, schema: &Value, members: Map<String, Value>) -> Map<String, Value> {
    let property = |name: &str| schema.get("properties").and_then(|all| all.get(name));
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let mut out = Map::new();
    for (name, value) in members {
        let Some(own) = property(&name) else {
            out.insert(name, value);
            continue;
        };
        let is_left_out = value.is_null() && !is_required(&name) && !admits_null(root, own);
        if !is_left_out {
            out.insert(name, mapped(root, own, value));
        }
    }
    out
}

fn resolved<'s>(root: &'s Value, schema: &'s Value) -> Option<&'s Value> {
    let mut schema = schema;
    for _ in 0..HOPS_MAX {
        match schema.get("$ref").and_then(Value::as_str) {
            None => return Some(schema),
            Some(target) => schema = root.pointer(target.strip_prefix('#')?)?,
        }
    }
    None
}

/// Returns whether a schema lets a value be null.
fn admits_null(root: &Value, schema: &Value) -> bool {
    let Some(schema) = resolved(root, schema) else {
        return true;
    };
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.contains(&Value::Null);
    }
    if let Some(value) = schema.get("const") {
        return value.is_null();
    }
    let branches = schema.get("anyOf").or_else(|| schema.get("oneOf"));
    if let Some(branches) = branches.and_then(Value::as_array) {
        return branches.iter().any(|branch| admits_null(root, branch));
    }
    has_type(schema, "null")
}

/// Returns whether a value that a strict model sent can be of this branch: it has its type, an
/// object has all of its properties and no other, and fixed values are the same.
fn may_be(root: &Value, branch: &Value, value: &Value) -> bool {
    let Some(branch) = resolved(root, branch) else {
        return false;
    };
    if let Some(only) = branch.get("const") {
        return only == value;
    }
    if let Some(values) = branch.get("enum").and_then(Value::as_array) {
        return values.contains(value);
    }
    let Value::Object(members) = value else {
        return has_type(branch, type_of(value))
            || (value.is_number() && has_type(branch, "number"));
    };
    let none = Map::new();
    let properties = branch
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let is_fixed = |name: &str, own: &Value| {
        let own = resolved(root, own).unwrap_or(own);
        let fixed = own.get("const").is_some() || own.get("enum").is_some();
        let value = &members[name];
        !fixed || value.is_null() || may_be(root, own, value)
    };
    has_type(branch, "object")
        && members.len() == properties.len()
        && properties.keys().all(|name| members.contains_key(name))
        && properties.iter().all(|(name, own)| is_fixed(name, own))
}

fn has_type(schema: &Value, wanted: &str) -> bool {
    match schema.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == wanted),
        Some(kind) => kind == wanted,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
