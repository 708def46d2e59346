// The columns of a booking batch, format version 13.
//
// Source: DATEV developer portal, "Buchungsstapel": headings in their published spelling (the
// missing blank of `Zusatzinformation- Inhalt` included), and which fields are text.

/** @import { Column } from './contract.js' */

/** The columns that this skill fills, by their published number (from 1). */
export const COLUMN = Object.freeze({
  AMOUNT: 1,
  SIDE: 2,
  CURRENCY: 3,
  ACCOUNT: 7,
  CONTRA_ACCOUNT: 8,
  TAX_KEY: 9,
  DATE: 10,
  DOCUMENT: 11,
  TEXT: 14,
  COST_CENTER: 37,
  VAT_NUMBER: 40,
  LOCKED: 114,
  SERVICE_DATE: 115,
  TAX_PERIOD: 116,
  DUE: 117,
});

/** @type {Map<number, string>} What this skill writes, for the columns that it fills. */
const WRITTEN = new Map([
  [COLUMN.AMOUNT, 'gross amount of the line'],
  [COLUMN.SIDE, "S (debit) or H (credit) of the partner's account"],
  [COLUMN.CURRENCY, 'EUR'],
  [COLUMN.ACCOUNT, "the partner's account"],
  [COLUMN.CONTRA_ACCOUNT, "the line's account"],
  [COLUMN.TAX_KEY, 'tax key, four digits; empty on automatic accounts'],
  [COLUMN.DATE, 'day and month of the invoice, DDMM'],
  [COLUMN.DOCUMENT, 'invoice number'],
  [COLUMN.TEXT, "the line's text, else the partner's name"],
  [COLUMN.COST_CENTER, 'cost centre'],
  [COLUMN.VAT_NUMBER, "the partner's VAT number"],
  [COLUMN.LOCKED, '0 open, 1 locked'],
  [COLUMN.SERVICE_DATE, 'service date, DDMMYYYY'],
  [COLUMN.TAX_PERIOD, 'service date, DDMMYYYY: DATEV asks for both or none'],
  [COLUMN.DUE, 'due date, DDMMYYYY'],
]);

/** The columns whose values stand in quotes, as ranges of published numbers. */
const TEXT = [
  [2, 3], [6, 6], [9, 9], [11, 12], [14, 14], [16, 16], [20, 38], [40, 40], [42, 42], [48, 87],
  [91, 91], [95, 96], [98, 98], [102, 103], [105, 105], [107, 107], [109, 110], [112, 112],
  [118, 118], [120, 121], [123, 123],
];

/** Whether each column is text; column 1 stands at 1. */
const IS_TEXT = new Array(126).fill(false);
for (const [from, to] of TEXT) IS_TEXT.fill(true, from, to + 1);

const HEAD = [
  'Umsatz (ohne Soll/Haben-Kz)',
  'Soll/Haben-Kennzeichen',
  'WKZ Umsatz',
  'Kurs',
  'Basis-Umsatz',
  'WKZ Basis-Umsatz',
  'Konto',
  'Gegenkonto (ohne BU-Schlüssel)',
  'BU-Schlüssel',
  'Belegdatum',
  'Belegfeld 1',
  'Belegfeld 2',
  'Skonto',
  'Buchungstext',
  'Postensperre',
  'Diverse Adressnummer',
  'Geschäftspartnerbank',
  'Sachverhalt',
  'Zinssperre',
  'Beleglink',
];

const MIDDLE = [
  'KOST1 - Kostenstelle',
  'KOST2 - Kostenstelle',
  'Kost-Menge',
  'EU-Land u. UStID (Bestimmung)',
  'EU-Steuersatz (Bestimmung)',
  'Abw. Versteuerungsart',
  'Sachverhalt L+L',
  'Funktionsergänzung L+L',
  'BU 49 Hauptfunktionstyp',
  'BU 49 Hauptfunktionsnummer',
  'BU 49 Funktionsergänzung',
];

const TAIL = [
  'Stück',
  'Gewicht',
  'Zahlweise',
  'Forderungsart',
  'Veranlagungsjahr',
  'Zugeordnete Fälligkeit',
  'Skontotyp',
  'Auftragsnummer',
  'Buchungstyp',
  'USt-Schlüssel (Anzahlungen)',
  'EU-Land (Anzahlungen)',
  'Sachverhalt L+L (Anzahlungen)',
  'EU-Steuersatz (Anzahlungen)',
  'Erlöskonto (Anzahlungen)',
  'Herkunft-Kz',
  'Buchungs GUID',
  'KOST-Datum',
  'SEPA-Mandatsreferenz',
  'Skontosperre',
  'Gesellschaftername',
  'Beteiligtennummer',
  'Identifikationsnummer',
  'Zeichnernummer',
  'Postensperre bis',
  'Bezeichnung SoBil-Sachverhalt',
  'Kennzeichen SoBil-Buchung',
  'Festschreibung',
  'Leistungsdatum',
  'Datum Zuord. Steuerperiode',
  'Fälligkeit',
  'Generalumkehr (GU)',
  'Steuersatz',
  'Land',
  'Abrechnungsreferenz',
  'BVV-Position',
  'EU-Land u. UStID (Ursprung)',
  'EU-Steuersatz (Ursprung)',
  'Abw. Skontokonto',
];

/**
 * Returns pairs of headings, numbered from 1.
 * @param {number} count
 * @param {(n: number) => string[]} pair
 */
function numbered(count, pair) {
  return Array.from({ length: count }, (_, at) => pair(at + 1)).flat();
}

/** The headings, in order. */
export const HEADINGS = [
  ...HEAD,
  ...numbered(8, (n) => [`Beleginfo - Art ${n}`, `Beleginfo - Inhalt ${n}`]),
  ...MIDDLE,
  ...numbered(20, (n) => [`Zusatzinformation - Art ${n}`, `Zusatzinformation- Inhalt ${n}`]),
  ...TAIL,
];

/**
 * Returns whether the values of a column (by published number) stand in quotes.
 * @param {number} column
 * @returns {boolean}
 */
export function isText(column) {
  return IS_TEXT[column];
}

/**
 * Returns all columns.
 * @returns {Column[]}
 */
export function columns() {
  return HEADINGS.map((heading, at) => ({
    number: at + 1,
    heading,
    kind: isText(at + 1) ? 'text' : 'number',
    written: WRITTEN.get(at + 1) ?? null,
  }));
}
