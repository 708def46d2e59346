// One VEVENT: when it is, how it recurs, and what it says.

import type { Component, Property } from './content.ts';
import { unescape } from './content.ts';
import type { Problems } from './problems.ts';
import type { Rule } from './rule.ts';
import { readRule } from './rule.ts';
import { DAY, readClock, readDay } from './time.ts';
import type { Zone } from './zone.ts';
import { UTC, zoneMeant } from './zone.ts';

/** A moment as a calendar writes it: a whole day, or a wall clock's time in a zone. */
export interface Moment {
  wall: number;
  isDay: boolean;
  zone: Zone;
}

/** How long: whole days by the calendar, and seconds by the clock. */
export interface Length {
  days: number;
  seconds: number;
}

export interface Event {
  uid: string;
  sequence: number;
  line: number;
  start: Moment;
  length: Length;
  rules: Rule[];
  added: { start: Moment; length: Length | undefined }[];
  except: Moment[];
  /** Which occurrence it stands for. */
  instead: Moment | undefined;
  /** Whether it takes the time of whoever has it; its status may say otherwise. */
  busy: boolean;
  /** In capitals; empty where it says none. */
  status: string;
  component: Component;
}

/** What is needed to read the times of a file. */
export interface Reader {
  /** The VTIMEZONEs of the file, by TZID. */
  zones: Map<string, Zone>;
  /** For times without a zone, and whole days. */
  local: Zone;
  problems: Problems;
}

/** Most dates that one event may add or leave out. */
const DATES_MAX = 5_000;
/** Most rules of one event; the standard advises one. */
const RULES_MAX = 5;
/** Longest event: 10 years. */
const DAYS_MAX = 3_653;

/** Reads a VEVENT; none, and a problem, where it has no time that can be read. */
export function readEvent(component: Component, reader: Reader): Event | undefined {
  const { problems } = reader;
  const named = byName(component.properties);
  const all = (name: string) => named.get(name) ?? [];
  const one = (name: string) => named.get(name)?.[0];
  const started = one('DTSTART');
  const start = started && readMoments(started, reader)[0];
  if (!start) {
    problems.doubt(started?.line ?? component.line, 'the event has no start that can be read, and is left out');
    return undefined;
  }
  const instead = one('RECURRENCE-ID');
  if (instead?.params.RANGE) problems.doubt(instead.line, 'a change to all later occurrences is read as a change to one');
  return {
    uid: one('UID')?.value.trim() || `line ${component.line}`,
    sequence: Number(one('SEQUENCE')?.value) || 0,
    line: component.line,
    start,
    length: readLength(start, one('DTEND'), one('DURATION'), reader),
    rules: instead ? [] : readRules(all('RRULE'), problems),
    added: all('RDATE').flatMap((property) => readAdded(property, reader)).slice(0, DATES_MAX),
    except: all('EXDATE').flatMap((property) => readMoments(property, reader)).slice(0, DATES_MAX),
    instead: instead && readMoments(instead, reader)[0],
    busy: one('TRANSP')?.value.trim().toUpperCase() !== 'TRANSPARENT',
    status: one('STATUS')?.value.trim().toUpperCase() ?? '',
    component,
  };
}

function byName(properties: Property[]): Map<string, Property[]> {
  const named = new Map<string, Property[]>();
  for (const property of properties) {
    const same = named.get(property.name);
    if (same) same.push(property);
    else named.set(property.name, [property]);
  }
  return named;
}

function readRules(properties: Property[], problems: Problems): Rule[] {
  const rules: Rule[] = [];
  for (const { value, line } of properties) {
    const rule = readRule(value);
    if (typeof rule === 'string') problems.doubt(line, `${rule}; only the first occurrence is shown`);
    else if (rules.length < RULES_MAX) rules.push(rule);
  }
  return rules;
}

/** Reads a property of one or several dates or times. */
export function readMoments(property: Property, reader: Reader): Moment[] {
  const zone = zoneOf(property, reader);
  const moments: Moment[] = [];
  for (const text of property.value.split(',')) {
    const moment = readMoment(text, zone, reader);
    if (moment) moments.push(moment);
    else reader.problems.doubt(property.line, `${property.name} has a time that cannot be read: ${text.slice(0, 40)}`);
  }
  return moments;
}

/** Reads `20261121`, `20261121T093000` or `20261121T093000Z`. */
export function readMoment(text: string, zone: Zone, { local }: Reader): Moment | undefined {
  const found = /^([0-9]{8})(?:T([0-9]{6})(Z)?)?$/.exec(text.trim());
  const day = found ? readDay(found[1] as string) : undefined;
  if (!found || day === undefined) return undefined;
  if (found[2] === undefined) return { wall: day * DAY, isDay: true, zone: local };
  const clock = readClock(found[2]);
  return clock === undefined ? undefined : { wall: day * DAY + clock, isDay: false, zone: found[3] ? UTC : zone };
}

function zoneOf({ params, line, name }: Property, { zones, local, problems }: Reader): Zone {
  const id = params.TZID;
  if (id === undefined) return local;
  const zone = zones.get(id) ?? zoneMeant(id);
  if (zone) return zone;
  problems.doubt(line, `the time zone ${id.slice(0, 80)} of ${name} is not known; it is read as ${local.name}`);
  return local;
}

function readAdded(property: Property, reader: Reader): Event['added'] {
  if (property.params.VALUE !== 'PERIOD') return readMoments(property, reader).map((start) => ({ start, length: undefined }));
  return readPeriods(property, reader);
}

/** Reads periods: `start/end` or `start/duration`. */
export function readPeriods(property: Property, reader: Reader): { start: Moment; length: Length }[] {
  const zone = zoneOf(property, reader);
  const periods = [];
  for (const text of property.value.split(',')) {
    const [first = '', second = ''] = text.split('/', 2);
    const start = readMoment(first, zone, reader);
    const end = readMoment(second, zone, reader);
    const length = start && end ? between(start, end) : readDuration(second);
    if (start && length) periods.push({ start, length });
    else reader.problems.doubt(property.line, `${property.name} has a period that cannot be read: ${text.slice(0, 60)}`);
  }
  return periods;
}

function readLength(start: Moment, ended: Property | undefined, lasting: Property | undefined, reader: Reader): Length {
  const usual = { days: start.isDay ? 1 : 0, seconds: 0 };
  const property = ended ?? lasting;
  if (!property) return usual;
  const end = ended && readMoments(ended, reader)[0];
  const length = end ? between(start, end) : lasting && readDuration(lasting.value);
  if (length && length.days >= 0 && length.seconds >= 0 && length.days + length.seconds / DAY <= DAYS_MAX) {
    // A whole day that ends on itself is one day for all who write it.
    return start.isDay && length.days === 0 ? usual : length;
  }
  reader.problems.doubt(property.line, 'the event has no end that can be read, and is taken as short');
  return usual;
}

/** A length that comes from two moments is exact (RFC 5545, 3.8.5.3). */
function between(start: Moment, end: Moment): Length {
  if (start.isDay) return { days: Math.floor((end.wall - start.wall) / DAY), seconds: 0 };
  return { days: 0, seconds: end.zone.instant(end.wall) - start.zone.instant(start.wall) };
}

/** Reads a duration, such as `P1DT2H` or `P2W`. A negative one is none. */
function readDuration(text: string): Length | undefined {
  const found = /^\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,8})S)?)?$/.exec(text.trim().toUpperCase());
  if (!found || /[PT]$/.test(found[0])) return undefined;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
  return { days: weeks * 7 + days, seconds: hours * 3600 + minutes * 60 + seconds };
}

/** Returns the text of a property, cut to a length. */
export function textOf({ properties }: Component, name: string, charsMax: number): string | null {
  const value = properties.find((property) => property.name === name)?.value;
  return value === undefined ? null : cut(unescape(value), charsMax);
}

export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  return `${text.slice(0, charsMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
