//! The input of `check_invoice`.

use business_types::{Amount, Date};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Deserialize;

use crate::totals::Rounding;

/// An invoice to check.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct InvoiceInput {
    pub(crate) invoice: Invoice,
    /// How the invoice rounds VAT.
    #[serde(default)]
    pub(crate) rounding: Rounding,
}

/// An invoice as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Invoice {
    /// The day of the invoice.
    pub(crate) date: Date,
    /// The day of supply, which decides the rates. Default: the day of the invoice.
    pub(crate) supply_date: Option<Date>,
    pub(crate) seller: Party,
    pub(crate) buyer: Party,
    /// Whether the buyer buys for a business. Default: `business`.
    #[serde(default)]
    pub(crate) buyer_kind: BuyerKind,
    /// Why the invoice charges no VAT, where it does not.
    pub(crate) exemption: Option<Exemption>,
    /// The notes on the invoice, where "Reverse charge" is looked for.
    #[serde(default)]
    #[schemars(length(max = 4000))]
    pub(crate) notes: String,
    /// The lines.
    #[schemars(length(min = 1, max = 500))]
    pub(crate) lines: Vec<Line>,
    pub(crate) totals: Claimed,
}

/// Seller or buyer.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Party {
    /// Two capitals: `DE`, `AT`, `US`. Greece is `EL` or `GR`.
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    pub(crate) country: String,
    /// The VAT number with its prefix, where the invoice states one.
    #[schemars(length(min = 1, max = 40))]
    pub(crate) vat_number: Option<String>,
}

/// For whom the buyer buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BuyerKind {
    /// For a business.
    #[default]
    Business,
    /// As a consumer.
    Consumer,
}

/// Why no VAT is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Exemption {
    /// The customer owes the VAT (Article 196 of Directive 2006/112/EC, or a national rule).
    ReverseCharge,
    /// Goods go to a business in another member state (Article 138).
    IntraCommunitySupply,
    /// Goods leave the EU (Article 146).
    Export,
    /// The seller is a small enterprise (Article 284).
    SmallEnterprise,
    /// The supply itself is exempt, such as insurance or medical care (Articles 132, 135).
    ExemptSupply,
}

/// One line.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Line {
    /// How many; with `unit_price`, checked against `net`.
    pub(crate) quantity: Option<Amount>,
    /// The net price of one.
    pub(crate) unit_price: Option<Amount>,
    /// The line's net amount.
    pub(crate) net: Amount,
    /// The rate in percent, such as `19` or `5.5`; `0` where no VAT is charged.
    pub(crate) vat_rate: Amount,
    /// What is supplied. Default: `other`.
    #[serde(default)]
    pub(crate) supply: Supply,
}

/// What a line supplies, as far as a rule depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Supply {
    /// Goods or services without a rule of their own here.
    #[default]
    Other,
    /// Meals in a restaurant or by catering, without drinks.
    RestaurantMeals,
}

/// The totals that the invoice states.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Claimed {
    /// Net total.
    pub(crate) net: Amount,
    /// VAT total.
    pub(crate) vat: Amount,
    /// Gross total.
    pub(crate) gross: Amount,
}
