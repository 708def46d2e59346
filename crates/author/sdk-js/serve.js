// Between the host and a skill's functions: JSON in, JSON out, typed failures.
import { Failure } from './index.js';

function failure(error) {
  const retry =
    error.retry === 'after-ms'
      ? { tag: 'after-ms', val: BigInt(error.afterMs ?? 1000) }
      : { tag: error.retry };
  return {
    code: error.code,
    message: error.message,
    retry,
    details: error.details === undefined ? undefined : JSON.stringify(error.details),
  };
}

function contextOf(context) {
  return Object.freeze({
    invocationId: context.invocationId,
    correlationId: context.correlationId,
    idempotencyKey: context.idempotencyKey,
    attempt: context.attempt,
    timeLeftMs: Number(context.timeLeftMs),
  });
}

/** Makes the export of the component from the skill's functions. */
export function serve(tools) {
  return {
    async call(name, input, context) {
      if (!Object.hasOwn(tools, name)) {
        throw { payload: failure(new Failure('UNKNOWN_TOOL', `The component has no tool ${name}.`)) };
      }
      try {
        const output = await tools[name](JSON.parse(input), contextOf(context));
        return JSON.stringify(output ?? null);
      } catch (error) {
        if (error instanceof Failure) throw { payload: failure(error) };
        console.error(error?.stack ? `${error}\n${error.stack}` : String(error));
        throw error instanceof Error ? error : new Error(String(error));
      }
    },
  };
}
