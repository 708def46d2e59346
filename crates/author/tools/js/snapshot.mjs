// Runs a core module's first steps once and keeps the memory that they left, as Wizer does: the
// module that comes out begins where they ended. Nothing of this machine goes into it: time, random
// numbers and files are those of `world.mjs`, so one source has one digest everywhere.
import { World } from './world.mjs';

const SECTION = { start: 8, memory: 5, global: 6, exports: 7, data: 11, dataCount: 12 };
const PAGE = 65536;
/** So many zeros between two runs of other bytes are left out; fewer cost less than a segment. */
const GAP = 16;
/** Engines read no more data segments (WebAssembly JavaScript Interface, "Implementation-defined Limits"). */
const MAX_SEGMENTS = 100_000;

/** The first steps failed: what they wrote, and why they ended. */
export class StartError extends Error {}

/**
 * Returns `module` as it is after its exports `_initialize` and `init` ran, and without them.
 * `given` is what a `World` is made of. Throws a `StartError`.
 */
export async function snapshot(module, init, given) {
  const sections = read(module);
  check(sections);
  const compiled = await WebAssembly.compile(module);
  const world = new World(given);
  const { exports } = await WebAssembly.instantiate(compiled, world.imports(compiled));
  world.memory = exports.memory;
  try {
    exports._initialize();
    exports[init]();
  } catch (error) {
    throw new StartError(`${world.told()}\n${error.message}`.trim(), { cause: error });
  }
  const memory = new Uint8Array(exports.memory.buffer);
  const segments = runs(memory);
  return write(sections, {
    [SECTION.memory]: () => [1, 0x00, ...unsigned(memory.length / PAGE)],
    [SECTION.exports]: (body) => exportsWithout(body, ['_initialize', init]),
    [SECTION.dataCount]: () => unsigned(segments.length),
    [SECTION.data]: () => dataOf(memory, segments),
  });
}

function read(module) {
  const cursor = { bytes: module, at: 8 };
  const sections = [];
  while (cursor.at < module.length) {
    const id = module[cursor.at++];
    const size = readUnsigned(cursor);
    sections.push({ id, body: module.subarray(cursor.at, cursor.at + size) });
    cursor.at += size;
  }
  return sections;
}

/**
 * All state of the engine is its one memory. Its one global is the stack pointer, which is where it
 * was once a call has returned, and its table is never written.
 */
function check(sections) {
  const count = (wanted) => sections.find(({ id }) => id === wanted)?.body[0] ?? 0;
  if (count(SECTION.memory) !== 1 || count(SECTION.global) !== 1 || count(SECTION.start) !== 0) {
    throw new Error('the engine is not of the shape that a snapshot keeps');
  }
}

function write(sections, changed) {
  const parts = [Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])];
  for (const { id, body } of sections) {
    const now = Buffer.from(changed[id]?.(body) ?? body);
    parts.push(Buffer.from([id, ...unsigned(now.length)]), now);
  }
  return Buffer.concat(parts);
}

function exportsWithout(body, names) {
  const cursor = { bytes: body, at: 0 };
  const kept = [];
  for (let left = readUnsigned(cursor); left > 0; left -= 1) {
    const from = cursor.at;
    const size = readUnsigned(cursor);
    const name = Buffer.from(body.subarray(cursor.at, cursor.at + size)).toString();
    cursor.at += size + 1;
    readUnsigned(cursor);
    if (!names.includes(name)) kept.push(body.subarray(from, cursor.at));
  }
  return Buffer.concat([Buffer.from(unsigned(kept.length)), ...kept]);
}

/** Where the bytes stand that are not zero: `[from, to]`, in order, `GAP` or more zeros between them. */
function runs(memory) {
  const found = [];
  let at = 0;
  const words = new BigUint64Array(memory.buffer);
  while (at < memory.length) {
    if (at % 8 === 0 && words[at / 8] === 0n) {
      at += 8;
    } else if (memory[at] === 0) {
      at += 1;
    } else {
      const last = found.at(-1);
      if (last && at - last[1] < GAP) last[1] = at + 1;
      else found.push([at, at + 1]);
      at += 1;
    }
  }
  if (found.length > MAX_SEGMENTS) throw new Error('the memory is in too many pieces');
  return found;
}

function dataOf(memory, segments) {
  const parts = [Buffer.from(unsigned(segments.length))];
  for (const [from, to] of segments) {
    parts.push(Buffer.from([0x00, 0x41, ...signed(from), 0x0b, ...unsigned(to - from)]), memory.subarray(from, to));
  }
  return Buffer.concat(parts);
}

/** LEB128, as in the binary format's section 5.2.2. */
function unsigned(value) {
  const bytes = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

/** An address as `i32.const` wants it: signed, so that its sixth bit of the last byte is its sign. */
function signed(value) {
  let rest = value | 0;
  const bytes = [];
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const ends = (rest === 0 && !(low & 0x40)) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(ends ? low : low | 0x80);
    if (ends) return bytes;
  }
}

function readUnsigned(cursor) {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = cursor.bytes[cursor.at++];
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}
