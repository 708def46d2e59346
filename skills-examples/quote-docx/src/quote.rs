//! The input: a quote and its parties.

use business_types::{Amount, Date};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Deserialize;

/// A quote to write.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Quote {
    /// A template in /in, such as `brief.docx`. Default: the built-in one.
    #[schemars(regex(pattern = "^[A-Za-z0-9_][A-Za-z0-9_. -]{0,80}[.]docx$"))]
    pub(crate) template: Option<String>,
    /// The document's name without its ending. Default: `Angebot_NUMBER` or `Quote_NUMBER`.
    #[schemars(regex(pattern = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,60}$"))]
    pub(crate) file_name: Option<String>,
    #[serde(default)]
    pub(crate) language: Language,
    /// ISO code of the currency. Default: EUR.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub(crate) currency: Option<String>,
    pub(crate) sender: Sender,
    pub(crate) customer: Customer,
    pub(crate) quote: Facts,
    /// What is offered, in order.
    #[schemars(length(min = 1, max = 500))]
    pub(crate) positions: Vec<Position>,
    /// Notes below the totals, one paragraph each: terms, delivery, payment.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 1000)))]
    pub(crate) notes: Vec<String>,
}

/// The language of labels, dates and numbers. Default: German.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Language {
    /// German: `21.11.2026`, `1.234,50 €`.
    #[default]
    De,
    /// English: `21 November 2026`, `€1,234.50`.
    En,
}

/// Who makes the quote.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Sender {
    /// The company as the letterhead shows it.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) name: String,
    /// One line below the name in the letterhead.
    #[schemars(length(max = 120))]
    pub(crate) tagline: Option<String>,
    /// Street and number.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) street: String,
    /// The postal code.
    #[schemars(length(min = 1, max = 12))]
    pub(crate) postcode: String,
    /// The town.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) city: String,
    /// The person who signs.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) contact: String,
    /// The telephone number as it is to be shown.
    #[schemars(length(max = 40))]
    pub(crate) phone: Option<String>,
    /// The address for answers.
    #[schemars(length(max = 100))]
    pub(crate) email: Option<String>,
    /// The web site without `https://`.
    #[schemars(length(max = 100))]
    pub(crate) web: Option<String>,
    /// The VAT number, such as `DE136695976`.
    #[schemars(length(max = 20))]
    pub(crate) vat_number: Option<String>,
    /// Court and number of the commercial register.
    #[schemars(length(max = 100))]
    pub(crate) register: Option<String>,
    /// The bank's name.
    #[schemars(length(max = 100))]
    pub(crate) bank: Option<String>,
    /// The account, grouped in fours as people read it.
    #[schemars(length(max = 42))]
    pub(crate) iban: Option<String>,
    /// The bank's code.
    #[schemars(length(max = 11))]
    pub(crate) bic: Option<String>,
}

/// Who gets the quote.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Customer {
    /// The company, or the person where there is none.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) name: String,
    /// The person addressed.
    #[schemars(length(max = 100))]
    pub(crate) contact: Option<String>,
    /// Street and number.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) street: String,
    /// The postal code.
    #[schemars(length(min = 1, max = 12))]
    pub(crate) postcode: String,
    /// The town.
    #[schemars(length(min = 1, max = 100))]
    pub(crate) city: String,
    /// The country's name, where it is not the sender's.
    #[schemars(length(max = 60))]
    pub(crate) country: Option<String>,
    /// The VAT number, shown beside the facts.
    #[schemars(length(max = 20))]
    pub(crate) vat_number: Option<String>,
}

/// The quote's own facts.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Facts {
    /// The quote's number, such as `AN-2026-118`.
    #[schemars(length(min = 1, max = 40))]
    pub(crate) number: String,
    /// The day of the quote.
    pub(crate) date: Date,
    /// The last day on which it can be accepted.
    pub(crate) valid_until: Option<Date>,
    /// What it is about, in one line.
    #[schemars(length(max = 150))]
    pub(crate) subject: Option<String>,
    /// Such as `Sehr geehrte Frau Weber,`. Default: a neutral one.
    #[schemars(length(max = 150))]
    pub(crate) salutation: Option<String>,
    /// The text above the positions. Default: one sentence.
    #[schemars(length(max = 2000))]
    pub(crate) intro: Option<String>,
    /// The text above the signature. Default: one sentence.
    #[schemars(length(max = 2000))]
    pub(crate) closing: Option<String>,
}

/// One position.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Position {
    /// What is offered, in a few words.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) title: String,
    /// More about it; line breaks are kept.
    #[schemars(length(max = 2000))]
    pub(crate) description: Option<String>,
    pub(crate) quantity: Amount,
    /// Such as `Std.`, `pcs` or `m²`.
    #[schemars(length(max = 20))]
    pub(crate) unit: Option<String>,
    /// The price of one unit without VAT.
    pub(crate) price: Amount,
    /// A discount in percent of quantity times price.
    pub(crate) discount_percent: Option<Amount>,
    /// The rate of VAT in percent, such as `19`; `0` where none is charged.
    pub(crate) vat_rate: Amount,
}
