//! Schemas that would hang a validator are refused at load, and the worst that are accepted
//! are timed on instances of 1 MiB.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod explained;
mod instances;
mod loading;
mod refused;
mod timed;
mod worst;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hotcell_package::json::{JsonLimits, parse_strict};
use hotcell_package::{Contract, Violation};
use serde_json::{Value, json};

/// One measurement at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn contract(output: &Value) -> Result<Contract, String> {
    let document = json!({"tools": [{
        "name": "t", "description": "d",
        "input_schema": {"type": "object"},
        "output_schema": output,
    }]});
    Contract::parse(&document.to_string()).map_err(|found| found[0].code.to_owned())
}

/// Checks a text against a schema, and returns what is wrong and how long that took.
fn measured(name: &str, schema: &Value, text: &str) -> (Vec<Violation>, Duration) {
    let contract = contract(schema).unwrap_or_else(|code| panic!("{name} is refused: {code}"));
    let limits = JsonLimits {
        values: 1 << 17,
        ..JsonLimits::STANDARD
    };
    let value = parse_strict(text, &limits).unwrap_or_else(|e| panic!("{name}: {e}"));
    let tool = &contract.tools[0];
    let _ = tool.check_output(&json!(null));
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let started = Instant::now();
    let found = tool.check_output(&value).err().unwrap_or_default();
    let took = started.elapsed();
    println!("{name}: {took:?}, {} violations", found.len());
    (found, took)
}
