//! The words that the example skills share: an exact [`Amount`], a calendar [`Date`] and a typed [`Finding`].
//!
//! Amounts and dates are text in JSON, with a pattern in the schema, so that a host refuses what is neither
//! before the skill runs. Nothing here rounds or reads a clock.

mod amount;
mod date;
mod finding;

pub use amount::{Amount, Sum};
pub use date::Date;
pub use finding::{Finding, Severity};
pub use rust_decimal::{Decimal, RoundingStrategy};
