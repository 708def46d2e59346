// Tool `free_time`.

import { Failure } from 'hotcell';
import type { Calendar } from './files.ts';
import { readCalendars } from './files.ts';
import type { Window } from './occurrence.ts';
import { inWindow } from './occurrence.ts';
import { ProblemList, invalid } from './problems.ts';
import { DAY, WEEKDAYS, weekdayOf } from './time.ts';
import type { Weekday } from './time.ts';
import type { Days } from './window.ts';
import { isoInstant, readDays, windowOf, zoneArgument } from './window.ts';
import type { Zone } from './zone.ts';

interface WorkingHours {
  /**
   * When work begins, such as `09:00`.
   * @pattern ^([01][0-9]|2[0-3]):[0-5][0-9]$
   */
  start: string;
  /**
   * When it ends, such as `17:30`; at most `24:00`.
   * @pattern ^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$
   */
  end: string;
  /**
   * On which days. Default: Monday to Friday.
   * @minItems 1
   * @maxItems 7
   */
  days?: Weekday[];
}

export interface FreeTime {
  /**
   * Names of the files at /in, one or more of each person. A slot is free in all of them.
   * @minItems 1
   * @maxItems 20
   */
  files: string[];
  /**
   * The first day to look at.
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  from: string;
  /**
   * The last day to look at, at most 800 days from the first.
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  to: string;
  /**
   * The zone of the days and working hours, and of all times in the answer, such as `Europe/Berlin`.
   * @maxLength 64
   */
  time_zone: string;
  /** Between which hours a slot may lie. */
  working_hours: WorkingHours;
  /**
   * How long a slot has to be. Default: 30.
   * @integer
   * @minimum 5
   * @maximum 1440
   * @default 30
   */
  minutes_min?: number;
  /**
   * Minutes to keep free before and after each event. Default: 0.
   * @integer
   * @minimum 0
   * @maximum 240
   * @default 0
   */
  pause_minutes?: number;
  /** Whether a tentative event takes its time. Default: `busy`. */
  tentative?: 'busy' | 'free';
  /**
   * Most slots to return. Default: 50.
   * @integer
   * @minimum 1
   * @maximum 500
   * @default 50
   */
  slots_max?: number;
}

interface Slot {
  /** With its offset. */
  start: string;
  end: string;
  /**
   * How long it is.
   * @integer
   * @minimum 0
   */
  minutes: number;
}

export interface Free {
  /** In the order of time. */
  slots: Slot[];
  /**
   * How many there are, those that are not returned included.
   * @integer
   * @minimum 0
   */
  total: number;
}

/**
 * Finds slots that are free in all of several calendars, inside working hours. Fails rather than guess where a calendar cannot be read whole.
 * @error INVALID_ARGUMENTS never The arguments fit the schema but hold a value that the tool cannot read, such as 31 February. Mend the value that the message names.
 * @error FILE_MISSING never No file of this name was passed. Look at the names of the files.
 * @error NOT_A_CALENDAR never The file is no iCalendar file. Ask for an .ics file.
 * @error UNKNOWN_TIME_ZONE never There is no time zone of this name. Use one of the tz database, such as Europe/Berlin.
 * @error TOO_LARGE never The file or the window holds more than the tool reads. Ask for fewer files or fewer days.
 * @error UNREADABLE_EVENT never It cannot be told when an event is, so that free time would be a guess. `details.problems` says where; read_events shows the rest.
 */
export function free_time(input: FreeTime): Free {
  const zone = zoneArgument(input.time_zone);
  const days = readDays(input.from, input.to);
  const hours = readHours(input.working_hours);
  const pause = (input.pause_minutes ?? 0) * 60;
  const window = windowOf(days, zone);
  const wide = { from: window.from - pause, to: window.to + pause };
  const busy = busyTimes(input, zone, wide).map(({ from, to }) => ({ from: from - pause, to: to + pause }));
  const free = slots(workTimes(days, hours, zone), merged(busy)).filter(({ from, to }) => to - from >= (input.minutes_min ?? 30) * 60);
  const shown = free.slice(0, input.slots_max ?? 50);
  return {
    slots: shown.map(({ from, to }) => ({ start: isoInstant(from, zone), end: isoInstant(to, zone), minutes: Math.floor((to - from) / 60) })),
    total: free.length,
  };
}

interface Hours {
  start: number;
  end: number;
  weekdays: Set<number>;
}

function readHours({ start, end, days = ['MO', 'TU', 'WE', 'TH', 'FR'] }: WorkingHours): Hours {
  const seconds = (text: string) => Number(text.slice(0, 2)) * 3600 + Number(text.slice(3)) * 60;
  if (seconds(end) <= seconds(start)) throw invalid(`Work ends (${end}) before it begins (${start}).`);
  return { start: seconds(start), end: seconds(end), weekdays: new Set(days.map((day) => WEEKDAYS.indexOf(day))) };
}

function workTimes({ first, last }: Days, { start, end, weekdays }: Hours, zone: Zone): Window[] {
  const times = [];
  for (let day = first; day <= last; day += 1) {
    if (weekdays.has(weekdayOf(day))) times.push({ from: zone.instant(day * DAY + start), to: zone.instant(day * DAY + end) });
  }
  return times;
}

function busyTimes({ files, tentative }: FreeTime, zone: Zone, window: Window): Window[] {
  const problems = new ProblemList();
  const calendars = readCalendars(files, zone, problems);
  if (problems.doubt) {
    const { file, line, message } = problems.doubt;
    throw new Failure('UNREADABLE_EVENT', `${file}, line ${line}: ${message}`, { details: { problems: problems.told } });
  }
  const found = inWindow(calendars.flatMap(({ series }) => series), window);
  const isFree = (status: string) => status === 'CANCELLED' || (status === 'TENTATIVE' && tentative === 'free');
  const busy = found.filter(({ event }) => event.busy && !isFree(event.status));
  return [...busy.map(({ begins, ends }) => ({ from: begins, to: ends })), ...calendars.flatMap(taken)];
}

function taken(calendar: Calendar): Window[] {
  return calendar.taken.map(({ start: { wall, zone }, length }) => ({
    from: zone.instant(wall),
    to: zone.instant(wall + length.days * DAY) + length.seconds,
  }));
}

/** Returns times in order, without overlaps. */
function merged(times: Window[]): Window[] {
  const all: Window[] = [];
  for (const { from, to } of times.sort((one, other) => one.from - other.from)) {
    const last = all[all.length - 1];
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) all.push({ from, to });
  }
  return all;
}

/** Returns what is left of `times` without `busy`; both are in order. */
function slots(times: Window[], busy: Window[]): Window[] {
  const free: Window[] = [];
  let next = 0;
  for (const { from, to } of times) {
    let start = from;
    while (next < busy.length && (busy[next] as Window).to <= from) next += 1;
    for (let at = next; at < busy.length && (busy[at] as Window).from < to; at += 1) {
      const { from: begins, to: ends } = busy[at] as Window;
      if (begins > start) free.push({ from: start, to: begins });
      start = Math.max(start, ends);
    }
    if (start < to) free.push({ from: start, to });
  }
  return free;
}
