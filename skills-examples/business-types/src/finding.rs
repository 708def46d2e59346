//! What a check found: a code that a program can branch on, and where.

use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

/// One finding; `C` is the skill's closed list of codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding<C> {
    /// What is wrong, as a stable code.
    pub code: C,
    /// How bad it is.
    pub severity: Severity,
    /// JSON pointer into the arguments, such as `/invoice/lines/0/net`.
    pub pointer: String,
    /// What is wrong and what was expected, in one or two sentences.
    pub message: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A person should look at it.
    Warning,
    /// A rule is broken.
    Error,
}

impl<C> Finding<C> {
    /// Returns a finding that breaks a rule.
    pub fn error(code: C, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// Returns a finding that a person should look at.
    pub fn warning(code: C, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Warning,
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// Returns whether a rule is broken.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
