//! DATEV's rules. Each broken one is a finding with its place; nothing is repaired.

use business_types::{Date, Decimal};

use crate::batch::{Batch, Chart, Direction, Export, Invoice, Line, Tax};
use crate::booking::text;
use crate::finding::{Code, Finding};
use crate::windows_1252;

/// Largest amount: 9,999,999,999.99, ten digits before the comma.
const AMOUNT_MAX: Decimal = Decimal::from_parts(0xD4A5_0FFF, 0xE8, 0, false, 2);
/// Longest booking text.
const TEXT_CHARS_MAX: usize = 60;

/// Returns every finding, in the order of the input.
pub(crate) fn check(export: &Export) -> Vec<Finding> {
    let mut found = Vec::new();
    check_batch(&export.batch, &mut found);
    for (at, invoice) in export.invoices.iter().enumerate() {
        let place = format!("/invoices/{at}");
        check_invoice(&export.batch, invoice, &place, &mut found);
        let twin = export.invoices[..at]
            .iter()
            .position(|other| is_twin(invoice, other));
        if let Some(twin) = twin {
            let message = format!("{} stands at /invoices/{twin} already.", invoice.number);
            found.push(Finding::error(
                Code::DuplicateNumber,
                format!("{place}/number"),
                message,
            ));
        }
        for (at, line) in invoice.lines.iter().enumerate() {
            check_line(
                &export.batch,
                invoice,
                line,
                &format!("{place}/lines/{at}"),
                &mut found,
            );
        }
    }
    found
}

fn is_twin(one: &Invoice, other: &Invoice) -> bool {
    one.number == other.number
        && one.direction == other.direction
        && (one.direction == Direction::Outgoing || one.partner.account == other.partner.account)
}

fn check_batch(batch: &Batch, found: &mut Vec<Finding>) {
    let start = batch.fiscal_year_start;
    // A fiscal year ends before the same day of the next year; 29 February begins none.
    let next = Date::new(start.year() + 1, start.month(), start.day());
    if batch.from > batch.to {
        let message = format!(
            "The period ends ({}) before it begins ({}).",
            batch.to, batch.from
        );
        found.push(Finding::error(Code::Period, "/batch/to", message));
    }
    if batch.from < start || next.is_none_or(|next| batch.to >= next) {
        let message = format!(
            "The period {} to {} is not inside the fiscal year from {start}; dates in the file \
             have no year, so write one file for each fiscal year.",
            batch.from, batch.to,
        );
        found.push(Finding::error(Code::Period, "/batch/from", message));
    }
    if created_at(batch).is_none() {
        let message = format!("{} is no time of the calendar.", batch.created_at);
        found.push(Finding::error(
            Code::CreationTime,
            "/batch/created_at",
            message,
        ));
    }
}

/// Returns the creation time as the header writes it, `YYYYMMDDHHMMSSmmm`; none where there is
/// no such time.
pub(crate) fn created_at(batch: &Batch) -> Option<String> {
    let (day, time) = batch.created_at.split_once('T')?;
    Date::parse(day)?;
    let parts: Vec<u8> = time
        .split(':')
        .map_while(|part| part.parse().ok())
        .collect();
    let valid =
        matches!(parts[..], [hour, minute, second] if hour < 24 && minute < 60 && second < 60);
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let stamp = digits(day) + &digits(time) + "000";
    (valid && stamp.len() == 17).then_some(stamp)
}

fn check_invoice(batch: &Batch, invoice: &Invoice, place: &str, found: &mut Vec<Finding>) {
    let taken = |c: char| c.is_ascii_alphanumeric() || "_$&%*+-/".contains(c);
    if let Some(sign) = invoice.number.chars().find(|c| !taken(*c)) {
        let message = format!(
            "{:?} holds {sign:?}; DATEV takes letters, digits and _ $ & % * + - / only.",
            invoice.number
        );
        found.push(Finding::error(
            Code::DocumentNumber,
            format!("{place}/number"),
            message,
        ));
    }
    if invoice.date < batch.from || invoice.date > batch.to {
        let message = format!(
            "{} is outside the batch's period {} to {}.",
            invoice.date, batch.from, batch.to
        );
        found.push(Finding::error(
            Code::DateOutsidePeriod,
            format!("{place}/date"),
            message,
        ));
    }
    check_partner(batch, invoice, place, found);
}

fn check_partner(batch: &Batch, invoice: &Invoice, place: &str, found: &mut Vec<Finding>) {
    let account = invoice.partner.account.to_string();
    let length = usize::from(batch.account_length) + 1;
    let (who, first) = match invoice.direction {
        Direction::Outgoing => ("a customer's", '1'..='6'),
        Direction::Incoming => ("a supplier's", '7'..='9'),
    };
    if account.len() != length || !account.starts_with(|digit| first.contains(&digit)) {
        let message = format!(
            "{account} is not {who} account: it has {length} digits here and begins with {} to {}.",
            first.start(),
            first.end()
        );
        found.push(Finding::error(
            Code::Account,
            format!("{place}/partner/account"),
            message,
        ));
    }
}

fn check_line(
    batch: &Batch,
    invoice: &Invoice,
    line: &Line,
    place: &str,
    found: &mut Vec<Finding>,
) {
    if line.account.to_string().len() > usize::from(batch.account_length) {
        let message = format!(
            "{} has more than {} digits.",
            line.account, batch.account_length
        );
        found.push(Finding::error(
            Code::Account,
            format!("{place}/account"),
            message,
        ));
    }
    let gross = line.gross.0;
    if gross <= Decimal::ZERO || gross > AMOUNT_MAX || gross.normalize().scale() > 2 {
        let message = format!(
            "{gross} must be positive, below 10000000000 and have at most 2 decimals; what is \
             paid back is an invoice of kind credit_note."
        );
        found.push(Finding::error(
            Code::Amount,
            format!("{place}/gross"),
            message,
        ));
    }
    check_text(invoice, line, place, found);
    check_tax(batch, invoice, line, place, found);
}

fn check_text(invoice: &Invoice, line: &Line, place: &str, found: &mut Vec<Finding>) {
    let text = text(invoice, line);
    let place = match line.text {
        Some(_) => format!("{place}/text"),
        None => format!(
            "{}/partner/name",
            place.rsplit_once("/lines/").map_or("", |(up, _)| up)
        ),
    };
    if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
        let message = format!(
            "The booking's text must have at most {TEXT_CHARS_MAX} characters and no line break; \
             set the line's text."
        );
        found.push(Finding::error(Code::Text, place.as_str(), message));
    }
    if let Some(missing) = windows_1252::missing(text) {
        let message = format!(
            "{missing:?} (U+{:04X}) is not in Windows-1252, which DATEV reads; write it in another way.",
            u32::from(missing)
        );
        let finding = Finding::error(Code::NotInWindows1252, place.as_str(), message);
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
}

fn check_tax(batch: &Batch, invoice: &Invoice, line: &Line, place: &str, found: &mut Vec<Finding>) {
    let standard = standard_account(line.account, batch.account_length);
    // Source: SKR03 and SKR04, accounts marked AM and AV: 7 % and 19 %, sales and purchases.
    let automatic: [u32; 4] = match batch.chart {
        Chart::Skr03 => [8300, 8400, 3300, 3400],
        Chart::Skr04 => [4300, 4400, 5300, 5400],
    };
    if line.tax != Tax::Account && standard.is_some_and(|account| automatic.contains(&account)) {
        let message = format!(
            "{} finds the VAT by itself; write the tax as {{\"by\": \"account\"}}.",
            line.account
        );
        found.push(Finding::error(
            Code::KeyOnAutomaticAccount,
            format!("{place}/tax"),
            message,
        ));
    }
    // Sales to businesses elsewhere in the EU, reported with the customer's VAT number.
    let reported: [u32; 2] = match batch.chart {
        Chart::Skr03 => [8125, 8336],
        Chart::Skr04 => [4125, 4336],
    };
    let reported = standard.is_some_and(|account| reported.contains(&account));
    if reported && invoice.partner.vat_number.is_none() {
        let message = format!(
            "{} is reported in the EC sales list (ZM), which needs the customer's VAT number.",
            line.account
        );
        let place = format!(
            "{}/partner",
            place.rsplit_once("/lines/").map_or("", |(up, _)| up)
        );
        found.push(Finding::warning(Code::VatNumberMissing, place, message));
    }
}

/// Returns the account by its four digits: longer ones only have zeros appended.
fn standard_account(account: u32, length: u8) -> Option<u32> {
    let scale = 10_u32.checked_pow(u32::from(length.checked_sub(4)?))?;
    account.is_multiple_of(scale).then_some(account / scale)
}
