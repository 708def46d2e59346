// Files under /skill, /in, /out, /tmp and, where granted, /work.
import { getDirectories } from 'wasi:filesystem/preopens@0.2.12';

const CHUNK = 65536n;

function place(path) {
  for (const [root, at] of getDirectories()) {
    if (path === at || path.startsWith(`${at}/`)) {
      return [root, path.slice(at.length + 1) || '.'];
    }
  }
  throw new Error(`${path}: a skill has /skill, /in, /out and /tmp`);
}

function told(path, work) {
  try {
    return work();
  } catch (error) {
    throw new Error(`${path}: ${error?.payload ?? error?.message ?? error}`);
  }
}

/** Returns the bytes of a file. */
export function read(path) {
  const [root, name] = place(path);
  return told(path, () => {
    const file = root.openAt({ symlinkFollow: true }, name, {}, { read: true });
    const parts = [];
    let at = 0n;
    for (;;) {
      const [bytes, end] = file.read(CHUNK, at);
      parts.push(bytes);
      at += BigInt(bytes.length);
      if (end || bytes.length === 0) break;
    }
    const whole = new Uint8Array(Number(at));
    let next = 0;
    for (const part of parts) {
      whole.set(part, next);
      next += part.length;
    }
    return whole;
  });
}

/** Returns the text of a file. */
export function readText(path) {
  return new TextDecoder('utf-8', { fatal: true }).decode(read(path));
}

/** Writes a whole file, from bytes or text. */
export function write(path, content) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const [root, name] = place(path);
  told(path, () => {
    const file = root.openAt({}, name, { create: true, truncate: true }, { write: true });
    let at = 0;
    while (at < bytes.length) {
      at += Number(file.write(bytes.subarray(at, at + Number(CHUNK)), BigInt(at)));
    }
  });
}

/** Returns the names in a folder, sorted. */
export function list(path) {
  const [root, name] = place(path);
  return told(path, () => {
    const folder = root.openAt({}, name, { directory: true }, { read: true });
    const entries = folder.readDirectory();
    const names = [];
    for (let next = entries.readDirectoryEntry(); next; next = entries.readDirectoryEntry()) {
      names.push(next.name);
    }
    return names.sort();
  });
}
