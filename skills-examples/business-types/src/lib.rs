//! The words that the example skills share: an exact [`Amount`] and a calendar [`Date`].
//!
//! Both are text in JSON, with a pattern in the schema, so that a host refuses what is neither
//! before the skill runs. Nothing here rounds or reads a clock.

mod amount;
mod date;

pub use amount::Amount;
pub use date::Date;
pub use rust_decimal::{Decimal, RoundingStrategy};
