// How an event recurs, as `create_event` takes it, and the rule that it makes.

import type { Moment } from './event.ts';
import { invalid } from './problems.ts';
import type { Weekday } from './time.ts';
import { DAY, basicWall } from './time.ts';
import { dayArgument } from './window.ts';

interface OnDay {
  /** The weekday. */
  day: Weekday;
  /**
   * Which one of the month (or of a year without `in_months`): 1 is the first, -1 the last. Default: each.
   * @integer
   * @minimum -53
   * @maximum 53
   */
  nth?: number;
}

export interface Repeat {
  /** What it is repeated by. */
  every: 'day' | 'week' | 'month' | 'year';
  /**
   * Each how many of them; 2 weeks is each second week. Default: 1.
   * @integer
   * @minimum 1
   * @maximum 999
   * @default 1
   */
  interval?: number;
  /**
   * How often in all, the first included. Not beside `until`. Default: for ever.
   * @integer
   * @minimum 1
   * @maximum 1000
   */
  count?: number;
  /**
   * The last day on which it may be.
   * @pattern ^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$
   */
  until?: string;
  /**
   * On these weekdays. `nth` needs months or years.
   * @minItems 1
   * @maxItems 20
   */
  on_days?: OnDay[];
  /**
   * On these days of the month, 1 to 31; -1 is the last day. Not with weeks.
   * @minItems 1
   * @maxItems 62
   */
  on_month_days?: number[];
  /**
   * In these months, 1 to 12.
   * @minItems 1
   * @maxItems 12
   */
  in_months?: number[];
  /**
   * Of all days of one week, month or year that fit, these only: 1 is the first, -1 the last. Needs one of the three above.
   * @minItems 1
   * @maxItems 20
   */
  positions?: number[];
  /** On which day a week begins, which matters for each second week. Default: `MO`. */
  week_start?: Weekday;
  /**
   * Days on which it is left out.
   * @maxItems 200
   */
  except?: string[];
}

const FREQUENCIES = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' };

/** Returns the value of RRULE. */
export function ruleText(repeat: Repeat, start: Moment): string {
  check(repeat);
  const { every, interval = 1, count, until, on_days, on_month_days, in_months, positions, week_start } = repeat;
  const days = on_days?.map(({ day, nth }) => `${nth || ''}${day}`);
  const parts = [
    `FREQ=${FREQUENCIES[every]}`,
    interval > 1 && `INTERVAL=${interval}`,
    count !== undefined && `COUNT=${count}`,
    until !== undefined && `UNTIL=${untilText(until, start)}`,
    in_months && `BYMONTH=${in_months.join(',')}`,
    on_month_days && `BYMONTHDAY=${on_month_days.join(',')}`,
    days && `BYDAY=${days.join(',')}`,
    positions && `BYSETPOS=${positions.join(',')}`,
    week_start && week_start !== 'MO' && `WKST=${week_start}`,
  ];
  return parts.filter(Boolean).join(';');
}

function check({ every, count, until, on_days = [], on_month_days, in_months, positions, except = [] }: Repeat): void {
  const hasNth = on_days.some(({ nth }) => nth);
  if (count !== undefined && until !== undefined) throw invalid('repeat has count and until; give one of them.');
  if (hasNth && (every === 'day' || every === 'week')) throw invalid('nth of repeat.on_days needs every month or every year.');
  if (on_month_days && every === 'week') throw invalid('repeat.on_month_days does not go with weeks.');
  if (positions && on_days.length === 0 && !on_month_days && !in_months) throw invalid('repeat.positions needs days or months to choose from.');
  if (except.some((day) => !/^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(day))) throw invalid('repeat.except holds days such as 2026-12-24.');
}

/** UNTIL is in UTC where the start has a zone (RFC 5545, 3.3.10): the end of the day in that zone. */
function untilText(until: string, { isDay, zone }: Moment): string {
  const day = dayArgument('repeat.until', until);
  if (isDay) return basicWall(day * DAY).slice(0, 8);
  const wall = (day + 1) * DAY - 1;
  return zone.name === 'floating' ? basicWall(wall) : `${basicWall(zone.instant(wall))}Z`;
}
