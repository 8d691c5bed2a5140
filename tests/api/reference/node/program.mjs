// Calls every function of LiveKit's SDK for Node, and prints what became of each: a line of JSON.
//
// The server and the key come from LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET. The room
// `demo` is to have a participant `alice` with the track TRACK; TOKEN is a token to verify, and
// HOOK_BODY with HOOK_AUTHORIZATION a webhook.

import {
  AccessToken,
  DataPacket_Kind,
  DirectFileOutput,
  EncodedFileOutput,
  IngressInput,
  LiveKitAPI,
  StartEgressRequest,
  TokenVerifier,
  WebhookReceiver,
} from "livekit-server-sdk";

const url = process.env.LIVEKIT_URL.replace("ws", "http");
const key = process.env.LIVEKIT_API_KEY;
const secret = process.env.LIVEKIT_API_SECRET;
const track = process.env.TRACK;
const api = new LiveKitAPI({ host: url, apiKey: key, secret });
const { room, egress, ingress, sip, agentDispatch, connector } = api;
const ROOM = "demo";
const WHO = "alice";

function shown(value) {
  if (value && typeof value.toJson === "function") return value.toJson();
  if (Array.isArray(value)) return value.map(shown);
  return value;
}

async function call(name, made) {
  const line = { call: name };
  try {
    const answer = await made();
    line.answer = shown(answer) ?? null;
    console.log(JSON.stringify(line));
    return answer;
  } catch (error) {
    const { status, code, metadata, sipStatusCode } = error;
    line.error = { kind: error.constructor.name, text: error.message };
    Object.assign(line.error, { status, code, metadata, sipStatusCode });
    console.log(JSON.stringify(line));
    return {};
  }
}

async function rooms() {
  await call("createRoom", () =>
    room.createRoom({ name: "made", metadata: "m", maxParticipants: 7 }),
  );
  await call("listRooms", () => room.listRooms([ROOM]));
  await call("updateRoomMetadata", () => room.updateRoomMetadata(ROOM, "n"));
  await call("listParticipants", () => room.listParticipants(ROOM));
  await call("getParticipant", () => room.getParticipant(ROOM, WHO));
  await call("updateParticipant", () =>
    room.updateParticipant(ROOM, WHO, { name: "Alice", attributes: { a: "b" } }),
  );
  await call("mutePublishedTrack", () =>
    room.mutePublishedTrack(ROOM, WHO, track, true),
  );
  await call("updateSubscriptions", () =>
    room.updateSubscriptions(ROOM, WHO, [track], true),
  );
  await call("sendData", () =>
    room.sendData(ROOM, new Uint8Array([1]), DataPacket_Kind.RELIABLE, {
      destinationIdentities: [WHO],
      topic: "t",
    }),
  );
  await call("forwardParticipant", () =>
    room.forwardParticipant(ROOM, WHO, "other"),
  );
  await call("moveParticipant", () => room.moveParticipant(ROOM, WHO, "other"));
  await call("removeParticipant", () => room.removeParticipant("other", WHO));
}

async function dispatches() {
  const made = await call("createDispatch", () =>
    agentDispatch.createDispatch(ROOM, "helper", { metadata: "m" }),
  );
  await call("listDispatch", () => agentDispatch.listDispatch(ROOM));
  await call("getDispatch", () => agentDispatch.getDispatch(made.id, ROOM));
  await call("deleteDispatch", () =>
    agentDispatch.deleteDispatch(made.id, ROOM),
  );
}

async function recordings() {
  const file = new EncodedFileOutput({ filepath: "a.mp4" });
  const started = await call("startRoomCompositeEgress", () =>
    egress.startRoomCompositeEgress(ROOM, file, { layout: "grid" }),
  );
  await call("startWebEgress", () => egress.startWebEgress("https://e.org", file));
  await call("startParticipantEgress", () =>
    egress.startParticipantEgress(ROOM, WHO, { file }),
  );
  await call("startTrackCompositeEgress", () =>
    egress.startTrackCompositeEgress(ROOM, file, { audioTrackId: track }),
  );
  await call("startTrackEgress", () =>
    egress.startTrackEgress(ROOM, new DirectFileOutput({ filepath: "t" }), track),
  );
  await call("startEgress", () =>
    egress.startEgress(
      new StartEgressRequest({
        roomName: ROOM,
        source: { case: "web", value: { url: "https://e.org" } },
        outputs: [{ config: { case: "file", value: { filepath: "e.mp4" } } }],
      }),
    ),
  );
  await call("updateLayout", () => egress.updateLayout(started.egressId, "speaker"));
  await call("updateStream", () => egress.updateStream(started.egressId, ["rtmp://e/a"]));
  await call("listEgress", () => egress.listEgress({ roomName: ROOM }));
  await call("stopEgress", () => egress.stopEgress(started.egressId));
}

async function ingresses() {
  const made = await call("createIngress", () =>
    ingress.createIngress(IngressInput.RTMP_INPUT, {
      name: "camera",
      roomName: ROOM,
      participantIdentity: "camera",
    }),
  );
  await call("updateIngress", () =>
    ingress.updateIngress(made.ingressId, { name: "lens" }),
  );
  await call("listIngress", () => ingress.listIngress({ roomName: ROOM }));
  await call("deleteIngress", () => ingress.deleteIngress(made.ingressId));
}

async function telephony() {
  const inbound = await call("createSipInboundTrunk", () =>
    sip.createSipInboundTrunk("in", ["+15105550100"]),
  );
  const outbound = await call("createSipOutboundTrunk", () =>
    sip.createSipOutboundTrunk("out", "sip.example.com", ["+15105550101"]),
  );
  const [one, other] = [inbound.sipTrunkId, outbound.sipTrunkId];
  await call("listSipTrunk", () => sip.listSipTrunk());
  await call("listSipInboundTrunk", () => sip.listSipInboundTrunk());
  await call("listSipOutboundTrunk", () => sip.listSipOutboundTrunk());
  await call("updateSipInboundTrunk", () =>
    sip.updateSipInboundTrunk(one, inbound),
  );
  await call("updateSipInboundTrunkFields", () =>
    sip.updateSipInboundTrunkFields(one, { name: "renamed" }),
  );
  await call("updateSipOutboundTrunk", () =>
    sip.updateSipOutboundTrunk(other, outbound),
  );
  await call("updateSipOutboundTrunkFields", () =>
    sip.updateSipOutboundTrunkFields(other, { name: "renamed" }),
  );
  const rule = await call("createSipDispatchRule", () =>
    sip.createSipDispatchRule(
      { type: "direct", roomName: ROOM },
      { name: "rule", trunkIds: [one] },
    ),
  );
  await call("listSipDispatchRule", () => sip.listSipDispatchRule());
  await call("updateSipDispatchRule", () =>
    sip.updateSipDispatchRule(rule.sipDispatchRuleId, rule),
  );
  await call("updateSipDispatchRuleFields", () =>
    sip.updateSipDispatchRuleFields(rule.sipDispatchRuleId, { name: "renamed" }),
  );
  await call("busy", () =>
    sip.createSipParticipant(other, "+15105550102", ROOM),
  );
  await call("createSipParticipant", () =>
    sip.createSipParticipant(other, "+15105550102", ROOM, {
      participantIdentity: "caller",
    }),
  );
  await call("transferSipParticipant", () =>
    sip.transferSipParticipant(ROOM, "caller", "tel:+15105550103"),
  );
  await call("deleteSipDispatchRule", () =>
    sip.deleteSipDispatchRule(rule.sipDispatchRuleId),
  );
  await call("deleteSipTrunk", () => sip.deleteSipTrunk(one));
}

async function bridges() {
  await call("dialWhatsAppCall", () =>
    connector.dialWhatsAppCall({
      whatsappPhoneNumberId: "1",
      whatsappToPhoneNumber: "2",
      whatsappApiKey: "k",
      whatsappCloudApiVersion: "v",
      roomName: ROOM,
    }),
  );
  const sdp = { type: "offer", sdp: "v=0" };
  await call("acceptWhatsAppCall", () =>
    connector.acceptWhatsAppCall({
      whatsappPhoneNumberId: "1",
      whatsappApiKey: "k",
      whatsappCloudApiVersion: "v",
      whatsappCallId: "c",
      sdp,
      roomName: ROOM,
    }),
  );
  await call("connectWhatsAppCall", () => connector.connectWhatsAppCall("c", sdp));
  await call("disconnectWhatsAppCall", () =>
    connector.disconnectWhatsAppCall("c", "k"),
  );
  await call("connectTwilioCall", () =>
    connector.connectTwilioCall({ twilioCallDirection: 0, roomName: ROOM }),
  );
}

async function mistakes() {
  const stranger = new LiveKitAPI({ host: url, apiKey: key, secret: "x".repeat(32) });
  await call("wrong secret", () => stranger.room.listRooms());
  const token = new AccessToken(key, secret, { identity: WHO });
  token.addGrant({ roomJoin: true, room: ROOM });
  const guest = new LiveKitAPI({ host: url, token: await token.toJwt() });
  await call("wrong grant", () => guest.room.listRooms());
}

// The names of all functions that clients have, but for those they keep to themselves.
function functions() {
  const clients = [room, egress, ingress, sip, agentDispatch, connector];
  return clients
    .flatMap((each) => Object.getOwnPropertyNames(Object.getPrototypeOf(each)))
    .filter((name) => !/^(constructor|is[A-Z].*|getOutputParams)$/.test(name));
}

await rooms();
await dispatches();
await recordings();
await ingresses();
await telephony();
await bridges();
await mistakes();
await call("deleteRoom", () => room.deleteRoom("made"));
const verifier = new TokenVerifier(key, secret);
await call("verify", () => verifier.verify(process.env.TOKEN));
const receiver = new WebhookReceiver(key, secret);
const { HOOK_BODY, HOOK_AUTHORIZATION } = process.env;
await call("receive", () => receiver.receive(HOOK_BODY, HOOK_AUTHORIZATION));
console.log(JSON.stringify({ functions: functions() }));
