//! Values that are wrong in ways that take long to explain: told in little time and few words.

use std::time::Duration;

use hotcell_package::Violation;
use serde_json::{Map, Value, json};

use crate::instances::{list, members, object};
use crate::{contract, measured};

/// 1 to 40 ms where the machine is quiet.
const TIME_MAX: Duration = Duration::from_millis(300);
/// Most bytes of all words together: 21 violations of a cut pointer and a cut message, with
/// every character escaped.
const BYTES_MAX: usize = 21 * (256 + 1_000) * 8;

fn explained(name: &str, schema: &Value, text: &str) -> Vec<Violation> {
    let (found, took) = measured(name, schema, text);
    assert!(!found.is_empty(), "{name} fits");
    assert!(took < TIME_MAX, "{name} took {took:?}");
    let bytes = found.iter().map(|v| v.pointer.len() + v.message.len());
    let bytes: usize = bytes.sum();
    assert!(bytes < BYTES_MAX, "{name} took {bytes} bytes");
    found
}

#[test]
fn one_wrong_item_behind_many_that_fit() {
    let options: Vec<String> = (0..10_000).map(|n| format!("{n:05}")).collect();
    let wrong_at = |at: usize, wrong: &str| {
        let wrong = wrong.to_owned();
        list(move |n| {
            if n == at {
                wrong.clone()
            } else {
                format!("\"{:05}\"", n % 10_000)
            }
        })
    };
    let found = explained(
        "long_enum",
        &json!({"items": {"enum": options}}),
        &wrong_at(5_000, "1"),
    );
    assert_eq!(found[0].pointer, "/5000");
    let long = "y".repeat(500_000);
    let schema = json!({"items": {"enum": [1, [long], {"a": [long.as_str()]}]}});
    let ones = list(|n| if n == 9_999 { "2" } else { "1" }.to_owned());
    let found = explained("large_options", &schema, &ones);
    assert_eq!(found[0].pointer, "/9999");
}

#[test]
fn names_near_to_many_others() {
    let near = |n: usize| format!("{}{n:03}", "q".repeat(60));
    let names: Map<String, Value> = (0..256).map(|n| (near(n), json!(true))).collect();
    let far = object(|n| format!("\"{}{n:05}\":1", "z".repeat(30)));
    let schema = json!({"properties": names, "additionalProperties": false});
    assert_eq!(explained("unknown_names", &schema, &far).len(), 21);
}

#[test]
fn many_subschemas_on_many_members() {
    let all = vec![json!({}); 5_000];
    let schema = json!({"allOf": all, "required": ["none"]});
    let found = explained("idle_subschemas", &schema, &members());
    assert_eq!(found[0].message, "the property `none` is missing");
    let named = |n: usize| (format!("{n:05}"), json!(true));
    let dependent: Map<String, Value> = (0..2_000).map(named).collect();
    let schema = json!({"dependentSchemas": dependent, "required": ["none"]});
    explained("dependent", &schema, &members());
}

#[test]
fn wrong_everywhere_with_long_texts() {
    let texts = list(|n| format!("\"{n}\""));
    let found = explained("all_items", &json!({"items": {"type": "integer"}}), &texts);
    assert!(found[20].message.starts_with("and "), "{}", found[20]);
    let hidden = "\u{200b}".repeat(150_000);
    let below = format!("{{\"{hidden}\":[{}1]}}", "1,".repeat(50_000));
    let schema = json!({"additionalProperties": {"items": {"type": "string"}}});
    explained("long_key_above", &schema, &below);
    let long_keys = object(|n| format!("\"{n}{}\":1", "\u{200b}".repeat(3_000)));
    explained(
        "long_keys",
        &json!({"additionalProperties": false}),
        &long_keys,
    );
    let types = ["string", "null"].map(|name| json!({"type": name}));
    let types: Vec<Value> = (0..2_000).map(|n| types[n % 2].clone()).collect();
    let found = explained("many_types", &json!({"anyOf": types}), "1");
    assert!(
        found[0]
            .message
            .starts_with("must be a string or null or a string")
    );
}

#[test]
fn branches_inside_branches() {
    let mut schema = json!({"type": "string", "minLength": 3});
    for _ in 0..15 {
        schema = json!({"anyOf": [schema, {"type": "array"}]});
    }
    let found = explained("nested_branches", &schema, "\"ab\"");
    let last = found.last().unwrap();
    assert_eq!(last.message, "must have at least 3 characters, not 2");
}

/// An embedder's threads have 2 MiB of stack or less; an overflow would end its process.
#[test]
fn deep_chains_fit_into_a_small_stack() {
    for branch in ["$ref", "anyOf", "oneOf", "allOf", "not", "if"] {
        for length in [1, 10, 20, 30, 40, 60, 80, 110] {
            on_small_stack(move || descend(branch, length));
        }
    }
}

fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread.spawn(run).unwrap().join().unwrap();
}

/// A list of lists, 63 deep, each of which goes through a chain of subschemas. Chains that
/// cost too much are refused, which is as well.
fn descend(branch: &str, length: usize) {
    let mut defs = Map::new();
    for n in 0..length {
        let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
        let link = match branch {
            "$ref" => next,
            "not" => json!({"not": {"not": next}}),
            "if" => json!({"if": true, "then": next}),
            list => json!({list: [next]}),
        };
        defs.insert(format!("d{n}"), link);
    }
    let end = json!({"type": ["array"], "items": {"$ref": "#/$defs/d0"}});
    defs.insert(format!("d{length}"), end);
    let schema = json!({"$defs": defs, "$ref": "#/$defs/d0"});
    let value = (0..63).fold(json!(1), |value, _| json!([value]));
    match contract(&schema) {
        Ok(contract) => assert!(contract.tools[0].check_output(&value).is_err()),
        Err(code) => assert_eq!(code, "schema_cost"),
    }
}
