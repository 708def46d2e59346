//! The declared failures of this skill.

use std::fmt;

use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Declared, ToolError};

/// Why there is no quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QuoteError {
    /// `/in` holds no template of this name.
    TemplateNotFound(String),
    /// The template is no Word document that can be read; holds why.
    TemplateUnreadable(String),
    /// The template names fields that no quote has.
    UnknownFields(Vec<String>),
    /// A text holds a control character that no document can hold.
    ControlCharacter { field: String },
    /// A position is out of range; holds its index and what is wrong.
    Position { index: usize, problem: &'static str },
    /// The document could not be written.
    NotWritten(String),
}

impl fmt::Display for QuoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TemplateNotFound(name) => write!(f, "/in holds no file {name}."),
            Self::TemplateUnreadable(why) => write!(f, "The template cannot be read: {why}."),
            Self::UnknownFields(names) => {
                write!(
                    f,
                    "The template names fields that a quote does not have: {}.",
                    names.join(", ")
                )
            }
            Self::ControlCharacter { field } => {
                write!(
                    f,
                    "{field} holds a control character; only line breaks are allowed."
                )
            }
            Self::Position { index, problem } => write!(f, "/positions/{index}: {problem}."),
            Self::NotWritten(why) => write!(f, "The document could not be written to /out: {why}."),
        }
    }
}

impl ToolError for QuoteError {
    const DECLARED: &'static [Declared] = &[
        Declared::never(
            "TEMPLATE_NOT_FOUND",
            "Pass the template as a file of the call, or leave it out.",
        ),
        Declared::never(
            "TEMPLATE_UNREADABLE",
            "The file is no .docx, is damaged, or is too large.",
        ),
        Declared::never(
            "UNKNOWN_FIELDS",
            "The template names fields that do not exist. `list_fields` shows those that do.",
        ),
        Declared::never(
            "CONTROL_CHARACTER",
            "A text holds a control character. Remove it.",
        ),
        Declared::never(
            "POSITION_OUT_OF_RANGE",
            "A figure of a position is negative or too large.",
        ),
        Declared::never(
            "NOT_WRITTEN",
            "The document does not fit into /out, or it is there already.",
        ),
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::TemplateNotFound(_) => "TEMPLATE_NOT_FOUND",
            Self::TemplateUnreadable(_) => "TEMPLATE_UNREADABLE",
            Self::UnknownFields(_) => "UNKNOWN_FIELDS",
            Self::ControlCharacter { .. } => "CONTROL_CHARACTER",
            Self::Position { .. } => "POSITION_OUT_OF_RANGE",
            Self::NotWritten(_) => "NOT_WRITTEN",
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::UnknownFields(names) => Some(json!({ "fields": names })),
            Self::ControlCharacter { field } => Some(json!({ "field": field })),
            Self::Position { index, .. } => Some(json!({ "position": index })),
            _ => None,
        }
    }
}
