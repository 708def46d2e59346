//! The texts that a template may name as `{{group.name}}`.

use office_parts::xml::is_text;

use crate::error::QuoteError;
use crate::notation::{day, money, plain, price};
use crate::quote::{Language, Position, Quote};
use crate::totals::{Totals, VatLine};

/// One field: its name and its text.
pub(crate) type Field = (&'static str, String);

/// All fields of a quote.
pub(crate) struct Fields {
    /// Fields that have one text.
    pub(crate) single: Vec<Field>,
    /// Fields that have one text for each item: a row or paragraph that names one is repeated.
    pub(crate) lists: Vec<(&'static str, Vec<Vec<Field>>)>,
}

/// Names of the repeated fields.
pub(crate) const LIST_FIELDS: [&str; 13] = [
    "position.number",
    "position.title",
    "position.description",
    "position.quantity",
    "position.unit",
    "position.price",
    "position.discount",
    "position.vat_rate",
    "position.total",
    "vat.rate",
    "vat.net",
    "vat.amount",
    "note.text",
];

/// Names of the fields that have one text.
pub(crate) const SINGLE_FIELDS: [&str; 53] = [
    "sender.name",
    "sender.tagline",
    "sender.street",
    "sender.postcode",
    "sender.city",
    "sender.contact",
    "sender.phone",
    "sender.email",
    "sender.web",
    "sender.vat_number",
    "sender.register",
    "sender.bank",
    "sender.iban",
    "sender.bic",
    "customer.name",
    "customer.contact",
    "customer.street",
    "customer.postcode",
    "customer.city",
    "customer.country",
    "customer.vat_number",
    "quote.number",
    "quote.date",
    "quote.date_iso",
    "quote.valid_until",
    "quote.subject",
    "quote.salutation",
    "quote.intro",
    "quote.closing",
    "totals.net",
    "totals.gross",
    "label.quote",
    "label.number",
    "label.date",
    "label.valid_until",
    "label.contact",
    "label.customer_vat",
    "label.position",
    "label.description",
    "label.quantity",
    "label.unit",
    "label.price",
    "label.total",
    "label.net",
    "label.vat",
    "label.on",
    "label.gross",
    "label.regards",
    "label.iban",
    "label.bic",
    "label.vat_number",
    "label.page",
    "label.of",
];

/// Returns whether a template may name the field.
pub(crate) fn is_known(name: &str) -> bool {
    SINGLE_FIELDS.contains(&name) || LIST_FIELDS.contains(&name)
}

/// Returns the texts of a quote.
pub(crate) fn fields(quote: &Quote, totals: &Totals) -> Result<Fields, QuoteError> {
    let currency = quote.currency.as_deref().unwrap_or("EUR");
    let language = quote.language;
    let mut single = parties(quote);
    single.extend(facts(quote));
    single.push(("totals.net", money(totals.net, currency, language)));
    single.push(("totals.gross", money(totals.gross, currency, language)));
    single.extend(labels(language));
    let positions = quote.positions.iter().zip(&totals.positions).enumerate();
    let positions = positions.map(|(at, (position, total))| {
        let mut fields = position_fields(at + 1, position, currency, language);
        fields.push(("position.total", money(*total, currency, language)));
        fields
    });
    let vat = totals
        .vat
        .iter()
        .map(|line| vat_fields(line, currency, language));
    let notes = quote
        .notes
        .iter()
        .map(|note| vec![("note.text", note.clone())]);
    let lists = vec![
        ("position", positions.collect()),
        ("vat", vat.collect()),
        ("note", notes.collect::<Vec<_>>()),
    ];
    let fields = Fields { single, lists };
    check_characters(&fields)?;
    Ok(fields)
}

fn check_characters(fields: &Fields) -> Result<(), QuoteError> {
    let items = fields
        .lists
        .iter()
        .flat_map(|(_, items)| items.iter().flatten());
    let bad = |c: char| !is_text(c);
    match fields
        .single
        .iter()
        .chain(items)
        .find(|(_, text)| text.contains(bad))
    {
        Some((name, _)) => Err(QuoteError::ControlCharacter {
            field: (*name).to_owned(),
        }),
        None => Ok(()),
    }
}

fn parties(quote: &Quote) -> Vec<Field> {
    let (sender, customer) = (&quote.sender, &quote.customer);
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        ("sender.name", sender.name.clone()),
        ("sender.tagline", optional(&sender.tagline)),
        ("sender.street", sender.street.clone()),
        ("sender.postcode", sender.postcode.clone()),
        ("sender.city", sender.city.clone()),
        ("sender.contact", sender.contact.clone()),
        ("sender.phone", optional(&sender.phone)),
        ("sender.email", optional(&sender.email)),
        ("sender.web", optional(&sender.web)),
        ("sender.vat_number", optional(&sender.vat_number)),
        ("sender.register", optional(&sender.register)),
        ("sender.bank", optional(&sender.bank)),
        ("sender.iban", optional(&sender.iban)),
        ("sender.bic", optional(&sender.bic)),
        ("customer.name", customer.name.clone()),
        ("customer.contact", optional(&customer.contact)),
        ("customer.street", customer.street.clone()),
        ("customer.postcode", customer.postcode.clone()),
        ("customer.city", customer.city.clone()),
        ("customer.country", optional(&customer.country)),
        ("customer.vat_number", optional(&customer.vat_number)),
    ]
}

fn facts(quote: &Quote) -> Vec<Field> {
    let facts = &quote.quote;
    let (salutation, intro, closing) = match quote.language {
        Language::De => (
            "Sehr geehrte Damen und Herren,",
            "vielen Dank für Ihre Anfrage. Gerne bieten wir Ihnen an:",
            "Wir freuen uns auf Ihren Auftrag. Bei Fragen sind wir gerne für Sie da.",
        ),
        Language::En => (
            "Dear Sir or Madam,",
            "Thank you for your enquiry. We are pleased to offer you the following:",
            "We look forward to your order. Please ask if anything is unclear.",
        ),
    };
    let or =
        |text: &Option<String>, default: &str| text.clone().unwrap_or_else(|| default.to_owned());
    let valid = facts.valid_until.map(|date| day(date, quote.language));
    vec![
        ("quote.number", facts.number.clone()),
        ("quote.date", day(facts.date, quote.language)),
        ("quote.date_iso", facts.date.to_string()),
        ("quote.valid_until", valid.unwrap_or_default()),
        ("quote.subject", facts.subject.clone().unwrap_or_default()),
        ("quote.salutation", or(&facts.salutation, salutation)),
        ("quote.intro", or(&facts.intro, intro)),
        ("quote.closing", or(&facts.closing, closing)),
    ]
}

fn position_fields(
    number: usize,
    position: &Position,
    currency: &str,
    language: Language,
) -> Vec<Field> {
    let discount = position
        .discount_percent
        .filter(|percent| !percent.0.is_zero());
    let discount = discount.map(|percent| match language {
        Language::De => format!("abzüglich {}\u{a0}% Rabatt", plain(percent, language)),
        Language::En => format!("less {}% discount", plain(percent, language)),
    });
    vec![
        ("position.number", number.to_string()),
        ("position.title", position.title.clone()),
        (
            "position.description",
            position.description.clone().unwrap_or_default(),
        ),
        ("position.quantity", plain(position.quantity, language)),
        ("position.unit", position.unit.clone().unwrap_or_default()),
        ("position.price", price(position.price, currency, language)),
        ("position.discount", discount.unwrap_or_default()),
        ("position.vat_rate", percent(position.vat_rate, language)),
    ]
}

fn vat_fields(line: &VatLine, currency: &str, language: Language) -> Vec<Field> {
    vec![
        ("vat.rate", percent(line.rate, language)),
        ("vat.net", money(line.net, currency, language)),
        ("vat.amount", money(line.amount, currency, language)),
    ]
}

fn percent(rate: business_types::Amount, language: Language) -> String {
    match language {
        Language::De => format!("{}\u{a0}%", plain(rate, language)),
        Language::En => format!("{}%", plain(rate, language)),
    }
}

fn labels(language: Language) -> Vec<Field> {
    const LABELS: [(&str, &str, &str); 22] = [
        ("label.quote", "Angebot", "Quote"),
        ("label.number", "Angebotsnummer", "Quote number"),
        ("label.date", "Datum", "Date"),
        ("label.valid_until", "Gültig bis", "Valid until"),
        ("label.contact", "Ansprechpartner", "Contact"),
        ("label.customer_vat", "Ihre USt-IdNr.", "Your VAT number"),
        ("label.position", "Pos.", "No."),
        ("label.description", "Leistung", "Description"),
        ("label.quantity", "Menge", "Quantity"),
        ("label.unit", "Einheit", "Unit"),
        ("label.price", "Einzelpreis", "Unit price"),
        ("label.total", "Gesamt", "Total"),
        ("label.net", "Summe netto", "Net total"),
        ("label.vat", "USt.", "VAT"),
        ("label.on", "auf", "on"),
        ("label.gross", "Gesamtbetrag", "Total amount"),
        ("label.regards", "Mit freundlichen Grüßen", "Kind regards"),
        ("label.iban", "IBAN", "IBAN"),
        ("label.bic", "BIC", "BIC"),
        ("label.vat_number", "USt-IdNr.", "VAT number"),
        ("label.page", "Seite", "Page"),
        ("label.of", "von", "of"),
    ];
    let text = |(name, german, english): &(&'static str, &str, &str)| match language {
        Language::De => (*name, (*german).to_owned()),
        Language::En => (*name, (*english).to_owned()),
    };
    LABELS.iter().map(text).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::totals::totals;

    #[test]
    fn the_lists_of_names_are_what_a_quote_has() {
        let quote: Quote =
            hotcell_sdk::serde_json::from_str(include_str!("../examples/office.json")).unwrap();
        let fields = fields(&quote, &totals(&quote.positions).unwrap()).unwrap();
        let mut found: Vec<_> = fields.single.iter().map(|(name, _)| *name).collect();
        let mut expected = SINGLE_FIELDS.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let firsts = fields.lists.iter().flat_map(|(_, items)| items[0].iter());
        let mut found: Vec<_> = firsts.map(|(name, _)| *name).collect();
        let mut expected = LIST_FIELDS.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
