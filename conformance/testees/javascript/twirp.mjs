// Twirp: errors, as RoomServiceClient reports them.

import { RoomServiceClient, ServerError } from 'livekit-server-sdk';

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

export const twirp = { 'twirp.error': error };
