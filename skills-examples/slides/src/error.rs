//! The declared failures of this skill.

use std::fmt;

use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Declared, ToolError};

/// Why there is no deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeckError {
    /// `/in` holds no file of this name.
    NotFound(String),
    /// The file is no deck or picture that can be read; holds its name and why.
    Unreadable { file: String, why: String },
    /// The template holds what could reach out of it; holds what.
    Unsafe(String),
    /// The template has no slide of this name.
    UnknownSlide {
        index: usize,
        name: String,
        known: Vec<String>,
    },
    /// Fields that the slide does not have; no index where they are the deck's.
    UnknownFields {
        index: Option<usize>,
        fields: Vec<String>,
        known: Vec<String>,
    },
    /// A field that cannot hold what was given.
    Content { at: String, problem: String },
    /// A text holds a character that no document can hold.
    ControlCharacter(String),
    /// More than fits on a slide, or into a deck.
    TooLong { at: String, problem: String },
}

impl DeckError {
    /// Returns the failure of a template.
    pub(crate) fn template(why: impl Into<String>) -> DeckError {
        DeckError::Unreadable {
            file: "the template".to_owned(),
            why: why.into(),
        }
    }
}

impl fmt::Display for DeckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(name) => write!(f, "No file {name:?} was passed."),
            Self::Unreadable { file, why } => write!(f, "{file} cannot be read: {why}."),
            Self::Unsafe(what) => write!(f, "The template is not used: {what}."),
            Self::UnknownSlide { index, name, .. } => {
                write!(f, "/slides/{index}: the template has no slide {name:?}.")
            }
            Self::UnknownFields { index, fields, .. } => {
                match index {
                    Some(index) => write!(f, "/slides/{index}: the slide has")?,
                    None => write!(f, "/fields: the template has")?,
                }
                write!(f, " no field {}.", fields.join(", "))
            }
            Self::Content { at, problem } | Self::TooLong { at, problem } => {
                write!(f, "{at}: {problem}.")
            }
            Self::ControlCharacter(at) => write!(
                f,
                "{at} holds a control character; only line breaks are allowed."
            ),
        }
    }
}

const NOT_FOUND: Declared = Declared::never(
    "FILE_NOT_FOUND",
    "Pass the file with the call; for a template, leaving it out takes the built-in one.",
);
const UNREADABLE: Declared = Declared::never(
    "FILE_UNREADABLE",
    "The file is no .pptx, PNG or JPEG, is damaged, or is too large.",
);
const UNSAFE: Declared = Declared::never(
    "TEMPLATE_UNSAFE",
    "The template has macros, or loads something from outside when it is opened.",
);

impl ToolError for DeckError {
    const DECLARED: &'static [Declared] = &[
        NOT_FOUND,
        UNREADABLE,
        UNSAFE,
        Declared::never(
            "UNKNOWN_SLIDE",
            "The template has no slide of this name. `details.known` and `list_slides` show those that it has.",
        ),
        Declared::never(
            "UNKNOWN_FIELDS",
            "The slide has no such fields. `details.known` and `list_slides` show those that it has.",
        ),
        Declared::never(
            "INVALID_CONTENT",
            "The field cannot hold this kind of content. `list_slides` says what it takes.",
        ),
        Declared::never(
            "CONTROL_CHARACTER",
            "A text holds a control character. Remove it.",
        ),
        Declared::never(
            "TOO_LONG",
            "It is more than fits. Split the table or the deck.",
        ),
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "FILE_NOT_FOUND",
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::Unsafe(_) => "TEMPLATE_UNSAFE",
            Self::UnknownSlide { .. } => "UNKNOWN_SLIDE",
            Self::UnknownFields { .. } => "UNKNOWN_FIELDS",
            Self::Content { .. } => "INVALID_CONTENT",
            Self::ControlCharacter(_) => "CONTROL_CHARACTER",
            Self::TooLong { .. } => "TOO_LONG",
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::UnknownSlide { index, name, known } => {
                Some(json!({"index": index, "slide": name, "known": known}))
            }
            Self::UnknownFields {
                index,
                fields,
                known,
            } => Some(json!({"index": index, "fields": fields, "known": known})),
            Self::Content { at, .. } | Self::TooLong { at, .. } | Self::ControlCharacter(at) => {
                Some(json!({ "at": at }))
            }
            _ => None,
        }
    }
}

/// A [`DeckError`] of a tool that fills nothing.
#[derive(Debug)]
pub(crate) struct OpenError(pub(crate) DeckError);

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToolError for OpenError {
    const DECLARED: &'static [Declared] = &[NOT_FOUND, UNREADABLE, UNSAFE];

    fn code(&self) -> &'static str {
        self.0.code()
    }
}

impl From<DeckError> for OpenError {
    fn from(error: DeckError) -> OpenError {
        OpenError(error)
    }
}
