//! Schemas that would hang a validator are refused at load, and the worst that are accepted
//! are timed on instances of 1 MiB.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{Contract, Tool};
use serde_json::{Value, json};

/// About 100 ms where the machine is quiet; a shared one gets leave.
const TIME_MAX: Duration = Duration::from_millis(400);

fn contract(output: &Value) -> Result<Contract, String> {
    let document = json!({"tools": [{
        "name": "t", "description": "d",
        "input_schema": {"type": "object"},
        "output_schema": output,
    }]});
    Contract::parse(&document.to_string()).map_err(|found| found[0].code.to_owned())
}

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
fn bombs_are_refused_at_load() {
    refused("self", &json!({"$ref": "#"}), "schema_loop");
    refused(
        "mutual",
        &json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}),
        "schema_loop",
    );
    let mut defs = serde_json::Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
        defs.insert(format!("d{level}"), json!({"allOf": [next, next]}));
    }
    defs.insert("d40".to_owned(), json!({"type": "object"}));
    refused(
        "doubling",
        &json!({"$defs": defs, "$ref": "#/$defs/d0"}),
        "schema_cost",
    );
    let twice =
        json!({"properties": {"a": {"$ref": "#"}}, "patternProperties": {"^a": {"$ref": "#"}}});
    refused("twice_a_child", &twice, "schema_cost");
    let any = json!({"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]});
    refused("twice_an_item", &any, "schema_cost");
    let unevaluated =
        json!({"anyOf": [{"properties": {"a": {"$ref": "#"}}}], "unevaluatedProperties": false});
    refused("unevaluated_recursion", &unevaluated, "schema_cost");
    let unique = json!({"uniqueItems": true, "items": {"$ref": "#"}});
    refused("unique_recursion", &unique, "schema_cost");
    let wide: Vec<Value> = (0..1000).map(|n| json!({"minimum": n})).collect();
    refused(
        "wide_items",
        &json!({"items": {"allOf": wide}}),
        "schema_cost",
    );
    let names: serde_json::Map<String, Value> =
        (0..1000).map(|n| (format!("p{n}"), json!(true))).collect();
    refused(
        "many_names_each_item",
        &json!({"items": {"properties": names}}),
        "schema_cost",
    );
    let numbers: Vec<Value> = (0..5000).map(|n| json!(n)).collect();
    refused(
        "huge_enum_each_item",
        &json!({"items": {"enum": numbers}}),
        "schema_cost",
    );
    let patterns: Vec<Value> = (0..100)
        .map(|n| json!({"pattern": format!("^a{n}[a-z]+")}))
        .collect();
    refused("many_patterns", &json!({"allOf": patterns}), "schema_cost");
}

#[test]
fn what_reaches_outside_or_has_no_bound_is_refused() {
    refused(
        "slow_pattern",
        &json!({"pattern": "1[01]{200}x"}),
        "schema_pattern",
    );
    refused(
        "look_around",
        &json!({"pattern": "(?=a)b"}),
        "schema_pattern",
    );
    refused(
        "hidden_pattern",
        &json!({"properties": {"const": {"pattern": "1[01]{200}x"}}}),
        "schema_pattern",
    );
    refused(
        "reference_into_data",
        &json!({"x": {"default": {"pattern": "1[01]{200}x"}}, "$ref": "#/x/default"}),
        "schema_ref",
    );
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
    refused(
        "dynamic",
        &json!({"$dynamicRef": "#a"}),
        "schema_dynamic_ref",
    );
    refused(
        "recursive",
        &json!({"$recursiveRef": "#"}),
        "schema_dynamic_ref",
    );
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

fn mebibyte(item: impl Fn(usize) -> String) -> String {
    let mut text = "[".to_owned();
    for n in 0.. {
        let item = item(n);
        if text.len() + item.len() + 2 > 1 << 20 {
            break;
        }
        if n > 0 {
            text.push(',');
        }
        text.push_str(&item);
    }
    text.push(']');
    text
}

fn timed(name: &str, schema: &Value, text: &str) {
    let contract = contract(schema).unwrap_or_else(|code| panic!("{name} is refused: {code}"));
    let limits = JsonLimits {
        values: 1 << 17,
        ..JsonLimits::STANDARD
    };
    let value = parse_strict(text, &limits).unwrap_or_else(|e| panic!("{name}: {e}"));
    let tool: &Tool = &contract.tools[0];
    let _ = tool.check_output(&json!(null));
    let started = Instant::now();
    let result = tool.check_output(&value);
    let took = started.elapsed();
    println!(
        "{name}: {took:?}, {} violations",
        result.err().map_or(0, |v| v.len())
    );
    assert!(took < TIME_MAX, "{name} took {took:?}");
}

#[test]
fn the_worst_that_is_accepted_is_quick() {
    let numbers = mebibyte(|n| format!("{:06}1", n % 900_000 + 100_000));
    let objects = mebibyte(|_| "{\"a\":12345678901}".to_owned());
    let strings = mebibyte(|n| format!("\"{n:012}\""));
    let one_long = format!("[\"{}\"]", "ab".repeat(500_000));

    let minimums: Vec<Value> = (0..80).map(|n| json!({"minimum": n})).collect();
    timed(
        "all_of_80",
        &json!({"items": {"allOf": minimums}}),
        &numbers,
    );
    let last = std::iter::once(json!(true));
    let branches: Vec<Value> = (0..80).map(|n| json!({"maximum": n})).chain(last).collect();
    timed(
        "any_of_80_last_fits",
        &json!({"items": {"anyOf": branches}}),
        &numbers,
    );
    let enumeration: Vec<Value> = (0..80).map(|n| json!(n)).collect();
    let last_option = mebibyte(|_| "79.00000".to_owned());
    timed(
        "enum_80",
        &json!({"items": {"enum": enumeration}}),
        &last_option,
    );
    let names: serde_json::Map<String, Value> = (0..110)
        .map(|n| (format!("p{n}"), json!({"minimum": 1})))
        .collect();
    timed(
        "properties_110",
        &json!({"items": {"properties": names}}),
        &objects,
    );
    let required: Vec<String> = (0..110).map(|n| format!("p{n}")).collect();
    timed(
        "required_110",
        &json!({"items": {"not": {"required": required}}}),
        &objects,
    );
    let multiples: Vec<Value> = (1..4)
        .map(|n| json!({"multipleOf": 0.5_f64.powi(n)}))
        .collect();
    timed(
        "multiple_of_3",
        &json!({"items": {"allOf": multiples}}),
        &numbers,
    );
    let patterns: Vec<Value> = (0..20)
        .map(|n| json!({"pattern": format!("[a-f]{n}$|[0-9]x|^[^q]*$")}))
        .collect();
    timed(
        "patterns_20_short",
        &json!({"items": {"allOf": patterns}}),
        &strings,
    );
    timed(
        "patterns_20_long",
        &json!({"items": {"allOf": patterns}}),
        &one_long,
    );
    let by_pattern: serde_json::Map<String, Value> = (1..21)
        .map(|n| (format!("^[a-z]{{1,{n}}}z$|x"), json!(true)))
        .collect();
    timed(
        "pattern_properties_20",
        &json!({"items": {"patternProperties": by_pattern}}),
        &objects,
    );
    timed("unique_numbers", &json!({"uniqueItems": true}), &numbers);
    timed(
        "unique_objects",
        &json!({"uniqueItems": true, "items": {"uniqueItems": true}}),
        &objects,
    );
    timed(
        "unevaluated",
        &json!({"items": {"anyOf": [{"properties": {"b": true}}, {"properties": {"a": true}}], "unevaluatedProperties": false}}),
        &objects,
    );
    timed(
        "contains",
        &json!({"contains": {"const": 1}, "minContains": 5}),
        &numbers,
    );
    timed(
        "wrong_everywhere",
        &json!({"items": {"type": "string"}}),
        &numbers,
    );
    let either =
        json!({"items": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["z"]}]}});
    timed("wrong_branches_everywhere", &either, &objects);
    let tree = json!({"type": ["array", "integer"], "items": {"$ref": "#"}});
    timed(
        "recursive_tree",
        &tree,
        &mebibyte(|_| format!("{}1{}{}", "[".repeat(16), " ".repeat(110), "]".repeat(16))),
    );
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
