//! Numbers that tax offices print as examples or that companies publish, and each with a fault.

use super::*;

fn check_number(number: &str, expected: &str) {
    let found = match check(&normalize(number)) {
        Ok(Assurance::CheckDigits) => "valid",
        Ok(Assurance::FormatOnly) => "format only",
        Err(Fault::Country) => "country",
        Err(Fault::Format(_)) => "format",
        Err(Fault::CheckDigits) => "check digits",
    };
    assert_eq!(found, expected, "{number}");
}

#[test]
fn valid_numbers_of_every_country() {
    for number in [
        "ATU13585627",
        "ATU33864707",
        "BE0403019261",
        "BE0428759497",
        "BG175074752",
        "BG7523169263",
        "CY10259033P",
        "CZ25123891",
        "CZ7103192745",
        "CZ640903926",
        "DE136695976",
        "DE129273398",
        "DK13585628",
        "EE100931558",
        "EL094259216",
        "ES54362315K",
        "ESX5253868R",
        "ESM1234567L",
        "ESJ99216582",
        "ESA13585625",
        "FI20774740",
        "FR40303265045",
        "FR23334175221",
        "FRK7399859412",
        "FR4Z123456782",
        "HR33392005961",
        "HU12892312",
        "IE6433435F",
        "IE6433435OA",
        "IE8D79739I",
        "IT00743110157",
        "LT119511515",
        "LT100001919017",
        "LT100004801610",
        "LU15027442",
        "LV40003521600",
        "MT11679112",
        "NL004495445B01",
        "NL000099998B57",
        "NL123456789B13",
        "PL8567346215",
        "PT501964843",
        "RO18547290",
        "SE123456789701",
        "SI50223054",
        "SK2022749619",
        "XI980780684",
    ] {
        check_number(number, "valid");
    }
}

#[test]
fn one_wrong_digit_is_found() {
    for number in [
        "ATU13585626",
        "BE0403019262",
        "BG175074751",
        "CY10259033Z",
        "CZ25123890",
        "CZ7103192746",
        "DE136695978",
        "DK13585627",
        "EE100594103",
        "EL123456780",
        "ES54362315Z",
        "ESX5253868A",
        "ESA13585626",
        "FI20774741",
        "FR84323140391",
        "FRK7399859413",
        "HR33392005962",
        "HU12892313",
        "IE6433435E",
        "IT00743110158",
        "LT100001919018",
        "LU15027443",
        "LV40003521601",
        "MT11679113",
        "NL000099998B58",
        "NL123456789B90",
        "PL8567346216",
        "PT501964842",
        "RO18547291",
        "SE123456789101",
        "SI50223055",
        "SK2022749618",
        "XI802311781",
    ] {
        check_number(number, "check digits");
    }
}

#[test]
fn every_single_mistyped_digit_of_a_german_number_is_found() {
    let good = "136695976";
    for at in 0..9 {
        for digit in ('0'..='9').filter(|digit| !good[at..].starts_with(*digit)) {
            let mut bad = good.to_owned();
            bad.replace_range(at..=at, &digit.to_string());
            assert_ne!(
                check(&format!("DE{bad}")),
                Ok(Assurance::CheckDigits),
                "DE{bad}"
            );
        }
    }
}

#[test]
fn a_format_that_does_not_fit_is_named() {
    for number in [
        "AT13585627",
        "ATU1358562",
        "BE2403019261",
        "CY12259033P",
        "DE036695976",
        "DE13669597",
        "DE13669597X",
        "ES12345678",
        "ESA1358562J",
        "FRI0303265045",
        "FR4030326504",
        "IT00743112157",
        "LT100001919027",
        "NL004495445C01",
        "NL004495445B00",
        "NL00449544B01",
        "SE123456789799",
        "IE6433435OZ",
        "RO0",
        "RO",
        "DE",
        "ATU\u{661}3585627",
        "FRé",
        "CYé",
    ] {
        check_number(number, "format");
    }
}

#[test]
fn numbers_without_a_check_digit_say_so() {
    check_number("CZ530101123", "format only");
    check_number("LV16117519997", "format only");
}

#[test]
fn an_unknown_country_is_a_finding_of_its_own() {
    for number in [
        "US123456789",
        "GR094259216",
        "GB980780684",
        "12345",
        "",
        "D",
        "é1",
    ] {
        check_number(number, "country");
    }
}

#[test]
fn people_write_numbers_with_spaces() {
    check_number("de 136 695 976", "valid");
    check_number("NL 0044.95.445.B.01", "valid");
    check_number("atu-13585627", "valid");
}
