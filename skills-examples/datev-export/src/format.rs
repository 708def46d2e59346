//! The columns of a booking batch, format version 13.
//!
//! Source: DATEV developer portal, "Buchungsstapel": headings in their published spelling
//! (the missing blank of `Zusatzinformation- Inhalt` included), and which fields are text.

/// How many columns a row has.
pub(crate) const COLUMNS: usize = 125;

/// The columns that this skill fills, by their published number (from 1).
pub(crate) mod column {
    pub(crate) const AMOUNT: usize = 1;
    pub(crate) const SIDE: usize = 2;
    pub(crate) const CURRENCY: usize = 3;
    pub(crate) const ACCOUNT: usize = 7;
    pub(crate) const CONTRA_ACCOUNT: usize = 8;
    pub(crate) const TAX_KEY: usize = 9;
    pub(crate) const DATE: usize = 10;
    pub(crate) const DOCUMENT: usize = 11;
    pub(crate) const TEXT: usize = 14;
    pub(crate) const COST_CENTER: usize = 37;
    pub(crate) const VAT_NUMBER: usize = 40;
    pub(crate) const LOCKED: usize = 114;
    pub(crate) const SERVICE_DATE: usize = 115;
    pub(crate) const TAX_PERIOD: usize = 116;
    pub(crate) const DUE: usize = 117;
}

/// What this skill writes, for the columns that it fills.
pub(crate) const FILLED: [(usize, &str); 15] = [
    (column::AMOUNT, "gross amount of the line"),
    (
        column::SIDE,
        "S (debit) or H (credit) of the partner's account",
    ),
    (column::CURRENCY, "EUR"),
    (column::ACCOUNT, "the partner's account"),
    (column::CONTRA_ACCOUNT, "the line's account"),
    (
        column::TAX_KEY,
        "tax key, four digits; empty on automatic accounts",
    ),
    (column::DATE, "day and month of the invoice, DDMM"),
    (column::DOCUMENT, "invoice number"),
    (column::TEXT, "the line's text, else the partner's name"),
    (column::COST_CENTER, "cost centre"),
    (column::VAT_NUMBER, "the partner's VAT number"),
    (column::LOCKED, "0 open, 1 locked"),
    (column::SERVICE_DATE, "service date, DDMMYYYY"),
    (
        column::TAX_PERIOD,
        "service date, DDMMYYYY: DATEV asks for both or none",
    ),
    (column::DUE, "due date, DDMMYYYY"),
];

/// The columns whose values stand in quotes, as ranges of published numbers.
const TEXT: [(usize, usize); 21] = [
    (2, 3),
    (6, 6),
    (9, 9),
    (11, 12),
    (14, 14),
    (16, 16),
    (20, 38),
    (40, 40),
    (42, 42),
    (48, 87),
    (91, 91),
    (95, 96),
    (98, 98),
    (102, 103),
    (105, 105),
    (107, 107),
    (109, 110),
    (112, 112),
    (118, 118),
    (120, 121),
    (123, 123),
];

const HEAD: [&str; 20] = [
    "Umsatz (ohne Soll/Haben-Kz)",
    "Soll/Haben-Kennzeichen",
    "WKZ Umsatz",
    "Kurs",
    "Basis-Umsatz",
    "WKZ Basis-Umsatz",
    "Konto",
    "Gegenkonto (ohne BU-Schlüssel)",
    "BU-Schlüssel",
    "Belegdatum",
    "Belegfeld 1",
    "Belegfeld 2",
    "Skonto",
    "Buchungstext",
    "Postensperre",
    "Diverse Adressnummer",
    "Geschäftspartnerbank",
    "Sachverhalt",
    "Zinssperre",
    "Beleglink",
];

const MIDDLE: [&str; 11] = [
    "KOST1 - Kostenstelle",
    "KOST2 - Kostenstelle",
    "Kost-Menge",
    "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)",
    "Abw. Versteuerungsart",
    "Sachverhalt L+L",
    "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp",
    "BU 49 Hauptfunktionsnummer",
    "BU 49 Funktionsergänzung",
];

const TAIL: [&str; 38] = [
    "Stück",
    "Gewicht",
    "Zahlweise",
    "Forderungsart",
    "Veranlagungsjahr",
    "Zugeordnete Fälligkeit",
    "Skontotyp",
    "Auftragsnummer",
    "Buchungstyp",
    "USt-Schlüssel (Anzahlungen)",
    "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)",
    "Erlöskonto (Anzahlungen)",
    "Herkunft-Kz",
    "Buchungs GUID",
    "KOST-Datum",
    "SEPA-Mandatsreferenz",
    "Skontosperre",
    "Gesellschaftername",
    "Beteiligtennummer",
    "Identifikationsnummer",
    "Zeichnernummer",
    "Postensperre bis",
    "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung",
    "Festschreibung",
    "Leistungsdatum",
    "Datum Zuord. Steuerperiode",
    "Fälligkeit",
    "Generalumkehr (GU)",
    "Steuersatz",
    "Land",
    "Abrechnungsreferenz",
    "BVV-Position",
    "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)",
    "Abw. Skontokonto",
];

/// Returns the headings, in order.
pub(crate) fn headings() -> Vec<String> {
    let mut all: Vec<String> = HEAD.map(str::to_owned).to_vec();
    for n in 1..=8 {
        all.extend([
            format!("Beleginfo - Art {n}"),
            format!("Beleginfo - Inhalt {n}"),
        ]);
    }
    all.extend(MIDDLE.map(str::to_owned));
    for n in 1..=20 {
        all.extend([
            format!("Zusatzinformation - Art {n}"),
            format!("Zusatzinformation- Inhalt {n}"),
        ]);
    }
    all.extend(TAIL.map(str::to_owned));
    all
}

/// Returns whether the values of a column (by published number) stand in quotes.
pub(crate) fn is_text(column: usize) -> bool {
    TEXT.iter()
        .any(|(from, to)| (*from..=*to).contains(&column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_have_their_published_numbers() {
        let headings = headings();
        assert_eq!(headings.len(), COLUMNS);
        let at = |column: usize| headings[column - 1].as_str();
        assert_eq!(at(column::AMOUNT), "Umsatz (ohne Soll/Haben-Kz)");
        assert_eq!(at(column::SIDE), "Soll/Haben-Kennzeichen");
        assert_eq!(at(column::CONTRA_ACCOUNT), "Gegenkonto (ohne BU-Schlüssel)");
        assert_eq!(at(column::TAX_KEY), "BU-Schlüssel");
        assert_eq!(at(column::DATE), "Belegdatum");
        assert_eq!(at(column::DOCUMENT), "Belegfeld 1");
        assert_eq!(at(column::TEXT), "Buchungstext");
        assert_eq!(at(column::COST_CENTER), "KOST1 - Kostenstelle");
        assert_eq!(at(column::VAT_NUMBER), "EU-Land u. UStID (Bestimmung)");
        assert_eq!(at(column::LOCKED), "Festschreibung");
        assert_eq!(at(column::SERVICE_DATE), "Leistungsdatum");
        assert_eq!(at(column::TAX_PERIOD), "Datum Zuord. Steuerperiode");
        assert_eq!(at(column::DUE), "Fälligkeit");
        assert_eq!(at(87), "Zusatzinformation- Inhalt 20");
    }

    #[test]
    fn amounts_and_dates_are_no_text() {
        for column in [
            column::AMOUNT,
            column::ACCOUNT,
            column::DATE,
            column::LOCKED,
            column::DUE,
        ] {
            assert!(!is_text(column), "{column}");
        }
        for column in [
            column::SIDE,
            column::TAX_KEY,
            column::DOCUMENT,
            column::TEXT,
            87,
            123,
        ] {
            assert!(is_text(column), "{column}");
        }
    }
}
