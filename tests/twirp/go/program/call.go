// SPDX-FileCopyrightText: 2026 the lkproto authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/twitchtv/twirp"
	"google.golang.org/protobuf/proto"
)

const maxLine = 16 << 20

// call is a line of the input; `request` is protobuf in base64.
type call struct {
	URL     string            `json:"url"`
	Service string            `json:"service"`
	Method  string            `json:"method"`
	Codec   string            `json:"codec"`
	Request []byte            `json:"request"`
	Headers map[string]string `json:"headers"`
}

// outcome is a line of the output: a response, a Twirp error, or what went wrong here.
type outcome struct {
	Response []byte            `json:"response"`
	Error    *twirpError       `json:"error"`
	Headers  map[string]string `json:"headers"` // of the answer
	Failure  string            `json:"failure,omitempty"`
}

type twirpError struct {
	Code string            `json:"code"`
	Msg  string            `json:"msg"`
	Meta map[string]string `json:"meta"`
}

func callAll(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		answer := outcome{Headers: map[string]string{}}
		if err := answer.of(lines.Bytes()); err != nil {
			answer.Failure = err.Error()
		}
		if err := json.NewEncoder(out).Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// of makes the call of a line.
func (o *outcome) of(line []byte) error {
	var asked call
	if err := json.Unmarshal(line, &asked); err != nil {
		return err
	}
	found, ok := known(asked.Service)
	if !ok {
		return fmt.Errorf("no service %q", asked.Service)
	}
	client := found.clients[asked.Codec](asked.URL, (*recorder)(o))
	method := reflect.ValueOf(client).MethodByName(asked.Method)
	if !method.IsValid() {
		return fmt.Errorf("no method %q in %s", asked.Method, asked.Service)
	}
	request := reflect.New(method.Type().In(1).Elem())
	if err := proto.Unmarshal(asked.Request, request.Interface().(proto.Message)); err != nil {
		return err
	}
	headers := http.Header{}
	for name, value := range asked.Headers {
		headers.Set(name, value)
	}
	ctx, err := twirp.WithHTTPRequestHeaders(context.Background(), headers)
	if err != nil {
		return err
	}
	return o.note(method.Call([]reflect.Value{reflect.ValueOf(ctx), request}))
}

// note keeps what a method of a client has returned.
func (o *outcome) note(returned []reflect.Value) error {
	if failed, ok := returned[1].Interface().(twirp.Error); ok {
		o.Error = &twirpError{string(failed.Code()), failed.Msg(), failed.MetaMap()}
		return nil
	}
	if err, ok := returned[1].Interface().(error); ok {
		return err
	}
	data, err := proto.Marshal(returned[0].Interface().(proto.Message))
	o.Response = data
	return err
}

// recorder is a client of HTTP that keeps the headers of the answer.
type recorder outcome

func (r *recorder) Do(request *http.Request) (*http.Response, error) {
	answer, err := noRedirects.Do(request)
	if err == nil {
		for name := range answer.Header {
			r.Headers[name] = answer.Header.Get(name)
		}
	}
	return answer, err
}

// noRedirects is what generated clients make of a client that is http.Client.
var noRedirects = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}
