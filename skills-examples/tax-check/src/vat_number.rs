//! EU VAT numbers: prefix, format and check digits of all 27 members and Northern Ireland.
//!
//! The algorithms are those that the tax offices publish or that trade has long relied on; each
//! file names its source. No number is looked up: a number that passes can still be unused.

mod formula;
mod france;
mod ireland;
mod netherlands;
mod spain;

use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::finding::{Code, Finding};

/// How far a number was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Assurance {
    /// Format and check digits fit.
    CheckDigits,
    /// Only the format fits: numbers of this form carry no check digit.
    FormatOnly,
}

/// Why a number is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The prefix names no member state.
    Country,
    /// Length or characters do not fit. Holds how the format reads.
    Format(&'static str),
    /// The check digits do not fit.
    CheckDigits,
}

impl Fault {
    /// Returns the finding for the normalized `number` at `pointer`.
    pub(crate) fn finding(self, pointer: &str, number: &str) -> Finding {
        let (code, message) = match self {
            Self::Country => (
                Code::VatNumberCountryUnknown,
                format!(
                    "{number} does not begin with the prefix of an EU member (such as DE, or EL for Greece)."
                ),
            ),
            Self::Format(format) => (
                Code::VatNumberFormat,
                format!("{number} does not have the format of its country: {format}."),
            ),
            Self::CheckDigits => (
                Code::VatNumberCheckDigits,
                format!(
                    "The check digits of {number} do not fit; a digit is mistyped or two are swapped."
                ),
            ),
        };
        Finding::error(code, pointer, message)
    }
}

/// Decides over the part behind the prefix.
type Rule = fn(&str) -> Result<Assurance, Fault>;

/// Every prefix with its rule.
const RULES: [(&str, Rule); 28] = [
    ("AT", formula::austria),
    ("BE", formula::belgium),
    ("BG", formula::bulgaria),
    ("CY", formula::cyprus),
    ("CZ", formula::czechia),
    ("DE", formula::germany),
    ("DK", formula::denmark),
    ("EE", formula::estonia),
    ("EL", formula::greece),
    ("ES", spain::check),
    ("FI", formula::finland),
    ("FR", france::check),
    ("HR", formula::croatia),
    ("HU", formula::hungary),
    ("IE", ireland::check),
    ("IT", formula::italy),
    ("LT", formula::lithuania),
    ("LU", formula::luxembourg),
    ("LV", formula::latvia),
    ("MT", formula::malta),
    ("NL", netherlands::check),
    ("PL", formula::poland),
    ("PT", formula::portugal),
    ("RO", formula::romania),
    ("SE", formula::sweden),
    ("SI", formula::slovenia),
    ("SK", formula::slovakia),
    ("XI", formula::northern_ireland),
];

/// Every prefix.
#[cfg(test)]
pub(crate) const PREFIXES: [&str; 28] = {
    let mut all = [""; 28];
    let mut at = 0;
    while at < all.len() {
        all[at] = RULES[at].0;
        at += 1;
    }
    all
};

/// Returns `number` without spaces, dots and hyphens, in capital letters.
pub(crate) fn normalize(number: &str) -> String {
    let kept = number
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'));
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// Returns the prefix of a normalized number; none where no member has it.
pub(crate) fn country(number: &str) -> Option<&'static str> {
    let prefix = number.get(..2)?;
    RULES
        .iter()
        .map(|(country, _)| *country)
        .find(|country| *country == prefix)
}

/// Checks a normalized number.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check(number: &str) -> Result<Assurance, Fault> {
    let prefix = number.get(..2).ok_or(Fault::Country)?;
    let rule = RULES.iter().find(|(country, _)| *country == prefix);
    let (_, rule) = rule.ok_or(Fault::Country)?;
    rule(&number[2..])
}

#[cfg(test)]
mod tests;
