//! Schemas that would hang a validator are refused at load, and the worst that are accepted
//! are timed on instances of 1 MiB.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod refused;
mod timed;

use hotcell_package::Contract;
use serde_json::{Value, json};

fn contract(output: &Value) -> Result<Contract, String> {
    let document = json!({"tools": [{
        "name": "t", "description": "d",
        "input_schema": {"type": "object"},
        "output_schema": output,
    }]});
    Contract::parse(&document.to_string()).map_err(|found| found[0].code.to_owned())
}
