// `calendar`: iCalendar files (RFC 5545) written and read.
//
// `content` is the text, `zone` the time zones, `rule` and `expand` the recurrence, `event` one VEVENT,
// `files` what is at /in, `occurrence` what of it lies in a window. The skill reads no clock: what
// stands in a file comes from the caller, so that the same input makes the same bytes.

import { create_event } from './create_event.ts';
import { free_time } from './free_time.ts';
import { read_events } from './read_events.ts';

export default { create_event, read_events, free_time };
