// One booking: a line of an invoice as DATEV sees it.

import { ZERO, add, format, parse } from './amount.js';

/** @import { Amount } from './amount.js' */
/** @import { Booking, Export, Invoice, Line, Tax, Totals } from './contract.js' */

/**
 * @typedef {object} Row
 * @property {Amount} amount The gross amount.
 * @property {'S' | 'H'} side The side of the partner's account.
 * @property {string} taxKey The tax key; empty where the account finds the VAT.
 * @property {Invoice} invoice Where it comes from.
 * @property {Line} line And which line.
 */

/**
 * Standard keys of DATEV: output tax 7 % is 2, 19 % is 3; input tax 7 % is 8, 19 % is 9.
 */
const KEYS = { outgoing: { 7: '2', 19: '3' }, incoming: { 7: '8', 19: '9' } };

/**
 * Returns the bookings, in the order of the input.
 * @param {Export} input
 * @returns {Row[]}
 */
export function bookings({ invoices }) {
  return invoices.flatMap((invoice) =>
    invoice.lines.map((line) => ({
      amount: parse(line.gross),
      side: side(invoice),
      taxKey: taxKey(line.tax, invoice.direction),
      invoice,
      line,
    })),
  );
}

/**
 * A customer owes what we invoice; a supplier is owed what we receive; a credit note turns it.
 * @param {Invoice} invoice
 * @returns {'S' | 'H'}
 */
function side({ direction, kind = 'invoice' }) {
  return (direction === 'outgoing') === (kind === 'invoice') ? 'S' : 'H';
}

/**
 * Returns the key with its published four digits.
 * @param {Tax} tax
 * @param {Invoice['direction']} direction
 */
function taxKey(tax, direction) {
  if (tax.by === 'account') return '';
  return (tax.by === 'key' ? tax.key : KEYS[direction][tax.rate]).padStart(4, '0');
}

/**
 * Returns the booking's text.
 * @param {Invoice} invoice
 * @param {Line} line
 */
export function text(invoice, line) {
  return line.text ?? invoice.partner.name;
}

/**
 * Returns what a person wants to read of a row.
 * @param {Row} row
 * @returns {Booking}
 */
export function shown({ amount, side, taxKey, invoice, line }) {
  return {
    amount: format(amount),
    side,
    account: invoice.partner.account,
    contra_account: line.account,
    tax_key: taxKey,
    date: invoice.date,
    document: invoice.number,
    text: text(invoice, line),
  };
}

/**
 * Adds up.
 * @param {Row[]} rows
 * @returns {Totals}
 */
export function totals(rows) {
  const sums = { S: ZERO, H: ZERO };
  for (const { side, amount } of rows) sums[side] = add(sums[side], amount);
  return { bookings: rows.length, debit: format(sums.S), credit: format(sums.H) };
}
