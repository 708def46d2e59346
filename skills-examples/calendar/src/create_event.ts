// Tool `create_event`.

import { files } from 'hotcell';
import { serialized } from './content.ts';
import type { NewEvent } from './new_event.ts';
import { linesOf, planned } from './new_event.ts';
import { isoDay, dayOf } from './time.ts';
import { isoInstant } from './window.ts';

export interface Created {
  /** The file's name in /out. */
  file: string;
  /**
   * The file's size.
   * @integer
   * @minimum 0
   */
  bytes: number;
  /** When the event is, at most the first 5 occurrences: days, or times with their offset. For a last look. */
  occurrences: string[];
}

/**
 * Writes one event, single or recurring, as /out/FILE.ics, ready to send or import.
 * @error INVALID_ARGUMENTS never The arguments fit the schema but hold a value that the tool cannot read, such as 31 February, or an end before the start. Mend the value that the message names.
 * @error UNKNOWN_TIME_ZONE never There is no time zone of this name. Use one of the tz database, such as Europe/Berlin.
 * @error NO_SUCH_TIME never The clocks are put forward over this time on this day. Choose another time.
 * @error RULE_MISFIT never The event does not begin on a day or time of its own rule, or none would be left. Mend the start or the rule.
 */
export function create_event(input: NewEvent): Created {
  const { bytes, occurrences } = made(input);
  const file = `${input.file ?? 'event'}.ics`;
  files.write(`/out/${file}`, bytes);
  return { file, bytes: bytes.length, occurrences };
}

function made(input: NewEvent): { bytes: Uint8Array; occurrences: string[] } {
  const plan = planned(input);
  const { zone, isDay } = plan.start;
  const shown = (wall: number) => (isDay ? isoDay(dayOf(wall)) : isoInstant(zone.instant(wall), zone));
  return { bytes: serialized(linesOf(input, plan)), occurrences: plan.occurrences.map(shown) };
}

// The engine compiles a function and a pattern when it first meets them. Here it meets them while the component is
// made, and no call waits for that: one takes half the time.
made({
  uid: 'none@example.com',
  stamp: '2026-01-01T00:00:00Z',
  title: 'Größe; Plan, a line that is longer than seventy-five octets and has to be folded',
  start: '2026-01-06T09:00',
  end: '2026-01-06T10:00',
  time_zone: 'Europe/Berlin',
  description: 'one\ntwo',
  repeat: { every: 'week', interval: 2, until: '2026-06-30', except: ['2026-01-20'] },
  alarms: [{ minutes_before: 10 }],
  organizer: { name: 'Ann, Weber', email: 'ann@example.com' },
  attendees: [{ email: 'ben@example.com', name: 'Ben: B' }],
});
