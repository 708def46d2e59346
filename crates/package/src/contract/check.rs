//! Checks a value against a tool's schema.
//!
//! The jsonschema crate says yes or no; a no is explained by `explain.rs`, which has a
//! budget, because the crate gathers every error of a large value before it gives the first.

use std::fmt;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde::Serialize;
use serde_json::Value;

use crate::contract::compile::compile;
use crate::contract::explain::explain;

/// Most violations that are told of one value.
pub const VIOLATIONS_MAX: usize = 20;

/// One place where a value does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// JSON pointer into the value; empty for the whole. Safe to print.
    pub pointer: String,
    /// What was expected and what came; safe to print.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.message),
            pointer => write!(f, "{pointer}: {}", self.message),
        }
    }
}

/// A tool's compiled schemas: each on its first use, and then for all.
#[derive(Default)]
pub(super) struct Validators {
    input: OnceLock<Option<Validator>>,
    output: OnceLock<Option<Validator>>,
}

impl Validators {
    pub(super) fn check_input(&self, schema: &Value, value: &Value) -> Result<(), Vec<Violation>> {
        check(&self.input, schema, value)
    }

    pub(super) fn check_output(&self, schema: &Value, value: &Value) -> Result<(), Vec<Violation>> {
        check(&self.output, schema, value)
    }
}

fn check(
    compiled: &OnceLock<Option<Validator>>,
    schema: &Value,
    value: &Value,
) -> Result<(), Vec<Violation>> {
    // A contract loads only when its schemas compile; should one not, nothing passes it.
    match compiled.get_or_init(|| compile(schema).ok()) {
        Some(validator) if validator.is_valid(value) => Ok(()),
        _ => Err(explain(schema, value)),
    }
}
