// SPDX-FileCopyrightText: 2026 the lkproto authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"
)

// service is what the generated code of a service exports.
type service struct {
	name    string
	server  func(options ...any) livekit.TwirpServer
	clients map[string]func(url string, http livekit.HTTPClient, options ...twirp.ClientOption) any
}

type constructor[S any] func(string, livekit.HTTPClient, ...twirp.ClientOption) S

// of erases the types of a service. A server needs an implementation that has all methods; no call
// reaches it, because the interceptor of a server answers.
func of[S any](
	name string, none S, server func(S, ...any) livekit.TwirpServer, protobuf, json constructor[S],
) service {
	erased := func(make constructor[S]) func(string, livekit.HTTPClient, ...twirp.ClientOption) any {
		return func(url string, http livekit.HTTPClient, options ...twirp.ClientOption) any {
			return make(url, http, options...)
		}
	}
	return service{
		name:   "livekit." + name,
		server: func(options ...any) livekit.TwirpServer { return server(none, options...) },
		clients: map[string]func(string, livekit.HTTPClient, ...twirp.ClientOption) any{
			"protobuf": erased(protobuf),
			"json":     erased(json),
		},
	}
}

var services = []service{
	of[livekit.RoomService]("RoomService", struct{ livekit.RoomService }{},
		livekit.NewRoomServiceServer, livekit.NewRoomServiceProtobufClient, livekit.NewRoomServiceJSONClient),
	of[livekit.AgentDispatchService]("AgentDispatchService", struct{ livekit.AgentDispatchService }{},
		livekit.NewAgentDispatchServiceServer, livekit.NewAgentDispatchServiceProtobufClient, livekit.NewAgentDispatchServiceJSONClient),
	of[livekit.AgentSimulation]("AgentSimulation", struct{ livekit.AgentSimulation }{},
		livekit.NewAgentSimulationServer, livekit.NewAgentSimulationProtobufClient, livekit.NewAgentSimulationJSONClient),
	of[livekit.CloudAgent]("CloudAgent", struct{ livekit.CloudAgent }{},
		livekit.NewCloudAgentServer, livekit.NewCloudAgentProtobufClient, livekit.NewCloudAgentJSONClient),
	of[livekit.Connector]("Connector", struct{ livekit.Connector }{},
		livekit.NewConnectorServer, livekit.NewConnectorProtobufClient, livekit.NewConnectorJSONClient),
	of[livekit.Egress]("Egress", struct{ livekit.Egress }{},
		livekit.NewEgressServer, livekit.NewEgressProtobufClient, livekit.NewEgressJSONClient),
	of[livekit.Ingress]("Ingress", struct{ livekit.Ingress }{},
		livekit.NewIngressServer, livekit.NewIngressProtobufClient, livekit.NewIngressJSONClient),
	of[livekit.PhoneNumberService]("PhoneNumberService", struct{ livekit.PhoneNumberService }{},
		livekit.NewPhoneNumberServiceServer, livekit.NewPhoneNumberServiceProtobufClient, livekit.NewPhoneNumberServiceJSONClient),
	of[livekit.Replay]("Replay", struct{ livekit.Replay }{},
		livekit.NewReplayServer, livekit.NewReplayProtobufClient, livekit.NewReplayJSONClient),
	of[livekit.SIP]("SIP", struct{ livekit.SIP }{},
		livekit.NewSIPServer, livekit.NewSIPProtobufClient, livekit.NewSIPJSONClient),
}

// known is the service of a name.
func known(name string) (service, bool) {
	for _, each := range services {
		if each.name == name {
			return each, true
		}
	}
	return service{}, false
}
