// The time that a request gives, in the place of the machine's.

const Real = globalThis.Date;

/** A Date whose "now" is `seconds`; everything that names a time means what it always does. */
function dateAt(seconds) {
  const now = Math.floor(seconds * 1000);
  return class Date extends Real {
    constructor(...given) {
      super(...(given.length === 0 ? [now] : given));
    }

    static now() {
      return now;
    }

    static [Symbol.hasInstance](value) {
      return value instanceof Real;
    }
  };
}

/** Runs `run` at a time in Unix seconds, which may have a fraction; undefined: the real time. */
export async function at(seconds, run) {
  if (seconds === undefined) return run();
  globalThis.Date = dateAt(seconds);
  try {
    return await run();
  } finally {
    globalThis.Date = Real;
  }
}
