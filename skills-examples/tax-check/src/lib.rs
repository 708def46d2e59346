//! `tax-check`: validates invoices by rule. It calculates and compares; it asks no tax office.
//!
//! `vat_number` holds the check digits, `rates` the dated table, `invoice` the rules of an
//! invoice, `totals` the decimal arithmetic. Every finding is typed (`finding`).

mod check_vat_number;
mod finding;
mod vat_number;

use hotcell_sdk::Skill;

/// Returns the table of tools.
pub fn skill() -> Skill {
    Skill::new().tool(
        "check_vat_number",
        "Checks one EU VAT number: country prefix, format and check digits. Says what is wrong. \
         Does not ask whether the number is in use (that is the tax authorities' VIES).",
        check_vat_number::check_vat_number,
    )
}

hotcell_sdk::export!(skill);

#[cfg(test)]
mod tests {
    #[test]
    fn schema_json_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
        hotcell_sdk::assert_schema_current(path, &super::skill());
    }
}
