// Writes src/zones.json: the rules of all time zones, by timezones-ical-library, which has them from
// the tz database. The library itself spreads its whole table for each question, which takes 25 ms in
// a sealed skill.
//
//   npm install && npm run zones
import { readFileSync, writeFileSync } from 'node:fs';
import { tzlib_get_ical_block, tzlib_get_timezones } from 'timezones-ical-library';

const { version } = JSON.parse(readFileSync('node_modules/timezones-ical-library/package.json', 'utf8'));
const byRules = new Map();
for (const name of tzlib_get_timezones()) {
  const [block, id] = tzlib_get_ical_block(name);
  const lines = block.split(/\r?\n/);
  const rules = lines.slice(lines.findIndex((line) => line.startsWith('BEGIN:') && line !== 'BEGIN:VTIMEZONE'), -1);
  const canonical = id.slice('TZID='.length);
  const names = byRules.get(rules.join('\n')) ?? [];
  byRules.set(rules.join('\n'), [...names, canonical === name ? name : `${name}=${canonical}`]);
}
const zones = [...byRules].map(([rules, names]) => ({ rules: rules.split('\n'), names: names.join(' ') }));
writeFileSync('src/zones.json', `${JSON.stringify({ from: `timezones-ical-library ${version}`, zones }, null, 1)}\n`);
