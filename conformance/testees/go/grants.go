package testee

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/protojson"
)

type videoArgs struct {
	Video      json.RawMessage `json:"video"`
	Permission json.RawMessage `json:"permission"`
}

func (args videoArgs) decode() (*auth.VideoGrant, *livekit.ParticipantPermission, error) {
	video, err := decoded[auth.VideoGrant](args.Video)
	if err != nil {
		return nil, nil, err
	}
	permission, err := permissionOf(args.Permission)
	return video, permission, err
}

// permissionOf reads a permission; none, or null, is nil.
func permissionOf(text json.RawMessage) (*livekit.ParticipantPermission, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	permission := &livekit.ParticipantPermission{}
	if err := protojson.Unmarshal(text, permission); err != nil {
		return nil, fmt.Errorf("args: permission: %w", err)
	}
	return permission, nil
}

func grantsResolve(args videoArgs) (any, error) {
	video, _, err := args.decode()
	if err != nil {
		return nil, err
	}
	return resolved(video), nil
}

func resolved(video *auth.VideoGrant) object {
	sources := object{}
	for number, name := range livekit.TrackSource_name {
		sources[strings.ToLower(name)] = video.GetCanPublishSource(livekit.TrackSource(number))
	}
	return object{
		"canPublish":            video.GetCanPublish(),
		"canSubscribe":          video.GetCanSubscribe(),
		"canPublishData":        video.GetCanPublishData(),
		"canUpdateOwnMetadata":  video.GetCanUpdateOwnMetadata(),
		"canSubscribeMetrics":   video.GetCanSubscribeMetrics(),
		"canManageAgentSession": video.GetCanManageAgentSession(),
		"canPublishSources":     names(video.GetCanPublishSources()),
		"canPublishSource":      sources,
		"hidden":                video.Hidden,
		"recorder":              video.Recorder,
		"agent":                 video.Agent,
		"roomJoin":              video.RoomJoin,
		"room":                  video.Room,
		"roomAdmin":             video.RoomAdmin,
		"roomCreate":            video.RoomCreate,
		"roomList":              video.RoomList,
		"roomRecord":            video.RoomRecord,
		"ingressAdmin":          video.IngressAdmin,
		"destinationRoom":       video.DestinationRoom,
	}
}

func grantsMatches(args videoArgs) (any, error) {
	video, permission, err := args.decode()
	if err != nil {
		return nil, err
	}
	return object{"matches": video.MatchesPermission(permission)}, nil
}

func grantsUpdate(args videoArgs) (any, error) {
	video, permission, err := args.decode()
	if err != nil {
		return nil, err
	}
	video.UpdateFromPermission(permission)
	return object{"video": video}, nil
}

type endpointArgs struct {
	Grant      json.RawMessage `json:"grant"`
	AgentName  string          `json:"agent_name"`
	Deployment string          `json:"deployment"`
}

func agentEndpointAllows(args endpointArgs) (any, error) {
	grant, err := decoded[auth.AgentEndpointGrant](args.Grant)
	if err != nil {
		return nil, err
	}
	return object{"allowed": grant.Allows(args.AgentName, args.Deployment)}, nil
}

type threadArgs struct {
	Grant    json.RawMessage `json:"grant"`
	Action   string          `json:"action"`
	Scope    string          `json:"scope"`
	ThreadID string          `json:"thread_id"`
}

func agentThread(args threadArgs) (any, error) {
	grant, err := decoded[auth.AgentThreadGrant](args.Grant)
	if err != nil {
		return nil, err
	}
	rules := map[string]func() bool{
		"create": func() bool { return grant.CanCreate(args.Scope) },
		"list":   func() bool { return grant.CanList(args.Scope) },
		"update": grant.CanUpdate,
		"read":   func() bool { return grant.CanRead(args.ThreadID) },
		"write":  func() bool { return grant.CanWrite(args.ThreadID) },
		"delete": func() bool { return grant.CanDelete(args.ThreadID) },
	}
	rule, known := rules[args.Action]
	if !known {
		return nil, &unsupported{"no action " + args.Action}
	}
	return object{"allowed": rule()}, nil
}

type credentialsArgs struct {
	RoomConfig json.RawMessage `json:"room_config"`
}

func credentialsCheck(args credentialsArgs) (any, error) {
	config, err := decoded[auth.RoomConfiguration](args.RoomConfig)
	if err != nil {
		return nil, err
	}
	return object{}, rejected("", config.CheckCredentials())
}
