//! The kinds of findings of this skill.

use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

/// One finding of this skill.
pub(crate) type Finding = business_types::Finding<Code>;

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
