package testee

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/twitchtv/twirp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/xtwirp"
	"github.com/livekit/psrpc"
)

type answerArgs struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body_b64"`
}

// Do answers any request: a generated client takes it for its HTTP client.
func (args answerArgs) Do(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: args.Status,
		Header:     headersOf(args.Headers),
		Body:       io.NopCloser(bytes.NewReader(args.Body)),
		Request:    request,
	}, nil
}

func headersOf(values map[string]string) http.Header {
	headers := http.Header{}
	for name, value := range values {
		headers.Set(name, value)
	}
	return headers
}

// twirpError is what a generated client makes of an answer; all of them have the same code for it.
func twirpError(args answerArgs) (any, error) {
	client := livekit.NewRoomServiceProtobufClient("http://server.invalid", args)
	_, err := client.ListRooms(context.Background(), &livekit.ListRoomsRequest{})
	var failed twirp.Error
	if !errors.As(err, &failed) {
		return nil, &unsupported{fmt.Sprintf("%d is not a failure", args.Status)}
	}
	return object{"code": failed.Code(), "msg": failed.Msg(), "meta": metaOf(failed)}, nil
}

// metaOf is never null.
func metaOf(failed twirp.Error) map[string]string {
	if meta := failed.MetaMap(); meta != nil {
		return meta
	}
	return map[string]string{}
}

type mapErrorArgs struct {
	Source string          `json:"source"`
	Code   json.RawMessage `json:"code"`
	Msg    string          `json:"msg"`
}

// twirpMapError is what xtwirp.ServerPassErrorDetails, with which LiveKit's servers run, answers.
func twirpMapError(args mapErrorArgs) (any, error) {
	err, problem := args.decode()
	if problem != nil {
		return nil, problem
	}
	mapped := xtwirp.ToError(err)
	return object{
		"code":        mapped.Code(),
		"http_status": twirp.ServerHTTPStatusFromErrorCode(mapped.Code()),
		"msg":         mapped.Msg(),
	}, nil
}

func (args mapErrorArgs) decode() (mapped error, problem error) {
	switch args.Source {
	case "psrpc":
		var code string
		problem = json.Unmarshal(args.Code, &code)
		return psrpc.NewErrorFromResponse(code, args.Msg), problem
	case "grpc":
		var code uint32
		problem = json.Unmarshal(args.Code, &code)
		if problem == nil && code == uint32(codes.OK) {
			problem = &unsupported{"the code of success is not an error"}
		}
		return status.Error(codes.Code(code), args.Msg), problem
	}
	return nil, &unsupported{"no source " + args.Source}
}

type sipStatusArgs struct {
	Code   int32  `json:"code"`
	Status string `json:"status"`
}

func twirpSIPStatus(args sipStatusArgs) (any, error) {
	mapped := xtwirp.ToError(&livekit.SIPStatus{
		Code:   livekit.SIPStatusCode(args.Code),
		Status: args.Status,
	})
	return object{"code": mapped.Code(), "meta": metaOf(mapped)}, nil
}
