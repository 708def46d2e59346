//! The kinds of findings of this skill.

use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

/// One finding of this skill.
pub(crate) type Finding = business_types::Finding<Code>;

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// The period is empty or leaves the fiscal year.
    Period,
    /// The creation time is no time of the calendar.
    CreationTime,
    /// The invoice's date lies outside the period.
    DateOutsidePeriod,
    /// Two invoices of one direction and partner have one number.
    DuplicateNumber,
    /// The invoice number holds a sign that DATEV does not take.
    DocumentNumber,
    /// An account has the wrong length or range.
    Account,
    /// The amount is not positive, too large, or has more than 2 decimals.
    Amount,
    /// The text is too long or holds a control character.
    Text,
    /// The account finds the VAT by itself; a key beside it is refused or counts twice.
    KeyOnAutomaticAccount,
    /// A key for intra-community or foreign VAT without the partner's VAT number.
    VatNumberMissing,
    /// A character that Windows-1252 lacks.
    #[serde(rename = "not_in_windows_1252")]
    NotInWindows1252,
}
