// SPDX-FileCopyrightText: 2026 the lkproto authors
// SPDX-License-Identifier: Apache-2.0

// Command ioinfo reports egress and ingress to a LiveKit server, as its workers do.
//
// A server hears of recordings and streams over Redis, and sends the webhooks for them; no worker
// has to run. The argument is the address of Redis. Each line of the input is a call, such as
//
//	{"method": "CreateEgress", "request": {"egressId": "EG_1", "roomName": "demo"}}
//
// with the request in ProtoJSON. Each answer is a line: "ok", or what went wrong.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
)

type call struct {
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: ioinfo REDIS, such as ioinfo 127.0.0.1:6379")
		os.Exit(2)
	}
	bus := psrpc.NewRedisMessageBus(redis.NewClient(&redis.Options{Addr: os.Args[1]}))
	client, err := rpc.NewIOInfoClient(bus)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := wait(client); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := answer(client, lines.Bytes()); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("ok")
	}
}

// wait returns when the server answers. Redis may not have subscribed us to answers yet, and then
// the first ones are lost.
func wait(client rpc.IOInfoClient) error {
	var err error
	for range 50 {
		quick := psrpc.WithRequestTimeout(200 * time.Millisecond)
		_, err = client.ListEgress(context.Background(), &livekit.ListEgressRequest{}, quick)
		if err == nil {
			break
		}
	}
	return err
}

// answer makes the call of one line.
func answer(client rpc.IOInfoClient, line []byte) error {
	var asked call
	if err := json.Unmarshal(line, &asked); err != nil {
		return err
	}
	ctx := context.Background()
	switch asked.Method {
	case "CreateEgress":
		return send(asked.Request, &livekit.EgressInfo{}, func(info *livekit.EgressInfo) error {
			_, err := client.CreateEgress(ctx, info)
			return err
		})
	case "UpdateEgress":
		return send(asked.Request, &livekit.EgressInfo{}, func(info *livekit.EgressInfo) error {
			_, err := client.UpdateEgress(ctx, info)
			return err
		})
	case "UpdateIngressState":
		return send(asked.Request, &rpc.UpdateIngressStateRequest{}, func(state *rpc.UpdateIngressStateRequest) error {
			_, err := client.UpdateIngressState(ctx, state)
			return err
		})
	}
	return fmt.Errorf("no method %q", asked.Method)
}

// send reads a request and passes it on.
func send[M proto.Message](data []byte, request M, pass func(M) error) error {
	if err := protojson.Unmarshal(data, request); err != nil {
		return err
	}
	return pass(request)
}
