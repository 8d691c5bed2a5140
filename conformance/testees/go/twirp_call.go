package testee

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/proto"

	"github.com/livekit/protocol/utils/xtwirp"
)

type callArgs struct {
	BaseURL   string            `json:"base_url"`
	Prefix    string            `json:"prefix"`
	Service   string            `json:"service"`
	Method    string            `json:"method"`
	Codec     string            `json:"codec"`
	Request   string            `json:"request"`
	Headers   map[string]string `json:"headers"`
	TimeoutMS int64             `json:"timeout_ms"`
}

// twirpCall calls a method of a generated client.
func twirpCall(args callArgs) (any, error) {
	made, known := twirpServices[args.Service].clients[args.Codec]
	if !known {
		return nil, &unsupported{"no client of " + args.Service + " for " + args.Codec}
	}
	request, err := args.request()
	if err != nil {
		return nil, err
	}
	timeout := time.Duration(args.TimeoutMS) * time.Millisecond
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ctx, err = twirp.WithHTTPRequestHeaders(ctx, headersOf(args.Headers))
	if err != nil {
		return nil, reject("invalid_argument", err)
	}
	network := &http.Transport{}
	defer network.CloseIdleConnections()
	options := []twirp.ClientOption{twirp.WithClientPathPrefix(args.Prefix), xtwirp.ClientPassTimout()}
	client := made(args.BaseURL, &http.Client{Transport: network}, options...)
	return called(client.MethodByName(args.Method).Call(
		[]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(request)}))
}

func (args callArgs) request() (proto.Message, error) {
	method, known := twirpServices[args.Service].methods.MethodByName(args.Method)
	if !known {
		return nil, &unsupported{"no method " + args.Method + " of " + args.Service}
	}
	request := reflect.New(method.Type.In(1).Elem()).Interface().(proto.Message)
	data, err := hex.DecodeString(args.Request)
	if err != nil {
		return nil, err
	}
	return request, proto.Unmarshal(data, request)
}

func called(results []reflect.Value) (any, error) {
	err, _ := results[1].Interface().(error)
	var failed twirp.Error
	if errors.As(err, &failed) {
		return nil, &rejection{"twirp:" + string(failed.Code()), failed.Msg(), metaOf(failed)}
	} else if err != nil {
		return nil, err
	}
	response := results[0].Interface().(proto.Message)
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(response)
	return object{"response": hex.EncodeToString(data)}, err
}
