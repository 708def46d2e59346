//! `schema.json`: the tools of a skill, and what may go in and come out of each.
//!
//! A schema is written by whoever wrote the skill, so it is as hostile as the skill: it is
//! checked at load to be JSON Schema 2020-12, closed in itself, and cheap to evaluate on any
//! instance (`contract/cost.rs`). After that a check can refuse; it cannot hang.

mod budget;
mod check;
mod compile;
mod cost;
mod explain;
mod graph;
mod load;
mod locate;
mod pattern;
mod schema;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::diagnostic::Diagnostic;

pub use check::{VIOLATIONS_MAX, Violation};
pub use cost::{FIXED_COST_MAX, REPEATED_COST_MAX, TEXT_COST_MAX};
pub use load::is_tool_name;
pub use locate::place_of_pointer;
pub use schema::{PATTERN_BYTES_MAX, SCHEMA_DEPTH_MAX, SCHEMA_NODES_MAX};

/// The file's name in a package.
pub const CONTRACT_FILE: &str = "schema.json";
/// Most tools in a contract. Three to eight is the advice.
pub const TOOLS_MAX: usize = 64;
/// Most declared errors of one tool.
pub const TOOL_ERRORS_MAX: usize = 64;

/// What a skill's `schema.json` says.
#[derive(Debug, Clone, Serialize)]
pub struct Contract {
    /// The tools, in the file's order; at least one, no two of one name.
    pub tools: Vec<Tool>,
}

impl Contract {
    /// Parses the text of a `schema.json`: `{"tools": […]}`, or the plain list
    /// `[{"name", "description", "parameters"}]`.
    ///
    /// # Errors
    /// Every mistake that can be found at once, up to [`crate::DIAGNOSTICS_MAX`], each with its
    /// line and JSON pointer.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        load::load(text)
    }

    /// Returns the tool of a name.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

/// One tool's contract. Cloning shares the compiled schemas.
#[derive(Clone, Serialize)]
pub struct Tool {
    /// `^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$`.
    pub name: String,
    /// A name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When and how to use it, for the model.
    pub description: String,
    /// JSON Schema 2020-12 of the arguments; its root is an object.
    pub input_schema: Value,
    /// JSON Schema 2020-12 of the output; none where the tool promises nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    /// The error codes that the tool may answer with.
    pub errors: Vec<ErrorDecl>,
    #[serde(skip)]
    validators: Arc<check::Validators>,
}

impl Tool {
    /// Checks the arguments of a call.
    ///
    /// # Errors
    /// Every violation up to [`VIOLATIONS_MAX`], and then one that says there are more.
    pub fn check_input(&self, arguments: &Value) -> Result<(), Vec<Violation>> {
        self.validators.check_input(&self.input_schema, arguments)
    }

    /// Checks the output of a call; anything passes where the tool has no output schema.
    ///
    /// # Errors
    /// As [`Tool::check_input`].
    pub fn check_output(&self, output: &Value) -> Result<(), Vec<Violation>> {
        match &self.output_schema {
            Some(schema) => self.validators.check_output(schema, output),
            None => Ok(()),
        }
    }

    /// Returns the declared error of a code.
    pub fn error(&self, code: &str) -> Option<&ErrorDecl> {
        self.errors.iter().find(|error| error.code == code)
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// One declared error of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorDecl {
    /// `^[A-Z][A-Z0-9_]{0,63}$`, such as `TRANSIENT_TIMEOUT`.
    pub code: String,
    /// When it comes, for the model.
    pub description: String,
    /// What the caller should do.
    pub retry: RetryAdvice,
}

/// What a caller should do about an error. The answer of a call may say more exactly when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAdvice {
    /// The same call will fail again.
    #[default]
    Never,
    /// The same call with the same key may succeed.
    SameKey,
    /// As same-key, after the time that the answer says.
    AfterMs,
}
