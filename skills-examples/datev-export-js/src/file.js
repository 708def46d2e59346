// The file: its name, its header line, its headings and its rows, as bytes.

import { format, rescale } from './amount.js';
import { text } from './booking.js';
import { createdAt } from './check.js';
import { compact, dayFirst } from './date.js';
import { COLUMN, HEADINGS, isText } from './format.js';
import { encode } from './windows-1252.js';

/** @import { Batch } from './contract.js' */
/** @import { Row } from './booking.js' */

const LINE_END = '\r\n';

/** @type {string[]} A row in which nothing is filled: text columns hold two quotes, the others nothing. */
const EMPTY = HEADINGS.map((_, at) => (isText(at + 1) ? '""' : ''));

/**
 * Returns the file's name. DATEV's import asks for the prefix `EXTF_`.
 * @param {Batch} batch
 */
export function fileName({ consultant, client, from, to }) {
  return `EXTF_Buchungsstapel_${consultant}_${client}_${compact(from)}_${compact(to)}.csv`;
}

/**
 * Returns the file's bytes.
 * @param {Batch} batch
 * @param {Row[]} rows
 */
export function fileBytes(batch, rows) {
  const lines = [header(batch), HEADINGS.join(';'), ...rows.map((row) => rowText(batch, row))];
  return encode(lines.map((line) => line + LINE_END).join(''));
}

/**
 * Returns the header line: 31 fields, by the developer portal's "Header".
 * @param {Batch} batch
 */
function header(batch) {
  return [
    quoted('EXTF'), // 1 made by a program that is not DATEV's
    '700', // 2 version of the header
    '21', // 3 category: booking batch
    quoted('Buchungsstapel'), // 4 its name
    '13', // 5 version of the category
    createdAt(batch), // 6 created at
    '', // 7 imported at: DATEV's
    quoted('RE'), // 8 origin
    quoted(''), // 9 exported by
    quoted(''), // 10 imported by: DATEV's
    batch.consultant, // 11
    batch.client, // 12
    compact(batch.fiscal_year_start), // 13
    batch.account_length, // 14
    compact(batch.from), // 15
    compact(batch.to), // 16
    quoted(batch.label), // 17
    quoted(batch.initials ?? ''), // 18
    '1', // 19 financial accounting
    '0', // 20 independent of the accounting standard
    locked(batch), // 21
    quoted('EUR'), // 22
    '', // 23 reserved
    quoted(''), // 24 derivative flag
    '', // 25 reserved
    '', // 26 reserved
    quoted(batch.chart), // 27
    '', // 28 industry solution
    '', // 29 reserved
    quoted(''), // 30 reserved
    quoted(''), // 31 application's own note
  ].join(';');
}

/**
 * @param {Batch} batch
 * @param {Row} row
 */
function rowText(batch, { amount, side, taxKey, invoice, line }) {
  const service = invoice.service_date ? dayFirst(invoice.service_date) : '';
  const fields = EMPTY.slice();
  fields[COLUMN.AMOUNT - 1] = format(rescale(amount, 2)).replace('.', ',');
  fields[COLUMN.SIDE - 1] = quoted(side);
  fields[COLUMN.CURRENCY - 1] = quoted('EUR');
  fields[COLUMN.ACCOUNT - 1] = String(invoice.partner.account);
  fields[COLUMN.CONTRA_ACCOUNT - 1] = String(line.account);
  fields[COLUMN.TAX_KEY - 1] = quoted(taxKey);
  fields[COLUMN.DATE - 1] = dayFirst(invoice.date).slice(0, 4);
  fields[COLUMN.DOCUMENT - 1] = quoted(invoice.number);
  fields[COLUMN.TEXT - 1] = quoted(text(invoice, line));
  fields[COLUMN.COST_CENTER - 1] = quoted(line.cost_center ?? '');
  fields[COLUMN.VAT_NUMBER - 1] = quoted(invoice.partner.vat_number ?? '');
  fields[COLUMN.LOCKED - 1] = locked(batch);
  fields[COLUMN.SERVICE_DATE - 1] = service;
  fields[COLUMN.TAX_PERIOD - 1] = service;
  fields[COLUMN.DUE - 1] = invoice.due ? dayFirst(invoice.due) : '';
  return fields.join(';');
}

/** @param {Batch} batch */
function locked({ finality = 'open' }) {
  return finality === 'locked' ? '1' : '0';
}

/**
 * A text field: in quotes, with quotes inside doubled.
 * @param {string} value
 */
function quoted(value) {
  return `"${value.replaceAll('"', '""')}"`;
}
