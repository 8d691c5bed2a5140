package testee

import (
	"encoding/hex"

	"github.com/livekit/protocol/agent"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils"
	"github.com/livekit/protocol/utils/guid"
)

type inputArgs struct {
	Input string `json:"input"`
}

func deploymentValidate(args inputArgs) (any, error) {
	deployment, err := hex.DecodeString(args.Input)
	if err != nil {
		return nil, err
	}
	if err := agent.ValidateDeployment(string(deployment)); err != nil {
		return nil, reject("invalid_argument", err)
	}
	return object{}, nil
}

func threadIDValidate(args inputArgs) (any, error) {
	if err := agent.ValidateThreadID(args.Input); err != nil {
		return nil, reject("invalid_argument", err)
	}
	return object{}, nil
}

func guidCheck(args inputArgs) (any, error) {
	block := guid.Marshal(livekit.TrackID(args.Input))
	return object{
		"marshal_hex": hex.EncodeToString(block[:]),
		"round_trip":  guid.Unmarshal[livekit.TrackID](block),
		"is_valid_id": guid.IsValidID(args.Input),
	}, nil
}

func redactURL(args inputArgs) (any, error) {
	key, redacted := utils.RedactStreamKey(args.Input)
	return object{
		"query_values":        utils.RedactUrlQueryValues(args.Input),
		"stream_key":          key,
		"stream_key_redacted": redacted,
	}, nil
}
