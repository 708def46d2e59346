//! One booking: a line of an invoice as DATEV sees it.

use business_types::{Amount, Date};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::batch::{Direction, Export, GermanRate, Invoice, Kind, Line, Tax};

/// One row of the file, as far as a person wants to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Booking {
    /// The gross amount; the side says its direction.
    pub(crate) amount: Amount,
    /// The side of `account`.
    pub(crate) side: Side,
    /// The partner's account.
    pub(crate) account: u32,
    /// The revenue or expense account.
    pub(crate) contra_account: u32,
    /// The tax key; empty where the account finds the VAT.
    pub(crate) tax_key: String,
    /// The invoice's date.
    pub(crate) date: Date,
    /// The invoice number.
    pub(crate) document: String,
    /// The booking's text.
    pub(crate) text: String,
    #[serde(skip)]
    pub(crate) cost_center: String,
    #[serde(skip)]
    pub(crate) vat_number: String,
    #[serde(skip)]
    pub(crate) service_date: Option<Date>,
    #[serde(skip)]
    pub(crate) due: Option<Date>,
}

/// Debit or credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum Side {
    /// Debit (Soll).
    S,
    /// Credit (Haben).
    H,
}

/// Returns the bookings, in the order of the input.
pub(crate) fn bookings(export: &Export) -> Vec<Booking> {
    let of_invoice = |invoice| move |line| booking(invoice, line);
    let invoices = export.invoices.iter();
    invoices
        .flat_map(|invoice| invoice.lines.iter().map(of_invoice(invoice)))
        .collect()
}

fn booking(invoice: &Invoice, line: &Line) -> Booking {
    Booking {
        amount: line.gross,
        side: side(invoice.direction, invoice.kind),
        account: invoice.partner.account,
        contra_account: line.account,
        tax_key: tax_key(&line.tax, invoice.direction),
        date: invoice.date,
        document: invoice.number.clone(),
        text: text(invoice, line).to_owned(),
        cost_center: line.cost_center.clone().unwrap_or_default(),
        vat_number: invoice.partner.vat_number.clone().unwrap_or_default(),
        service_date: invoice.service_date,
        due: invoice.due,
    }
}

/// Returns the booking's text.
pub(crate) fn text<'a>(invoice: &'a Invoice, line: &'a Line) -> &'a str {
    line.text.as_deref().unwrap_or(&invoice.partner.name)
}

/// A customer owes what we invoice; a supplier is owed what we receive; a credit note turns it.
fn side(direction: Direction, kind: Kind) -> Side {
    match (direction, kind) {
        (Direction::Outgoing, Kind::Invoice) | (Direction::Incoming, Kind::CreditNote) => Side::S,
        (Direction::Outgoing, Kind::CreditNote) | (Direction::Incoming, Kind::Invoice) => Side::H,
    }
}

/// Returns the key with its published four digits.
///
/// Source: DATEV's standard keys: output tax 7 % = 2, 19 % = 3; input tax 7 % = 8, 19 % = 9.
fn tax_key(tax: &Tax, direction: Direction) -> String {
    let key = match (tax, direction) {
        (Tax::Account, _) => return String::new(),
        (Tax::Key { key }, _) => key.as_str(),
        (
            Tax::Rate {
                rate: GermanRate::Reduced,
            },
            Direction::Outgoing,
        ) => "2",
        (
            Tax::Rate {
                rate: GermanRate::Standard,
            },
            Direction::Outgoing,
        ) => "3",
        (
            Tax::Rate {
                rate: GermanRate::Reduced,
            },
            Direction::Incoming,
        ) => "8",
        (
            Tax::Rate {
                rate: GermanRate::Standard,
            },
            Direction::Incoming,
        ) => "9",
    };
    format!("{key:0>4}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_side(direction: Direction, kind: Kind, expected: Side) {
        assert_eq!(side(direction, kind), expected, "{direction:?} {kind:?}");
    }

    #[test]
    fn customers_owe_and_suppliers_are_owed() {
        check_side(Direction::Outgoing, Kind::Invoice, Side::S);
        check_side(Direction::Outgoing, Kind::CreditNote, Side::H);
        check_side(Direction::Incoming, Kind::Invoice, Side::H);
        check_side(Direction::Incoming, Kind::CreditNote, Side::S);
    }

    fn check_key(tax: &Tax, direction: Direction, expected: &str) {
        assert_eq!(tax_key(tax, direction), expected, "{tax:?} {direction:?}");
    }

    #[test]
    fn keys_by_rate_and_direction() {
        let standard = Tax::Rate {
            rate: GermanRate::Standard,
        };
        let reduced = Tax::Rate {
            rate: GermanRate::Reduced,
        };
        check_key(&standard, Direction::Outgoing, "0003");
        check_key(&reduced, Direction::Outgoing, "0002");
        check_key(&standard, Direction::Incoming, "0009");
        check_key(&reduced, Direction::Incoming, "0008");
        check_key(&Tax::Account, Direction::Outgoing, "");
        check_key(
            &Tax::Key {
                key: "94".to_owned(),
            },
            Direction::Incoming,
            "0094",
        );
    }
}
