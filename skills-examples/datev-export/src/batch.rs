//! The input: a batch and its invoices. Amounts are in euro.

use business_types::{Amount, Date};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Deserialize;

/// Invoices to book, and for whom.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Export {
    pub(crate) batch: Batch,
    /// The invoices, booked in this order.
    #[schemars(length(min = 1, max = 5000))]
    pub(crate) invoices: Vec<Invoice>,
}

/// What the file's header says.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Batch {
    /// The tax consultant's number at DATEV (Beraternummer).
    #[schemars(range(min = 1001, max = 9_999_999))]
    pub(crate) consultant: u32,
    /// The client's number with the consultant (Mandantennummer).
    #[schemars(range(min = 1, max = 99999))]
    pub(crate) client: u32,
    /// First day of the fiscal year (WJ-Beginn).
    pub(crate) fiscal_year_start: Date,
    /// First day of the batch's period.
    pub(crate) from: Date,
    /// Last day of the batch's period, in the same fiscal year.
    pub(crate) to: Date,
    /// Digits of a general ledger account; accounts of customers and suppliers have one more.
    #[schemars(range(min = 4, max = 8))]
    pub(crate) account_length: u8,
    /// Chart of accounts.
    pub(crate) chart: Chart,
    /// Name of the batch, such as `Rechnungen 10-2026`.
    #[schemars(regex(pattern = "^[A-Za-z0-9_./ -]{1,30}$"))]
    pub(crate) label: String,
    /// When the batch is made, as local time, such as `2026-11-02T09:15:00`. It stands in the
    /// file, so that the same input makes the same bytes.
    #[schemars(regex(
        pattern = "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"
    ))]
    pub(crate) created_at: String,
    /// Initials of who books, two or four capitals (Diktatkürzel).
    #[schemars(regex(pattern = "^([A-Z]{2}){1,2}$"))]
    pub(crate) initials: Option<String>,
    /// Whether the bookings can still be changed after import. Default: `open`.
    #[serde(default)]
    pub(crate) finality: Finality,
}

/// The charts of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum Chart {
    /// SKR03.
    #[serde(rename = "03")]
    Skr03,
    /// SKR04.
    #[serde(rename = "04")]
    Skr04,
}

/// DATEV's Festschreibung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Finality {
    /// Bookings can be changed after import (Festschreibung 0).
    #[default]
    Open,
    /// Bookings are locked on import (Festschreibung 1).
    Locked,
}

/// One invoice or credit note.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Invoice {
    /// The invoice number (Belegfeld 1): letters, digits and `_ $ & % * + - /`.
    #[schemars(length(min = 1, max = 36))]
    pub(crate) number: String,
    /// The invoice's date.
    pub(crate) date: Date,
    /// Whether we sent or received it.
    pub(crate) direction: Direction,
    /// Invoice or credit note. Default: `invoice`.
    #[serde(default)]
    pub(crate) kind: Kind,
    pub(crate) partner: Partner,
    /// When it is to be paid.
    pub(crate) due: Option<Date>,
    /// When the service was rendered, where that decides the tax period.
    pub(crate) service_date: Option<Date>,
    /// What it is booked to; each becomes one booking.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) lines: Vec<Line>,
}

/// Who made the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// We sent it: the partner is a customer.
    Outgoing,
    /// We received it: the partner is a supplier.
    Incoming,
}

/// What the document does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// It asks for money.
    #[default]
    Invoice,
    /// It takes an invoice back, wholly or partly.
    CreditNote,
}

/// The customer or supplier.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Partner {
    /// The name, which stands in the booking's text where a line has none.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) name: String,
    /// The partner's account: customers 1 to 6 (such as 10001), suppliers 7 to 9 (such as 70001).
    #[schemars(range(min = 1, max = 999_999_999))]
    pub(crate) account: u32,
    /// The partner's VAT number, where the deal crosses a border inside the EU.
    #[schemars(regex(pattern = "^[A-Z]{2}[A-Z0-9+*]{2,13}$"))]
    pub(crate) vat_number: Option<String>,
}

/// One booking of an invoice.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Line {
    /// The revenue or expense account, such as 8400.
    #[schemars(range(min = 1, max = 99_999_999))]
    pub(crate) account: u32,
    /// The amount with VAT, positive, at most 2 decimals.
    pub(crate) gross: Amount,
    pub(crate) tax: Tax,
    /// The booking's text (Buchungstext). Default: the partner's name.
    #[schemars(length(min = 1, max = 60))]
    pub(crate) text: Option<String>,
    /// Cost centre (KOST1).
    #[schemars(regex(pattern = "^[A-Za-z0-9 ]{1,36}$"))]
    pub(crate) cost_center: Option<String>,
}

/// How DATEV finds the VAT in the gross amount (BU-Schlüssel).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub(crate) enum Tax {
    /// The account does: it is an automatic account (Automatikkonto), or there is no VAT.
    Account,
    /// A key for German VAT of this rate.
    Rate {
        /// The rate in percent.
        rate: GermanRate,
    },
    /// A key that the tax consultant named, such as `94` for reverse charge.
    Key {
        /// One to four digits.
        #[schemars(regex(pattern = "^[0-9]{1,4}$"))]
        key: String,
    },
}

/// The German rates that have a key of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum GermanRate {
    /// Standard rate.
    #[serde(rename = "19")]
    Standard,
    /// Reduced rate.
    #[serde(rename = "7")]
    Reduced,
}
