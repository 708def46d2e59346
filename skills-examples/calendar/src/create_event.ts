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
  const plan = planned(input);
  const bytes = serialized(linesOf(input, plan));
  const file = `${input.file ?? 'event'}.ics`;
  files.write(`/out/${file}`, bytes);
  const { zone, isDay } = plan.start;
  const shown = (wall: number) => (isDay ? isoDay(dayOf(wall)) : isoInstant(zone.instant(wall), zone));
  return { file, bytes: bytes.length, occurrences: plan.occurrences.map(shown) };
}
