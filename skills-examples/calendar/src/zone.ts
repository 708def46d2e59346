// Time zones: from the VTIMEZONE of a file, or by name from the tz database's current rules.

import type { Component } from './content.ts';
import { parse } from './content.ts';
import { Steps, occurrences } from './expand.ts';
import { ProblemList, Problems } from './problems.ts';
import type { Rule } from './rule.ts';
import { readRule } from './rule.ts';
import { DAY, civil, dayNumber, dayOf, readClock, readDay } from './time.ts';
import table from './zones.json';

/** One time zone. */
export interface Zone {
  name: string;
  /** Returns the instant of a wall clock time: of two the first; in a gap, by the offset before it. */
  instant(wall: number): number;
  /** Returns the wall clock time of an instant. */
  wall(instant: number): number;
}

export const UTC: Zone = { name: 'UTC', instant: (wall) => wall, wall: (instant) => instant };

/** STANDARD or DAYLIGHT: since when which offset holds. */
interface Observance {
  /** When it begins, by the clock before it. */
  start: number;
  from: number;
  to: number;
  rule: Rule | undefined;
  dates: number[];
}

interface Change {
  at: number;
  from: number;
  to: number;
}

/** Most observances of one zone, and most dates of one. */
const OBSERVANCES_MAX = 200;
/** Periods that may be looked at to find the changes of one year. */
const STEPS_MAX = 2_000;

class RuledZone implements Zone {
  readonly name: string;
  readonly #observances: Observance[];
  readonly #years = new Map<number, Change[]>();

  constructor(name: string, observances: Observance[]) {
    this.name = name;
    this.#observances = observances;
  }

  instant(wall: number): number {
    const changes = this.#around(wall);
    const last = changes.findLast(({ at, from, to }) => wall >= at + Math.max(from, to));
    return wall - (last?.to ?? this.#before(changes));
  }

  wall(instant: number): number {
    const changes = this.#around(instant);
    const last = changes.findLast(({ at }) => instant >= at);
    return instant + (last?.to ?? this.#before(changes));
  }

  #before(changes: Change[]): number {
    return changes[0]?.from ?? 0;
  }

  /** Returns the changes that decide about a year, in order. */
  #around(moment: number): Change[] {
    const { year } = civil(dayOf(moment));
    let changes = this.#years.get(year);
    if (!changes) {
      changes = this.#observances.flatMap((one) => changesOf(one, year)).sort((one, other) => one.at - other.at);
      this.#years.set(year, changes);
    }
    return changes;
  }
}

/** Returns the changes to an observance in the years around `year`, and the last one before. */
function changesOf({ start, from, to, rule, dates }: Observance, year: number): Change[] {
  const begin = dayNumber(year - 1, 1, 1) * DAY;
  const end = dayNumber(year + 2, 1, 1) * DAY;
  const walls = [start, ...dates];
  if (rule) {
    // UNTIL is in UTC, and the rule's clock is the one before the change.
    const until = rule.until ? rule.until.wall + (rule.until.kind === 'utc' ? from : 0) : Number.POSITIVE_INFINITY;
    const since = Math.min(begin, until) - 2 * 366 * DAY * rule.interval;
    walls.push(...occurrences(rule, start, until, since, end, new Steps(STEPS_MAX)));
  }
  const sorted = walls.filter((wall) => wall < end).sort((one, other) => one - other);
  const earlier = sorted.findLastIndex((wall) => wall < begin);
  const needed = sorted.slice(Math.max(earlier, 0));
  return (needed.length > 0 ? needed : [start]).map((wall) => ({ at: wall - from, from, to }));
}

/** Reads a VTIMEZONE; the reason as text where it is none. */
export function readZone(component: Component): Zone | string {
  const name = component.properties.find((property) => property.name === 'TZID')?.value.trim();
  if (!name) return 'the time zone has no TZID';
  const observances: Observance[] = [];
  for (const part of component.components) {
    if (part.name !== 'STANDARD' && part.name !== 'DAYLIGHT') continue;
    const observance = readObservance(part);
    if (!observance || observances.length === OBSERVANCES_MAX) return `the time zone ${name} cannot be read`;
    observances.push(observance);
  }
  return observances.length > 0 ? new RuledZone(name, observances) : `the time zone ${name} has no rules`;
}

function readObservance({ properties }: Component): Observance | undefined {
  const value = (name: string) => properties.find((property) => property.name === name)?.value ?? '';
  const start = readWall(value('DTSTART'));
  const from = readOffset(value('TZOFFSETFROM'));
  const to = readOffset(value('TZOFFSETTO'));
  const rule = value('RRULE') === '' ? undefined : readRule(value('RRULE'));
  const dates = properties.filter(({ name }) => name === 'RDATE').flatMap((property) => property.value.split(',').map(readWall));
  const known = dates.filter((date) => date !== undefined);
  if (start === undefined || from === undefined || to === undefined || typeof rule === 'string') return undefined;
  if (known.length < dates.length || known.length > OBSERVANCES_MAX) return undefined;
  return { start, from, to, rule, dates: known };
}

function readWall(text: string): number | undefined {
  const found = /^([0-9]{8})T([0-9]{6})Z?$/.exec(text.trim());
  const day = found ? readDay(found[1] as string) : undefined;
  const clock = found ? readClock(found[2] as string) : undefined;
  return day === undefined || clock === undefined ? undefined : day * DAY + clock;
}

function readOffset(text: string): number | undefined {
  const found = /^([+-])([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?$/.exec(text.trim());
  if (!found) return undefined;
  const seconds = Number(found[2]) * 3600 + Number(found[3]) * 60 + Number(found[4] ?? 0);
  return found[1] === '-' ? -seconds : seconds;
}

/** The lines of each zone's VTIMEZONE, by its name; of an old name, those of the new one. */
const texts = new Map<string, string[]>();
for (const { rules, names } of table.zones) {
  for (const entry of names.split(' ')) {
    const [name = '', id = name] = entry.split('=');
    texts.set(name, ['BEGIN:VTIMEZONE', `TZID:${id}`, ...rules, 'END:VTIMEZONE']);
  }
}

const read = new Map<string, Zone>();

/** Returns a zone of the tz database, by its current rules; none where it has no such name. */
export function zoneNamed(name: string): Zone | undefined {
  if (name === 'UTC' || name === 'Etc/UTC' || name === 'GMT') return UTC;
  const text = texts.get(name);
  const known = read.get(name);
  if (!text || known) return known;
  const [component] = parse(text.join('\n'), new Problems('zones.json', new ProblemList())).components;
  const zone = component && readZone(component);
  if (typeof zone !== 'object') throw new Error(`zones.json: ${name} cannot be read`);
  read.set(name, zone);
  return zone;
}

/** Returns the lines of the VTIMEZONE of a zone. */
export function zoneLines(zone: Zone): string[] {
  return texts.get(zone.name) ?? [];
}

/** Returns the zone that a TZID means which no VTIMEZONE defines, such as `/example.org/Europe/Berlin`. */
export function zoneMeant(id: string): Zone | undefined {
  const parts = id.split('/').filter(Boolean);
  for (let length = Math.min(3, parts.length); length > 0; length -= 1) {
    const zone = zoneNamed(parts.slice(-length).join('/'));
    if (zone) return zone;
  }
  return undefined;
}
