// What is offered, and who it is.

import { readFileSync } from 'node:fs';

import { version as protocolVersion } from '@livekit/protocol';

import { messages } from './messages.mjs';
import { tokens } from './tokens.mjs';
import { twirp } from './twirp.mjs';
import { webhooks } from './webhooks.mjs';

export const operations = { ...messages, ...tokens, ...webhooks, ...twirp };

export const capabilities = ['clock.inject', ...Object.keys(operations)].sort();

/** The version of the package that is executed, which its exports do not tell. */
function sdkVersion() {
  const entry = import.meta.resolve('livekit-server-sdk');
  return JSON.parse(readFileSync(new URL('../package.json', entry), 'utf8')).version;
}

export const implementation = {
  name: 'livekit-server-sdk',
  language: 'javascript',
  version: `${sdkVersion()} (@livekit/protocol ${protocolVersion})`,
  language_version: process.versions.node,
  homepage: 'https://docs.livekit.io/reference/server-sdk-js/',
  source: 'https://github.com/livekit/node-sdks',
};
