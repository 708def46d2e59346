//! The figures of a quote, exact to the cent.
//!
//! A position is rounded, then VAT is calculated on the sum of each rate and rounded: the
//! method that invoices of many lines use, so that a quote and its invoice agree. Halves are
//! rounded away from zero.

use business_types::{Amount, Decimal, RoundingStrategy};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::error::QuoteError;
use crate::quote::Position;

/// Largest total of a position, so that no sum overflows.
const POSITION_MAX: u64 = 1_000_000_000_000;

/// The figures of a quote.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Totals {
    /// The net total of each position, in order.
    pub(crate) positions: Vec<Amount>,
    /// Sum of the positions.
    pub(crate) net: Amount,
    /// VAT by rate, highest rate first.
    pub(crate) vat: Vec<VatLine>,
    /// Net and VAT together.
    pub(crate) gross: Amount,
}

/// VAT of one rate.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct VatLine {
    /// The rate in percent.
    pub(crate) rate: Amount,
    /// The sum that it is charged on.
    pub(crate) net: Amount,
    /// The VAT.
    pub(crate) amount: Amount,
}

/// Adds up.
pub(crate) fn totals(positions: &[Position]) -> Result<Totals, QuoteError> {
    let mut lines = Vec::with_capacity(positions.len());
    let mut by_rate: Vec<(Decimal, Decimal)> = Vec::new();
    for (index, position) in positions.iter().enumerate() {
        let total = total(position).map_err(|problem| QuoteError::Position { index, problem })?;
        let rate = position.vat_rate.0.normalize();
        match by_rate.iter_mut().find(|(other, _)| *other == rate) {
            Some((_, net)) => *net += total,
            None => by_rate.push((rate, total)),
        }
        lines.push(total);
    }
    by_rate.sort_by(|(one, _), (other, _)| other.cmp(one));
    let vat_line = |(rate, net): (Decimal, Decimal)| VatLine {
        rate: Amount(rate),
        net: Amount(net),
        amount: Amount(cents(net * rate / Decimal::ONE_HUNDRED)),
    };
    let vat: Vec<VatLine> = by_rate.into_iter().map(vat_line).collect();
    let net: Decimal = lines.iter().sum();
    let gross = net + vat.iter().map(|line| line.amount.0).sum::<Decimal>();
    let positions = lines.into_iter().map(Amount).collect();
    Ok(Totals {
        positions,
        net: Amount(cents(net)),
        vat,
        gross: Amount(cents(gross)),
    })
}

fn total(position: &Position) -> Result<Decimal, &'static str> {
    let percent = |amount: Decimal| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&amount);
    let discount = position
        .discount_percent
        .map_or(Decimal::ZERO, |amount| amount.0);
    if !percent(discount) || !percent(position.vat_rate.0) {
        return Err("discount_percent and vat_rate are from 0 to 100");
    }
    if position.quantity.0 < Decimal::ZERO {
        return Err("the quantity is negative; write a negative price for a deduction");
    }
    let full = position.quantity.0.checked_mul(position.price.0);
    let full = full.filter(|full| full.abs() <= Decimal::from(POSITION_MAX));
    let full = full.ok_or("quantity times price is above 1000000000000")?;
    Ok(cents(
        full * (Decimal::ONE_HUNDRED - discount) / Decimal::ONE_HUNDRED,
    ))
}

fn cents(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn position(quantity: &str, price: &str, discount: &str, rate: &str) -> Position {
        let amount = |text| Amount::parse(text).unwrap();
        Position {
            title: String::new(),
            description: None,
            quantity: amount(quantity),
            unit: None,
            price: amount(price),
            discount_percent: Some(amount(discount)),
            vat_rate: amount(rate),
        }
    }

    fn check(positions: &[Position], net: &str, vat: &[&str], gross: &str) {
        let totals = totals(positions).unwrap();
        let found: Vec<String> = totals
            .vat
            .iter()
            .map(|line| line.amount.0.to_string())
            .collect();
        assert_eq!(totals.net.0.to_string(), net);
        assert_eq!(found, vat);
        assert_eq!(totals.gross.0.to_string(), gross);
    }

    #[test]
    fn rates_are_added_up_apart_and_highest_first() {
        let positions = [
            position("2", "100", "0", "7"),
            position("1.5", "80.00", "0", "19.0"),
            position("1", "10", "0", "19"),
        ];
        check(&positions, "330.00", &["24.70", "14.00"], "368.70");
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        check(
            &[position("1", "0.005", "0", "0")],
            "0.01",
            &["0.00"],
            "0.01",
        );
        check(
            &[position("1", "-0.005", "0", "0")],
            "-0.01",
            &["0.00"],
            "-0.01",
        );
        check(
            &[position("3", "33.33", "50", "19")],
            "50.00",
            &["9.50"],
            "59.50",
        );
    }

    #[test]
    fn figures_out_of_range_are_refused() {
        for bad in [
            position("-1", "1", "0", "19"),
            position("1", "1", "101", "19"),
            position("1", "1", "-1", "19"),
            position("1", "1", "0", "100.1"),
            position("1000001", "1000000", "0", "0"),
            position("999999999999.999999", "999999999999.999999", "0", "0"),
        ] {
            let good = position("1000000", "1000000", "100", "100");
            let error = totals(&[good, bad]).unwrap_err();
            assert!(matches!(error, QuoteError::Position { index: 1, .. }));
        }
    }
}
