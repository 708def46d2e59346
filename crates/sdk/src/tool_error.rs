//! How an author's error type becomes declared codes in `schema.json` and a failure at run time.

use std::fmt::{self, Display};

use serde_json::Value;

use crate::{Failure, Retry};

/// One error code that a tool may answer with, as its contract declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The stable code in `SCREAMING_SNAKE_CASE`.
    pub code: &'static str,
    /// When it happens and what mends it, for the contract's reader.
    pub description: &'static str,
    /// The advice that the failure carries unless [`ToolError::retry`] says otherwise.
    pub retry: Retry,
}

impl Declared {
    /// Declares a code after which the same call would fail again.
    pub const fn never(code: &'static str, description: &'static str) -> Self {
        Self {
            code,
            description,
            retry: Retry::Never,
        }
    }

    /// Declares a code after which the same call may succeed.
    pub const fn same_key(code: &'static str, description: &'static str) -> Self {
        Self {
            code,
            description,
            retry: Retry::SameKey,
        }
    }

    /// Declares a code after which the same call may succeed once `ms` milliseconds have passed.
    pub const fn after_ms(code: &'static str, description: &'static str, ms: u64) -> Self {
        Self {
            code,
            description,
            retry: Retry::AfterMs(ms),
        }
    }
}

/// Declared by the SDK on every tool: the arguments fit the schema, but not the tool's types
/// (such as 31 February in a date).
pub const INVALID_ARGUMENTS: Declared = Declared::never(
    "INVALID_ARGUMENTS",
    "The arguments fit the schema but hold a value that the tool cannot read. Mend the value \
     that the message names.",
);

/// Never declared: the package's `schema.json` names a tool that the component does not have,
/// which is a fault of the package.
pub const UNKNOWN_TOOL: &str = "UNKNOWN_TOOL";

/// The error type of a tool: its message is its `Display`.
///
/// ```
/// use hotcell_sdk::{Declared, ToolError};
///
/// #[derive(Debug)]
/// enum StockError {
///     Unknown(String),
/// }
///
/// impl std::fmt::Display for StockError {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         let Self::Unknown(article) = self;
///         write!(f, "There is no article {article}.")
///     }
/// }
///
/// impl ToolError for StockError {
///     const DECLARED: &'static [Declared] =
///         &[Declared::never("ARTICLE_UNKNOWN", "No article has this number.")];
///
///     fn code(&self) -> &'static str {
///         "ARTICLE_UNKNOWN"
///     }
/// }
/// ```
pub trait ToolError: Display {
    /// Every code that [`code`](Self::code) can return. The host reports a code outside this
    /// list as a fault of the skill.
    const DECLARED: &'static [Declared];

    /// Returns the code of this error.
    fn code(&self) -> &'static str;

    /// Returns the advice, where this error knows better than its declaration.
    fn retry(&self) -> Option<Retry> {
        None
    }

    /// Returns more about this error, for a caller that is a program.
    fn details(&self) -> Option<Value> {
        None
    }
}

impl<E: ToolError> From<E> for Failure {
    fn from(error: E) -> Self {
        let code = error.code();
        let declared = E::DECLARED.iter().find(|declared| declared.code == code);
        let advice = declared.map_or(Retry::Never, |declared| declared.retry);
        Self {
            code: code.to_owned(),
            message: error.to_string(),
            retry: error.retry().unwrap_or(advice),
            details: error.details().map(|value| value.to_string()),
        }
    }
}

/// The error of a tool that cannot fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoError {}

impl Display for NoError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl ToolError for NoError {
    const DECLARED: &'static [Declared] = &[];

    fn code(&self) -> &'static str {
        match *self {}
    }
}
