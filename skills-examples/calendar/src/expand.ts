// The occurrences of a rule (RFC 5545, 3.3.10), as wall clock times of the zone of its start.
//
// Period by period (years, months, weeks …): first the days of a period, then the clock times of each
// day, then BYSETPOS. Periods before the window are passed over by arithmetic where no COUNT has to be
// counted, so that a daily rule of 1990 costs no more than one of today.

import type { ByDay, Rule } from './rule.ts';
import { DAY, civil, dayNumber, dayOf, daysInMonth, weekdayOf } from './time.ts';

/** How many periods and occurrences the rules of one call may still look at. */
export class Steps {
  #left: number;

  constructor(left: number) {
    this.#left = left;
  }

  take(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new TooManySteps();
  }
}

/** A rule needs more steps than there are. */
export class TooManySteps extends Error {}

/** A rule in which nothing is missing: what it leaves open comes from its start. */
interface Filled extends Rule {
  start: number;
  /** The clock times of a day, sorted; only for rules of whole days. */
  clocks: number[];
  byYearDays: Set<number> | undefined;
  byWeeks: Set<number> | undefined;
}

const SECONDS = { HOURLY: 3600, MINUTELY: 60, SECONDLY: 1 } as const;

/**
 * Returns the occurrences from `from` to `to`, both included, in order. The start is always the
 * first, whether or not it fits the rule. `until` is the last moment by the same clock.
 */
export function occurrences(rule: Rule, start: number, until: number, from: number, to: number, steps: Steps): number[] {
  const found: number[] = [];
  const last = Math.min(until, to);
  if (start > to) return found;
  if (start >= from) found.push(start);
  const filled = fill(rule, start);
  let left = (rule.count ?? Number.POSITIVE_INFINITY) - 1;
  for (let at = rule.count === undefined ? firstPeriod(filled, from) : 0; left > 0; at += 1) {
    const begin = periodBegin(filled, at * rule.interval);
    if (begin > last) break;
    steps.take();
    for (const wall of inPeriod(filled, begin)) {
      steps.take();
      if (wall <= start) continue;
      if (wall > last || left === 0) return found;
      left -= 1;
      if (wall >= from) found.push(wall);
    }
  }
  return found;
}

/** Returns whether a rule names its own start. */
export function beginsRule(rule: Rule, start: number): boolean {
  const filled = fill(rule, start);
  return inPeriod(filled, periodBegin(filled, 0)).includes(start);
}

function fill(rule: Rule, start: number): Filled {
  const { month, day } = civil(dayOf(start));
  const clock = start - dayOf(start) * DAY;
  const filled: Filled = {
    ...rule,
    start,
    clocks: clocks(
      rule.byHour ?? [Math.floor(clock / 3600)],
      rule.byMinute ?? [Math.floor(clock / 60) % 60],
      rule.bySecond ?? [clock % 60],
    ),
    byYearDays: rule.byYearDay && new Set(rule.byYearDay),
    byWeeks: rule.byWeek && new Set(rule.byWeek),
  };
  const { frequency, byDay, byMonth, byMonthDay, byWeek, byYearDay } = rule;
  const free = !byDay && !byMonthDay && !byYearDay;
  const weekday = [{ weekday: weekdayOf(dayOf(start)), nth: 0 }];
  if (frequency === 'WEEKLY' && !byDay) filled.byDay = weekday;
  if (frequency === 'YEARLY' && free && byWeek) filled.byDay = weekday;
  else if ((frequency === 'YEARLY' || frequency === 'MONTHLY') && free) filled.byMonthDay = [day];
  if (frequency === 'YEARLY' && free && !byMonth && !byWeek) filled.byMonth = [month];
  return filled;
}

function clocks(hours: number[], minutes: number[], seconds: number[]): number[] {
  return hours.flatMap((hour) => minutes.flatMap((minute) => seconds.map((second) => hour * 3600 + minute * 60 + second)));
}

/** Returns the first moment of the period that lies `distance` units behind the start's own. */
function periodBegin({ frequency, start, weekStart }: Filled, distance: number): number {
  const day = dayOf(start);
  const { year, month } = civil(day);
  switch (frequency) {
    case 'YEARLY':
      return dayNumber(year + distance, 1, 1) * DAY;
    case 'MONTHLY':
      return dayNumber(year, month + distance, 1) * DAY;
    case 'WEEKLY':
      return (day - ((weekdayOf(day) - weekStart + 7) % 7) + 7 * distance) * DAY;
    case 'DAILY':
      return (day + distance) * DAY;
    default: {
      const unit = SECONDS[frequency];
      return (Math.floor(start / unit) + distance) * unit;
    }
  }
}

/** Returns the number of a period that ends before `from`, or 0. */
function firstPeriod(rule: Filled, from: number): number {
  if (from <= rule.start) return 0;
  const one = civil(dayOf(rule.start));
  const other = civil(dayOf(from));
  const years = other.year - one.year;
  const units = {
    YEARLY: years,
    MONTHLY: years * 12 + other.month - one.month,
    WEEKLY: (dayOf(from) - dayOf(rule.start)) / 7,
    DAILY: dayOf(from) - dayOf(rule.start),
    HOURLY: (from - rule.start) / 3600,
    MINUTELY: (from - rule.start) / 60,
    SECONDLY: from - rule.start,
  };
  return Math.max(0, Math.floor(units[rule.frequency] / rule.interval) - 1);
}

/** Returns the occurrences of one period, in order. */
function inPeriod(rule: Filled, begin: number): number[] {
  const all = rule.frequency in SECONDS ? inUnit(rule, begin) : inDays(rule, dayOf(begin));
  if (!rule.byPosition) return all;
  const chosen = rule.byPosition.map((position) => all[position > 0 ? position - 1 : all.length + position]);
  return [...new Set(chosen)].filter((wall) => wall !== undefined).sort((one, other) => one - other);
}

function inDays(rule: Filled, first: number): number[] {
  const days = daysOf(rule, first);
  if (rule.clocks.length === 1) return days.map((day) => day * DAY + (rule.clocks[0] as number));
  return days.flatMap((day) => rule.clocks.map((clock) => day * DAY + clock));
}

/** An hour, a minute or a second. */
function inUnit(rule: Filled, begin: number): number[] {
  const day = dayOf(begin);
  if (!fits(rule, day) || !fitsWeekday(rule, day)) return [];
  const clock = begin - day * DAY;
  const [hour, minute, second] = [Math.floor(clock / 3600), Math.floor(clock / 60) % 60, clock % 60];
  const start = rule.start - dayOf(rule.start) * DAY;
  const minutes = rule.frequency === 'HOURLY' ? (rule.byMinute ?? [Math.floor(start / 60) % 60]) : only(minute, rule.byMinute);
  const seconds = rule.frequency === 'SECONDLY' ? only(second, rule.bySecond) : (rule.bySecond ?? [start % 60]);
  return clocks(only(hour, rule.byHour), minutes, seconds).map((one) => day * DAY + one);
}

function only(value: number, allowed: number[] | undefined): number[] {
  return !allowed || allowed.includes(value) ? [value] : [];
}

function daysOf(rule: Filled, first: number): number[] {
  const { year, month } = civil(first);
  switch (rule.frequency) {
    case 'YEARLY':
      return daysOfYear(rule, year);
    case 'MONTHLY':
      return daysOfMonth(rule, year, month).filter((day) => fits(rule, day));
    case 'WEEKLY':
      return range(first, 7).filter((day) => fitsWeekday(rule, day) && fits(rule, day));
    default:
      return fitsWeekday(rule, first) && fits(rule, first) ? [first] : [];
  }
}

function daysOfYear(rule: Filled, year: number): number[] {
  const first = dayNumber(year, 1, 1);
  const length = dayNumber(year + 1, 1, 1) - first;
  if (rule.byWeek || rule.byYearDay) {
    const counted = rule.byDay && !rule.byWeek ? new Set(countedDays(rule, year)) : undefined;
    const fitting = (day: number) => (counted ? counted.has(day) : fitsWeekday(rule, day)) && fits(rule, day);
    return range(first, length).filter(fitting);
  }
  if (rule.byDay && !rule.byMonth) return weekdays(rule.byDay, first, length).filter((day) => fits(rule, day));
  const months = rule.byMonth ?? range(1, 12);
  return months.flatMap((month) => daysOfMonth(rule, year, month));
}

/** The days of a year that BYDAY names: counted in the months where there are any, else in the year. */
function countedDays({ byDay = [], byMonth }: Filled, year: number): number[] {
  const first = dayNumber(year, 1, 1);
  if (!byMonth) return weekdays(byDay, first, dayNumber(year + 1, 1, 1) - first);
  return byMonth.flatMap((month) => weekdays(byDay, dayNumber(year, month, 1), daysInMonth(year, month)));
}

function daysOfMonth({ byMonthDay, byDay }: Filled, year: number, month: number): number[] {
  const first = dayNumber(year, month, 1);
  const length = daysInMonth(year, month);
  const named = byDay && weekdays(byDay, first, length);
  if (!byMonthDay) return named ?? range(first, length);
  const days = byMonthDay.map((day) => (day > 0 ? day : length + day + 1)).filter((day) => day >= 1 && day <= length);
  const sorted = [...new Set(days)].map((day) => first + day - 1).sort((one, other) => one - other);
  return named ? sorted.filter((day) => named.includes(day)) : sorted;
}

/** Returns the named weekdays among `length` days from `first`, in order. */
function weekdays(named: ByDay[], first: number, length: number): number[] {
  const days = new Set<number>();
  for (const { weekday, nth } of named) {
    const start = first + ((weekday - weekdayOf(first) + 7) % 7);
    const count = Math.ceil((first + length - start) / 7);
    if (nth === 0) for (let at = 0; at < count; at += 1) days.add(start + 7 * at);
    else if (Math.abs(nth) <= count) days.add(start + 7 * (nth > 0 ? nth - 1 : count + nth));
  }
  return [...days].sort((one, other) => one - other);
}

function fitsWeekday({ byDay }: Filled, day: number): boolean {
  return !byDay || byDay.some(({ weekday }) => weekday === weekdayOf(day));
}

/** Returns whether a day fits all that limits days, its weekday apart. */
function fits({ byMonth, byMonthDay, byYearDays, byWeeks, weekStart }: Filled, number: number): boolean {
  if (!byMonth && !byMonthDay && !byYearDays && !byWeeks) return true;
  const { year, month, day } = civil(number);
  if (byMonth && !byMonth.includes(month)) return false;
  if (byMonthDay && !byMonthDay.includes(day) && !byMonthDay.includes(day - daysInMonth(year, month) - 1)) return false;
  if (byYearDays) {
    const nth = number - dayNumber(year, 1, 1) + 1;
    if (!byYearDays.has(nth) && !byYearDays.has(number - dayNumber(year + 1, 1, 1))) return false;
  }
  return !byWeeks || fitsWeek(byWeeks, weekStart, number, year);
}

/** A week belongs to the year that has at least four of its days. */
function fitsWeek(weeks: Set<number>, weekStart: number, day: number, year: number): boolean {
  const firsts = [year - 1, year, year + 1, year + 2].map((one) => firstWeek(one, weekStart));
  const at = firsts.findLastIndex((first) => first <= day);
  const [first, next] = firsts.slice(at) as [number, number];
  return weeks.has(Math.floor((day - first) / 7) + 1) || weeks.has(Math.floor((day - next) / 7));
}

/** Returns the first day of a year's first week. */
function firstWeek(year: number, weekStart: number): number {
  const fourth = dayNumber(year, 1, 4);
  return fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
}

function range(first: number, length: number): number[] {
  return Array.from({ length }, (_, at) => first + at);
}
