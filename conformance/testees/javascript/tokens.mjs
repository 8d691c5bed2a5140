// Access tokens: AccessToken and TokenVerifier.

import { RoomConfiguration, TrackSource } from '@livekit/protocol';
import { AccessToken, TokenVerifier } from 'livekit-server-sdk';

import { asInToken } from './claims.mjs';
import { Rejected, Unsupported } from './outcomes.mjs';
import { refusing } from './rejects.mjs';

// The SDK falls back to these where a key is empty: only the request's key counts.
delete process.env.LIVEKIT_API_KEY;
delete process.env.LIVEKIT_API_SECRET;

const OPTIONS = ['identity', 'name', 'metadata', 'attributes'];
const PROPERTIES = ['kind', 'sha256', 'roomPreset'];
const ADDERS = {
  sip: 'addSIPGrant',
  inference: 'addInferenceGrant',
  observability: 'addObservabilityGrant',
};
const SETTABLE = new Set([
  ...OPTIONS,
  ...PROPERTIES,
  ...Object.keys(ADDERS),
  'video',
  'roomConfig',
]);

/** The AccessToken that a request describes. Throws Unsupported. */
function described({ api_key: key, secret, valid_for_seconds: seconds, grants }) {
  const without = Object.keys(grants).find((name) => !SETTABLE.has(name));
  if (without) throw new Unsupported(`AccessToken has no API for the claim ${without}`);
  const options = Object.fromEntries(OPTIONS.map((name) => [name, grants[name]]));
  const token = new AccessToken(key, secret, { ...options, ttl: seconds ?? undefined });
  for (const name of PROPERTIES) {
    if (grants[name] !== undefined) token[name] = grants[name];
  }
  if (grants.video) token.addGrant(videoGrant(grants.video));
  for (const [name, add] of Object.entries(ADDERS)) {
    if (grants[name]) token[add](grants[name]);
  }
  if (grants.roomConfig) token.roomConfig = roomConfig(grants.roomConfig);
  return token;
}

function roomConfig(json) {
  try {
    return RoomConfiguration.fromJson(json, { ignoreUnknownFields: true });
  } catch (error) {
    throw new Rejected('bad_claim', error.message);
  }
}

/** The SDK takes the numbers of sources, and writes their names. */
function videoGrant({ canPublishSources: sources, ...rest }) {
  return sources ? { ...rest, canPublishSources: sources.map(trackSource) } : rest;
}

function trackSource(text) {
  const number = TrackSource[text.toUpperCase()] ?? Number(text);
  if (!Number.isInteger(number)) throw new Unsupported(`no TrackSource is ${text}`);
  return number;
}

async function mint(args) {
  return { token: await refusing(() => described(args).toJwt()) };
}

/** The one key of a request: a verifier or a receiver of the SDK has no more. */
export function onlyKey(keys) {
  const found = Object.entries(keys);
  if (found.length !== 1) throw new Unsupported(`${found.length} keys: the SDK takes one`);
  return found[0];
}

async function verify({ token, keys }) {
  const verifier = new TokenVerifier(...onlyKey(keys));
  const payload = await refusing(() => verifier.verify(token));
  return {
    api_key: payload.iss ?? '',
    identity: payload.sub ?? '',
    claims: asInToken(payload),
    effective: null, // the SDK leaves to its user what claims mean
  };
}

export const tokens = { 'token.mint': mint, 'token.issue': mint, 'token.verify': verify };
