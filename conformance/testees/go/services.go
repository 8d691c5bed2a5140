package testee

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/livekit/protocol/agent"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/connector"
	"github.com/livekit/protocol/egress"
	"github.com/livekit/protocol/ingress"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/protojson"
)

type serviceArgs struct {
	Function string       `json:"function"`
	Args     serviceInput `json:"args"`
	APIKey   string       `json:"api_key"`
	Secret   string       `json:"secret"`
}

type serviceInput struct {
	EgressID    string                  `json:"egress_id"`
	IngressID   string                  `json:"ingress_id"`
	Room        string                  `json:"room"`
	Identity    string                  `json:"identity"`
	Name        string                  `json:"name"`
	Metadata    string                  `json:"metadata"`
	Attributes  map[string]string       `json:"attributes"`
	RoomPreset  string                  `json:"room_preset"`
	RoomConfig  *auth.RoomConfiguration `json:"room_config"`
	Kind        any                     `json:"kind"`
	Hidden      bool                    `json:"hidden"`
	Agents      []json.RawMessage       `json:"agents"`
	Permissions json.RawMessage         `json:"permissions"`
	KindDetails []string                `json:"kind_details"`
	Grants      *auth.ClaimGrants       `json:"grants"`
	GrantsNil   bool                    `json:"grants_nil"`
}

func tokenService(args serviceArgs) (any, error) {
	in := args.Args
	switch args.Function {
	case "egress":
		return tokenResult(egress.BuildEgressToken(in.EgressID, args.APIKey, args.Secret, in.Room))
	case "ingress":
		return tokenResult(ingress.BuildIngressToken(
			args.APIKey, args.Secret, in.Room, in.Identity, in.Name, in.Metadata, in.IngressID))
	case "sip":
		return tokenResult(sipToken(args.APIKey, args.Secret, in))
	case "connector":
		return connectorToken(args.APIKey, args.Secret, in)
	case "agent":
		return agentToken(args.APIKey, args.Secret, in)
	case "job":
		if in.GrantsNil {
			in.Grants = nil
		}
		return jobToken(args.APIKey, args.Secret, in.Grants)
	}
	return nil, &unsupported{"no function " + args.Function}
}

// sipToken repeats the calls of sip.BuildSIPToken: its package does not compile outside upstream's
// own build, because a version of livekit/psrpc is missing.
func sipToken(key, secret string, in serviceInput) (string, error) {
	yes := true
	return auth.NewAccessToken(key, secret).
		SetVideoGrant(&auth.VideoGrant{
			RoomJoin:             true,
			Room:                 in.Room,
			CanSubscribe:         &yes,
			CanPublish:           &yes,
			CanPublishData:       &yes,
			CanUpdateOwnMetadata: &yes,
		}).
		SetIdentity(in.Identity).
		SetName(in.Name).
		SetMetadata(in.Metadata).
		SetAttributes(in.Attributes).
		SetRoomPreset(in.RoomPreset).
		SetRoomConfig((*livekit.RoomConfiguration)(in.RoomConfig)).
		SetKind(livekit.ParticipantInfo_SIP).
		SetValidFor(24 * time.Hour).
		SetAllowSensitiveCredentials(true).
		ToJWT()
}

func connectorToken(key, secret string, in serviceInput) (any, error) {
	kind, err := connectorKind(in.Kind)
	if err != nil {
		return nil, err
	}
	var agents []*livekit.RoomAgentDispatch
	for _, text := range in.Agents {
		dispatch := &livekit.RoomAgentDispatch{}
		if err := protojson.Unmarshal(text, dispatch); err != nil {
			return nil, fmt.Errorf("args: agents: %w", err)
		}
		agents = append(agents, dispatch)
	}
	return tokenResult(connector.BuildConnectorToken(connector.ConnectorTokenParams{
		APIKey:                key,
		APISecret:             secret,
		RoomName:              in.Room,
		ParticipantIdentity:   in.Identity,
		ParticipantName:       in.Name,
		ParticipantMetadata:   in.Metadata,
		ParticipantAttributes: in.Attributes,
		Agents:                agents,
		Hidden:                in.Hidden,
		Kind:                  kind,
	}))
}

func connectorKind(given any) (connector.Kind, error) {
	switch kind := given.(type) {
	case nil:
		return 0, nil
	case json.Number:
		number, err := kind.Int64()
		return connector.Kind(number), err
	case string:
		if named, ok := map[string]connector.Kind{"WHATSAPP": connector.WHATSAPP, "TWILIO": connector.TWILIO}[kind]; ok {
			return named, nil
		}
	}
	return 0, fmt.Errorf("args: kind: %v", given)
}

func agentToken(key, secret string, in serviceInput) (any, error) {
	permissions, err := permissionOf(in.Permissions)
	if err != nil {
		return nil, err
	}
	details, err := kindDetails(in.KindDetails)
	if err != nil {
		return nil, err
	}
	return tokenResult(agent.BuildAgentToken(
		key, secret, in.Room, in.Identity, in.Name, in.Metadata, in.Attributes, permissions, details...))
}

func jobToken(key, secret string, grants *auth.ClaimGrants) (any, error) {
	token, _, err := agent.BuildJobToken(key, secret, grants)
	if err != nil && grants == nil {
		return nil, reject("invalid_argument", err)
	}
	return tokenResult(token, err)
}

func jobClaimsParse(args claimsArgs) (any, error) {
	grants, err := agent.ParseJobTokenClaims(args.Claims)
	if err == nil {
		return object{"grants": grants}, nil
	}
	if refused, ok := rejected("", err).(*rejection); ok {
		return nil, refused
	}
	return nil, reject(undecodable([]byte(args.Claims)), err)
}
