// How the SDK's clients call a method of a service, and give its response back.
//
// Each entry says which fields of the request the client's method takes, how it is called with
// them, and the response that its result stands for; a client's method that returns nothing has
// an empty one. A request with other fields cannot be made by the client.

import * as p from '@livekit/protocol';
import {
  AgentDispatchClient,
  ConnectorClient,
  EgressClient,
  IngressClient,
  RoomServiceClient,
  SipClient,
} from 'livekit-server-sdk';

import { Unsupported } from './outcomes.mjs';

const CLIENTS = {
  'livekit.AgentDispatchService': AgentDispatchClient,
  'livekit.Connector': ConnectorClient,
  'livekit.Egress': EgressClient,
  'livekit.Ingress': IngressClient,
  'livekit.RoomService': RoomServiceClient,
  'livekit.SIP': SipClient,
};

const same = (result) => result;
const nothing = (Response) => () => new Response();
const inside = (Response, name) => (result) => new Response({ [name]: result });

/** A method with a parameter for each field, in this order. */
function positional(Request, method, fields, response = same) {
  const run = (client, request) => client[method](...fields.map((name) => request[name]));
  return { Request, fields, run, response };
}

/** A method whose last parameter is an object with the rest of the fields. */
function optional(Request, method, first, rest, response = same) {
  const run = (client, request) => {
    const options = Object.fromEntries(rest.map((name) => [name, request[name]]));
    return client[method](...first.map((name) => request[name]), options);
  };
  return { Request, fields: [...first, ...rest], run, response };
}

/** A method of SIP that changes what an id names; the client has two, by how. */
function changing(Request, method, id) {
  const methods = { replace: method, update: `${method}Fields` };
  const run = (client, { [id]: named, action }) => {
    if (!action.case) throw new Unsupported(`${method} cannot leave out what to change`);
    return client[methods[action.case]](named, action.value);
  };
  return { Request, fields: [id, ...Object.keys(methods)], run, response: same };
}

const all = (Request) => Request.fields.list().map((field) => field.localName);
const without = (Request, ...names) => all(Request).filter((name) => !names.includes(name));

const ROOM_SERVICE = {
  CreateRoom: optional(p.CreateRoomRequest, 'createRoom', [], all(p.CreateRoomRequest)),
  ListRooms: positional(
    p.ListRoomsRequest,
    'listRooms',
    ['names'],
    inside(p.ListRoomsResponse, 'rooms'),
  ),
  DeleteRoom: positional(
    p.DeleteRoomRequest,
    'deleteRoom',
    ['room'],
    nothing(p.DeleteRoomResponse),
  ),
  UpdateRoomMetadata: positional(p.UpdateRoomMetadataRequest, 'updateRoomMetadata', [
    'room',
    'metadata',
  ]),
  ListParticipants: positional(
    p.ListParticipantsRequest,
    'listParticipants',
    ['room'],
    inside(p.ListParticipantsResponse, 'participants'),
  ),
  GetParticipant: positional(p.RoomParticipantIdentity, 'getParticipant', ['room', 'identity']),
  RemoveParticipant: optional(
    p.RoomParticipantIdentity,
    'removeParticipant',
    ['room', 'identity'],
    ['revokeTokenTs'],
    nothing(p.RemoveParticipantResponse),
  ),
  ForwardParticipant: positional(
    p.ForwardParticipantRequest,
    'forwardParticipant',
    ['room', 'identity', 'destinationRoom'],
    nothing(p.ForwardParticipantResponse),
  ),
  MoveParticipant: positional(
    p.MoveParticipantRequest,
    'moveParticipant',
    ['room', 'identity', 'destinationRoom'],
    nothing(p.MoveParticipantResponse),
  ),
  MutePublishedTrack: positional(
    p.MuteRoomTrackRequest,
    'mutePublishedTrack',
    ['room', 'identity', 'trackSid', 'muted'],
    inside(p.MuteRoomTrackResponse, 'track'),
  ),
  UpdateParticipant: optional(
    p.UpdateParticipantRequest,
    'updateParticipant',
    ['room', 'identity'],
    ['metadata', 'permission', 'name', 'attributes'],
  ),
  UpdateSubscriptions: positional(
    p.UpdateSubscriptionsRequest,
    'updateSubscriptions',
    ['room', 'identity', 'trackSids', 'subscribe'],
    nothing(p.UpdateSubscriptionsResponse),
  ),
};

const AGENT_DISPATCH = {
  CreateDispatch: optional(
    p.CreateAgentDispatchRequest,
    'createDispatch',
    ['room', 'agentName'],
    ['metadata', 'restartPolicy', 'deployment'],
  ),
  ListDispatch: positional(
    p.ListAgentDispatchRequest,
    'listDispatch',
    ['room'],
    inside(p.ListAgentDispatchResponse, 'agentDispatches'),
  ),
};

// A ringing timeout is whole seconds in the client, so it is left out.
const CONNECTOR = {
  DialWhatsAppCall: optional(
    p.DialWhatsAppCallRequest,
    'dialWhatsAppCall',
    [],
    without(p.DialWhatsAppCallRequest, 'ringingTimeout'),
  ),
  AcceptWhatsAppCall: optional(
    p.AcceptWhatsAppCallRequest,
    'acceptWhatsAppCall',
    [],
    without(p.AcceptWhatsAppCallRequest, 'ringingTimeout'),
  ),
  ConnectTwilioCall: optional(
    p.ConnectTwilioCallRequest,
    'connectTwilioCall',
    [],
    all(p.ConnectTwilioCallRequest),
  ),
  ConnectWhatsAppCall: positional(p.ConnectWhatsAppCallRequest, 'connectWhatsAppCall', [
    'whatsappCallId',
    'sdp',
  ]),
  DisconnectWhatsAppCall: positional(p.DisconnectWhatsAppCallRequest, 'disconnectWhatsAppCall', [
    'whatsappCallId',
    'whatsappApiKey',
    'disconnectReason',
  ]),
};

const EGRESS = {
  StartEgress: {
    Request: p.StartEgressRequest,
    fields: all(p.StartEgressRequest),
    run: (client, request) => client.startEgress(request),
    response: same,
  },
  UpdateLayout: positional(p.UpdateLayoutRequest, 'updateLayout', ['egressId', 'layout']),
  UpdateStream: positional(p.UpdateStreamRequest, 'updateStream', [
    'egressId',
    'addOutputUrls',
    'removeOutputUrls',
  ]),
  ListEgress: optional(
    p.ListEgressRequest,
    'listEgress',
    [],
    ['roomName', 'egressId', 'active'],
    inside(p.ListEgressResponse, 'items'),
  ),
  StopEgress: positional(p.StopEgressRequest, 'stopEgress', ['egressId']),
};

const INGRESS = {
  CreateIngress: optional(
    p.CreateIngressRequest,
    'createIngress',
    ['inputType'],
    without(p.CreateIngressRequest, 'inputType'),
  ),
  UpdateIngress: optional(
    p.UpdateIngressRequest,
    'updateIngress',
    ['ingressId'],
    without(p.UpdateIngressRequest, 'ingressId'),
  ),
  ListIngress: optional(
    p.ListIngressRequest,
    'listIngress',
    [],
    ['roomName', 'ingressId'],
    inside(p.ListIngressResponse, 'items'),
  ),
  DeleteIngress: positional(p.DeleteIngressRequest, 'deleteIngress', ['ingressId']),
};

const SIP = {
  ListSIPTrunk: positional(
    p.ListSIPTrunkRequest,
    'listSipTrunk',
    [],
    inside(p.ListSIPTrunkResponse, 'items'),
  ),
  ListSIPInboundTrunk: optional(
    p.ListSIPInboundTrunkRequest,
    'listSipInboundTrunk',
    [],
    ['page', 'trunkIds', 'numbers'],
    inside(p.ListSIPInboundTrunkResponse, 'items'),
  ),
  ListSIPOutboundTrunk: optional(
    p.ListSIPOutboundTrunkRequest,
    'listSipOutboundTrunk',
    [],
    ['page', 'trunkIds', 'numbers'],
    inside(p.ListSIPOutboundTrunkResponse, 'items'),
  ),
  ListSIPDispatchRule: optional(
    p.ListSIPDispatchRuleRequest,
    'listSipDispatchRule',
    [],
    ['page', 'dispatchRuleIds', 'trunkIds'],
    inside(p.ListSIPDispatchRuleResponse, 'items'),
  ),
  UpdateSIPInboundTrunk: changing(
    p.UpdateSIPInboundTrunkRequest,
    'updateSipInboundTrunk',
    'sipTrunkId',
  ),
  UpdateSIPOutboundTrunk: changing(
    p.UpdateSIPOutboundTrunkRequest,
    'updateSipOutboundTrunk',
    'sipTrunkId',
  ),
  UpdateSIPDispatchRule: changing(
    p.UpdateSIPDispatchRuleRequest,
    'updateSipDispatchRule',
    'sipDispatchRuleId',
  ),
  DeleteSIPTrunk: positional(p.DeleteSIPTrunkRequest, 'deleteSipTrunk', ['sipTrunkId']),
  DeleteSIPDispatchRule: positional(p.DeleteSIPDispatchRuleRequest, 'deleteSipDispatchRule', [
    'sipDispatchRuleId',
  ]),
};

const METHODS = {
  'livekit.AgentDispatchService': AGENT_DISPATCH,
  'livekit.Connector': CONNECTOR,
  'livekit.Egress': EGRESS,
  'livekit.Ingress': INGRESS,
  'livekit.RoomService': ROOM_SERVICE,
  'livekit.SIP': SIP,
};

/** The client's class and its method; undefined for one that this testee does not drive. */
export function methodOf(service, name) {
  const method = METHODS[service]?.[name];
  return method && { Client: CLIENTS[service], ...method };
}
