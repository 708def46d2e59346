//! Of each kind of schema, the largest that is accepted is quick on the value that hurts it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::instances::{list, members, numbers};
use crate::{contract, measured};

/// 50 to 130 ms where the machine is quiet.
const TIME_MAX: Duration = Duration::from_millis(400);
/// Where the search for the largest begins.
const SIZE_MAX: usize = 5_000;

/// Finds the largest schema of a kind that is accepted, and times it.
fn worst(name: &str, schema: impl Fn(usize) -> Value, text: &str) {
    let (mut least, mut most) = (0, SIZE_MAX);
    while least < most {
        let size = (least + most).div_ceil(2);
        match contract(&schema(size)) {
            Ok(_) => least = size,
            Err(_) => most = size - 1,
        }
    }
    assert!(least > 0, "{name}: the smallest is refused");
    let name = format!("{name} of {least}");
    let (_, took) = measured(&name, &schema(least), text);
    assert!(took < TIME_MAX, "{name} took {took:?}");
}

fn times(count: usize, schema: Value) -> Value {
    Value::Array(vec![schema; count])
}

#[test]
fn what_is_left_unevaluated_of_many_members() {
    let with = |keyword: &str, count, branch: Value| json!({keyword: times(count, branch), "unevaluatedProperties": {"type": "integer"}});
    let names = |n| with("anyOf", n, json!({"properties": {"b": true}}));
    worst("unevaluated_names", names, &members());
    let patterns = |n| {
        let covered = json!({"patternProperties": {"^0": true}});
        json!({"anyOf": [with("allOf", n, covered)], "unevaluatedProperties": false})
    };
    worst("unevaluated_patterns", patterns, &members());
    let conditions = |n| {
        let condition = json!({"if": {"properties": {"z": false}}, "then": {"properties": {"y": true}}, "else": false});
        with("allOf", n, condition)
    };
    worst("unevaluated_conditions", conditions, &members());
}

#[test]
fn what_is_left_unevaluated_of_many_items() {
    let ones = list(|_| "1".to_owned());
    let with = |count, branch: Value| json!({"anyOf": times(count, branch), "unevaluatedItems": {"type": "integer"}});
    let contains = |n| with(n, json!({"contains": {"const": 2}, "minContains": 0}));
    worst("unevaluated_contains", contains, &ones);
    let prefix = |n| with(n, json!({"prefixItems": [true]}));
    worst("unevaluated_prefix", prefix, &ones);
    let beside = |n| {
        let all: Vec<Value> = (0..n).map(|n| json!({"minimum": -(n as f64)})).collect();
        json!({"contains": {"allOf": all}, "anyOf": [true, {"prefixItems": [true]}], "unevaluatedItems": false})
    };
    worst("unevaluated_beside_contains", beside, &ones);
}

#[test]
fn what_looks_at_each_member() {
    let names: Map<String, Value> = (0..14)
        .map(|n| (format!("zz{n:03}"), json!(true)))
        .collect();
    let additional = |n| json!({"allOf": times(n, json!({"properties": names, "additionalProperties": {"minimum": 0}}))});
    worst("additional", additional, &members());
    let overlapping = |n| {
        let patterns = (0..n).map(|n| (format!("[a-f]{n}$|[0-9]x|^[^q]*$"), json!({"minimum": 0})));
        json!({"patternProperties": patterns.collect::<Map<_, _>>()})
    };
    worst("overlapping_patterns", overlapping, &members());
    let names =
        |n| json!({"propertyNames": {"allOf": times(n, json!({"not": {"enum": ["00000x"]}}))}});
    worst("property_names", names, &members());
}

#[test]
fn what_compares_each_item() {
    let unique = |n| json!({"allOf": times(n, json!({"uniqueItems": true}))});
    worst("unique_numbers", unique, &numbers());
    let floats = list(|n| format!("{}.5", n * 7_919 % 100_003));
    worst("unique_floats", unique, &floats);
    let objects = list(|n| format!("{{\"a\":{n:>6},\"b\":1}}          "));
    worst("unique_objects", unique, &objects);
    let options = |n| {
        let options = (0..n).map(|n| json!({"b": 1, "a": n.to_string()}));
        json!({"items": {"not": {"enum": options.collect::<Vec<_>>()}}})
    };
    worst("options_in_another_order", options, &objects);
    let counted =
        json!({"contains": {"type": "integer"}, "minContains": 50, "maxContains": 140_000});
    let contains = |n| json!({"allOf": times(n, counted.clone())});
    worst("contains_between", contains, &numbers());
}

#[test]
fn what_computes_with_each_number() {
    let either = json!({"anyOf": [{"multipleOf": 0.1}, true]});
    let multiples = |n| json!({"items": {"allOf": times(n, either.clone())}});
    worst(
        "multiples_of_large",
        multiples,
        &list(|_| "1.1e300".to_owned()),
    );
    worst(
        "multiples_of_small",
        multiples,
        &list(|_| "5e-324".to_owned()),
    );
    let bounds = json!({"minimum": 0.5, "maximum": 1e19, "exclusiveMinimum": -1.5, "exclusiveMaximum": 1e20});
    let bounded = |n| json!({"items": {"allOf": times(n, bounds.clone())}});
    worst("bounds", bounded, &list(|_| "1.1e9".to_owned()));
}

#[test]
fn what_depends_on_members() {
    let objects = list(|_| "{\"a\":111111,\"b\":1}          ".to_owned());
    let dependent = json!({"dependentSchemas": {"a": {"required": ["b"]}}});
    let schemas = |n| json!({"items": {"allOf": times(n, dependent.clone())}});
    worst("dependent_schemas", schemas, &objects);
    let condition = json!({"if": {"properties": {"a": {"minimum": -1}}}, "then": {"required": ["a"]}, "else": false});
    let conditions = |n| json!({"items": {"allOf": times(n, condition.clone())}});
    worst("conditions", conditions, &objects);
}

#[test]
fn what_applies_itself() {
    let tree = |n| {
        let itself = json!({"$ref": "#/$defs/t"});
        let tree = json!({"prefixItems": [itself], "items": itself, "allOf": times(n, json!({"minItems": 0}))});
        json!({"$defs": {"t": tree}, "$ref": "#/$defs/t"})
    };
    let nested = list(|_| format!("[[[[1],[2]]]]{}", " ".repeat(60)));
    worst("tree_of_items", tree, &nested);
    let object = |n| {
        let itself = json!({"$ref": "#"});
        json!({"properties": {"a": itself, "b": itself}, "additionalProperties": itself, "allOf": times(n, json!({"minProperties": 0}))})
    };
    worst("tree_of_members", object, &members());
}

#[test]
fn what_reads_one_long_text() {
    let long = format!("\"{}\"", "é".repeat(500_000));
    worst(
        "lengths",
        |n| json!({"allOf": times(n, json!({"maxLength": 600_000}))}),
        &long,
    );
    worst(
        "texts",
        |n| json!({"allOf": times(n, json!({"not": {"enum": ["a"]}}))}),
        &long,
    );
    worst(
        "patterns",
        |n| json!({"allOf": times(n, json!({"pattern": "[0-9]x|^[^q]*$|é$"}))}),
        &long,
    );
    worst(
        "no_space",
        |n| json!({"allOf": times(n, json!({"pattern": "^\\S*$"}))}),
        &long,
    );
}
