// SPDX-FileCopyrightText: 2026 the lkproto authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/livekit/protocol/livekit"
	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Headers of requests, and one of answers.
const (
	answerHeader = "Lkproto-Answer" // the message to answer: protobuf in base64
	errorHeader  = "Lkproto-Error"  // the error to answer: {"code", "msg", "meta"}
	faultHeader  = "Lkproto-Fault"  // what the implementation does wrong: none, error or panic
	seenHeader   = "Lkproto-Seen"   // the request that was read: protobuf in base64
)

// script is the headers of a request, in its context.
type script struct{ http.Header }

type scriptKey struct{}

func serve(arguments []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	prefix := flags.String("prefix", "/twirp", "before the name of the service")
	camelCase := flags.Bool("camel-case", false, "write lowerCamelCase in JSON")
	skipDefaults := flags.Bool("skip-defaults", false, "leave default values out of JSON")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	options := []any{
		twirp.WithServerPathPrefix(*prefix),
		twirp.WithServerJSONCamelCaseNames(*camelCase),
		twirp.WithServerJSONSkipDefaults(*skipDefaults),
		twirp.WithServerInterceptors(scripted),
	}
	server := &http.Server{Handler: handler(options)}
	go server.Serve(listener)
	fmt.Printf("http://%s\n", listener.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// handler passes a request to the server of the service that its path names, or to the first one.
// http.ServeMux would answer paths that it does not know by itself, and redirect from others.
func handler(options []any) http.Handler {
	servers := make([]livekit.TwirpServer, len(services))
	for i, each := range services {
		servers[i] = each.server(options...)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), scriptKey{}, script{r.Header})
		for i, each := range services {
			if strings.Contains(r.URL.Path, "/"+each.name+"/") {
				servers[i].ServeHTTP(w, r.WithContext(ctx))
				return
			}
		}
		servers[0].ServeHTTP(w, r.WithContext(ctx))
	})
}

// scripted answers in place of an implementation.
func scripted(twirp.Method) twirp.Method {
	return func(ctx context.Context, request any) (any, error) {
		if err := noteSeen(ctx, request.(proto.Message)); err != nil {
			return nil, err
		}
		script, _ := ctx.Value(scriptKey{}).(script)
		if text := script.Get(errorHeader); text != "" {
			return nil, scriptedError(text)
		}
		switch script.Get(faultHeader) {
		case "none":
			return nil, nil
		case "error":
			return nil, errors.New("a fault")
		case "panic":
			panic("a fault")
		}
		answer, err := output(ctx)
		if err != nil {
			return nil, err
		}
		data, err := base64.StdEncoding.DecodeString(script.Get(answerHeader))
		if err != nil {
			return nil, err
		}
		return answer, proto.Unmarshal(data, answer)
	}
}

func noteSeen(ctx context.Context, request proto.Message) error {
	data, err := proto.Marshal(request)
	if err != nil {
		return err
	}
	return twirp.SetHTTPResponseHeader(ctx, seenHeader, base64.StdEncoding.EncodeToString(data))
}

func scriptedError(text string) error {
	var fields struct {
		Code twirp.ErrorCode
		Msg  string
		Meta map[string]string
	}
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return err
	}
	made := twirp.NewError(fields.Code, fields.Msg)
	for key, value := range fields.Meta {
		made = made.WithMeta(key, value)
	}
	return made
}

// output is an empty message of the type that the called method answers.
func output(ctx context.Context) (proto.Message, error) {
	packageName, _ := twirp.PackageName(ctx)
	serviceName, _ := twirp.ServiceName(ctx)
	methodName, _ := twirp.MethodName(ctx)
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(
		protoreflect.FullName(packageName + "." + serviceName + "." + methodName))
	if err != nil {
		return nil, err
	}
	name := found.(protoreflect.MethodDescriptor).Output().FullName()
	kind, err := protoregistry.GlobalTypes.FindMessageByName(name)
	if err != nil {
		return nil, err
	}
	return kind.New().Interface(), nil
}
