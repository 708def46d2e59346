use hotcell_package::Contract;
use serde_json::{Value, json};

use super::Generator;
use super::shrink::smaller;
use super::violate::violate;

/// Values that are made of each schema.
const ROUNDS: usize = 40;

fn tool(schema: &Value) -> hotcell_package::Tool {
    let text = json!({ "tools": [{ "name": "t", "description": "d", "input_schema": schema }] });
    let contract = Contract::parse(&text.to_string()).unwrap();
    contract.tools.into_iter().next().unwrap()
}

/// Checks that values of a property's schema can be made, that each way to break one is found, and
/// that most of what is made fits.
fn check(property: &Value, breaks: bool) {
    let schema = json!({
        "type": "object", "properties": { "a": property }, "required": ["a"],
        "additionalProperties": false, "$defs": { "word": { "type": "string", "minLength": 2 } },
    });
    let tool = tool(&schema);
    let mut generator = Generator::new(&schema, 7, "t");
    let made: Vec<Value> = (0..ROUNDS).filter_map(|_| generator.whole()).collect();
    let fits: Vec<&Value> = made
        .iter()
        .filter(|v| tool.check_input(v).is_ok())
        .collect();
    assert!(
        fits.len() >= ROUNDS / 4,
        "{property}: {} fit of {made:?}",
        fits.len()
    );
    let broken = fits
        .iter()
        .filter_map(|v| violate(&schema, v, &mut generator));
    let refused: Vec<Value> = broken.filter(|v| tool.check_input(v).is_err()).collect();
    assert!(!refused.is_empty(), "{property}");
    let inner = refused
        .iter()
        .any(|v| v.get("a").is_some() && v.get("not_declared").is_none());
    assert_eq!(inner, breaks, "{property}: {refused:?}");
}

#[test]
fn each_keyword_is_made_and_broken() {
    for property in [
        json!({ "type": "string", "minLength": 3, "maxLength": 5 }),
        json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]{1,12}(\\.[0-9]{1,6})?$" }),
        json!({ "type": "string", "pattern": "^(yes|no)$" }),
        json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        json!({ "type": "integer", "minimum": -3, "maximum": 9 }),
        json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }),
        json!({ "type": "integer", "multipleOf": 7, "minimum": 100 }),
        json!({ "type": ["string", "null"], "maxLength": 4 }),
        json!({ "type": "boolean" }),
        json!({ "enum": ["a", "b", 3] }),
        json!({ "const": "only" }),
        json!({ "oneOf": [{ "const": "a" }, { "const": "b" }] }),
        json!({ "anyOf": [{ "type": "integer" }, { "type": "string", "minLength": 1 }] }),
        json!({ "allOf": [{ "type": "integer", "minimum": 5 }, { "maximum": 9 }] }),
        json!({ "$ref": "#/$defs/word" }),
        json!({ "type": "array", "items": { "type": "integer" }, "minItems": 1, "maxItems": 3 }),
        json!({ "type": "array", "items": { "type": "integer", "minimum": 0 }, "uniqueItems": true, "minItems": 2 }),
        json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false, "minItems": 2 }),
        json!({ "type": "object", "properties": { "b": { "type": "string" } }, "required": ["b"] }),
        json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
        json!({ "type": "object", "patternProperties": { "^x-[a-z]{1,3}$": { "type": "string" } }, "additionalProperties": false }),
        json!({ "type": "object", "propertyNames": { "pattern": "^[a-z]{1,4}$" }, "additionalProperties": { "type": "boolean" } }),
        json!({ "type": "string", "not": { "const": "x" } }),
    ] {
        check(&property, true);
    }
}

#[test]
fn what_fits_everything_cannot_be_broken_inside() {
    check(&json!(true), false);
}

#[test]
fn a_schema_that_leads_to_itself_ends() {
    let schema = json!({
        "type": "object",
        "properties": { "child": { "$ref": "#" }, "name": { "type": "string" } },
        "required": ["name"], "additionalProperties": false,
    });
    let tool = tool(&schema);
    let mut generator = Generator::new(&schema, 1, "t");
    let made: Vec<Value> = (0..ROUNDS).filter_map(|_| generator.whole()).collect();
    assert!(
        made.iter().all(|value| tool.check_input(value).is_ok()),
        "{made:?}"
    );
    assert!(made.iter().any(|value| value.get("child").is_some()));
}

#[test]
fn what_is_met_by_chance_only_is_said() {
    let schema = json!({ "type": "object", "not": { "required": ["x"] } });
    let mut generator = Generator::new(&schema, 1, "t");
    generator.whole();
    let unable: Vec<_> = generator.unable.iter().collect();
    assert_eq!(unable, ["`not` is met by chance only"]);
}

#[test]
fn a_seed_gives_one_sequence() {
    let schema =
        json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] });
    let sequence = |seed, stream: &str| {
        let mut generator = Generator::new(&schema, seed, stream);
        (0..ROUNDS).map(|_| generator.whole()).collect::<Vec<_>>()
    };
    assert_eq!(sequence(1, "t"), sequence(1, "t"));
    assert_ne!(sequence(1, "t"), sequence(2, "t"));
    assert_ne!(sequence(1, "t"), sequence(1, "u"));
}

#[test]
fn smaller_values_are_smaller() {
    let value = json!({ "a": ["one", 200], "b": "xy" });
    for smaller in smaller(&value) {
        assert!(
            smaller.to_string().len() <= value.to_string().len(),
            "{smaller}"
        );
        assert_ne!(smaller, value);
    }
}
