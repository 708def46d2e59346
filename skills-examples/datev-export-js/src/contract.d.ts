// What the tools take and give; schema.json comes from here. It is a declaration file, as the tags
// of a single property (`@minimum`, `@pattern`) have no place in a JSDoc `@typedef`.

/** Invoices to book, and for whom. */
export interface Export {
  /** What the file's header says. */
  batch: Batch;
  /**
   * The invoices, booked in this order.
   * @minItems 1
   * @maxItems 5000
   */
  invoices: Invoice[];
}

export interface Batch {
  /**
   * The tax consultant's number at DATEV (Beraternummer).
   * @integer
   * @minimum 1001
   * @maximum 9999999
   */
  consultant: number;
  /**
   * The client's number with the consultant (Mandantennummer).
   * @integer
   * @minimum 1
   * @maximum 99999
   */
  client: number;
  /**
   * First day of the fiscal year (WJ-Beginn).
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  fiscal_year_start: string;
  /**
   * First day of the batch's period.
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  from: string;
  /**
   * Last day of the batch's period, in the same fiscal year.
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  to: string;
  /**
   * Digits of a general ledger account; accounts of customers and suppliers have one more.
   * @integer
   * @minimum 4
   * @maximum 8
   */
  account_length: number;
  /** Chart of accounts: `03` is SKR03, `04` is SKR04. */
  chart: '03' | '04';
  /**
   * Name of the batch, such as `Rechnungen 10-2026`.
   * @pattern ^[A-Za-z0-9_./ -]{1,30}$
   */
  label: string;
  /**
   * When the batch is made, as local time, such as `2026-11-02T09:15:00`. It stands in the file, so that the same input makes the same bytes.
   * @pattern ^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$
   */
  created_at: string;
  /**
   * Initials of who books, two or four capitals (Diktatkürzel).
   * @pattern ^([A-Z]{2}){1,2}$
   */
  initials?: string | null;
  /** Whether the bookings can still be changed after import (Festschreibung): `open` 0, `locked` 1. Default: `open`. */
  finality?: 'open' | 'locked';
}

export interface Invoice {
  /**
   * The invoice number (Belegfeld 1): letters, digits and `_ $ & % * + - /`.
   * @minLength 1
   * @maxLength 36
   */
  number: string;
  /**
   * The invoice's date.
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  date: string;
  /** Whether we sent it (`outgoing`: the partner is a customer) or received it (`incoming`: a supplier). */
  direction: 'outgoing' | 'incoming';
  /** An invoice asks for money; a credit note takes an invoice back, wholly or partly. Default: `invoice`. */
  kind?: 'invoice' | 'credit_note';
  /** The customer or supplier. */
  partner: Partner;
  /**
   * When it is to be paid.
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  due?: string | null;
  /**
   * When the service was rendered, where that decides the tax period.
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  service_date?: string | null;
  /**
   * What it is booked to; each becomes one booking.
   * @minItems 1
   * @maxItems 200
   */
  lines: Line[];
}

export interface Partner {
  /**
   * The name, which stands in the booking's text where a line has none.
   * @minLength 1
   * @maxLength 200
   */
  name: string;
  /**
   * The partner's account: customers 1 to 6 (such as 10001), suppliers 7 to 9 (such as 70001).
   * @integer
   * @minimum 1
   * @maximum 999999999
   */
  account: number;
  /**
   * The partner's VAT number, where the deal crosses a border inside the EU.
   * @pattern ^[A-Z]{2}[A-Z0-9+*]{2,13}$
   */
  vat_number?: string | null;
}

export interface Line {
  /**
   * The revenue or expense account, such as 8400.
   * @integer
   * @minimum 1
   * @maximum 99999999
   */
  account: number;
  /**
   * The amount with VAT, positive, at most 2 decimals.
   * @pattern ^-?[0-9]{1,12}(\.[0-9]{1,6})?$
   */
  gross: string;
  /** How DATEV finds the VAT in the gross amount (BU-Schlüssel). */
  tax: Tax;
  /**
   * The booking's text (Buchungstext). Default: the partner's name.
   * @minLength 1
   * @maxLength 60
   */
  text?: string | null;
  /**
   * Cost centre (KOST1).
   * @pattern ^[A-Za-z0-9 ]{1,36}$
   */
  cost_center?: string | null;
}

export type Tax = ByAccount | ByRate | ByKey;

interface ByAccount {
  /** The account does: it is an automatic account (Automatikkonto), or there is no VAT. */
  by: 'account';
}

interface ByRate {
  /** A key for German VAT of this rate. */
  by: 'rate';
  /** The rate in percent: standard or reduced. */
  rate: '19' | '7';
}

interface ByKey {
  /** A key that the tax consultant named, such as `94` for reverse charge. */
  by: 'key';
  /**
   * One to four digits.
   * @pattern ^[0-9]{1,4}$
   */
  key: string;
}

/** What is wrong, as a stable code. */
export type Code =
  | 'period'
  | 'creation_time'
  | 'date_outside_period'
  | 'duplicate_number'
  | 'document_number'
  | 'account'
  | 'amount'
  | 'text'
  | 'key_on_automatic_account'
  | 'vat_number_missing'
  | 'not_in_windows_1252';

export interface Finding {
  /** What is wrong, as a stable code. */
  code: Code;
  /** How bad it is: at a `warning` a person should look; an `error` breaks a rule. */
  severity: 'warning' | 'error';
  /** JSON pointer into the arguments, such as `/invoices/0/lines/0/gross`. */
  pointer: string;
  /** What is wrong and what was expected, in one or two sentences. */
  message: string;
}

/** One row of the file, as far as a person wants to read it. */
export interface Booking {
  /**
   * The gross amount; the side says its direction.
   * @pattern ^-?[0-9]{1,12}(\.[0-9]{1,6})?$
   */
  amount: string;
  /** The side of `account`: `S` is debit (Soll), `H` credit (Haben). */
  side: 'S' | 'H';
  /**
   * The partner's account.
   * @integer
   * @minimum 0
   */
  account: number;
  /**
   * The revenue or expense account.
   * @integer
   * @minimum 0
   */
  contra_account: number;
  /** The tax key; empty where the account finds the VAT. */
  tax_key: string;
  /**
   * The invoice's date.
   * @format date
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  date: string;
  /** The invoice number. */
  document: string;
  /** The booking's text. */
  text: string;
}

export interface Totals {
  /**
   * How many rows the file has.
   * @integer
   * @minimum 0
   */
  bookings: number;
  /**
   * Sum on the debit side of the partners' accounts.
   * @pattern ^-?[0-9]{1,28}(\.[0-9]{1,6})?$
   */
  debit: string;
  /**
   * Sum on the credit side of the partners' accounts.
   * @pattern ^-?[0-9]{1,28}(\.[0-9]{1,6})?$
   */
  credit: string;
}

/** What an export would do. */
export interface Preview {
  /** Whether `export_bookings` would write the file. */
  exportable: boolean;
  /** What is wrong or worth a look, in the order of the input. */
  findings: Finding[];
  /** The name that the file would have. */
  file: string;
  /** What the bookings add up to. */
  totals: Totals;
  /** The bookings, at most the first 100. */
  bookings: Booking[];
}

/** The file that was written. */
export interface Exported {
  /** The file's name in /out. */
  file: string;
  /**
   * The file's size.
   * @integer
   * @minimum 0
   */
  bytes: number;
  /** What the bookings add up to. */
  totals: Totals;
  /** What a person should look at. */
  warnings: Finding[];
}

/** Which columns to list. */
export interface Question {
  /** Which columns to list: those that this skill fills (the default), or all 125. */
  which?: 'filled' | 'all';
}

export interface Column {
  /**
   * The published number, from 1.
   * @integer
   * @minimum 0
   */
  number: number;
  /** The heading in the file. */
  heading: string;
  /** How values are written: `text` in quotes; `number` as bare digits, with a decimal comma where there are decimals. */
  kind: 'text' | 'number';
  /** What this skill writes there; null where it leaves the column empty. */
  written: string | null;
}

/** The format. */
export interface Description {
  /** The format's name and versions. */
  format: string;
  /** How the bytes are written. */
  encoding: string;
  /**
   * How many columns a row has.
   * @integer
   * @minimum 0
   */
  column_count: number;
  /** The columns that were asked for. */
  columns: Column[];
}
