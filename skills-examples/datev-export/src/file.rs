//! The file: its name, its header line, its headings and its rows, as bytes.

use business_types::Date;

use crate::batch::{Batch, Chart, Finality};
use crate::booking::{Booking, Side};
use crate::check::created_at;
use crate::format::{COLUMNS, column, headings, is_text};
use crate::windows_1252;

const LINE_END: &str = "\r\n";

/// Returns the file's name. DATEV's import asks for the prefix `EXTF_`.
pub(crate) fn name(batch: &Batch) -> String {
    format!(
        "EXTF_Buchungsstapel_{}_{}_{}_{}.csv",
        batch.consultant,
        batch.client,
        compact(batch.from),
        compact(batch.to)
    )
}

/// Returns the file's bytes, or the first character that Windows-1252 lacks.
pub(crate) fn bytes(batch: &Batch, bookings: &[Booking]) -> Result<Vec<u8>, char> {
    let mut text = header(batch);
    text += LINE_END;
    text += &headings().join(";");
    text += LINE_END;
    for booking in bookings {
        text += &row(batch, booking);
        text += LINE_END;
    }
    windows_1252::encode(&text)
}

/// Returns the header line: 31 fields, by the developer portal's "Header".
fn header(batch: &Batch) -> String {
    let chart = match batch.chart {
        Chart::Skr03 => "03",
        Chart::Skr04 => "04",
    };
    let fields = [
        quoted("EXTF"),                        // 1 made by a program that is not DATEV's
        "700".to_owned(),                      // 2 version of the header
        "21".to_owned(),                       // 3 category: booking batch
        quoted("Buchungsstapel"),              // 4 its name
        "13".to_owned(),                       // 5 version of the category
        created_at(batch).unwrap_or_default(), // 6 created at
        String::new(),                         // 7 imported at: DATEV's
        quoted("RE"),                          // 8 origin
        quoted(""),                            // 9 exported by
        quoted(""),                            // 10 imported by: DATEV's
        batch.consultant.to_string(),          // 11
        batch.client.to_string(),              // 12
        compact(batch.fiscal_year_start),      // 13
        batch.account_length.to_string(),      // 14
        compact(batch.from),                   // 15
        compact(batch.to),                     // 16
        quoted(&batch.label),                  // 17
        quoted(batch.initials.as_deref().unwrap_or("")), // 18
        "1".to_owned(),                        // 19 financial accounting
        "0".to_owned(),                        // 20 independent of the accounting standard
        locked(batch).to_owned(),              // 21
        quoted("EUR"),                         // 22
        String::new(),                         // 23 reserved
        quoted(""),                            // 24 derivative flag
        String::new(),                         // 25 reserved
        String::new(),                         // 26 reserved
        quoted(chart),                         // 27
        String::new(),                         // 28 industry solution
        String::new(),                         // 29 reserved
        quoted(""),                            // 30 reserved
        quoted(""),                            // 31 application's own note
    ];
    fields.join(";")
}

fn row(batch: &Batch, booking: &Booking) -> String {
    let mut fields = vec![String::new(); COLUMNS];
    let mut set = |column: usize, value: String| fields[column - 1] = value;
    set(
        column::AMOUNT,
        format!("{:.2}", booking.amount.0).replace('.', ","),
    );
    set(
        column::SIDE,
        if booking.side == Side::S { "S" } else { "H" }.to_owned(),
    );
    set(column::CURRENCY, "EUR".to_owned());
    set(column::ACCOUNT, booking.account.to_string());
    set(column::CONTRA_ACCOUNT, booking.contra_account.to_string());
    set(column::TAX_KEY, booking.tax_key.clone());
    set(
        column::DATE,
        format!("{:02}{:02}", booking.date.day(), booking.date.month()),
    );
    set(column::DOCUMENT, booking.document.clone());
    set(column::TEXT, booking.text.clone());
    set(column::COST_CENTER, booking.cost_center.clone());
    set(column::VAT_NUMBER, booking.vat_number.clone());
    set(column::LOCKED, locked(batch).to_owned());
    let service = booking.service_date.map(day_first).unwrap_or_default();
    set(column::SERVICE_DATE, service.clone());
    set(column::TAX_PERIOD, service);
    set(column::DUE, booking.due.map(day_first).unwrap_or_default());
    let written = |(at, value): (usize, String)| {
        if is_text(at + 1) {
            quoted(&value)
        } else {
            value
        }
    };
    fields
        .into_iter()
        .enumerate()
        .map(written)
        .collect::<Vec<_>>()
        .join(";")
}

fn locked(batch: &Batch) -> &'static str {
    match batch.finality {
        Finality::Open => "0",
        Finality::Locked => "1",
    }
}

/// A text field: in quotes, with quotes inside doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn compact(date: Date) -> String {
    format!("{}{:02}{:02}", date.year(), date.month(), date.day())
}

fn day_first(date: Date) -> String {
    format!("{:02}{:02}{}", date.day(), date.month(), date.year())
}
