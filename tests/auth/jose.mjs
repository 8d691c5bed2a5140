// Verdicts and tokens of jose: reads {secret, verify: [token], sign: [claims]} from stdin, writes
// {verified: [claims as text, or null], signed: [token]}. Run where node_modules/jose is.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.cwd() + "/");
const { SignJWT, jwtVerify } = require("jose");
const request = JSON.parse(readFileSync(0, "utf8"));
const key = new TextEncoder().encode(request.secret);

async function claims(token) {
  const options = { algorithms: ["HS256"], clockTolerance: 60, requiredClaims: ["exp"] };
  let payload;
  try {
    ({ payload } = await jwtVerify(token, key, options));
  } catch {
    return null;
  }
  try {
    return JSON.stringify(payload);
  } catch {
    return "too deep for JSON.stringify";
  }
}

const header = { alg: "HS256", typ: "JWT" };
const sign = (each) => new SignJWT(each).setProtectedHeader(header).sign(key);
const verified = await Promise.all(request.verify.map(claims));
const signed = await Promise.all(request.sign.map(sign));
process.stdout.write(JSON.stringify({ verified, signed }));
