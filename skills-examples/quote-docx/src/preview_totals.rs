//! Tool `preview_totals`: the figures, without a document.

use hotcell_sdk::Context;
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Deserialize;

use crate::error::QuoteError;
use crate::quote::Position;
use crate::totals::{Totals, totals};

/// Positions to add up.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Positions {
    /// What is offered, in order.
    #[schemars(length(min = 1, max = 500))]
    positions: Vec<Position>,
}

/// Adds up.
pub(crate) fn preview_totals(input: Positions, _: &Context) -> Result<Totals, QuoteError> {
    totals(&input.positions)
}
