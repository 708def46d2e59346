//! The rules of an invoice: VAT numbers, rates, exemptions and totals.
//!
//! A warning is what a person must decide, because the law has exceptions that an invoice does
//! not show; an error is what no exception makes right.

use business_types::{Date, Decimal};

use crate::finding::{Code, Finding};
use crate::invoice::{BuyerKind, Exemption, Invoice, InvoiceInput, Line, Party, Supply};
use crate::rates::{self, Rate};
use crate::totals::{Rounding, Totals, cents, totals};
use crate::vat_number;

/// Checks an invoice; returns the findings in the invoice's order, and the right figures.
pub(crate) fn check(input: &InvoiceInput) -> (Vec<Finding>, Totals) {
    let invoice = &input.invoice;
    let mut found = Vec::new();
    check_party(&invoice.seller, "/invoice/seller", &mut found);
    check_party(&invoice.buyer, "/invoice/buyer", &mut found);
    check_exemption(invoice, &mut found);
    for (at, line) in invoice.lines.iter().enumerate() {
        check_line(invoice, line, &format!("/invoice/lines/{at}"), &mut found);
    }
    let lines: Vec<_> = invoice
        .lines
        .iter()
        .map(|line| (line.net.0, line.vat_rate.0))
        .collect();
    let right = totals(&lines, input.rounding);
    check_totals(input, &lines, &right, &mut found);
    (found, right)
}

/// Returns the VAT prefix of a country: Greece's is EL.
pub(crate) fn prefix(country: &str) -> &str {
    if country == "GR" { "EL" } else { country }
}

fn is_member(party: &Party) -> bool {
    rates::has_country(prefix(&party.country))
}

fn check_party(party: &Party, place: &str, found: &mut Vec<Finding>) {
    let Some(number) = &party.vat_number else {
        return;
    };
    let place = format!("{place}/vat_number");
    let number = vat_number::normalize(number);
    if let Err(fault) = vat_number::check(&number) {
        // Elsewhere in the world numbers have forms of their own.
        if is_member(party) {
            found.push(fault.finding(&place, &number));
        }
        return;
    }
    if !number.starts_with(prefix(&party.country)) {
        let message = format!(
            "{number} is not of {}. A business can be registered in several countries; ask.",
            party.country
        );
        found.push(Finding::warning(
            Code::VatNumberOtherCountry,
            place,
            message,
        ));
    }
}

fn check_exemption(invoice: &Invoice, found: &mut Vec<Finding>) {
    let crosses = prefix(&invoice.seller.country) != prefix(&invoice.buyer.country);
    let inside = is_member(&invoice.seller) && is_member(&invoice.buyer);
    let charged = invoice.lines.iter().any(|line| !line.vat_rate.0.is_zero());
    let Some(exemption) = invoice.exemption else {
        let business =
            invoice.buyer_kind == BuyerKind::Business && invoice.buyer.vat_number.is_some();
        if crosses && inside && business && charged {
            let message = "The buyer is a business in another member state, so as a rule no VAT is \
                           charged: reverse charge for services, exempt supply for goods. Exceptions \
                           are supplies bound to a place, such as hotels, meals and land.";
            found.push(Finding::warning(
                Code::ReverseChargeExpected,
                "/invoice/exemption",
                message,
            ));
        }
        return;
    };
    let problem = match exemption {
        Exemption::IntraCommunitySupply if !(crosses && inside) => {
            Some("An intra-community supply goes from one member state to another.")
        }
        Exemption::Export if is_member(&invoice.buyer) => Some("An export leaves the EU."),
        _ => None,
    };
    if let Some(problem) = problem {
        found.push(Finding::error(
            Code::ExemptionCountry,
            "/invoice/exemption",
            problem,
        ));
    }
    if matches!(
        exemption,
        Exemption::IntraCommunitySupply | Exemption::ReverseCharge
    ) {
        check_numbers(invoice, found);
    }
    // Article 226 (11a): the mention "Reverse charge", in any language of the EU.
    let noted = mentions_reverse_charge(&invoice.notes);
    if exemption == Exemption::ReverseCharge && !noted {
        let message = "The invoice must say that the customer owes the VAT: \"Reverse charge\", in \
                       German \"Steuerschuldnerschaft des Leistungsempfängers\".";
        found.push(Finding::error(
            Code::ReverseChargeNoteMissing,
            "/invoice/notes",
            message,
        ));
    }
}

fn check_numbers(invoice: &Invoice, found: &mut Vec<Finding>) {
    for (party, place) in [
        (&invoice.seller, "/invoice/seller"),
        (&invoice.buyer, "/invoice/buyer"),
    ] {
        if party.vat_number.is_none() && is_member(party) {
            let message = "This exemption needs the VAT numbers of both parties on the invoice.";
            found.push(Finding::error(Code::VatNumberMissing, place, message));
        }
    }
}

fn mentions_reverse_charge(notes: &str) -> bool {
    const MENTIONS: [&str; 8] = [
        "reverse charge",
        "reverse-charge",
        "steuerschuldnerschaft des leistungsempfängers",
        "übergang der steuerschuld",
        "autoliquidation",
        "inversione contabile",
        "btw verlegd",
        "inversión del sujeto pasivo",
    ];
    let notes = notes.to_lowercase();
    MENTIONS.iter().any(|mention| notes.contains(mention))
}

fn check_line(invoice: &Invoice, line: &Line, place: &str, found: &mut Vec<Finding>) {
    if let (Some(quantity), Some(price)) = (line.quantity, line.unit_price) {
        let expected = quantity.0.checked_mul(price.0).map(cents);
        if expected != Some(line.net.0) {
            let expected =
                expected.map_or("more than an invoice can say".to_owned(), |d| d.to_string());
            let message = format!(
                "{} × {} is {expected}, not {}.",
                quantity.0, price.0, line.net.0
            );
            found.push(Finding::error(
                Code::LineNet,
                format!("{place}/net"),
                message,
            ));
        }
    }
    let place = format!("{place}/vat_rate");
    match (line.vat_rate.0.is_zero(), invoice.exemption) {
        (true, None) => {
            let message = "No VAT is charged; state the exemption, and on the invoice its reason.";
            found.push(Finding::error(Code::ExemptionMissing, place, message));
        }
        (true, Some(_)) => {}
        (false, Some(_)) => {
            let message = format!(
                "{} % is charged although the invoice states an exemption.",
                line.vat_rate.0
            );
            found.push(Finding::error(Code::ExemptionWithVat, place, message));
        }
        (false, None) => check_rate(invoice, line, place, found),
    }
}

/// The rate must be one of the seller's country, or for a consumer elsewhere in the EU one of
/// the buyer's (distance sales).
fn check_rate(invoice: &Invoice, line: &Line, place: String, found: &mut Vec<Finding>) {
    let date = invoice.supply_date.unwrap_or(invoice.date);
    let seller = prefix(&invoice.seller.country);
    let distance = invoice.buyer_kind == BuyerKind::Consumer && is_member(&invoice.buyer);
    let buyer = distance
        .then(|| prefix(&invoice.buyer.country))
        .filter(|buyer| *buyer != seller);
    if date < rates::TABLE_BEGINS || !is_member(&invoice.seller) {
        let message = format!("The table has no rates of {seller} on {date}; check by hand.");
        found.push(Finding::warning(Code::RateNotChecked, place, message));
        return;
    }
    let percent = line.vat_rate.0;
    let countries = || std::iter::once(seller).chain(buyer);
    let in_force =
        countries().any(|country| rates::on(country, date).any(|rate| rate.percent() == percent));
    if !in_force {
        found.push(not_in_force(
            percent,
            seller,
            date,
            place,
            countries().collect(),
        ));
        return;
    }
    let meals = rates::german_meals(date)
        .filter(|_| seller == "DE" && line.supply == Supply::RestaurantMeals);
    if let Some(meals) = meals.filter(|meals| *meals != percent) {
        let message =
            format!("Meals in a German restaurant are at {meals} % on {date} (drinks apart).");
        found.push(Finding::error(Code::RateWrongForSupply, place, message));
    }
}

fn not_in_force(
    percent: Decimal,
    seller: &str,
    date: Date,
    place: String,
    countries: Vec<&str>,
) -> Finding {
    let listed: Vec<_> = rates::on(seller, date)
        .map(|rate| format!("{} %", rate.percent()))
        .collect();
    let today = format!("On {date} {seller} has {}.", listed.join(", "));
    let mut periods = countries
        .iter()
        .flat_map(|country| rates::of_percent(country, percent))
        .peekable();
    if periods.peek().is_none() {
        let message = format!("{percent} % is no rate of {seller} since 2020. {today}");
        return Finding::error(Code::RateUnknown, place, message);
    }
    let period = |rate: &Rate| match rate.until {
        Some(until) => format!("{} to {until}", rate.from),
        None => format!("from {} on", rate.from),
    };
    let periods: Vec<_> = periods.map(period).collect();
    let message = format!("{percent} % is in force {}. {today}", periods.join(", "));
    Finding::error(Code::RateNotInForce, place, message)
}

fn check_totals(
    input: &InvoiceInput,
    lines: &[(Decimal, Decimal)],
    right: &Totals,
    found: &mut Vec<Finding>,
) {
    let claimed = &input.invoice.totals;
    let differs = |claimed: Decimal, right: Decimal| claimed != right;
    if differs(claimed.net.0, right.net.0) {
        let message = format!("The lines come to {}, not {}.", right.net.0, claimed.net.0);
        found.push(Finding::error(
            Code::TotalNet,
            "/invoice/totals/net",
            message,
        ));
    }
    if differs(claimed.vat.0, right.vat.0) {
        let other = match input.rounding {
            Rounding::PerTotal => Rounding::PerLine,
            Rounding::PerLine => Rounding::PerTotal,
        };
        let message = format!("The VAT comes to {}, not {}.", right.vat.0, claimed.vat.0);
        found.push(if totals(lines, other).vat.0 == claimed.vat.0 {
            let message =
                format!("{message} It is right where VAT is rounded by the other method.");
            Finding::warning(Code::RoundingMethod, "/invoice/totals/vat", message)
        } else {
            Finding::error(Code::TotalVat, "/invoice/totals/vat", message)
        });
    }
    let gross = claimed.net.0 + claimed.vat.0;
    if differs(claimed.gross.0, gross) {
        let message = format!("Net and VAT come to {gross}, not {}.", claimed.gross.0);
        found.push(Finding::error(
            Code::TotalGross,
            "/invoice/totals/gross",
            message,
        ));
    }
}
