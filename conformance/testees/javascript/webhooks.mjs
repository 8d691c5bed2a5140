// Webhooks: WebhookReceiver. The SDK has no API that signs one.

import { WebhookReceiver } from 'livekit-server-sdk';

import { refusal as refusalOfMessage } from './messages.mjs';
import { Rejected } from './outcomes.mjs';
import { refusal } from './rejects.mjs';
import { onlyKey } from './tokens.mjs';

async function receive({ authorization, body_b64: body, keys }) {
  const receiver = new WebhookReceiver(...onlyKey(keys));
  const text = Buffer.from(body, 'base64').toString('utf8');
  try {
    const event = await receiver.receive(text, authorization ?? undefined);
    return { event: event.toJson() };
  } catch (error) {
    throw refusal(error) ?? refusalOfBody(error) ?? error;
  }
}

/** The body is read last, by JSON.parse and protobuf-es. */
function refusalOfBody(error) {
  const refused = error instanceof SyntaxError || refusalOfMessage(error);
  return refused ? new Rejected('body_malformed', error.message) : undefined;
}

export const webhooks = { 'webhook.receive': receive };
