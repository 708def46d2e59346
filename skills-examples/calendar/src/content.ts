// iCalendar as text: content lines, folding, escaping (RFC 5545, 3.1 and 3.3.11), and the tree of
// components. Reading is tolerant: what cannot be read is told as a problem, and the rest is read.

import type { Problems } from './problems.ts';

export interface Property {
  name: string;
  /** By name in capitals; values without their quotation marks. */
  params: Readonly<Record<string, string>>;
  value: string;
  line: number;
}

export interface Component {
  name: string;
  line: number;
  properties: Property[];
  components: Component[];
}

/** Most octets of a line that is written, its end left out. */
const LINE_OCTETS_MAX = 75;
/** Longest content line that is read, unfolded. */
const LINE_CHARS_MAX = 65_536;
/** Most components in one file. */
export const COMPONENTS_MAX = 20_000;
/** Most components inside one another. */
const DEPTH_MAX = 8;

const NAME = /^[A-Za-z0-9-]+$/;
const PROPERTY = /^([A-Za-z0-9-]+)(?:;((?:"[^"]*"|[^":])*))?:(.*)$/s;
const PARAM = /([^=;]+)=((?:"[^"]*"|[^";])*)/g;

/** What decides when an event is. */
const TIMES = /^(?:BEGIN|END|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|TRANSP|STATUS|UID|FREEBUSY)/i;

/** Reads a text as a tree, whose root holds the calendars. */
export function parse(text: string, problems: Problems): Component {
  const root: Component = { name: '', line: 0, properties: [], components: [] };
  const open = [root];
  let components = 0;
  for (const [line, content] of unfolded(text)) {
    const property = readProperty(content, line, problems);
    if (!property) continue;
    const top = open[open.length - 1] as Component;
    if (property.name === 'BEGIN') {
      const component = { name: property.value.trim().toUpperCase(), line, properties: [], components: [] };
      components += 1;
      if (components > COMPONENTS_MAX) throw problems.tooLarge(`more than ${COMPONENTS_MAX} components`);
      if (open.length > DEPTH_MAX) throw problems.tooLarge(`components inside one another more than ${DEPTH_MAX} deep`);
      top.components.push(component);
      open.push(component);
    } else if (property.name === 'END') {
      close(open, property, problems);
    } else {
      top.properties.push(property);
    }
  }
  if (open.length > 1) problems.doubt((open[open.length - 1] as Component).line, `${open[open.length - 1]?.name} has no END`);
  return root;
}

function close(open: Component[], { value, line }: Property, problems: Problems): void {
  const name = value.trim().toUpperCase();
  const at = open.findLastIndex((component) => component.name === name);
  if (at < 1) return problems.doubt(line, `END:${name.slice(0, 40)} closes nothing`);
  if (at < open.length - 1) problems.doubt(line, `${open[open.length - 1]?.name} has no END`);
  open.length = at;
}

/** Joins the lines that were folded, each with the number of its first one. */
function* unfolded(text: string): Generator<[number, string]> {
  const lines = text.split(/\r\n|\n|\r/);
  let content = '';
  let start = 1;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const first = line.charCodeAt(0);
    if (first === 0x20 || first === 0x09) {
      if (content.length < LINE_CHARS_MAX) content += line.slice(1);
      continue;
    }
    if (content !== '') yield [start, content];
    content = line;
    start = at + 1;
  }
  if (content !== '') yield [start, content];
}

function readProperty(content: string, line: number, problems: Problems): Property | undefined {
  const colon = content.indexOf(':');
  const simple = content.slice(0, Math.max(colon, 0));
  // Most lines have no parameters, and need no slow look at every character.
  if (NAME.test(simple) && content.length <= LINE_CHARS_MAX) {
    return { name: simple.toUpperCase(), params: NO_PARAMS, value: content.slice(colon + 1), line };
  }
  const found = PROPERTY.exec(content);
  if (!found || content.length > LINE_CHARS_MAX) {
    const message = 'the line is no property of iCalendar';
    if (TIMES.test(content)) problems.doubt(line, message);
    else if (content.trim() !== '') problems.add(line, message);
    return undefined;
  }
  const [, name = '', params = '', value = ''] = found;
  return { name: name.toUpperCase(), params: readParams(params), value, line };
}

const NO_PARAMS: Property['params'] = Object.freeze({});

function readParams(text: string): Property['params'] {
  const params: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(PARAM)) params[name.toUpperCase()] = value.replaceAll('"', '');
  return params;
}

/** Returns a TEXT value as it is meant. */
export function unescape(value: string): string {
  return value.replaceAll(/\\([nN,;\\])/g, (_, sign: string) => (sign === 'n' || sign === 'N' ? '\n' : sign));
}

/** Returns a TEXT value as it is written. */
export function escape(text: string): string {
  return text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r\n|\r|\n/g, '\\n');
}

const encoder = new TextEncoder();
const END = encoder.encode('\r\n');
const FOLD = encoder.encode('\r\n ');

/** Returns lines as the bytes of a file: folded at 75 octets, no character cut, each ended by CRLF. */
export function serialized(lines: string[]): Uint8Array {
  const parts = lines.flatMap(folded);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Returns the parts of a folded line, its end included. */
function folded(line: string): Uint8Array[] {
  const bytes = encoder.encode(line);
  const parts: Uint8Array[] = [];
  let from = 0;
  // The space that begins each further line is one of its octets.
  for (let room = LINE_OCTETS_MAX; bytes.length - from > room; room = LINE_OCTETS_MAX - 1) {
    let to = from + room;
    while (isInside(bytes[to] ?? 0)) to -= 1;
    parts.push(bytes.subarray(from, to), FOLD);
    from = to;
  }
  return [...parts, bytes.subarray(from), END];
}

/** Whether a byte stands within a character of UTF-8 and not at its beginning. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
