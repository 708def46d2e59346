// What could not be read, with its place; and the failures that the tools share.

import { Failure } from 'hotcell';

export interface Problem {
  /** The file's name. */
  file: string;
  /**
   * The line, from 1.
   * @integer
   * @minimum 0
   */
  line: number;
  /** What could not be read, and what was done instead. */
  message: string;
}

/** Most problems that are told. */
const PROBLEMS_MAX = 50;

/** All problems of a call. */
export class ProblemList {
  readonly told: Problem[] = [];
  /** The first of those that leave it open when an event is. */
  doubt: Problem | undefined;
}

/** The problems of one file. */
export class Problems {
  readonly file: string;
  readonly #list: ProblemList;

  constructor(file: string, list: ProblemList) {
    this.file = file;
    this.#list = list;
  }

  /** Tells a problem that changes no time. */
  add(line: number, message: string): Problem {
    const problem = { file: this.file, line, message: `${message}.` };
    if (this.#list.told.length < PROBLEMS_MAX) this.#list.told.push(problem);
    return problem;
  }

  /** Tells a problem that leaves it open when an event is. */
  doubt(line: number, message: string): void {
    const problem = this.add(line, message);
    this.#list.doubt ??= problem;
  }

  tooLarge(what: string): Failure {
    return new Failure('TOO_LARGE', `${this.file} has ${what}.`);
  }

  notACalendar(why: string): Failure {
    return new Failure('NOT_A_CALENDAR', `${this.file} is no iCalendar file: ${why}.`);
  }
}

export function invalid(message: string): Failure {
  return new Failure('INVALID_ARGUMENTS', message);
}
