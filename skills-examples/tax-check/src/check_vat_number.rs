//! Tool `check_vat_number`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, NoError};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::vat_number::{self, Assurance};

/// A VAT number to check.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct VatNumberInput {
    /// The number with its country prefix, such as `DE136695976`. Spaces, dots and hyphens are
    /// ignored, letters may be small.
    #[schemars(length(min = 1, max = 40))]
    number: String,
}

/// What is known of the number.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VatNumberReport {
    /// Whether the number can exist.
    valid: bool,
    /// The number as it is to be written: no spaces, capital letters.
    number: String,
    /// The country's prefix; null where none is known. Greece is EL, Northern Ireland XI.
    country: Option<String>,
    /// How far a valid number was checked.
    assurance: Option<Assurance>,
    /// Why the number is not valid.
    finding: Option<Finding>,
}

/// Checks one number.
pub(crate) fn check_vat_number(
    input: VatNumberInput,
    _: &Context,
) -> Result<VatNumberReport, NoError> {
    let number = vat_number::normalize(&input.number);
    let country = vat_number::country(&number).map(str::to_owned);
    let (assurance, finding) = match vat_number::check(&number) {
        Ok(assurance) => (Some(assurance), None),
        Err(fault) => (None, Some(fault.finding("/number", &number))),
    };
    Ok(VatNumberReport {
        valid: finding.is_none(),
        number,
        country,
        assurance,
        finding,
    })
}
