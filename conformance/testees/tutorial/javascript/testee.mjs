// A small testee: livekit-server-sdk makes tokens and receives webhooks.
import { AccessToken, WebhookReceiver } from 'livekit-server-sdk';

class Unsupported extends Error {}

// Each operation decodes its arguments, calls the library, and gives back what the library says.
const operations = {
  async 'token.issue'({ api_key, secret, valid_for_seconds, grants }) {
    const { video, sip, identity, name, metadata, attributes, ...others } = grants;
    const [other] = Object.keys(others);
    if (other) throw new Unsupported(`this testee mints no ${other}`);
    if (video?.canPublishSources) throw new Unsupported('this testee mints no sources');
    const options = { identity, name, metadata, attributes, ttl: valid_for_seconds };
    const token = new AccessToken(api_key, secret, options);
    if (video) token.addGrant(video);
    if (sip) token.addSIPGrant(sip);
    return { token: await token.toJwt() };
  },

  async 'webhook.receive'({ authorization, body_b64, keys }) {
    const [key, ...others] = Object.entries(keys);
    if (others.length > 0) throw new Unsupported('the library takes one key');
    const body = Buffer.from(body_b64, 'base64').toString();
    const event = await new WebhookReceiver(...key).receive(body, authorization);
    return { event: event.toJson() };
  },
};

// What the library throws, as the suite's kinds of rejects.
const kinds = [
  [/authorization header is empty/, 'missing_auth'],
  [/sha256 checksum/, 'hash_mismatch'],
  [/identity is required|must be set/, 'invalid_argument'],
  [/"alg"|algorithm|^Key must/, 'alg_not_allowed'],
  [/signature verification failed/, 'bad_signature'],
  [/"iss" claim/, 'wrong_issuer'],
  [/missing required/, 'missing_claim'],
  [/must be a number/, 'bad_claim'],
  [/"exp" claim/, 'expired'],
  [/"nbf" claim/, 'not_yet_valid'],
  [/JWT|JWS/, 'malformed'],
  [/JSON/, 'body_malformed'],
  [/./, 'malformed'],
];
const kindOf = (message) => kinds.find(([text]) => text.test(message))[1];

// The suite says what time it is.
const RealDate = Date;
function setClock(seconds) {
  const now = Math.floor(seconds * 1000);
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [now]));
    }
    static now() {
      return now;
    }
  };
}

const hello = {
  protocol: 1,
  implementation: { name: 'tutorial', language: 'javascript', version: '1' },
  capabilities: [...Object.keys(operations), 'clock.inject'],
  profiles: ['go'],
};

async function answer({ op, args }) {
  if (op === 'hello') return { ok: hello };
  if (!operations[op]) return { unsupported: { reason: `no operation ${op}` } };
  try {
    setClock(args.now);
    return { ok: await operations[op](args) };
  } catch (error) {
    const { message } = error;
    if (error instanceof Unsupported) return { unsupported: { reason: message } };
    return { reject: { kind: kindOf(message), message } };
  }
}

// One request is a line on stdin, its reply a line on stdout. The rest goes to stderr.
globalThis.console = new console.Console(process.stderr);
let rest = '';
for await (const chunk of process.stdin.setEncoding('utf8')) {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const request of lines.map((line) => JSON.parse(line))) {
    if (request.op === 'bye') process.exit(0);
    const reply = { id: request.id, ...(await answer(request)) };
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
