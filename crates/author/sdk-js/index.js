// What a skill in JavaScript has of its host. `fetch` needs nothing from here: every request goes
// through the host's broker.
import { report as reportProgress } from 'hotcell:skill/progress@0.1.0';
import { status, lastDenial } from 'hotcell:skill/credentials@0.1.0';
import { save, load } from 'hotcell:skill/checkpoint@0.1.0';
import { get, getAll } from 'wasi:config/store@0.2.0-rc.1';

export * as files from './files.js';

/** A failure that the tool's contract declares. */
export class Failure extends Error {
  constructor(code, message, { retry = 'never', afterMs, details } = {}) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.retry = afterMs === undefined ? retry : 'after-ms';
    this.afterMs = afterMs;
    this.details = details;
  }
}

export const progress = {
  report(done, total, message = '') {
    reportProgress(BigInt(done), total === undefined ? undefined : BigInt(total), message);
  },
};

export const checkpoint = {
  /** Saves a JSON value; `false` where this call keeps no checkpoints. */
  save(state) {
    try {
      save(new TextEncoder().encode(JSON.stringify(state)));
      return true;
    } catch (error) {
      if (error?.payload === 'unavailable') return false;
      throw new Error(`the checkpoint was not saved: ${error?.payload ?? error}`);
    }
  },
  load() {
    const state = load();
    return state === undefined ? undefined : JSON.parse(new TextDecoder().decode(state));
  },
};

export const settings = {
  get: (key) => get(key),
  all: () => Object.fromEntries(getAll()),
};

export const credentials = {
  status: (name) => status(name),
  lastDenial() {
    const denial = lastDenial();
    if (denial === undefined) return undefined;
    const afterMs = denial.retryAfterMs;
    return { code: denial.code, retryAfterMs: afterMs === undefined ? undefined : Number(afterMs) };
  },
};
