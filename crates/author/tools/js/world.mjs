// What a module sees while its first steps run: WASI preview 1 (snapshot 01) over a few files in
// memory, a clock that tells the same time in each build, and random numbers that are none.

const OK = 0;
const BADF = 8;
const INVAL = 28;
const NOENT = 44;
const ROFS = 69;

const TO_STDERR = 2;
const ROOT = 3;
const DIRECTORY = 3;
const REGULAR = 4;
/** Each look at the clock is a millisecond after the one before, so that who waits for it is not left waiting. */
const TICK = 1_000_000n;
/** 1980-01-01, where the time of a zip begins. */
const BEGINNING = 315_532_800_000_000_000n;
/** What is only there while a tool is called, by its package, as an author knows it. */
const LATER = {
  'wasi:random': 'random numbers (Math.random, crypto)',
  'wasi:clocks': 'a stopwatch or timer (performance.now, setTimeout)',
  'wasi:http': 'HTTP (fetch)',
  'wasi:filesystem': 'files',
  'wasi:config': 'settings',
  'hotcell:skill': 'the call',
};
/** What a module may say before it is cut off, in bytes. */
const TOLD = 65536;

export class World {
  /** Of `files` (texts by their names in `/`), `stdin` (a text) and `env` (texts by name). */
  constructor({ files, stdin, env }) {
    this.memory = undefined;
    this.files = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    this.env = Object.entries(env).map(([name, value]) => Buffer.from(`${name}=${value}\0`));
    this.open = new Map([[0, { bytes: Buffer.from(stdin), at: 0 }]]);
    this.now = BEGINNING;
    this.state = 0x9e3779b9;
    this.said = [];
    this.size = 0;
  }

  /** What the module wrote to stdout and stderr. */
  told() {
    return Buffer.concat(this.said).toString().trim();
  }

  /** Functions for all that `module` imports; each that is not of preview 1 ends the run and says why. */
  imports(module) {
    const made = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const known = from === 'wasi_snapshot_preview1' ? this[name]?.bind(this) : undefined;
      (made[from] ??= {})[name] = known ?? (() => {
        const what = LATER[from.split('/')[0]] ?? from;
        throw new Error(`it asks for ${what}, which is only there while a tool is called`);
      });
    }
    return made;
  }

  view() {
    return new DataView(this.memory.buffer);
  }

  bytes(at, size) {
    return new Uint8Array(this.memory.buffer, at, size);
  }

  word(at, value) {
    this.view().setUint32(at, value, true);
    return OK;
  }

  args_sizes_get(count, size) {
    this.word(count, 0);
    return this.word(size, 0);
  }

  args_get() {
    return OK;
  }

  environ_sizes_get(count, size) {
    this.word(count, this.env.length);
    return this.word(size, Buffer.concat(this.env).length);
  }

  environ_get(pointers, at) {
    this.env.forEach((entry, index) => {
      this.word(pointers + 4 * index, at);
      this.bytes(at, entry.length).set(entry);
      at += entry.length;
    });
    return OK;
  }

  clock_time_get(_clock, _precision, at) {
    this.now += TICK;
    this.view().setBigUint64(at, this.now, true);
    return OK;
  }

  /** Xorshift32: even in its bits, and the same in each build. */
  random_get(at, size) {
    const drawn = this.bytes(at, size);
    for (const index of drawn.keys()) {
      this.state ^= this.state << 13;
      this.state ^= this.state >>> 17;
      this.state ^= this.state << 5;
      drawn[index] = this.state & 0xff;
    }
    return OK;
  }

  fd_prestat_get(fd, at) {
    if (fd !== ROOT) return BADF;
    this.word(at, 0);
    return this.word(at + 4, 1);
  }

  fd_prestat_dir_name(fd, at) {
    if (fd !== ROOT) return BADF;
    this.bytes(at, 1).set(Buffer.from('/'));
    return OK;
  }

  fd_fdstat_get(fd, at) {
    if (fd > ROOT && !this.open.has(fd)) return BADF;
    this.bytes(at, 24).fill(0);
    this.bytes(at, 1)[0] = fd === ROOT ? DIRECTORY : REGULAR;
    // All rights: what is not there refuses by itself.
    this.bytes(at + 8, 16).fill(0xff);
    return OK;
  }

  fd_fdstat_set_flags() {
    return OK;
  }

  path_open(fd, _look, path, size, create, _rights, _inherited, _flags, at) {
    if (fd !== ROOT) return BADF;
    if (create !== 0) return ROFS;
    const file = this.named(path, size);
    if (!file) return NOENT;
    const opened = ROOT + 1 + this.open.size;
    this.open.set(opened, { bytes: file, at: 0 });
    return this.word(at, opened);
  }

  path_filestat_get(_fd, _look, path, size, at) {
    const file = this.named(path, size);
    if (!file) return NOENT;
    this.bytes(at, 64).fill(0);
    this.bytes(at + 16, 1)[0] = REGULAR;
    this.view().setBigUint64(at + 32, BigInt(file.length), true);
    return OK;
  }

  named(path, size) {
    return this.files.get(Buffer.from(this.bytes(path, size)).toString().replace(/^\.?\//, ''));
  }

  fd_read(fd, vectors, count, at) {
    const file = this.open.get(fd);
    if (!file) return BADF;
    let read = 0;
    for (const [start, size] of this.vectors(vectors, count)) {
      const part = file.bytes.subarray(file.at, file.at + size);
      this.bytes(start, part.length).set(part);
      file.at += part.length;
      read += part.length;
    }
    return this.word(at, read);
  }

  fd_write(fd, vectors, count, at) {
    if (fd === 0 || fd > TO_STDERR) return BADF;
    let written = 0;
    for (const [start, size] of this.vectors(vectors, count)) {
      if (this.size < TOLD) this.said.push(Buffer.from(this.bytes(start, size)));
      this.size += size;
      written += size;
    }
    return this.word(at, written);
  }

  vectors(at, count) {
    const view = this.view();
    const pair = (index) => [view.getUint32(at + 8 * index, true), view.getUint32(at + 8 * index + 4, true)];
    return Array.from({ length: count }, (_, index) => pair(index));
  }

  fd_seek(fd, offset, whence, at) {
    const file = this.open.get(fd);
    if (!file) return BADF;
    const to = [0, file.at, file.bytes.length][whence] + Number(offset);
    if (!(to >= 0)) return INVAL;
    file.at = to;
    this.view().setBigUint64(at, BigInt(to), true);
    return OK;
  }

  fd_close(fd) {
    return this.open.has(fd) ? OK : BADF;
  }

  fd_readdir() {
    return BADF;
  }

  path_remove_directory() {
    return ROFS;
  }

  path_unlink_file() {
    return ROFS;
  }

  proc_exit(code) {
    throw new Error(`the module ended with code ${code}`);
  }
}
