//! Tool `rates`: the rates of a country on a day.

use std::fmt;

use business_types::{Amount, Date};
use hotcell_sdk::schemars::{self, JsonSchema};
use hotcell_sdk::{Context, Declared, ToolError};
use serde::{Deserialize, Serialize};

use crate::rates::{self, Rate, RateKind, TABLE_BEGINS};
use crate::rules::prefix;

/// Which rates.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct RatesInput {
    /// An EU member: `DE`, `FR`; Greece is `EL` or `GR`.
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    country: String,
    /// The day of supply, not before 2020.
    date: Date,
}

/// The rates of a day.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RatesReport {
    /// The country's VAT prefix.
    country: String,
    /// The rates, standard rate first.
    rates: Vec<RateReport>,
    /// For Germany, the rate of meals in restaurants, drinks apart, in percent.
    restaurant_meals: Option<Amount>,
}

/// One rate.
#[derive(Debug, Serialize, JsonSchema)]
struct RateReport {
    kind: RateKind,
    /// In percent.
    percent: Amount,
    /// First day in the table; the rate may be older than 2020.
    from: Date,
    /// Last day; null where no end is known.
    until: Option<Date>,
    /// What a temporary or narrow rate is for; null where the list is long.
    scope: Option<&'static str>,
}

/// Why there are no rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RatesError {
    /// The table has no such country.
    CountryUnknown(String),
    /// The day lies before the table.
    DateBeforeTable(Date),
}

/// Returns the rates of a day.
pub(crate) fn list_rates(input: RatesInput, _: &Context) -> Result<RatesReport, RatesError> {
    let country = prefix(&input.country);
    if !rates::has_country(country) {
        return Err(RatesError::CountryUnknown(input.country));
    }
    if input.date < TABLE_BEGINS {
        return Err(RatesError::DateBeforeTable(input.date));
    }
    let meals = rates::german_meals(input.date).filter(|_| country == "DE");
    Ok(RatesReport {
        country: country.to_owned(),
        rates: rates::on(country, input.date).map(report).collect(),
        restaurant_meals: meals.map(Amount),
    })
}

fn report(rate: &Rate) -> RateReport {
    RateReport {
        kind: rate.kind,
        percent: Amount(rate.percent()),
        from: rate.from,
        until: rate.until,
        scope: Some(rate.scope).filter(|scope| !scope.is_empty()),
    }
}

impl fmt::Display for RatesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CountryUnknown(country) => write!(f, "{country} is no member of the EU."),
            Self::DateBeforeTable(date) => {
                write!(
                    f,
                    "{date} is before {TABLE_BEGINS}, where the table begins."
                )
            }
        }
    }
}

impl ToolError for RatesError {
    const DECLARED: &'static [Declared] = &[
        Declared::never(
            "COUNTRY_UNKNOWN",
            "The country is no member of the EU, or its code is another.",
        ),
        Declared::never("DATE_BEFORE_TABLE", "The table begins with 2020."),
    ];

    fn code(&self) -> &'static str {
        match self {
            Self::CountryUnknown(_) => "COUNTRY_UNKNOWN",
            Self::DateBeforeTable(_) => "DATE_BEFORE_TABLE",
        }
    }
}
