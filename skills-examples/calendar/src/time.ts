// Days and clock times as numbers. A `wall` is what a clock on the wall shows, as seconds since
// 1970-01-01T00:00:00 of that same clock; an `instant` is seconds of UTC. The engine's own `Date` does
// the arithmetic of the Gregorian calendar, always in UTC.

export const DAY = 86_400;
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface Civil {
  year: number;
  month: number;
  day: number;
}

/** Returns the number of a day, counted from 1970-01-01. Months and days may run over. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** Returns the day of a day number. */
export function civil(number: number): Civil {
  const date = new Date(number * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Returns the weekday of a day number: 0 is Monday. */
export function weekdayOf(number: number): number {
  return (((number + 3) % 7) + 7) % 7;
}

export function daysInMonth(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

/** Returns the day number on which a wall clock's time lies. */
export function dayOf(wall: number): number {
  return Math.floor(wall / DAY);
}

/** Reads `YYYYMMDD` digits; none where the calendar has no such day. Years begin at 1000. */
export function readDay(digits: string): number | undefined {
  const year = Number(digits.slice(0, 4));
  const month = Number(digits.slice(4, 6));
  const day = Number(digits.slice(6, 8));
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return dayNumber(year, month, day);
}

/** Reads `HHMMSS` digits as seconds; a leap second is read as the second before it. */
export function readClock(digits: string): number | undefined {
  const hour = Number(digits.slice(0, 2));
  const minute = Number(digits.slice(2, 4));
  const second = Math.min(Number(digits.slice(4, 6)), 59);
  if (hour > 23 || minute > 59 || Number(digits.slice(4, 6)) > 60) return undefined;
  return hour * 3600 + minute * 60 + second;
}

/** Returns `2026-11-21T09:30:00`. */
export function isoWall(wall: number): string {
  return new Date(wall * 1000).toISOString().slice(0, 19);
}

/** Returns `2026-11-21`. */
export function isoDay(number: number): string {
  return isoWall(number * DAY).slice(0, 10);
}

/** Returns `20261121T093000`, as iCalendar writes it. */
export function basicWall(wall: number): string {
  return isoWall(wall).replaceAll(/[-:]/g, '');
}
