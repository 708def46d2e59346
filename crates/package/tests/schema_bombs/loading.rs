//! Contracts that would take long, or much memory, to load: refused early, or loaded soon.

use std::time::{Duration, Instant};

use hotcell_package::{Contract, DIAGNOSTICS_MAX, TOOLS_MAX};
use serde_json::{Map, Value, json};

use crate::contract;

/// 10 to 300 ms where the machine is quiet.
const TIME_MAX: Duration = Duration::from_millis(1_500);

/// Loads a contract, and returns how many errors of which first code it gave.
fn loaded(name: &str, text: &str) -> (usize, &'static str) {
    let started = Instant::now();
    let found = Contract::parse(text).err().unwrap_or_default();
    let took = started.elapsed();
    println!("{name}: {took:?}, {} errors", found.len());
    assert!(took < TIME_MAX, "{name} took {took:?}");
    (found.len(), found.first().map_or("ok", |found| found.code))
}

/// A contract of as many tools as there may be, with `schema(n)` twice in each.
fn full(schema: impl Fn(usize) -> Value) -> String {
    let tools = (0..TOOLS_MAX).map(|n| {
        let mut input = schema(2 * n);
        input["type"] = json!("object");
        let output = schema(2 * n + 1);
        json!({"name": format!("t{n}"), "description": "d", "input_schema": input, "output_schema": output})
    });
    json!({"tools": tools.collect::<Vec<_>>()}).to_string()
}

/// A chain of references with `end` at its end.
fn chain(length: usize, end: Value) -> Value {
    let mut defs = Map::new();
    for n in 0..length {
        let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
        defs.insert(format!("d{n}"), next);
    }
    defs.insert(format!("d{length}"), end);
    json!({"$defs": defs, "$ref": "#/$defs/d0"})
}

#[test]
fn a_chain_to_many_names() {
    let names: Map<String, Value> = (0..8_000).map(|n| (format!("p{n}"), json!(true))).collect();
    assert!(contract(&json!({"properties": names})).is_ok());
    let started = Instant::now();
    let result = contract(&chain(200, json!({"properties": names})));
    assert_eq!(result.map(|_| ()), Err("schema_cost".to_owned()));
    assert!(started.elapsed() < TIME_MAX, "{:?}", started.elapsed());
}

#[test]
fn chains_in_every_schema() {
    let honest = full(|_| chain(5, json!({"properties": {"a": true}})));
    assert_eq!(loaded("short_chains", &honest), (0, "ok"));
    let found = loaded("long_chains", &full(|_| chain(200, json!(true))));
    assert_eq!(found.1, "schema_cost");
}

#[test]
fn slow_patterns_in_every_schema() {
    let with = |pattern: &dyn Fn(usize) -> String| {
        full(|schema| {
            let pattern = |n| (format!("p{n}"), json!({"pattern": pattern(schema * 8 + n)}));
            json!({"properties": (0..8).map(pattern).collect::<Map<_, _>>()})
        })
    };
    let same = with(&|_| "^[A-Z]{2}[0-9]{1,10}$".to_owned());
    assert_eq!(loaded("one_pattern", &same), (0, "ok"));
    let quick = with(&|n| format!("^[A-Z]{{2}}-{n}$"));
    assert_eq!(loaded("quick_patterns", &quick), (0, "ok"));
    for slow in ["[ab]*a[ab]{9}", r"^(\p{L}|x){1,2}", "(?:a|b|c)*a.{6}"] {
        let found = loaded(slow, &with(&|n| format!("{slow}{n}")));
        assert_eq!(found, (DIAGNOSTICS_MAX, "schema_pattern"));
    }
}

#[test]
fn mistakes_everywhere() {
    let keys: String = (0..60_000).map(|n| format!("\"{n:05}\":1,")).collect();
    let unknown = format!("{{\"tools\":[{{{keys}\"name\":\"t\"}}]}}");
    assert_eq!(
        loaded("unknown_keys", &unknown),
        (DIAGNOSTICS_MAX, "unknown_key")
    );
    let wrong: Vec<Value> = (0..150).map(|_| json!({"type": "strin"})).collect();
    let found = loaded("wrong_types", &full(|_| json!({"allOf": wrong})));
    assert_eq!(found, (DIAGNOSTICS_MAX, "schema_invalid"));
}
