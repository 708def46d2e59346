// A recurrence rule: what RRULE says (RFC 5545, 3.3.10).

import type { Weekday } from './time.ts';
import { DAY, WEEKDAYS, readClock, readDay } from './time.ts';

export const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** A weekday: 0 is Monday. `nth` counts from the period's start or, below 0, from its end; 0 is each. */
export interface ByDay {
  weekday: number;
  nth: number;
}

export interface Rule {
  frequency: Frequency;
  interval: number;
  count: number | undefined;
  /** The last moment, as it stands in the rule. */
  until: Until | undefined;
  byMonth: number[] | undefined;
  byWeek: number[] | undefined;
  byYearDay: number[] | undefined;
  byMonthDay: number[] | undefined;
  byDay: ByDay[] | undefined;
  byHour: number[] | undefined;
  byMinute: number[] | undefined;
  bySecond: number[] | undefined;
  byPosition: number[] | undefined;
  /** On which weekday a week begins: 0 is Monday. */
  weekStart: number;
}

export interface Until {
  /** Seconds of the wall clock, or of UTC; of a day, its first second. */
  wall: number;
  kind: 'day' | 'wall' | 'utc';
}

/** Most values of one list of a rule: as many as a year has days, both ways. */
const VALUES_MAX = 732;

/** Reads the value of an RRULE; the reason as text where it is no rule. */
export function readRule(value: string): Rule | string {
  const parts = new Map<string, string>();
  for (const part of value.trim().split(';').filter(Boolean)) {
    const [name = '', text = ''] = part.split('=', 2);
    parts.set(name.trim().toUpperCase(), text.trim().toUpperCase());
  }
  try {
    return ruleOf(parts);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function ruleOf(parts: Map<string, string>): Rule {
  const frequency = FREQUENCIES.find((one) => one === parts.get('FREQ'));
  if (!frequency) throw new RangeError('the rule has no FREQ that is known');
  const until = parts.get('UNTIL');
  const numbers = (name: string, from: number, to: number) => list(name, parts.get(name), from, to);
  return {
    frequency,
    interval: numbers('INTERVAL', 1, 10_000)?.[0] ?? 1,
    count: numbers('COUNT', 1, 1_000_000)?.[0],
    until: until === undefined ? undefined : readUntil(until),
    byMonth: numbers('BYMONTH', 1, 12),
    byWeek: numbers('BYWEEKNO', -53, 53),
    byYearDay: numbers('BYYEARDAY', -366, 366),
    byMonthDay: numbers('BYMONTHDAY', -31, 31),
    byDay: days(parts.get('BYDAY')),
    byHour: numbers('BYHOUR', 0, 23),
    byMinute: numbers('BYMINUTE', 0, 59),
    bySecond: numbers('BYSECOND', 0, 60)?.map((second) => Math.min(second, 59)),
    byPosition: numbers('BYSETPOS', -366, 366),
    weekStart: weekday(parts.get('WKST') ?? 'MO'),
  };
}

function list(name: string, text: string | undefined, from: number, to: number): number[] | undefined {
  if (text === undefined) return undefined;
  const values = text.split(',').map((one) => (/^[+-]?[0-9]{1,7}$/.test(one.trim()) ? Number(one) : Number.NaN));
  const fits = (value: number) => value >= from && value <= to && (from >= 0 || value !== 0);
  if (values.length > VALUES_MAX || !values.every(fits)) throw new RangeError(`${name} of the rule cannot be read`);
  return [...new Set(values)].sort((one, other) => one - other);
}

function days(text: string | undefined): ByDay[] | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',');
  if (parts.length > VALUES_MAX) throw new RangeError('BYDAY of the rule cannot be read');
  return parts.map((part) => {
    const found = /^([+-]?[0-9]{1,2})?([A-Z]{2})$/.exec(part.trim());
    const nth = Number(found?.[1] ?? 0);
    if (!found || (found[1] !== undefined && nth === 0) || Math.abs(nth) > 53) throw new RangeError('BYDAY of the rule cannot be read');
    return { weekday: weekday(found[2] as string), nth };
  });
}

function weekday(text: string): number {
  const at = WEEKDAYS.indexOf(text as Weekday);
  if (at < 0) throw new RangeError('a weekday of the rule cannot be read');
  return at;
}

function readUntil(text: string): Until {
  const found = /^([0-9]{8})(?:T([0-9]{6})(Z)?)?$/.exec(text);
  const day = found ? readDay(found[1] as string) : undefined;
  const clock = found?.[2] === undefined ? 0 : readClock(found[2]);
  if (!found || day === undefined || clock === undefined) throw new RangeError('UNTIL of the rule cannot be read');
  const kind = found[2] === undefined ? 'day' : found[3] ? 'utc' : 'wall';
  return { wall: day * DAY + clock, kind };
}
