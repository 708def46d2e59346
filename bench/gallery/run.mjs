// One call of a skill's tool as a program of its own: node run.mjs MODULE TOOL < INPUT
import fs from 'node:fs';

const [module, tool] = process.argv.slice(2);
const skill = (await import(module)).default;
const output = await skill[tool](JSON.parse(fs.readFileSync(0, 'utf8')), {});
process.stdout.write(JSON.stringify(output));
