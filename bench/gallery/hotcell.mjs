// What a skill has of its host, as a program of its own has it: folders from the environment.
import fs from 'node:fs';
import path from 'node:path';

export class Failure extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const place = (file) => path.join(process.env.SKILL_ROOT, file);

export const files = {
  read: (file) => new Uint8Array(fs.readFileSync(place(file))),
  readText: (file) => fs.readFileSync(place(file), 'utf8'),
  write: (file, content) => fs.writeFileSync(place(file), content),
  list: (file) => fs.readdirSync(place(file)),
};
export const progress = { report() {} };
