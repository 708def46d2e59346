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
    /// The number belongs to another country than the party.
    VatNumberOtherCountry,
    /// The rule that the invoice uses needs a VAT number that is not there.
    VatNumberMissing,
    /// The country never had this rate since 2020.
    RateUnknown,
    /// The country has, had or will have this rate, but not on the day of supply.
    RateNotInForce,
    /// Another rate is right for what is supplied.
    RateWrongForSupply,
    /// The day of supply lies before the table begins, or the country is not in it.
    RateNotChecked,
    /// No VAT is charged, and the invoice does not say why.
    ExemptionMissing,
    /// The invoice says that no VAT is due, and charges some.
    ExemptionWithVat,
    /// The exemption does not fit where the parties are.
    ExemptionCountry,
    /// VAT is charged where the customer most likely owes it (reverse charge).
    ReverseChargeExpected,
    /// The invoice must say "reverse charge" and does not.
    ReverseChargeNoteMissing,
    /// Quantity times price is not the line's net amount.
    LineNet,
    /// The lines do not add up to the net total.
    TotalNet,
    /// The VAT is not what the lines and rates come to.
    TotalVat,
    /// The VAT is right by the other rounding method.
    RoundingMethod,
    /// Net and VAT do not add up to the gross total.
    TotalGross,
}
