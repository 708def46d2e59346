//! Tool `check_bookings`: a dry run.

use business_types::Sum;
use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, NoError};
use serde::Serialize;

use crate::batch::Export;
use crate::booking::{Booking, Side, bookings};
use crate::check::check;
use crate::file;
use crate::finding::Finding;

/// Most bookings that are shown.
const SHOWN_MAX: usize = 100;

/// What an export would do.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Preview {
    /// Whether `export_bookings` would write the file.
    pub(crate) exportable: bool,
    /// What is wrong or worth a look, in the order of the input.
    pub(crate) findings: Vec<Finding>,
    /// The name that the file would have.
    pub(crate) file: String,
    pub(crate) totals: Totals,
    /// The bookings, at most the first 100.
    pub(crate) bookings: Vec<Booking>,
}

/// What the bookings add up to.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Totals {
    /// How many rows the file has.
    pub(crate) bookings: usize,
    /// Sum on the debit side of the partners' accounts.
    pub(crate) debit: Sum,
    /// Sum on the credit side of the partners' accounts.
    pub(crate) credit: Sum,
}

impl Totals {
    /// Adds up.
    pub(crate) fn of(bookings: &[Booking]) -> Self {
        let sum = |side: Side| {
            let of_side = bookings.iter().filter(|booking| booking.side == side);
            Sum(of_side.map(|booking| booking.amount.0).sum())
        };
        Self {
            bookings: bookings.len(),
            debit: sum(Side::S),
            credit: sum(Side::H),
        }
    }
}

/// Checks, and shows what would be written.
pub(crate) fn check_bookings(export: Export, _: &Context) -> Result<Preview, NoError> {
    let findings = check(&export);
    let mut bookings = bookings(&export);
    let totals = Totals::of(&bookings);
    bookings.truncate(SHOWN_MAX);
    Ok(Preview {
        exportable: !findings.iter().any(Finding::is_error),
        findings,
        file: file::name(&export.batch),
        totals,
        bookings,
    })
}
