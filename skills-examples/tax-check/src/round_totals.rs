//! Tool `round_totals`: totals by both rounding methods.

use business_types::{Amount, Decimal, Sum};
use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, NoError};
use serde::{Deserialize, Serialize};

use crate::totals::{Rounding, Totals, totals};

/// Lines to add up.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Lines {
    /// The lines.
    #[schemars(length(min = 1, max = 500))]
    lines: Vec<NetLine>,
}

/// One line.
#[derive(Debug, Deserialize, JsonSchema)]
struct NetLine {
    /// The net amount.
    net: Amount,
    /// The rate in percent.
    vat_rate: Amount,
}

/// The totals by both methods.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BothTotals {
    /// VAT rounded once for each rate.
    per_total: Totals,
    /// VAT rounded for each line.
    per_line: Totals,
    /// Gross by line less gross by total.
    difference: Sum,
}

/// Adds up by both methods.
pub(crate) fn round_totals(input: Lines, _: &Context) -> Result<BothTotals, NoError> {
    let lines: Vec<(Decimal, Decimal)> = input
        .lines
        .iter()
        .map(|line| (line.net.0, line.vat_rate.0))
        .collect();
    let per_total = totals(&lines, Rounding::PerTotal);
    let per_line = totals(&lines, Rounding::PerLine);
    let difference = Sum(per_line.gross.0 - per_total.gross.0);
    Ok(BothTotals {
        per_total,
        per_line,
        difference,
    })
}
