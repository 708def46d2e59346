/** What the host tells a tool about the call that it serves. */
export interface Context {
  readonly invocationId: string;
  readonly correlationId: string;
  readonly idempotencyKey: string | undefined;
  /** 1 for the first attempt, 2 for the next. */
  readonly attempt: number;
  readonly timeLeftMs: number;
}

/** What the caller should do about a failure. */
export type Retry = 'never' | 'same-key' | 'after-ms';

/** A failure that the tool's contract declares with `@error`. */
export class Failure extends Error {
  constructor(
    code: string,
    message: string,
    more?: { retry?: Retry; afterMs?: number; details?: unknown },
  );
  readonly code: string;
}

export const progress: {
  /** Reports that `done` of `total` units are finished. Never fails. */
  report(done: number, total?: number, message?: string): void;
};

export const checkpoint: {
  /** Saves a JSON value; `false` where this call keeps no checkpoints. */
  save(state: unknown): boolean;
  /** Returns the value last saved, if any. */
  load(): any;
};

export const settings: {
  get(key: string): string | undefined;
  all(): Record<string, string>;
};

export const credentials: {
  status(name: string): 'granted' | 'not-granted' | 'suspended' | 'undeclared';
  /** Why the host last refused a request of this call. */
  lastDenial(): { code: string; retryAfterMs: number | undefined } | undefined;
};

/** Files under /skill, /in, /out, /tmp and, where granted, /work. */
export namespace files {
  function read(path: string): Uint8Array;
  function readText(path: string): string;
  function write(path: string, content: Uint8Array | string): void;
  function list(path: string): string[];
}
