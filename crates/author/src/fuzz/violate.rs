//! One violation in a valid value.

use std::mem::discriminant;

use serde_json::{Map, Value};

use super::generate::{Generator, follow};

/// Levels that are looked through.
const DEPTH_MAX: usize = 24;

/// Breaks a value that fits in one place; which one, and how, follows from the generator. None
/// where nothing of it can be broken. What comes may still fit: the contract is asked.
pub(super) fn violate(root: &Value, value: &Value, generator: &mut Generator<'_>) -> Option<Value> {
    let mut places = Vec::new();
    collect(root, root, value, &mut String::new(), 0, &mut places);
    let (pointer, broken) = generator.pick(&places)?.clone();
    let mut value = value.clone();
    *value.pointer_mut(&pointer)? = broken;
    Some(value)
}

/// Gathers, for each place, what breaks it.
fn collect(
    root: &Value,
    schema: &Value,
    value: &Value,
    at: &mut String,
    depth: usize,
    places: &mut Vec<(String, Value)>,
) {
    let Value::Object(members) = schema else {
        return;
    };
    if depth > DEPTH_MAX {
        return;
    }
    for broken in breaks(members, value) {
        places.push((at.clone(), broken));
    }
    if let Some(Value::String(target)) = members.get("$ref")
        && let Some(target) = follow(root, target)
    {
        collect(root, target, value, at, depth + 1, places);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for inner in members
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            collect(root, inner, value, at, depth + 1, places);
        }
    }
    let length = at.len();
    match value {
        Value::Object(object) => {
            let properties = members.get("properties").and_then(Value::as_object);
            for (name, inner) in properties.into_iter().flatten() {
                if let Some(value) = object.get(name) {
                    at.push('/');
                    at.push_str(&name.replace('~', "~0").replace('/', "~1"));
                    collect(root, inner, value, at, depth + 1, places);
                    at.truncate(length);
                }
            }
        }
        Value::Array(items) => {
            if let (Some(inner), Some(first)) = (members.get("items"), items.first()) {
                at.push_str("/0");
                collect(root, inner, first, at, depth + 1, places);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// Returns values that break what one schema says of a value.
fn breaks(schema: &Map<String, Value>, value: &Value) -> Vec<Value> {
    let mut broken = Vec::new();
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    if schema.contains_key("type") {
        let others = [
            Value::from("another type"),
            Value::from(7),
            Value::from(false),
            Value::Array(Vec::new()),
        ];
        let differs = |other: &Value| discriminant(other) != discriminant(value);
        broken.extend(others.into_iter().filter(differs));
    }
    if schema.contains_key("enum") || schema.contains_key("const") {
        broken.push(Value::from("none of these"));
    }
    match value {
        Value::Number(_) => {
            broken.extend(number("minimum").map(|low| Value::from(low - 1.0)));
            broken.extend(number("maximum").map(|high| Value::from(high + 1.0)));
            broken.extend(number("exclusiveMinimum").map(Value::from));
            broken.extend(number("exclusiveMaximum").map(Value::from));
            broken.extend(number("multipleOf").map(|step| Value::from(step * 1.5)));
        }
        Value::String(_) => {
            let size = |count: u64| usize::try_from(count).unwrap_or(0).min(1 << 16);
            let of = |count: u64| Value::from("x".repeat(size(count)));
            broken.extend(count("maxLength").map(|most| of(most + 1)));
            let low = count("minLength").filter(|fewest| *fewest > 0);
            broken.extend(low.map(|fewest| of(fewest - 1)));
            broken.extend(schema.get("pattern").map(|_| Value::from("\u{1}")));
        }
        Value::Array(items) => broken.extend(broken_list(schema, items)),
        Value::Object(object) => broken.extend(broken_object(schema, object)),
        _ => {}
    }
    broken
}

fn broken_list(schema: &Map<String, Value>, items: &[Value]) -> Vec<Value> {
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    let size = |count: u64| usize::try_from(count).unwrap_or(0);
    let mut broken = Vec::new();
    if let Some(fewest) = count("minItems").filter(|fewest| *fewest > 0) {
        let fewer = size(fewest - 1).min(items.len());
        broken.push(Value::Array(items[..fewer].to_vec()));
    }
    if let (Some(most), Some(first)) = (count("maxItems"), items.first())
        && most < 4_096
    {
        broken.push(Value::Array(vec![first.clone(); size(most + 1)]));
    }
    if let (Some(Value::Bool(true)), Some(first)) = (schema.get("uniqueItems"), items.first()) {
        broken.push(Value::Array(vec![first.clone(), first.clone()]));
    }
    broken
}

fn broken_object(schema: &Map<String, Value>, object: &Map<String, Value>) -> Vec<Value> {
    let mut broken = Vec::new();
    let required = schema.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        let mut less = object.clone();
        less.remove(name);
        broken.push(Value::Object(less));
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        let mut more = object.clone();
        more.insert("not_declared".to_owned(), Value::Null);
        broken.push(Value::Object(more));
    }
    let fewest = schema.get("minProperties").and_then(Value::as_u64);
    if fewest.is_some_and(|fewest| fewest > 0) {
        broken.push(Value::Object(Map::new()));
    }
    broken
}
