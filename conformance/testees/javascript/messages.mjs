// Wire data and ProtoJSON: the messages of @livekit/protocol, with protobuf-es.

import * as protocol from '@livekit/protocol';

import { Rejected, Unsupported } from './outcomes.mjs';

/** Every exported message type, by its full name. */
const types = new Map(
  Object.values(protocol)
    .filter((each) => typeof each === 'function' && typeof each.typeName === 'string')
    .map((each) => [each.typeName, each]),
);

/** The type of a name. Throws Unsupported. */
export function typeOf(name) {
  const found = types.get(name);
  if (!found) throw new Unsupported('@livekit/protocol does not export the message');
  return found;
}

/** What an Any may hold: protobuf-es has to be told. */
const typeRegistry = { findMessage: (name) => types.get(name) };

/** Bytes as a message. */
export function decoded(name, hex) {
  return refusing(() => typeOf(name).fromBinary(Buffer.from(hex, 'hex')));
}

/** A message as hex. */
export function encoded(message) {
  return Buffer.from(message.toBinary()).toString('hex');
}

function roundtrip({ message, input }) {
  return { output: refusing(() => encoded(decoded(message, input))) };
}

function read(type, json, ignoreUnknownFields) {
  return type.fromJsonString(json, { ignoreUnknownFields, typeRegistry });
}

function parse({ message, json, ignore_unknown: ignoreUnknownFields }) {
  const type = typeOf(message);
  return { output: refusing(() => encoded(read(type, json, ignoreUnknownFields))) };
}

function print({ message, input }) {
  const found = decoded(message, input);
  return { json: refusing(() => found.toJsonString({ typeRegistry })) };
}

/** Runs `run`; what protobuf-es refuses by an error of its own is a reject. */
function refusing(run) {
  try {
    return run();
  } catch (error) {
    throw refusal(error) ?? error;
  }
}

// protobuf-es throws plain errors on purpose; the reads of DataView check its bounds for it.
const BOUNDS = /^(premature EOF|Offset is outside the bounds of the DataView)/;

/** An error of protobuf-es as a reject; undefined if it is an accident. */
export function refusal(error) {
  if (error.constructor === RangeError && !BOUNDS.test(error.message)) return undefined;
  if (error.constructor !== Error && error.constructor !== RangeError) return undefined;
  return new Rejected(kindOf(error.message), error.message);
}

// What protobuf-es says of a number that it could read, and that its type has not.
const RANGE = /(invalid u?int 32: -?\d+|u?int64 invalid: -?\d+|invalid float 32: [-+.e\d]+)$/;

/** The kind is told by the text alone. */
function kindOf(message) {
  if (/: key ".*" is unknown$/s.test(message)) return 'unknown_field';
  return RANGE.test(message) ? 'out_of_range' : 'malformed';
}

export const messages = {
  'wire.roundtrip': roundtrip,
  'json.parse': parse,
  'json.print': print,
};
