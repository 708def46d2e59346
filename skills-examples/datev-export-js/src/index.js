// `datev-export-js`: invoices become a DATEV "Buchungsstapel" (EXTF, version 700, category 21,
// format version 13). The same contract and the same bytes as `datev-export`, which is in Rust.
//
// `contract.d.ts` is what goes in and out, `check.js` the rules, `booking.js` the rows, `format.js`
// the columns and `file.js` the bytes. The skill never repairs: what DATEV would refuse is a finding
// with its place. It chooses no accounts: those come from the caller.
//
// Source of the format: DATEV, developer portal, "DATEV-Format", "Header" and "Buchungsstapel".

import { Failure, files } from 'hotcell';
import { bookings, shown, totals } from './booking.js';
import { check } from './check.js';
import { checkDates } from './date.js';
import { fileBytes, fileName } from './file.js';
import { columns } from './format.js';

/** @import { Description, Export, Exported, Finding, Preview, Question } from './contract.js' */

/** Most bookings that are shown. */
const SHOWN_MAX = 100;
/** Most findings that a failure carries. */
const FINDINGS_MAX = 50;

/**
 * Checks invoices against DATEV's rules without writing a file: the bookings that would be written, and every finding with its place. Call it first.
 * @param {Export} input
 * @returns {Preview}
 * @error INVALID_ARGUMENTS never The arguments fit the schema but hold a value that the tool cannot read. Mend the value that the message names.
 */
function check_bookings(input) {
  checkDates(input);
  const findings = check(input);
  const rows = bookings(input);
  return {
    exportable: !findings.some(isError),
    findings,
    file: fileName(input.batch),
    totals: totals(rows),
    bookings: rows.slice(0, SHOWN_MAX).map(shown),
  };
}

/**
 * Writes invoices as a DATEV booking batch to /out/EXTF_Buchungsstapel_….csv, ready for import. Fails, and writes nothing, if a rule is broken.
 * @param {Export} input
 * @returns {Exported}
 * @error INVALID_ARGUMENTS never The arguments fit the schema but hold a value that the tool cannot read. Mend the value that the message names.
 * @error RULES_BROKEN never DATEV would refuse the batch. `details.findings` says what and where; mend the input.
 * @error NOT_IN_WINDOWS_1252 never A text holds a character that the file's character set lacks. `details.findings` says which and where; write it in another way, such as L for Ł.
 */
function export_bookings(input) {
  checkDates(input);
  const findings = check(input);
  refuseBroken(findings.filter(isError));
  const rows = bookings(input);
  const file = fileName(input.batch);
  const bytes = fileBytes(input.batch, rows);
  // A file that is larger than the call's quota ends the call at that limit.
  files.write(`/out/${file}`, bytes);
  return { file, bytes: bytes.length, totals: totals(rows), warnings: findings };
}

/**
 * Lists the columns of the file: number, German heading, kind, and what this skill writes there. For questions about the format or a file.
 * @param {Question} input
 * @returns {Description}
 */
function describe_format({ which = 'filled' }) {
  const all = columns();
  return {
    format: 'DATEV EXTF 700, category 21 (Buchungsstapel), format version 13',
    encoding: 'Windows-1252, CRLF, semicolons, decimal comma',
    column_count: all.length,
    columns: which === 'all' ? all : all.filter((column) => column.written !== null),
  };
}

/** @param {Finding} finding */
function isError(finding) {
  return finding.severity === 'error';
}

/**
 * A missing character is a failure of its own where nothing else is wrong.
 * @param {Finding[]} errors
 */
function refuseBroken(errors) {
  if (errors.length === 0) return;
  const findings = errors.slice(0, FINDINGS_MAX);
  const [first] = findings;
  const onlyCharacters = errors.every((finding) => finding.code === 'not_in_windows_1252');
  throw new Failure(
    onlyCharacters ? 'NOT_IN_WINDOWS_1252' : 'RULES_BROKEN',
    `Nothing was written: ${findings.length} findings. First, at ${first.pointer}: ${first.message}`,
    { details: { findings } },
  );
}

export default { check_bookings, export_bookings, describe_format };
