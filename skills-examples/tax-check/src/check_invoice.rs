//! Tool `check_invoice`.

use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, NoError};
use serde::Serialize;

use crate::finding::Finding;
use crate::invoice::InvoiceInput;
use crate::rules::check;
use crate::totals::Totals;

/// What the check found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InvoiceReport {
    /// Whether no rule is broken; warnings may remain.
    ok: bool,
    /// What was found, in the invoice's order.
    findings: Vec<Finding>,
    /// What the lines come to.
    computed: Totals,
}

/// Checks an invoice.
pub(crate) fn check_invoice(input: InvoiceInput, _: &Context) -> Result<InvoiceReport, NoError> {
    let (findings, computed) = check(&input);
    Ok(InvoiceReport {
        ok: !findings.iter().any(Finding::is_error),
        findings,
        computed,
    })
}
