// A small testee in Go: livekit/protocol reads kinds of participants, and copies messages.
//
// The suite says what time it is. These operations need no clock; for tokens, see the testee in
// conformance/testees/go, which runs in the bubbles of testing/synctest.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/livekit/protocol/auth"
	_ "github.com/livekit/protocol/livekit/agent" // its messages
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

type object = map[string]any

type request struct {
	ID   json.Number `json:"id"`
	Op   string      `json:"op"`
	Args struct {
		Claim   string   `json:"claim"`
		Claims  []string `json:"claims"`
		Message string   `json:"message"`
		Input   string   `json:"input"`
	} `json:"args"`
}

func reject(kind string, err error) object {
	return object{"reject": object{"kind": kind, "message": err.Error()}}
}

func hello() object {
	return object{"ok": object{
		"protocol": 1,
		"implementation": object{
			"name": "tutorial", "language": "go", "version": "1", "language_version": runtime.Version(),
		},
		"capabilities": []string{"kind.parse", "kind_details.parse", "wire.roundtrip"},
		"profiles":     []string{"go"},
	}}
}

func kindDetails(claims []string) object {
	grants := auth.ClaimGrants{KindDetails: claims}
	names := []string{}
	for _, detail := range grants.GetKindDetails() {
		names = append(names, detail.String())
	}
	return object{"ok": object{"kind_details": names}}
}

func roundtrip(name, input string) object {
	found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		return object{"unsupported": object{"reason": "this testee does not link the message"}}
	}
	data, err := hex.DecodeString(input)
	if err != nil {
		return object{"error": object{"message": err.Error()}}
	}
	message := found.New().Interface()
	if err := proto.Unmarshal(data, message); err != nil {
		return reject("malformed", err)
	}
	output, err := proto.Marshal(message)
	if err != nil {
		return reject("malformed", err)
	}
	return object{"ok": object{"output": hex.EncodeToString(output)}}
}

func answer(asked request) object {
	switch asked.Op {
	case "hello":
		return hello()
	case "kind.parse":
		grants := auth.ClaimGrants{Kind: asked.Args.Claim}
		return object{"ok": object{"kind": grants.GetParticipantKind().String()}}
	case "kind_details.parse":
		return kindDetails(asked.Args.Claims)
	case "wire.roundtrip":
		return roundtrip(asked.Args.Message, asked.Args.Input)
	}
	return object{"unsupported": object{"reason": "no operation " + asked.Op}}
}

// serve answers a request a line. What is not a reply goes to stderr.
func serve(input io.Reader, output io.Writer) error {
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		if asked.Op == "bye" {
			return nil
		}
		reply := answer(asked)
		reply["id"] = asked.ID
		if err := json.NewEncoder(output).Encode(reply); err != nil {
			return err
		}
	}
	return lines.Err()
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
