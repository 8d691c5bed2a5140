// SPDX-FileCopyrightText: 2026 the lkproto authors
// SPDX-License-Identifier: Apache-2.0

// Command program serves and calls LiveKit's Twirp services with the code that is generated in Go.
//
//	program serve [-prefix /twirp] [-camel-case] [-skip-defaults]
//	program call
//
// `serve` prints its URL, and ends with its input. A request says in headers what its answer is
// (see script); the answer says in a header what the server has read.
//
// `call` makes a call for each line of its input (see call.go), and prints a line for each.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) > 0 {
		switch arguments[0] {
		case "serve":
			return serve(arguments[1:])
		case "call":
			return callAll(os.Stdin, os.Stdout)
		}
	}
	return fmt.Errorf("usage: program serve [options] or program call")
}
