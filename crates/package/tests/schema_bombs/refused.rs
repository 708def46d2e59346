//! What is refused at load: schemas without end, without bound, or that reach outside.

use std::time::{Duration, Instant};

use hotcell_package::Contract;
use serde_json::{Map, Value, json};

use crate::contract;

fn refused(name: &str, schema: &Value, code: &str) {
    let started = Instant::now();
    let result = contract(schema).map(|_| "accepted".to_owned());
    let got = result.unwrap_or_else(|code| code);
    assert_eq!(got, code, "{name}");
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{name} took {:?}",
        started.elapsed()
    );
}

#[test]
fn loops_are_refused() {
    refused("self", &json!({"$ref": "#"}), "schema_loop");
    refused(
        "mutual",
        &json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}),
        "schema_loop",
    );
}

#[test]
fn what_doubles_is_refused() {
    let check = |name, schema: Value| refused(name, &schema, "schema_cost");
    let mut defs = Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
        defs.insert(format!("d{level}"), json!({"allOf": [next, next]}));
    }
    defs.insert("d40".to_owned(), json!({"type": "object"}));
    check("doubling", json!({"$defs": defs, "$ref": "#/$defs/d0"}));
    check(
        "twice_a_child",
        json!({"properties": {"a": {"$ref": "#"}}, "patternProperties": {"^a": {"$ref": "#"}}}),
    );
    check(
        "twice_an_item",
        json!({"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]}),
    );
    check(
        "unevaluated_recursion",
        json!({"anyOf": [{"properties": {"a": {"$ref": "#"}}}], "unevaluatedProperties": false}),
    );
    check(
        "unique_recursion",
        json!({"uniqueItems": true, "items": {"$ref": "#"}}),
    );
}

#[test]
fn what_is_wide_at_each_item_is_refused() {
    let check = |name, schema: Value| refused(name, &schema, "schema_cost");
    let wide: Vec<Value> = (0..1000).map(|n| json!({"minimum": n})).collect();
    check("wide_items", json!({"items": {"allOf": wide}}));
    let names: Map<String, Value> = (0..1000).map(|n| (format!("p{n}"), json!(true))).collect();
    check(
        "many_names_each_item",
        json!({"items": {"properties": names}}),
    );
    let numbers: Vec<Value> = (0..5000).map(|n| json!(n)).collect();
    check("huge_enum_each_item", json!({"items": {"enum": numbers}}));
    let patterns: Vec<Value> = (0..100)
        .map(|n| json!({"pattern": format!("^a{n}[a-z]+")}))
        .collect();
    check("many_patterns", json!({"allOf": patterns}));
}

#[test]
fn patterns_without_bound_are_refused() {
    let slow = "1[01]{200}x";
    let check = |name, schema: Value| refused(name, &schema, "schema_pattern");
    check("slow_pattern", json!({"pattern": slow}));
    check("look_around", json!({"pattern": "(?=a)b"}));
    check(
        "hidden_pattern",
        json!({"properties": {"const": {"pattern": slow}}}),
    );
    refused(
        "reference_into_data",
        &json!({"x": {"default": {"pattern": slow}}, "$ref": "#/x/default"}),
        "schema_ref",
    );
}

#[test]
fn what_reaches_outside_is_refused() {
    for target in [
        "http://127.0.0.1:9/x",
        "file:///etc/passwd",
        "other.json",
        "//x",
        "urn:x",
    ] {
        refused("remote", &json!({"$ref": target}), "schema_remote_ref");
    }
    refused(
        "nothing_there",
        &json!({"$ref": "#/$defs/none"}),
        "schema_ref",
    );
    refused(
        "anchor",
        &json!({"$ref": "#name", "$defs": {"a": {"$anchor": "name"}}}),
        "schema_ref",
    );
    let dynamic = "schema_dynamic_ref";
    refused("dynamic", &json!({"$dynamicRef": "#a"}), dynamic);
    refused("recursive", &json!({"$recursiveRef": "#"}), dynamic);
    refused(
        "inner_id",
        &json!({"properties": {"a": {"$id": "http://x/"}}}),
        "schema_id",
    );
    refused(
        "draft_7",
        &json!({"$schema": "http://json-schema.org/draft-07/schema#"}),
        "schema_dialect",
    );
}

#[test]
fn what_is_wrong_or_deep_is_refused() {
    refused("wrong", &json!({"type": "strin"}), "schema_invalid");
    let mut deep = json!(true);
    for _ in 0..60 {
        deep = json!({"not": deep});
    }
    refused("deep", &deep, "schema_too_deep");
    let deepest = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        Contract::parse(&deepest).unwrap_err()[0].code,
        "json_too_deep"
    );
    let twice = r#"{"tools": [], "tools": []}"#;
    assert_eq!(
        Contract::parse(twice).unwrap_err()[0].code,
        "json_duplicate_key"
    );
}

/// A look-up hashes the name anew, at each of a hundred thousand values.
#[test]
fn long_names_at_each_item_are_refused() {
    let long = "x".repeat(200_000);
    let honest = "x".repeat(64);
    let check = |name, schema: &dyn Fn(&str) -> Value| {
        refused(name, &json!({"items": schema(&long)}), "schema_cost");
        refused(name, &json!({"items": schema(&honest)}), "accepted");
    };
    check("required", &|name| json!({"required": [name]}));
    check("properties", &|name| json!({"properties": {name: true}}));
    check(
        "dependent_required",
        &|name| json!({"dependentRequired": {"a": [name]}}),
    );
    check(
        "dependent_schemas",
        &|name| json!({"dependentSchemas": {name: true}}),
    );
}
