//! What a check found: a code that a program can branch on, and where.

use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// What is wrong, as a stable code.
    pub code: Code,
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
pub(crate) enum Severity {
    /// Good to know.
    Info,
    /// A person should look at it.
    Warning,
    /// The invoice breaks a rule.
    Error,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// The prefix names no EU member state (nor XI, Northern Ireland).
    VatNumberCountryUnknown,
    /// Length or characters do not fit the country's format.
    VatNumberFormat,
    /// The format fits, the check digits do not.
    VatNumberCheckDigits,
}

impl Finding {
    /// Returns a finding of severity `error`.
    pub(crate) fn error(
        code: Code,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}
