// The occurrences of a series inside a window.

import type { Event, Length, Moment } from './event.ts';
import { Steps, TooManySteps, occurrences } from './expand.ts';
import type { Series } from './files.ts';
import type { Rule } from './rule.ts';
import { DAY, dayOf } from './time.ts';

/** From and to in instants; `to` is no part of it. */
export interface Window {
  from: number;
  to: number;
}

export interface Occurrence {
  series: Series;
  event: Event;
  /** As the calendar writes it. */
  start: Moment;
  begins: number;
  ends: number;
}

/** Most periods and occurrences of rules that one call looks at. */
const STEPS_MAX = 60_000;
/** Most occurrences in one window. */
const OCCURRENCES_MAX = 10_000;

/** Returns what of the series touches the window, in the order of time. */
export function inWindow(all: Series[], window: Window): Occurrence[] {
  const steps = new Steps(STEPS_MAX);
  const found: Occurrence[] = [];
  for (const series of all) {
    try {
      found.push(...ofSeries(series, window, steps));
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      throw series.problems.tooLarge('rules that take too many steps to expand');
    }
    if (found.length > OCCURRENCES_MAX) throw series.problems.tooLarge(`more than ${OCCURRENCES_MAX} occurrences in the window, the files before it included`);
  }
  return found.sort((one, other) => one.begins - other.begins || one.ends - other.ends);
}

function ofSeries(series: Series, window: Window, steps: Steps): Occurrence[] {
  const replaced = new Set(series.overrides.map(({ instead }) => instead && key(instead)));
  const { master } = series;
  const found = master ? ofMaster(series, master, window, steps).filter(({ start }) => !replaced.has(key(start))) : [];
  for (const event of series.overrides) {
    found.push(occurrence(series, event, event.start, event.length));
  }
  return found.filter(({ begins, ends }) => begins < window.to && (ends > window.from || (begins === ends && begins >= window.from)));
}

function ofMaster(series: Series, event: Event, window: Window, steps: Steps): Occurrence[] {
  const { start, length, rules, added, except } = event;
  const without = new Set(except.map(key));
  // A whole day as an exception takes what begins on it; many programs write it so.
  const days = new Set(except.filter(({ isDay }) => isDay && !start.isDay).map(({ wall }) => dayOf(wall)));
  const kept = (moment: Moment) => !without.has(key(moment)) && !days.has(dayOf(moment.wall));
  const walls = new Set(rules.length > 0 ? rules.flatMap((rule) => wallsOf(rule, event, window, steps)) : [start.wall]);
  const found = [...walls].map((wall) => ({ start: { ...start, wall }, length }));
  for (const extra of added) {
    if (!walls.has(wallIn(start, extra.start))) found.push({ start: extra.start, length: extra.length ?? length });
  }
  return found.filter(({ start }) => kept(start)).map(({ start, length }) => occurrence(series, event, start, length));
}

/** The clock times of the start's zone that may touch the window. */
function wallsOf(rule: Rule, { start, length }: Event, window: Window, steps: Steps): number[] {
  const { zone } = start;
  const from = zone.wall(window.from) - length.days * DAY - length.seconds - DAY;
  return occurrences(rule, start.wall, untilWall(rule, start), from, zone.wall(window.to) + DAY, steps);
}

/** Returns the last moment of a rule by the clock of its start. */
function untilWall({ until }: Rule, { isDay, zone }: Moment): number {
  if (!until) return Number.POSITIVE_INFINITY;
  if (isDay || until.kind === 'day') return (dayOf(until.wall) + 1) * DAY - 1;
  return until.kind === 'utc' ? zone.wall(until.wall) : until.wall;
}

function wallIn({ zone }: Moment, other: Moment): number {
  return other.isDay ? other.wall : zone.wall(other.zone.instant(other.wall));
}

function occurrence(series: Series, event: Event, start: Moment, length: Length): Occurrence {
  const { zone } = start;
  const begins = zone.instant(start.wall);
  const ends = zone.instant(start.wall + length.days * DAY) + length.seconds;
  return { series, event, start, begins, ends };
}

/** What two moments have in common that mean one occurrence. */
function key({ wall, isDay, zone }: Moment): string {
  return isDay ? `day ${dayOf(wall)}` : `instant ${zone.instant(wall)}`;
}
