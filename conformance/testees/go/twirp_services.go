package testee

import (
	"net/http"
	"reflect"

	"github.com/twitchtv/twirp"

	"github.com/livekit/protocol/livekit"
)

// twirpService is what is generated of a service.
type twirpService struct {
	methods reflect.Type // the interface
	clients map[string]newClient
	server  func(opts ...any) http.Handler
}

type newClient func(url string, client livekit.HTTPClient, opts ...twirp.ClientOption) reflect.Value

// offered makes one of the generated constructors. The implementation is never called, because an
// interceptor answers for it.
func offered[S any](
	protobuf, json func(string, livekit.HTTPClient, ...twirp.ClientOption) S,
	server func(S, ...any) livekit.TwirpServer,
	implementation any,
) twirpService {
	made := func(client func(string, livekit.HTTPClient, ...twirp.ClientOption) S) newClient {
		return func(url string, network livekit.HTTPClient, opts ...twirp.ClientOption) reflect.Value {
			return reflect.ValueOf(client(url, network, opts...))
		}
	}
	return twirpService{
		methods: reflect.TypeFor[S](),
		clients: map[string]newClient{"protobuf": made(protobuf), "json": made(json)},
		server:  func(opts ...any) http.Handler { return server(implementation.(S), opts...) },
	}
}

var twirpServices = map[string]twirpService{
	"livekit.AgentDispatchService": offered(
		livekit.NewAgentDispatchServiceProtobufClient, livekit.NewAgentDispatchServiceJSONClient,
		livekit.NewAgentDispatchServiceServer, struct{ livekit.AgentDispatchService }{}),
	"livekit.AgentSimulation": offered(
		livekit.NewAgentSimulationProtobufClient, livekit.NewAgentSimulationJSONClient,
		livekit.NewAgentSimulationServer, struct{ livekit.AgentSimulation }{}),
	"livekit.CloudAgent": offered(
		livekit.NewCloudAgentProtobufClient, livekit.NewCloudAgentJSONClient,
		livekit.NewCloudAgentServer, struct{ livekit.CloudAgent }{}),
	"livekit.Connector": offered(
		livekit.NewConnectorProtobufClient, livekit.NewConnectorJSONClient,
		livekit.NewConnectorServer, struct{ livekit.Connector }{}),
	"livekit.Egress": offered(
		livekit.NewEgressProtobufClient, livekit.NewEgressJSONClient,
		livekit.NewEgressServer, struct{ livekit.Egress }{}),
	"livekit.Ingress": offered(
		livekit.NewIngressProtobufClient, livekit.NewIngressJSONClient,
		livekit.NewIngressServer, struct{ livekit.Ingress }{}),
	"livekit.PhoneNumberService": offered(
		livekit.NewPhoneNumberServiceProtobufClient, livekit.NewPhoneNumberServiceJSONClient,
		livekit.NewPhoneNumberServiceServer, struct{ livekit.PhoneNumberService }{}),
	"livekit.RoomService": offered(
		livekit.NewRoomServiceProtobufClient, livekit.NewRoomServiceJSONClient,
		livekit.NewRoomServiceServer, struct{ livekit.RoomService }{}),
	"livekit.SIP": offered(
		livekit.NewSIPProtobufClient, livekit.NewSIPJSONClient,
		livekit.NewSIPServer, struct{ livekit.SIP }{}),
	"livekit.Replay": offered(
		livekit.NewReplayProtobufClient, livekit.NewReplayJSONClient,
		livekit.NewReplayServer, struct{ livekit.Replay }{}),
}
