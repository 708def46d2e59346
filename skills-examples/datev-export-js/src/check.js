// DATEV's rules. Each broken one is a finding with its place; nothing is repaired.

import { format, isBookable, parse } from './amount.js';
import { text } from './booking.js';
import { isDay } from './date.js';
import { quoted } from './quoted.js';
import { missing } from './windows-1252.js';

/** @import { Batch, Code, Export, Finding, Invoice, Line } from './contract.js' */

/** Longest booking text. */
const TEXT_CHARS_MAX = 60;

/** Control characters, line breaks among them. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Accounts marked AM and AV: 7 % and 19 %, sales and purchases, in SKR03 and SKR04. */
const AUTOMATIC = { '03': [8300, 8400, 3300, 3400], '04': [4300, 4400, 5300, 5400] };

/** Sales to businesses elsewhere in the EU, reported with the customer's VAT number. */
const REPORTED = { '03': [8125, 8336], '04': [4125, 4336] };

/**
 * Returns every finding, in the order of the input.
 * @param {Export} input
 */
export function check({ batch, invoices }) {
  const findings = checkBatch(batch);
  /** @type {Map<string, number>} */
  const numbers = new Map();
  for (const [at, invoice] of invoices.entries()) {
    const place = `/invoices/${at}`;
    findings.push(...checkInvoice(batch, invoice, place));
    const name = nameOf(invoice);
    const twin = numbers.get(name);
    if (twin === undefined) numbers.set(name, at);
    else findings.push(error('duplicate_number', `${place}/number`, `${invoice.number} stands at /invoices/${twin} already.`));
    findings.push(...checkLines(batch, invoice, place));
  }
  return findings;
}

/**
 * @param {Code} code
 * @param {string} pointer
 * @param {string} message
 * @returns {Finding}
 */
function error(code, pointer, message) {
  return { code, severity: 'error', pointer, message };
}

/**
 * Returns what no second invoice may have: our own numbers are one row, each supplier has one.
 * @param {Invoice} invoice
 */
function nameOf({ direction, number, partner }) {
  return direction === 'outgoing' ? `outgoing ${number}` : `incoming ${partner.account} ${number}`;
}

/** @param {Batch} batch */
function checkBatch(batch) {
  const { fiscal_year_start: start, from, to } = batch;
  const findings = [];
  if (from > to) {
    findings.push(error('period', '/batch/to', `The period ends (${to}) before it begins (${from}).`));
  }
  const next = `${Number(start.slice(0, 4)) + 1}${start.slice(4)}`;
  // A fiscal year ends before the same day of the next year; 29 February begins none.
  if (from < start || !isDay(next) || to >= next) {
    const message =
      `The period ${from} to ${to} is not inside the fiscal year from ${start}; dates in the file ` +
      'have no year, so write one file for each fiscal year.';
    findings.push(error('period', '/batch/from', message));
  }
  if (createdAt(batch) === undefined) {
    findings.push(error('creation_time', '/batch/created_at', `${batch.created_at} is no time of the calendar.`));
  }
  return findings;
}

/**
 * Returns the creation time as the header writes it, `YYYYMMDDHHMMSSmmm`; none where there is no
 * such time. The schema has bound minutes and seconds.
 * @param {Batch} batch
 */
export function createdAt({ created_at }) {
  const valid = isDay(created_at.slice(0, 10)) && Number(created_at.slice(11, 13)) < 24;
  return valid ? `${created_at.replaceAll(/[^0-9]/g, '')}000` : undefined;
}

/**
 * @param {Batch} batch
 * @param {Invoice} invoice
 * @param {string} place
 */
function checkInvoice(batch, invoice, place) {
  const { number, date } = invoice;
  const findings = [];
  const sign = /[^A-Za-z0-9_$&%*+/-]/u.exec(number)?.[0];
  if (sign !== undefined) {
    const message = `${quoted(number, '"')} holds ${quoted(sign, "'")}; DATEV takes letters, digits and _ $ & % * + - / only.`;
    findings.push(error('document_number', `${place}/number`, message));
  }
  if (date < batch.from || date > batch.to) {
    const message = `${date} is outside the batch's period ${batch.from} to ${batch.to}.`;
    findings.push(error('date_outside_period', `${place}/date`, message));
  }
  findings.push(...checkPartner(batch, invoice, place));
  return findings;
}

/**
 * @param {Batch} batch
 * @param {Invoice} invoice
 * @param {string} place
 */
function checkPartner(batch, { direction, partner }, place) {
  const account = String(partner.account);
  const length = batch.account_length + 1;
  const [who, first, last] = direction === 'outgoing' ? ["a customer's", '1', '6'] : ["a supplier's", '7', '9'];
  if (account.length === length && account[0] >= first && account[0] <= last) return [];
  const message = `${account} is not ${who} account: it has ${length} digits here and begins with ${first} to ${last}.`;
  return [error('account', `${place}/partner/account`, message)];
}

/**
 * @param {Batch} batch
 * @param {Invoice} invoice
 * @param {string} place
 */
function checkLines(batch, invoice, place) {
  const findings = [];
  // Lines without a text of their own share the partner's name: its character is said once.
  const said = new Set();
  for (const [at, line] of invoice.lines.entries()) {
    const linePlace = `${place}/lines/${at}`;
    findings.push(...checkNumbers(batch, line, linePlace));
    const textPlace = line.text == null ? `${place}/partner/name` : `${linePlace}/text`;
    for (const finding of checkText(text(invoice, line), textPlace)) {
      const once = finding.code === 'not_in_windows_1252' ? `${finding.pointer} ${finding.message}` : undefined;
      if (once === undefined || !said.has(once)) findings.push(finding);
      said.add(once);
    }
    findings.push(...checkTax(batch, invoice, line, { line: linePlace, partner: `${place}/partner` }));
  }
  return findings;
}

/**
 * @param {Batch} batch
 * @param {Line} line
 * @param {string} place
 */
function checkNumbers(batch, line, place) {
  const findings = [];
  if (String(line.account).length > batch.account_length) {
    const message = `${line.account} has more than ${batch.account_length} digits.`;
    findings.push(error('account', `${place}/account`, message));
  }
  const gross = parse(line.gross);
  if (!isBookable(gross)) {
    const message =
      `${format(gross)} must be positive, below 10000000000 and have at most 2 decimals; what is ` +
      'paid back is an invoice of kind credit_note.';
    findings.push(error('amount', `${place}/gross`, message));
  }
  return findings;
}

/**
 * @param {string} words
 * @param {string} place
 */
function checkText(words, place) {
  const findings = [];
  const long = words.length > TEXT_CHARS_MAX && [...words].length > TEXT_CHARS_MAX;
  if (long || CONTROL.test(words)) {
    const message =
      `The booking's text must have at most ${TEXT_CHARS_MAX} characters and no line break; ` +
      "set the line's text.";
    findings.push(error('text', place, message));
  }
  const lacking = missing(words);
  if (lacking !== undefined) {
    const code = (lacking.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message = `${quoted(lacking, "'")} (U+${code}) is not in Windows-1252, which DATEV reads; write it in another way.`;
    findings.push(error('not_in_windows_1252', place, message));
  }
  return findings;
}

/**
 * @param {Batch} batch
 * @param {Invoice} invoice
 * @param {Line} line
 * @param {{ line: string, partner: string }} places
 */
function checkTax({ chart, account_length }, { partner }, line, places) {
  /** @type {Finding[]} */
  const findings = [];
  const standard = standardAccount(line.account, account_length);
  if (line.tax.by !== 'account' && AUTOMATIC[chart].includes(standard)) {
    const message = `${line.account} finds the VAT by itself; write the tax as {"by": "account"}.`;
    findings.push(error('key_on_automatic_account', `${places.line}/tax`, message));
  }
  if (REPORTED[chart].includes(standard) && partner.vat_number == null) {
    const message = `${line.account} is reported in the EC sales list (ZM), which needs the customer's VAT number.`;
    findings.push({ code: 'vat_number_missing', severity: 'warning', pointer: places.partner, message });
  }
  return findings;
}

/**
 * Returns the account by its four digits, as longer ones only have zeros appended; a number that is
 * no account where they have not.
 * @param {number} account
 * @param {number} length
 */
function standardAccount(account, length) {
  return account / 10 ** (length - 4);
}
