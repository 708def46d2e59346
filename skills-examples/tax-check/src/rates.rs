//! The dated table of VAT rates in the EU, from 2020 on.
//!
//! Sources: for rates without a note, the European Commission's "Taxes in Europe Database" and
//! its "VAT rates applied in the Member States"; a changed rate names the law or the tax office
//! behind it. Regional rates (Madeira, Corsica, the Canaries and such) are not in the table.

use business_types::{Date, Decimal};
use hotcell_sdk::schemars::{self, JsonSchema};
use serde::Serialize;

/// First day that the table speaks of.
pub(crate) const TABLE_BEGINS: Date = day(2020, 1, 1);

/// What a rate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RateKind {
    /// For all that has no rate of its own.
    Standard,
    /// For a list of goods and services.
    Reduced,
}

/// One rate of one country, and when it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// The VAT prefix: ISO code, but EL for Greece.
    pub(crate) country: &'static str,
    pub(crate) kind: RateKind,
    /// In tenths of a percent.
    tenths: u16,
    /// First day.
    pub(crate) from: Date,
    /// Last day; none where no end is known.
    pub(crate) until: Option<Date>,
    /// What a temporary or narrow rate is for; empty where the list is long.
    pub(crate) scope: &'static str,
}

impl Rate {
    /// Returns the rate in percent.
    pub(crate) fn percent(&self) -> Decimal {
        Decimal::new(i64::from(self.tenths), 1).normalize()
    }

    fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// Returns whether the table has the country.
pub(crate) fn has_country(country: &str) -> bool {
    TABLE.iter().any(|rate| rate.country == country)
}

/// Returns the rates of a country on a day, standard rate first.
pub(crate) fn on(country: &str, date: Date) -> impl Iterator<Item = &'static Rate> {
    TABLE
        .iter()
        .filter(move |rate| rate.country == country && rate.holds_on(date))
}

/// Returns when a country has, had or will have a rate.
pub(crate) fn of_percent(country: &str, percent: Decimal) -> impl Iterator<Item = &'static Rate> {
    TABLE
        .iter()
        .filter(move |rate| rate.country == country && rate.percent() == percent)
}

/// Returns the German rate for meals in restaurants, drinks apart, and its law; none before the
/// table begins.
///
/// Meals were at the standard rate until the Corona aid acts made them reduced from July 2020
/// (Corona-Steuerhilfegesetz, BGBl. 2020 I 1385; extended to the end of 2023 by BGBl. 2022 I
/// 1838), standard again in 2024 and 2025, and reduced for good from 2026
/// (Steueränderungsgesetz 2025, § 12 Abs. 2 Nr. 15 UStG).
pub(crate) fn german_meals(date: Date) -> Option<Decimal> {
    const PERIODS: [(Date, i64); 5] = [
        (day(2026, 1, 1), 7),
        (day(2024, 1, 1), 19),
        (day(2021, 1, 1), 7),
        (day(2020, 7, 1), 5),
        (TABLE_BEGINS, 19),
    ];
    let period = PERIODS.iter().find(|(from, _)| *from <= date);
    period.map(|(_, percent)| Decimal::from(*percent))
}

const fn day(year: u16, month: u8, day: u8) -> Date {
    match Date::new(year, month, day) {
        Some(date) => date,
        None => panic!("the table holds days of the calendar"),
    }
}

const fn standard(country: &'static str, tenths: u16) -> Rate {
    let kind = RateKind::Standard;
    Rate {
        country,
        kind,
        tenths,
        from: TABLE_BEGINS,
        until: None,
        scope: "",
    }
}

const fn reduced(country: &'static str, tenths: u16) -> Rate {
    let kind = RateKind::Reduced;
    Rate {
        country,
        kind,
        tenths,
        from: TABLE_BEGINS,
        until: None,
        scope: "",
    }
}

impl Rate {
    const fn from(self, from: Date) -> Self {
        Self { from, ..self }
    }

    const fn until(self, until: Date) -> Self {
        Self {
            until: Some(until),
            ..self
        }
    }

    const fn scope(self, scope: &'static str) -> Self {
        Self { scope, ..self }
    }
}

#[rustfmt::skip]
const TABLE: &[Rate] = &[
    standard("AT", 200), reduced("AT", 130), reduced("AT", 100),
    // § 28 Abs. 52 UStG 1994: meals, lodging, culture, books.
    reduced("AT", 50).from(day(2020, 7, 1)).until(day(2021, 12, 31)).scope("meals, lodging, culture, books"),
    // Umsatzsteuersenkung 2026: listed basic foods.
    reduced("AT", 49).from(day(2026, 7, 1)).scope("listed basic foods"),
    standard("BE", 210), reduced("BE", 120), reduced("BE", 60),
    standard("BG", 200), reduced("BG", 90),
    standard("CY", 190), reduced("CY", 90), reduced("CY", 50),
    // VAT Law, twelfth schedule, as amended in July 2023.
    reduced("CY", 30).from(day(2023, 7, 21)).scope("books, waste collection, culture, aids"),
    standard("CZ", 210),
    // Act 349/2023 Coll. joined the two reduced rates.
    reduced("CZ", 150).until(day(2023, 12, 31)), reduced("CZ", 100).until(day(2023, 12, 31)),
    reduced("CZ", 120).from(day(2024, 1, 1)),
    // Zweites Corona-Steuerhilfegesetz, BGBl. 2020 I 1512, § 28 UStG.
    standard("DE", 190).until(day(2020, 6, 30)), reduced("DE", 70).until(day(2020, 6, 30)),
    standard("DE", 160).from(day(2020, 7, 1)).until(day(2020, 12, 31)),
    reduced("DE", 50).from(day(2020, 7, 1)).until(day(2020, 12, 31)),
    standard("DE", 190).from(day(2021, 1, 1)), reduced("DE", 70).from(day(2021, 1, 1)),
    standard("DK", 250),
    // Käibemaksuseadus § 15, as amended for 2024 and for July 2025.
    standard("EE", 200).until(day(2023, 12, 31)),
    standard("EE", 220).from(day(2024, 1, 1)).until(day(2025, 6, 30)),
    standard("EE", 240).from(day(2025, 7, 1)),
    reduced("EE", 90),
    reduced("EE", 50).from(day(2022, 8, 1)).until(day(2024, 12, 31)).scope("press"),
    reduced("EE", 130).from(day(2025, 1, 1)).scope("lodging"),
    standard("EL", 240), reduced("EL", 130), reduced("EL", 60),
    standard("ES", 210), reduced("ES", 100), reduced("ES", 40),
    // RDL 11/2022 (energy), RDL 20/2022 (oils and pasta), extended until RDL 4/2024.
    reduced("ES", 50).from(day(2022, 7, 1)).until(day(2024, 9, 30)).scope("energy; oils and pasta"),
    reduced("ES", 75).from(day(2024, 10, 1)).until(day(2024, 12, 31)).scope("oils and pasta"),
    reduced("ES", 20).from(day(2024, 10, 1)).until(day(2024, 12, 31)).scope("basic foods"),
    // Arvonlisäverolaki 84 §, as amended for September 2024; 85 § for 2026.
    standard("FI", 240).until(day(2024, 8, 31)), standard("FI", 255).from(day(2024, 9, 1)),
    reduced("FI", 140).until(day(2025, 12, 31)), reduced("FI", 135).from(day(2026, 1, 1)),
    reduced("FI", 100),
    standard("FR", 200), reduced("FR", 100), reduced("FR", 55), reduced("FR", 21),
    standard("HR", 250), reduced("HR", 130), reduced("HR", 50),
    standard("HU", 270), reduced("HU", 180), reduced("HU", 50),
    // Financial Provisions (Covid-19) (No. 2) Act 2020: 21 % for six months.
    standard("IE", 230).until(day(2020, 8, 31)),
    standard("IE", 210).from(day(2020, 9, 1)).until(day(2021, 2, 28)),
    standard("IE", 230).from(day(2021, 3, 1)),
    reduced("IE", 135), reduced("IE", 90), reduced("IE", 48).scope("livestock"),
    standard("IT", 220), reduced("IT", 100), reduced("IT", 50), reduced("IT", 40),
    standard("LT", 210), reduced("LT", 50),
    // Law XV-287: 12 % in place of 9 %.
    reduced("LT", 90).until(day(2025, 12, 31)), reduced("LT", 120).from(day(2026, 1, 1)),
    // Loi du 26 octobre 2022: all rates but one lowered by a point in 2023.
    standard("LU", 170).until(day(2022, 12, 31)),
    standard("LU", 160).from(day(2023, 1, 1)).until(day(2023, 12, 31)),
    standard("LU", 170).from(day(2024, 1, 1)),
    reduced("LU", 140).until(day(2022, 12, 31)), reduced("LU", 80).until(day(2022, 12, 31)),
    reduced("LU", 130).from(day(2023, 1, 1)).until(day(2023, 12, 31)),
    reduced("LU", 70).from(day(2023, 1, 1)).until(day(2023, 12, 31)),
    reduced("LU", 140).from(day(2024, 1, 1)), reduced("LU", 80).from(day(2024, 1, 1)),
    reduced("LU", 30),
    standard("LV", 210), reduced("LV", 120), reduced("LV", 50),
    standard("MT", 180), reduced("MT", 70), reduced("MT", 50),
    // VAT Act, eighth schedule, as amended for 2024.
    reduced("MT", 120).from(day(2024, 1, 1)).scope("securities, credit guarantees, yachts, health services"),
    standard("NL", 210), reduced("NL", 90),
    standard("PL", 230), reduced("PL", 80), reduced("PL", 50),
    standard("PT", 230), reduced("PT", 130), reduced("PT", 60),
    // Legea 141/2025.
    standard("RO", 190).until(day(2025, 7, 31)), standard("RO", 210).from(day(2025, 8, 1)),
    reduced("RO", 90).until(day(2025, 7, 31)), reduced("RO", 50).until(day(2025, 7, 31)),
    reduced("RO", 110).from(day(2025, 8, 1)),
    // Some homes that were contracted before keep 9 % for a year.
    reduced("RO", 90).from(day(2025, 8, 1)).until(day(2026, 7, 31)).scope("homes contracted before August 2025"),
    standard("SE", 250), reduced("SE", 120), reduced("SE", 60),
    standard("SI", 220), reduced("SI", 95), reduced("SI", 50),
    // Zákon 278/2024 Z. z.
    standard("SK", 200).until(day(2024, 12, 31)), standard("SK", 230).from(day(2025, 1, 1)),
    reduced("SK", 100).until(day(2024, 12, 31)), reduced("SK", 190).from(day(2025, 1, 1)),
    reduced("SK", 50).from(day(2023, 1, 1)),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(country: &str, date: &str, expected: &[&str]) {
        let date = Date::parse(date).unwrap();
        let mut found: Vec<_> = on(country, date).map(Rate::percent).collect();
        found.sort_by(|one, other| other.cmp(one));
        let found: Vec<_> = found.iter().map(Decimal::to_string).collect();
        assert_eq!(found, expected, "{country} {date}");
    }

    #[test]
    fn germany_in_the_second_half_of_2020() {
        check("DE", "2020-06-30", &["19", "7"]);
        check("DE", "2020-07-01", &["16", "5"]);
        check("DE", "2020-12-31", &["16", "5"]);
        check("DE", "2021-01-01", &["19", "7"]);
    }

    #[test]
    fn changes_take_effect_on_their_day() {
        check("LU", "2022-12-31", &["17", "14", "8", "3"]);
        check("LU", "2023-01-01", &["16", "13", "7", "3"]);
        check("LU", "2024-01-01", &["17", "14", "8", "3"]);
        check("IE", "2021-02-28", &["21", "13.5", "9", "4.8"]);
        check("IE", "2021-03-01", &["23", "13.5", "9", "4.8"]);
        check("EE", "2025-06-30", &["22", "13", "9"]);
        check("EE", "2025-07-01", &["24", "13", "9"]);
        check("FI", "2024-09-01", &["25.5", "14", "10"]);
        check("FI", "2026-01-01", &["25.5", "13.5", "10"]);
        check("SK", "2024-12-31", &["20", "10", "5"]);
        check("SK", "2025-01-01", &["23", "19", "5"]);
        check("RO", "2026-08-01", &["21", "11"]);
        check("LT", "2026-01-01", &["21", "12", "5"]);
        check("AT", "2026-07-01", &["20", "13", "10", "4.9"]);
        check("CZ", "2024-01-01", &["21", "12"]);
    }

    #[test]
    fn every_member_has_one_standard_rate_on_every_day() {
        for country in crate::vat_number::PREFIXES
            .iter()
            .filter(|country| **country != "XI")
        {
            for year in 2020..=2026 {
                for (month, last) in [(1, 31), (6, 30), (7, 31), (8, 31), (9, 30), (12, 31)] {
                    for date in [day(year, month, 1), day(year, month, last)] {
                        let rates =
                            on(country, date).filter(|rate| rate.kind == RateKind::Standard);
                        assert_eq!(rates.count(), 1, "{country} {date}");
                    }
                }
            }
        }
    }

    fn check_meals(date: &str, expected: i64) {
        let found = german_meals(Date::parse(date).unwrap()).unwrap();
        assert_eq!(found, Decimal::from(expected), "{date}");
        assert!(on("DE", Date::parse(date).unwrap()).any(|rate| rate.percent() == found));
    }

    #[test]
    fn meals_in_german_restaurants() {
        check_meals("2020-06-30", 19);
        check_meals("2020-07-01", 5);
        check_meals("2021-01-01", 7);
        check_meals("2023-12-31", 7);
        check_meals("2024-01-01", 19);
        check_meals("2025-12-31", 19);
        check_meals("2026-01-01", 7);
    }
}
