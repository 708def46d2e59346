// The event that `create_event` writes: its arguments, what has to hold of them, and its lines.

import { Failure } from 'hotcell';
import { escape } from './content.ts';
import type { Moment } from './event.ts';
import { Steps, beginsRule, occurrences } from './expand.ts';
import { invalid } from './problems.ts';
import type { Repeat } from './repeat.ts';
import { ruleText } from './repeat.ts';
import type { Rule } from './rule.ts';
import { readRule } from './rule.ts';
import { DAY, basicWall, dayOf, isoDay, readClock } from './time.ts';
import { dayArgument, zoneArgument } from './window.ts';
import type { Zone } from './zone.ts';
import { UTC, zoneLines } from './zone.ts';

interface Invited {
  /**
   * The name.
   * @maxLength 100
   */
  name?: string;
  /**
   * The e-mail address.
   * @pattern ^[A-Za-z0-9._%+-]{1,64}\x40[A-Za-z0-9.-]{1,180}$
   */
  email: string;
  /** Default: `required`. */
  role?: 'chair' | 'required' | 'optional';
}

interface Organizer {
  /**
   * The name.
   * @maxLength 100
   */
  name?: string;
  /**
   * The e-mail address.
   * @pattern ^[A-Za-z0-9._%+-]{1,64}\x40[A-Za-z0-9.-]{1,180}$
   */
  email: string;
}

interface Alarm {
  /**
   * How long before the start.
   * @integer
   * @minimum 0
   * @maximum 40320
   */
  minutes_before: number;
  /**
   * What it says. Default: the title.
   * @minLength 1
   * @maxLength 200
   */
  text?: string;
}

export interface NewEvent {
  /**
   * What it is called.
   * @minLength 1
   * @maxLength 200
   */
  title: string;
  /**
   * A name for ever unlike that of any other event, such as `20261124-kickoff-7f3a@example.com`. Keep it where the event is changed.
   * @pattern ^[A-Za-z0-9._\x40-]{8,200}$
   */
  uid: string;
  /**
   * When the file is made, in UTC, such as `2026-11-21T08:00:00Z`. It stands in the file.
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$
   */
  stamp: string;
  /**
   * When it begins: a day for a whole day, or a day with a local time, such as `2026-11-24T09:30`.
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$
   */
  start: string;
  /**
   * When it ends, written like the start. Of whole days, the last one.
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$
   */
  end: string;
  /**
   * The zone of start and end, such as `Europe/Berlin` or `UTC`; `floating` is the same clock time everywhere. Only whole days do without.
   * @maxLength 64
   */
  time_zone?: string;
  /** How it recurs. */
  repeat?: Repeat;
  /**
   * Where it is.
   * @maxLength 200
   */
  location?: string;
  /**
   * More about it.
   * @maxLength 5000
   */
  description?: string;
  /**
   * A page about it.
   * @pattern ^https?://[!-~]{1,500}$
   */
  url?: string;
  /** Default: `confirmed`. */
  status?: 'confirmed' | 'tentative' | 'cancelled';
  /** Whether it takes the time of whoever has it. Default: `busy`. */
  shown_as?: 'busy' | 'free';
  /** Who invites. */
  organizer?: Organizer;
  /**
   * Who is invited.
   * @maxItems 100
   */
  attendees?: Invited[];
  /**
   * Reminders.
   * @maxItems 5
   */
  alarms?: Alarm[];
  /** What the file is: to import (the default), an invitation, or the end of one. The last two need an organizer and attendees. */
  method?: 'publish' | 'request' | 'cancel';
  /**
   * How often the event was changed. Default: 0.
   * @integer
   * @minimum 0
   * @maximum 1000000
   * @default 0
   */
  sequence?: number;
  /**
   * The file's name without its ending. Default: `event`.
   * @pattern ^[A-Za-z0-9_-]{1,60}$
   */
  file?: string;
}

/** What the arguments mean. */
export interface Plan {
  start: Moment;
  /** After the end: of whole days, the day behind the last. */
  endWall: number;
  stamp: number;
  /** The value of RRULE; empty where it does not recur. */
  rule: string;
  except: number[];
  /** The first occurrences, by the clock of the start. */
  occurrences: number[];
}

const FLOATING: Zone = { ...UTC, name: 'floating' };
/** Most occurrences that are shown, and how far ahead they are looked for. */
const SHOWN_MAX = 5;
const SHOWN_DAYS = 5 * 366;
const STEPS_MAX = 20_000;

/** Returns what the arguments mean; fails where they contradict one another. */
export function planned(input: NewEvent): Plan {
  checkTexts(input);
  const start = readStart(input);
  const end = readWall('end', input.end);
  if (end.isDay !== start.isDay) throw invalid('start and end have to be both days, or both days with a time.');
  const endWall = end.wall + (start.isDay ? DAY : 0);
  if (start.zone.instant(endWall) <= start.zone.instant(start.wall)) throw invalid(`end (${input.end}) is not after start (${input.start}).`);
  checkClock(endWall, start.zone, input.end);
  if (input.method && input.method !== 'publish' && !(input.organizer && input.attendees?.length)) {
    throw invalid(`A file of method ${input.method} needs an organizer and attendees.`);
  }
  const stamp = readWall('stamp', input.stamp.slice(0, -1)).wall;
  return { start, endWall, stamp, ...recurrence(input, start) };
}

function checkTexts({ title, location = '', description = '', organizer, attendees = [], alarms = [] }: NewEvent): void {
  const lines = [title, location, ...alarms.map(({ text = '' }) => text)];
  if (lines.some((text) => /[\u0000-\u001f\u007f]/.test(text))) throw invalid('A title, location or reminder is one line without control characters.');
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(description)) throw invalid('The description holds a control character.');
  const names = [organizer, ...attendees].map((person) => person?.name ?? '');
  // A parameter has no escapes; readers do not agree on what a backslash means there.
  if (names.some((name) => /[\u0000-\u001f\u007f"\\]/.test(name))) throw invalid('A name holds a quotation mark, a backslash or a control character.');
}

function readStart({ start: text, time_zone }: NewEvent): Moment {
  const { wall, isDay } = readWall('start', text);
  if (isDay) return { wall, isDay, zone: FLOATING };
  if (time_zone === undefined) throw invalid('An event with a time needs its time_zone.');
  const zone = time_zone === 'floating' ? FLOATING : zoneArgument(time_zone);
  checkClock(wall, zone, text);
  return { wall, isDay, zone };
}

function readWall(name: string, text: string): { wall: number; isDay: boolean } {
  const day = dayArgument(name, text.slice(0, 10));
  if (text.length === 10) return { wall: day * DAY, isDay: true };
  const clock = readClock(text.slice(11).replaceAll(':', '').padEnd(6, '0'));
  if (clock === undefined) throw invalid(`${name} is ${text}, which is no time of a day.`);
  return { wall: day * DAY + clock, isDay: false };
}

function checkClock(wall: number, zone: Zone, text: string): void {
  if (zone.wall(zone.instant(wall)) === wall) return;
  throw new Failure('NO_SUCH_TIME', `There is no ${text} in ${zone.name}: the clocks are put forward over it.`);
}

function recurrence({ repeat }: NewEvent, start: Moment): Pick<Plan, 'rule' | 'except' | 'occurrences'> {
  if (!repeat) return { rule: '', except: [], occurrences: [start.wall] };
  const text = ruleText(repeat, start);
  const rule = readRule(text);
  if (typeof rule === 'string') throw invalid(`repeat cannot be read: ${rule}.`);
  if (!beginsRule(rule, start.wall)) throw new Failure('RULE_MISFIT', `The event begins on ${isoDay(dayOf(start.wall))}, which is none of the days of its own rule ${text}.`);
  const clock = start.wall - dayOf(start.wall) * DAY;
  const except = (repeat.except ?? []).map((day) => dayArgument('repeat.except', day) * DAY + clock);
  return { rule: text, except, occurrences: firstOccurrences(rule, repeat, start, except) };
}

function firstOccurrences(rule: Rule, repeat: Repeat, { wall }: Moment, except: number[]): number[] {
  const until = repeat.until === undefined ? Number.POSITIVE_INFINITY : (dayArgument('repeat.until', repeat.until) + 1) * DAY - 1;
  const horizon = Math.max(wall + SHOWN_DAYS * DAY, ...except);
  const all = until < wall ? [] : occurrences(rule, wall, until, wall, horizon, new Steps(STEPS_MAX));
  const stray = except.find((one) => !all.includes(one));
  if (stray !== undefined) throw new Failure('RULE_MISFIT', `The event is not on ${isoDay(dayOf(stray))}, so that this day cannot be left out.`);
  const left = all.filter((one) => !except.includes(one)).slice(0, SHOWN_MAX);
  if (left.length === 0) throw new Failure('RULE_MISFIT', 'No occurrence is left.');
  return left;
}

/** Returns the lines of the file, not yet folded. */
export function linesOf(input: NewEvent, plan: Plan): string[] {
  const { zone, isDay } = plan.start;
  const zoned = !isDay && zone !== UTC && zone !== FLOATING;
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Hotcell//calendar 1.0//EN',
    ...(input.method ? [`METHOD:${input.method.toUpperCase()}`] : []),
    ...(zoned ? zoneLines(zone) : []),
    'BEGIN:VEVENT',
    `UID:${escape(input.uid)}`,
    `DTSTAMP:${basicWall(plan.stamp)}Z`,
    ...timeLines(plan, zoned),
    ...textLines(input),
    ...(input.alarms ?? []).flatMap((alarm) => alarmLines(alarm, input.title)),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
}

function timeLines({ start, endWall, rule, except }: Plan, zoned: boolean): string[] {
  const params = start.isDay ? ';VALUE=DATE' : zoned ? `;TZID=${start.zone.name}` : '';
  const suffix = start.zone === UTC ? 'Z' : '';
  const written = (wall: number) => (start.isDay ? basicWall(wall).slice(0, 8) : basicWall(wall) + suffix);
  return [
    `DTSTART${params}:${written(start.wall)}`,
    `DTEND${params}:${written(endWall)}`,
    ...(rule === '' ? [] : [`RRULE:${rule}`]),
    ...(except.length === 0 ? [] : [`EXDATE${params}:${except.map(written).join(',')}`]),
  ];
}

const ROLES = { chair: 'CHAIR', required: 'REQ-PARTICIPANT', optional: 'OPT-PARTICIPANT' };

function textLines(input: NewEvent): string[] {
  const status = input.method === 'cancel' ? 'cancelled' : (input.status ?? 'confirmed');
  const { location, description, url, organizer } = input;
  const lines = [`SEQUENCE:${input.sequence ?? 0}`, `SUMMARY:${escape(input.title)}`];
  if (location) lines.push(`LOCATION:${escape(location)}`);
  if (description) lines.push(`DESCRIPTION:${escape(description)}`);
  if (url) lines.push(`URL:${url}`);
  lines.push(`STATUS:${status.toUpperCase()}`, `TRANSP:${input.shown_as === 'free' ? 'TRANSPARENT' : 'OPAQUE'}`);
  if (organizer) lines.push(`ORGANIZER${nameParam(organizer.name)}:mailto:${organizer.email}`);
  for (const { name, email, role = 'required' } of input.attendees ?? []) {
    lines.push(`ATTENDEE;ROLE=${ROLES[role]};PARTSTAT=NEEDS-ACTION;RSVP=TRUE${nameParam(name)}:mailto:${email}`);
  }
  return lines;
}

function nameParam(name: string | undefined): string {
  return name ? `;CN="${name}"` : '';
}

function alarmLines({ minutes_before, text }: Alarm, title: string): string[] {
  return ['BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${escape(text ?? title)}`, `TRIGGER:-PT${minutes_before}M`, 'END:VALARM'];
}
