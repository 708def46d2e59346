//! Schemas near the bounds, each on the 1 MiB that hurts it most.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::instances::{list, numbers, objects, strings};
use crate::measured;

/// About 100 ms where the machine is quiet; a shared one gets leave.
const TIME_MAX: Duration = Duration::from_millis(400);

fn timed(name: &str, schema: &Value, text: &str) {
    let (_, took) = measured(name, schema, text);
    assert!(took < TIME_MAX, "{name} took {took:?}");
}

#[test]
fn many_subschemas_at_each_item() {
    let minimums: Vec<Value> = (0..80).map(|n| json!({"minimum": n})).collect();
    timed(
        "all_of_80",
        &json!({"items": {"allOf": minimums}}),
        &numbers(),
    );
    let last = std::iter::once(json!(true));
    let branches: Vec<Value> = (0..80).map(|n| json!({"maximum": n})).chain(last).collect();
    timed(
        "any_of_80_last_fits",
        &json!({"items": {"anyOf": branches}}),
        &numbers(),
    );
    let multiples: Vec<Value> = (1..4)
        .map(|n| json!({"multipleOf": 0.5_f64.powi(n)}))
        .collect();
    timed(
        "multiple_of_3",
        &json!({"items": {"allOf": multiples}}),
        &numbers(),
    );
    let tree = json!({"type": ["array", "integer"], "items": {"$ref": "#"}});
    let nested = format!("{}1{}{}", "[".repeat(16), " ".repeat(110), "]".repeat(16));
    timed("recursive_tree", &tree, &list(|_| nested.clone()));
}

#[test]
fn many_names_and_options_at_each_item() {
    let enumeration: Vec<Value> = (0..80).map(|n| json!(n)).collect();
    timed(
        "enum_80",
        &json!({"items": {"enum": enumeration}}),
        &list(|_| "79.00000".to_owned()),
    );
    let names: Map<String, Value> = (0..110)
        .map(|n| (format!("p{n}"), json!({"minimum": 1})))
        .collect();
    timed(
        "properties_110",
        &json!({"items": {"properties": names}}),
        &objects(),
    );
    let required: Vec<String> = (0..110).map(|n| format!("p{n}")).collect();
    timed(
        "required_110",
        &json!({"items": {"not": {"required": required}}}),
        &objects(),
    );
}

#[test]
fn many_patterns_at_each_text() {
    let one_long = format!("[\"{}\"]", "ab".repeat(500_000));
    let patterns: Vec<Value> = (0..20)
        .map(|n| json!({"pattern": format!("[a-f]{n}$|[0-9]x|^[^q]*$")}))
        .collect();
    let all = json!({"items": {"allOf": patterns}});
    timed("patterns_20_short", &all, &strings());
    timed("patterns_20_long", &all, &one_long);
    let by_pattern: Map<String, Value> = (1..21)
        .map(|n| (format!("^[a-z]{{1,{n}}}z$|x"), json!(true)))
        .collect();
    timed(
        "pattern_properties_20",
        &json!({"items": {"patternProperties": by_pattern}}),
        &objects(),
    );
}

#[test]
fn what_looks_at_all_items_or_members() {
    timed("unique_numbers", &json!({"uniqueItems": true}), &numbers());
    timed(
        "unique_objects",
        &json!({"uniqueItems": true, "items": {"uniqueItems": true}}),
        &objects(),
    );
    timed(
        "unevaluated",
        &json!({"items": {"anyOf": [{"properties": {"b": true}}, {"properties": {"a": true}}], "unevaluatedProperties": false}}),
        &objects(),
    );
    timed(
        "contains",
        &json!({"contains": {"const": 1}, "minContains": 5}),
        &numbers(),
    );
}

#[test]
fn what_is_wrong_everywhere() {
    timed(
        "wrong_everywhere",
        &json!({"items": {"type": "string"}}),
        &numbers(),
    );
    let either =
        json!({"items": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["z"]}]}});
    timed("wrong_branches_everywhere", &either, &objects());
}

/// Arrays that the jsonschema crate's own `uniqueItems` hashes all alike.
#[test]
fn unique_items_of_one_hash_are_quick() {
    fn shape(bits: usize, out: &mut String) {
        out.push('[');
        for bit in 0..16 {
            out.push_str(if bits >> bit & 1 == 1 { "[[]]" } else { "[]" });
            out.push(if bit < 15 { ',' } else { ']' });
        }
    }
    let mut text = "[".to_owned();
    for n in 0..5_000 {
        if n > 0 {
            text.push(',');
        }
        shape(n, &mut text);
    }
    text.push(']');
    timed("unique_same_hash", &json!({"uniqueItems": true}), &text);
}
