//! `tax-check`: validates invoices by rule. It calculates and compares; it asks no tax office.
//!
//! `vat_number` holds the check digits, `rates` the dated table, `rules` the rules of an
//! invoice, `totals` the decimal arithmetic. Every finding is typed (`finding`).

mod check_invoice;
mod check_vat_number;
mod finding;
mod invoice;
mod list_rates;
mod rates;
mod round_totals;
mod rules;
mod totals;
mod vat_number;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new()
        .tool(
            "check_invoice",
            "Checks an invoice by rule: VAT numbers, rates on the day of supply, reverse charge and \
             exemptions, totals and rounding. Every finding has a code, a place and a message.",
            check_invoice::check_invoice,
        )
        .tool(
            "check_vat_number",
            "Checks one EU VAT number: country prefix, format and check digits. Says what is wrong. \
             Does not ask whether the number is in use (that is the tax authorities' VIES).",
            check_vat_number::check_vat_number,
        )
        .tool(
            "rates",
            "Lists the VAT rates of an EU member on a day since 2020, temporary ones included.",
            list_rates::list_rates,
        )
        .tool(
            "round_totals",
            "Adds up net amounts and VAT, once rounded by total and once by line, and says by how \
             much they differ.",
            round_totals::round_totals,
        )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests;
