//! Tool `export_bookings`: writes the file.

use std::fmt;

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::serde_json::{Value, json};
use hotcell_sdk::{Context, Declared, ToolError};
use serde::Serialize;

use crate::batch::Export;
use crate::booking::bookings;
use crate::check::check;
use crate::check_bookings::Totals;
use crate::file;
use crate::finding::{Code, Finding};

/// Most findings that a failure carries.
const FINDINGS_MAX: usize = 50;

/// The file that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Exported {
    /// The file's name in /out.
    pub(crate) file: String,
    /// The file's size.
    pub(crate) bytes: usize,
    pub(crate) totals: Totals,
    /// What a person should look at.
    pub(crate) warnings: Vec<Finding>,
}

/// Why no file was written.
#[derive(Debug)]
pub(crate) enum ExportError {
    /// Rules are broken, a missing character not among them.
    RulesBroken(Vec<Finding>),
    /// Texts hold characters that the file cannot.
    NotInWindows1252(Vec<Finding>),
    /// The file could not be written.
    NotWritten(std::io::Error),
}

/// Writes the file to `/out`.
pub(crate) fn export_bookings(export: Export, _: &Context) -> Result<Exported, ExportError> {
    let (name, bytes, exported) = make(&export)?;
    std::fs::write(format!("/out/{name}"), bytes).map_err(ExportError::NotWritten)?;
    Ok(exported)
}

/// Returns the file's name and bytes, and the answer.
pub(crate) fn make(export: &Export) -> Result<(String, Vec<u8>, Exported), ExportError> {
    let (mut errors, warnings): (Vec<_>, Vec<_>) =
        check(export).into_iter().partition(Finding::is_error);
    if errors
        .iter()
        .any(|finding| finding.code != Code::NotInWindows1252)
    {
        errors.truncate(FINDINGS_MAX);
        return Err(ExportError::RulesBroken(errors));
    }
    if !errors.is_empty() {
        errors.truncate(FINDINGS_MAX);
        return Err(ExportError::NotInWindows1252(errors));
    }
    let bookings = bookings(export);
    let bytes = file::bytes(&export.batch, &bookings)
        .expect("check() has looked at every text that is not bound to ASCII by the schema");
    let name = file::name(&export.batch);
    let totals = Totals::of(&bookings);
    let exported = Exported {
        file: name.clone(),
        bytes: bytes.len(),
        totals,
        warnings,
    };
    Ok((name, bytes, exported))
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RulesBroken(findings) | Self::NotInWindows1252(findings) => {
                write!(f, "Nothing was written: {} findings.", findings.len())?;
                match findings.first() {
                    Some(first) => write!(f, " First, at {}: {}", first.pointer, first.message),
                    None => Ok(()),
                }
            }
            Self::NotWritten(error) => write!(f, "The file could not be written to /out: {error}."),
        }
    }
}

impl ToolError for ExportError {
    const DECLARED: &'static [Declared] = &[
        Declared::never(
            "RULES_BROKEN",
            "DATEV would refuse the batch. `details.findings` says what and where; mend the input.",
        ),
        Declared::never(
            "NOT_IN_WINDOWS_1252",
            "A text holds a character that the file's character set lacks. `details.findings` says \
             which and where; write it in another way, such as L for Ł.",
        ),
        Declared::never(
            "NOT_WRITTEN",
            "The file does not fit into /out, or it is there already.",
        ),
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::RulesBroken(_) => "RULES_BROKEN",
            Self::NotInWindows1252(_) => "NOT_IN_WINDOWS_1252",
            Self::NotWritten(_) => "NOT_WRITTEN",
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::RulesBroken(findings) | Self::NotInWindows1252(findings) => {
                Some(json!({ "findings": findings }))
            }
            Self::NotWritten(_) => None,
        }
    }
}
