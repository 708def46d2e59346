//! VAT by rate, exact, rounded by line or by total. Halves are rounded away from zero.

use business_types::{Amount, Decimal, RoundingStrategy, Sum};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

/// Where VAT is rounded to cents. Both are allowed (CJEU, C-484/06); an invoice uses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rounding {
    /// Once for each rate, on the sum of its lines (the default).
    #[default]
    PerTotal,
    /// For each line.
    PerLine,
}

/// The figures that lines come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Totals {
    /// Sum of the net amounts.
    pub(crate) net: Sum,
    /// VAT by rate, highest rate first.
    pub(crate) by_rate: Vec<RateTotal>,
    /// Sum of the VAT.
    pub(crate) vat: Sum,
    /// Net and VAT.
    pub(crate) gross: Sum,
}

/// The figures of one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RateTotal {
    /// The rate in percent.
    pub(crate) rate: Amount,
    /// Sum of the net amounts at this rate.
    pub(crate) net: Sum,
    /// The VAT.
    pub(crate) vat: Sum,
}

/// Adds up pairs of net amount and rate in percent.
pub(crate) fn totals(lines: &[(Decimal, Decimal)], rounding: Rounding) -> Totals {
    let mut sums: Vec<(Decimal, Decimal, Decimal)> = Vec::new();
    for (net, rate) in lines {
        let exact = net * rate / Decimal::ONE_HUNDRED;
        let vat = if rounding == Rounding::PerLine {
            cents(exact)
        } else {
            exact
        };
        match sums.iter_mut().find(|(other, ..)| other == rate) {
            Some((_, nets, vats)) => {
                *nets += net;
                *vats += vat;
            }
            None => sums.push((rate.normalize(), *net, vat)),
        }
    }
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.0));
    let rate_total = |(rate, net, vat): (Decimal, Decimal, Decimal)| RateTotal {
        rate: Amount(rate),
        net: Sum(cents(net)),
        vat: Sum(cents(vat)),
    };
    let by_rate: Vec<RateTotal> = sums.into_iter().map(rate_total).collect();
    let net = cents(lines.iter().map(|(net, _)| net).sum());
    let vat = cents(by_rate.iter().map(|total| total.vat.0).sum());
    Totals {
        net: Sum(net),
        by_rate,
        vat: Sum(vat),
        gross: Sum(cents(net + vat)),
    }
}

/// Rounds to two decimals, and always has two.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(lines: &[(&str, &str)], per_total: &str, per_line: &str) {
        let number = |text: &str| Amount::parse(text).unwrap().0;
        let lines: Vec<_> = lines
            .iter()
            .map(|(net, rate)| (number(net), number(rate)))
            .collect();
        for (rounding, expected) in [
            (Rounding::PerTotal, per_total),
            (Rounding::PerLine, per_line),
        ] {
            let totals = totals(&lines, rounding);
            assert_eq!(totals.vat.0.to_string(), expected, "{rounding:?}");
            assert_eq!(totals.gross.0, totals.net.0 + totals.vat.0);
        }
    }

    #[test]
    fn the_methods_differ_by_cents() {
        check(
            &[("0.39", "19"), ("0.39", "19"), ("0.39", "19")],
            "0.22",
            "0.21",
        );
        check(&[("10.03", "7"), ("10.03", "7")], "1.40", "1.40");
        check(
            &[("100", "19"), ("100", "19.0"), ("50", "7")],
            "41.50",
            "41.50",
        );
    }

    #[test]
    fn halves_go_away_from_zero() {
        check(&[("0.50", "19")], "0.10", "0.10");
        check(&[("-0.50", "19")], "-0.10", "-0.10");
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let largest = [("999999999999.999999", "100"); 500];
        check(&largest, "500000000000000.00", "500000000000000.00");
        let largest = [("999999999999.999999", "999999999999.999999"); 500];
        let sum = "4999999999999999990000000.00";
        check(&largest, sum, sum);
    }
}
