//! Smaller arguments that fail in the same way.

use serde_json::Value;

/// Calls that are spent on it.
pub(super) const TRIES: usize = 40;

/// Returns values that are a little smaller, the smallest first.
pub(super) fn smaller(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => {
            let mut all = Vec::new();
            for name in members.keys() {
                let mut less = members.clone();
                less.remove(name);
                all.push(Value::Object(less));
            }
            for (name, member) in members {
                for inner in smaller(member) {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), inner);
                    all.push(Value::Object(changed));
                }
            }
            all
        }
        Value::Array(items) => {
            let mut all = Vec::new();
            if items.len() > 1 {
                all.push(Value::Array(items[..items.len() / 2].to_vec()));
                all.push(Value::Array(items[1..].to_vec()));
            }
            for (at, item) in items.iter().enumerate() {
                for inner in smaller(item) {
                    let mut changed = items.clone();
                    changed[at] = inner;
                    all.push(Value::Array(changed));
                }
            }
            all
        }
        Value::String(text) if text.chars().count() > 1 => {
            let half = text.chars().count() / 2;
            let first: String = text.chars().take(half).collect();
            let second: String = text.chars().skip(half).collect();
            vec![Value::from("a"), Value::from(first), Value::from(second)]
        }
        Value::Number(number) if number.as_i64().is_some_and(|n| n.abs() > 1) => {
            let number = number.as_i64().unwrap_or_default();
            vec![Value::from(0), Value::from(1), Value::from(number / 2)]
        }
        _ => Vec::new(),
    }
}
