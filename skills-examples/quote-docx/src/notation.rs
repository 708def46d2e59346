//! How numbers and dates are written in each language.

use business_types::{Amount, Date};

use crate::quote::Language;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns an amount of money, with its currency.
pub(crate) fn money(amount: Amount, currency: &str, language: Language) -> String {
    let number = number(&format!("{:.2}", amount.0), language);
    match (language, currency) {
        (Language::De, "EUR") => format!("{number}\u{a0}€"),
        (Language::De, _) => format!("{number}\u{a0}{currency}"),
        (Language::En, "EUR") => match number.strip_prefix('-') {
            Some(positive) => format!("-€{positive}"),
            None => format!("€{number}"),
        },
        (Language::En, _) => format!("{currency}\u{a0}{number}"),
    }
}

/// Returns a price: as money, with more decimals where it has them.
pub(crate) fn price(amount: Amount, currency: &str, language: Language) -> String {
    let cents = money(amount, currency, language);
    let exact = amount.0.normalize();
    match exact.scale() {
        0..=2 => cents,
        _ => {
            let short = number(&format!("{:.2}", amount.0), language);
            cents.replace(
                short.trim_start_matches('-'),
                number(&exact.to_string(), language).trim_start_matches('-'),
            )
        }
    }
}

/// Returns a quantity or a rate: no more decimals than it needs.
pub(crate) fn plain(amount: Amount, language: Language) -> String {
    number(&amount.0.normalize().to_string(), language)
}

/// Returns a day.
pub(crate) fn day(date: Date, language: Language) -> String {
    match language {
        Language::De => format!("{:02}.{:02}.{}", date.day(), date.month(), date.year()),
        Language::En => {
            let month = MONTHS[usize::from(date.month()) - 1];
            format!("{} {month} {}", date.day(), date.year())
        }
    }
}

/// Groups the digits of a number that is written with a point.
fn number(text: &str, language: Language) -> String {
    let (group, point) = match language {
        Language::De => ('.', ','),
        Language::En => (',', '.'),
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = sign.to_owned();
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !decimals.is_empty() {
        out.push(point);
        out += decimals;
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(amount: &str, currency: &str, german: &str, english: &str) {
        let amount = Amount::parse(amount).unwrap();
        assert_eq!(money(amount, currency, Language::De), german);
        assert_eq!(money(amount, currency, Language::En), english);
    }

    #[test]
    fn money_in_both_languages() {
        check("1234.5", "EUR", "1.234,50\u{a0}€", "€1,234.50");
        check(
            "-1234567.00",
            "EUR",
            "-1.234.567,00\u{a0}€",
            "-€1,234,567.00",
        );
        check("0", "CHF", "0,00\u{a0}CHF", "CHF\u{a0}0.00");
        check("999", "EUR", "999,00\u{a0}€", "€999.00");
    }

    #[test]
    fn quantities_and_prices_keep_what_they_need() {
        let amount = |text| Amount::parse(text).unwrap();
        assert_eq!(plain(amount("12.50"), Language::De), "12,5");
        assert_eq!(plain(amount("1000"), Language::De), "1.000");
        assert_eq!(
            price(amount("0.0045"), "EUR", Language::De),
            "0,0045\u{a0}€"
        );
        assert_eq!(price(amount("-0.125"), "EUR", Language::En), "-€0.125");
        assert_eq!(price(amount("95"), "EUR", Language::De), "95,00\u{a0}€");
    }

    #[test]
    fn days() {
        let date = Date::parse("2026-03-05").unwrap();
        assert_eq!(day(date, Language::De), "05.03.2026");
        assert_eq!(day(date, Language::En), "5 March 2026");
    }
}
