// A window of whole days in a zone, as the tools' arguments name it; and times as they answer them.

import { Failure } from 'hotcell';
import type { Window } from './occurrence.ts';
import { invalid } from './problems.ts';
import { DAY, isoWall, readDay } from './time.ts';
import type { Zone } from './zone.ts';
import { zoneNamed } from './zone.ts';

/** Most days of a window. */
const WINDOW_DAYS_MAX = 800;

export interface Days {
  first: number;
  last: number;
}

/** Returns the days from the first to the last, both included. */
export function readDays(from: string, to: string): Days {
  const first = dayArgument('from', from);
  const last = dayArgument('to', to);
  if (last < first) throw invalid(`to (${to}) is before from (${from}).`);
  if (last - first >= WINDOW_DAYS_MAX) throw invalid(`From ${from} to ${to} is more than ${WINDOW_DAYS_MAX} days.`);
  return { first, last };
}

/** Reads `2026-11-21`. */
export function dayArgument(name: string, text: string): number {
  const day = readDay(text.replaceAll('-', ''));
  if (day === undefined) throw invalid(`${name} is ${text}, which is no day of the calendar.`);
  return day;
}

/** Returns the window of days, in instants. */
export function windowOf({ first, last }: Days, zone: Zone): Window {
  return { from: zone.instant(first * DAY), to: zone.instant((last + 1) * DAY) };
}

/** Returns a zone by its name. */
export function zoneArgument(name: string): Zone {
  const zone = zoneNamed(name);
  if (!zone) throw new Failure('UNKNOWN_TIME_ZONE', `There is no time zone ${name}; names are such as Europe/Berlin, America/New_York or UTC.`);
  return zone;
}

/** Returns `2026-11-21T09:30:00+01:00`. */
export function isoInstant(instant: number, zone: Zone): string {
  const wall = zone.wall(instant);
  const minutes = Math.round((wall - instant) / 60);
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${isoWall(wall)}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

