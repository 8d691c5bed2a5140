// Answers the conformance suite's requests by executing livekit-server-sdk and @livekit/protocol.
//
// Nothing of the libraries is rewritten or mended here: operations decode their arguments, call
// the library, and name its errors as the suite's kinds of rejects.

import { at } from './clock.mjs';
import { capabilities, implementation, operations } from './operations.mjs';
import { Rejected, Unsupported } from './outcomes.mjs';

const PROTOCOL = 1;
const MAX_LINE = 16 * 1024 * 1024;

/** Keeps stdout for replies: what the libraries print goes to stderr. */
function takeStdout() {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (text) => new Promise((resolve) => write(text, resolve));
}

/** The lines of a stream of bytes. Only LF ends one: JSON may hold U+2028 as it is. */
async function* linesOf(stream) {
  let parts = [];
  let length = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end; (end = chunk.indexOf(0x0a, start)) !== -1; start = end + 1) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_LINE) throw new Error(`a request is longer than ${MAX_LINE} bytes`);
  }
}

function hello() {
  return { protocol: PROTOCOL, implementation, capabilities, profiles: ['go'] };
}

/** The outcome of a request: an object with `ok`, `reject`, `unsupported` or `error`. */
async function answer({ op, args }) {
  try {
    if (op === 'hello') return { ok: hello() };
    const run = Object.hasOwn(operations, op) ? operations[op] : undefined;
    if (run === undefined) throw new Unsupported(`no operation ${op}`);
    if ((args.profile ?? 'go') !== 'go') throw new Unsupported('it has one profile, go');
    return { ok: await at(args.now, () => run(args)) };
  } catch (error) {
    return outcomeOf(error);
  }
}

function outcomeOf(error) {
  if (error instanceof Rejected) {
    const { kind, message, meta } = error;
    return { reject: { kind, message, ...(meta && { meta }) } };
  }
  if (error instanceof Unsupported) return { unsupported: { reason: error.message } };
  return { error: { message: String(error), trace: String(error?.stack) } };
}

/** The reply as a line; a value that JSON cannot express is an error, too. */
function lineOf(id, outcome) {
  try {
    return `${JSON.stringify({ id, ...outcome })}\n`;
  } catch (error) {
    return `${JSON.stringify({ id, ...outcomeOf(error) })}\n`;
  }
}

async function serve() {
  const write = takeStdout();
  for await (const line of linesOf(process.stdin)) {
    const request = JSON.parse(line);
    if (request.op === 'bye') break;
    await write(lineOf(request.id, await answer(request)));
  }
}

await serve();
process.exit(0); // connections that a client keeps open do not hold it back
