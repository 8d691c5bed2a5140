// Twirp: calls with the SDK's clients, and errors as they report them.

import { RoomServiceClient, ServerError } from 'livekit-server-sdk';

import { encoded, refusal } from './messages.mjs';
import { Rejected, Unsupported } from './outcomes.mjs';
import { methodOf } from './twirp_methods.mjs';

const NO_BODY = new Set([204, 205, 304]);

/** What a client reports of an HTTP answer: the client is given it by `fetch`. */
async function error({ status, headers, body_b64: body }) {
  const bytes = NO_BODY.has(status) ? null : Buffer.from(body, 'base64');
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response(bytes, { status, headers });
  try {
    await new RoomServiceClient('http://server.invalid', 'key', 'secret').listRooms();
  } catch (failure) {
    if (!(failure instanceof ServerError)) throw failure;
    const { code = null, message, metadata } = failure;
    return { code, msg: message, meta: metadata ?? {} };
  } finally {
    globalThis.fetch = real;
  }
  throw new Error(`${status} is not a failure`);
}

async function call(args) {
  const { service, method: name, base_url: host, timeout_ms: timeout } = args;
  const method = methodOf(service, name);
  if (!method) throw new Unsupported('this testee does not drive the method');
  const request = method.Request.fromBinary(Buffer.from(args.request, 'hex'));
  const token = tokenOf(args);
  checkFields(method, request);
  const keys = token === undefined ? ['key', 'secret'] : [undefined, undefined];
  const client = new method.Client(host, ...keys, { requestTimeout: timeout / 1000, token });
  try {
    return { response: encoded(method.response(await method.run(client, request))) };
  } catch (failure) {
    throw refused(failure) ?? failure;
  }
}

/** The token that is asked to be sent; undefined for one that the client makes. */
function tokenOf({ codec, prefix, headers }) {
  if (codec !== 'json') throw new Unsupported('clients speak JSON only');
  if (prefix !== '/twirp') throw new Unsupported('clients have no option for a prefix');
  const { Authorization: authorization, ...others } = headers;
  if (Object.keys(others).length > 0) {
    throw new Unsupported('clients have no option for headers, except for a token');
  }
  return authorization?.replace(/^Bearer /, '');
}

/** Checks that the client's method takes all that the request has. Throws Unsupported. */
function checkFields({ Request, fields }, request) {
  const known = new Set(fields);
  const other = Object.keys(request.toJson()).find((name) => !known.has(name));
  if (other) throw new Unsupported(`the client has no parameter for ${Request.typeName}.${other}`);
}

/** A failure of a call as a reject; without a code where the client reports none. */
function refused(failure) {
  if (failure instanceof Unsupported) return undefined;
  if (failure instanceof ServerError) {
    return new Rejected(`twirp:${failure.code}`, failure.message, failure.metadata);
  }
  if (/^required .* option not provided$/.test(failure.message)) {
    return new Rejected('invalid_argument', failure.message);
  }
  // What fetch says of a connection, of a timeout, and of a body that is not JSON.
  const { name, message } = failure;
  const isOfFetch = name === 'TimeoutError' || (name === 'TypeError' && message === 'fetch failed');
  if (isOfFetch || name === 'SyntaxError' || name === 'Error' || refusal(failure)) {
    return new Rejected('twirp:undefined', `${name}: ${message}`);
  }
  return undefined;
}

export const twirp = { 'twirp.call': call, 'twirp.error': error };
