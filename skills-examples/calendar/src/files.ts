// The calendar files at /in, read as series of events.

import { Failure, files } from 'hotcell';
import type { Component } from './content.ts';
import { parse } from './content.ts';
import type { Event, Length, Moment, Reader } from './event.ts';
import { readEvent, readPeriods } from './event.ts';
import type { ProblemList } from './problems.ts';
import { Problems } from './problems.ts';
import type { Zone } from './zone.ts';
import { readZone } from './zone.ts';

/** All that shares a UID: one event, and what stands instead of some of its occurrences. */
export interface Series {
  file: string;
  problems: Problems;
  master: Event | undefined;
  overrides: Event[];
}

export interface Calendar {
  series: Series[];
  /** What VFREEBUSY says is taken. */
  taken: { start: Moment; length: Length }[];
}

/** Most bytes of one file. */
const FILE_BYTES_MAX = 4 << 20;
/** Most events in all files. */
const EVENTS_MAX = 5_000;
/** Most periods of VFREEBUSY in one file. */
const PERIODS_MAX = 5_000;

/** Reads files by their names. Times without a zone are those of `local`. */
export function readCalendars(names: string[], local: Zone, list: ProblemList): Calendar[] {
  const there = new Set(files.list('/in'));
  let events = 0;
  return names.map((name) => {
    if (!there.has(name)) throw new Failure('FILE_MISSING', `There is no file ${name} at /in.`);
    const problems = new Problems(name, list);
    const calendar = readCalendar(readText(name, problems), local, problems);
    for (const { master, overrides } of calendar.series) events += (master ? 1 : 0) + overrides.length;
    if (events > EVENTS_MAX) throw problems.tooLarge(`more than ${EVENTS_MAX} events, the files before it included`);
    return calendar;
  });
}

function readText(name: string, problems: Problems): string {
  const bytes = files.read(`/in/${name}`);
  if (bytes.length > FILE_BYTES_MAX) throw problems.tooLarge(`more than ${FILE_BYTES_MAX} bytes`);
  if (bytes.includes(0)) throw problems.notACalendar('it is not text');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    problems.add(1, 'the file is not UTF-8, and is read as Windows-1252');
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function readCalendar(text: string, local: Zone, problems: Problems): Calendar {
  const root = parse(text, problems);
  const calendars = root.components.filter(({ name }) => name === 'VCALENDAR');
  if (calendars.length === 0) throw problems.notACalendar('it has no BEGIN:VCALENDAR');
  const inside = calendars.flatMap(({ components }) => components);
  const reader = { zones: readZones(inside, problems), local, problems };
  const events = [];
  for (const component of inside) {
    const event = component.name === 'VEVENT' && readEvent(component, reader);
    if (event) events.push(event);
  }
  return { series: grouped(events, problems), taken: readTaken(inside, reader) };
}

function readZones(components: Component[], problems: Problems): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const component of components) {
    if (component.name !== 'VTIMEZONE') continue;
    const zone = readZone(component);
    if (typeof zone === 'string') problems.add(component.line, zone);
    else zones.set(zone.name, zone);
  }
  return zones;
}

function readTaken(components: Component[], reader: Reader): Calendar['taken'] {
  const properties = components.filter(({ name }) => name === 'VFREEBUSY').flatMap(({ properties }) => properties);
  const busy = properties.filter(({ name, params }) => name === 'FREEBUSY' && params.FBTYPE?.toUpperCase() !== 'FREE');
  const taken = busy.flatMap((property) => readPeriods(property, reader));
  if (taken.length > PERIODS_MAX) throw reader.problems.tooLarge(`more than ${PERIODS_MAX} periods`);
  return taken;
}

/** Puts together what shares a UID. Of two versions of one event the later counts. */
function grouped(events: Event[], problems: Problems): Series[] {
  const byUid = new Map<string, Series>();
  for (const event of events) {
    const series = byUid.get(event.uid) ?? { file: problems.file, problems, master: undefined, overrides: [] };
    byUid.set(event.uid, series);
    const twin = event.instead ? series.overrides.findIndex((other) => isSame(other, event)) : -1;
    const other = event.instead ? series.overrides[twin] : series.master;
    if (other && other.sequence > event.sequence) continue;
    if (!event.instead) series.master = event;
    else if (twin >= 0) series.overrides[twin] = event;
    else series.overrides.push(event);
  }
  return [...byUid.values()];
}

function isSame({ instead: one }: Event, { instead: other }: Event): boolean {
  return one !== undefined && other !== undefined && one.isDay === other.isDay && one.zone.instant(one.wall) === other.zone.instant(other.wall);
}
