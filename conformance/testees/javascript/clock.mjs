// The time that a request gives, in the place of the machine's.

const Real = globalThis.Date;

/** Date with another "now"; all that names a time means what it always does. */
function dateAt(seconds) {
  const now = Math.floor(seconds * 1000);
  return new Proxy(Real, {
    apply: () => new Real(now).toString(),
    construct: (_, given) => new Real(...(given.length === 0 ? [now] : given)),
    get: (target, name) => (name === 'now' ? () => now : target[name]),
  });
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
