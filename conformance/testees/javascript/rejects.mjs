// The errors of livekit-server-sdk and of jose, which verifies for it, as the suite's kinds.

import { Rejected } from './outcomes.mjs';

/** By jose's code. Classes would need jose itself, which is not a dependency of this testee. */
const CODES = {
  ERR_JWS_INVALID: 'malformed',
  ERR_JWT_INVALID: 'malformed',
  ERR_JOSE_NOT_SUPPORTED: 'malformed',
  ERR_JOSE_ALG_NOT_ALLOWED: 'alg_not_allowed',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'bad_signature',
  ERR_JWT_EXPIRED: 'expired',
};

/** By the text: all that tells these errors apart. Those of the first four are the SDK's. */
const TEXTS = [
  [/^api-key and api-secret must be set$/, 'invalid_argument'],
  [/^identity is required for join but not set$/, 'invalid_argument'],
  [/^Cannot convert TrackSource .* to string$/, 'invalid_argument'],
  [/^authorization header is empty$/, 'missing_auth'],
  [/^sha256 checksum of body does not match$/, 'hash_mismatch'],
  [/"alg" \(Algorithm\)/, 'alg_not_allowed'],
  // jose checks on purpose, by a TypeError, that the key suits the algorithm of the header.
  [/^Key (for the .* algorithm )?must be one of type/, 'alg_not_allowed'],
  [/^alg .* is not supported/, 'alg_not_allowed'],
];

/** An error of a token as a reject; undefined if nothing throws it on purpose. */
export function refusal(error) {
  const kind = kindOf(error);
  return kind && new Rejected(kind, error.message);
}

function kindOf(error) {
  const told = TEXTS.find(([text]) => text.test(error.message));
  if (told) return told[1];
  if (error.code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return kindOfClaim(error);
  return CODES[error.code];
}

function kindOfClaim({ claim, reason }) {
  if (claim === 'iss') return 'wrong_issuer';
  if (reason === 'missing') return 'missing_claim';
  return reason === 'invalid' ? 'bad_claim' : 'not_yet_valid';
}

/** Runs `run`; what the library refuses on purpose is a reject. */
export async function refusing(run) {
  try {
    return await run();
  } catch (error) {
    throw refusal(error) ?? error;
  }
}
