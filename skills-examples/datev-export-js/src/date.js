// Days of the Gregorian calendar. They stay ISO 8601 text, `YYYY-MM-DD`, which is ordered by time.

import { Failure } from 'hotcell';

/** @import { Export } from './contract.js' */

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Returns whether the calendar has the day.
 * @param {string} text
 */
export function isDay(text) {
  const parts = /^([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}

/**
 * The schema knows the form of a date, not the calendar: refuses those that do not exist.
 * @param {Export} input
 */
export function checkDates({ batch, invoices }) {
  checkDay(batch.fiscal_year_start, '/batch/fiscal_year_start');
  checkDay(batch.from, '/batch/from');
  checkDay(batch.to, '/batch/to');
  for (const [at, invoice] of invoices.entries()) {
    checkDay(invoice.date, `/invoices/${at}/date`);
    checkDay(invoice.due, `/invoices/${at}/due`);
    checkDay(invoice.service_date, `/invoices/${at}/service_date`);
  }
}

/**
 * @param {string | null | undefined} day
 * @param {string} pointer
 */
function checkDay(day, pointer) {
  if (day == null || isDay(day)) return;
  const message = `The arguments cannot be read: ${pointer} is "${day}", expected a day of the calendar as YYYY-MM-DD.`;
  throw new Failure('INVALID_ARGUMENTS', message);
}

/**
 * Returns the day as `YYYYMMDD`.
 * @param {string} day
 */
export function compact(day) {
  return day.replaceAll('-', '');
}

/**
 * Returns the day as `DDMMYYYY`.
 * @param {string} day
 */
export function dayFirst(day) {
  return day.slice(8, 10) + day.slice(5, 7) + day.slice(0, 4);
}
