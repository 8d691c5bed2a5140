package testee

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/livekit/protocol/livekit/agent" // their messages
	_ "github.com/livekit/protocol/livekit/roomrpc/siprpc"
)

type messageArgs struct {
	Message       string `json:"message"`
	Input         string `json:"input"`
	JSON          string `json:"json"`
	IgnoreUnknown bool   `json:"ignore_unknown"`
}

func (args messageArgs) empty() (proto.Message, error) {
	found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(args.Message))
	if err != nil {
		return nil, &unsupported{"a message of a package that is not linked into the testee"}
	}
	return found.New().Interface(), nil
}

func (args messageArgs) decode() (proto.Message, error) {
	message, err := args.empty()
	if err != nil {
		return nil, err
	}
	input, err := hex.DecodeString(args.Input)
	if err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(input, message); err != nil {
		return nil, reject("malformed", err)
	}
	return message, nil
}

func encoded(message proto.Message) (any, error) {
	output, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	return object{"output": hex.EncodeToString(output)}, nil
}

func wireRoundtrip(args messageArgs) (any, error) {
	message, err := args.decode()
	if err != nil {
		return nil, err
	}
	return encoded(message)
}

func jsonPrint(args messageArgs) (any, error) {
	message, err := args.decode()
	if err != nil {
		return nil, err
	}
	text, err := protojson.Marshal(message)
	if err != nil {
		return nil, reject("malformed", err)
	}
	// protojson puts in a space or not, by the build.
	var compact bytes.Buffer
	err = json.Compact(&compact, text)
	return object{"json": compact.String()}, err
}

func jsonParse(args messageArgs) (any, error) {
	message, err := args.empty()
	if err != nil {
		return nil, err
	}
	options := protojson.UnmarshalOptions{DiscardUnknown: args.IgnoreUnknown}
	if err := options.Unmarshal([]byte(args.JSON), message); err != nil {
		return nil, reject(jsonKind(err), err)
	}
	return encoded(message)
}

var outOfRange = regexp.MustCompile(`invalid value for (u?int|s?fixed|sint|float|double)\d*.*: "?-?[\d.]+([eE][-+]?\d+)?"?$`)

// protojson gives the reason only in its text.
func jsonKind(err error) string {
	switch {
	case strings.Contains(err.Error(), "unknown field"):
		return "unknown_field"
	case outOfRange.MatchString(err.Error()):
		return "out_of_range"
	}
	return "malformed"
}
