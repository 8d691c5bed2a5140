// Package testee answers the conformance suite's requests by executing livekit/protocol.
//
// Nothing of the reference is rewritten here: operations decode their arguments, call it, and name
// its errors as the suite's reject kinds.
package testee

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
)

const (
	protocolVersion = 1
	maxLine         = 16 << 20
)

type request struct {
	ID       json.Number     `json:"id"`
	Op       string          `json:"op"`
	Protocol int             `json:"protocol"`
	Args     json.RawMessage `json:"args"`
}

type reply struct {
	ID          json.Number  `json:"id"`
	OK          any          `json:"ok,omitempty"`
	Reject      *rejection   `json:"reject,omitempty"`
	Unsupported *unsupported `json:"unsupported,omitempty"`
	Error       *failure     `json:"error,omitempty"`
}

type rejection struct {
	Kind    string            `json:"kind"`
	Message string            `json:"message"`
	Meta    map[string]string `json:"meta,omitempty"`
}

type unsupported struct {
	Reason string `json:"reason"`
}

type failure struct {
	Message string `json:"message"`
	Trace   string `json:"trace,omitempty"`
}

// Error makes a rejection an error, so that operations can return it.
func (r *rejection) Error() string { return r.Kind + ": " + r.Message }

// Error makes it one; the operation is known, but not with these arguments.
func (u *unsupported) Error() string { return u.Reason }

type object = map[string]any

// clock runs an operation at a time the request chose.
type clock func(now json.Number, run func()) error

// Serve answers requests, one a line, until `bye` or the end of input.
func Serve(input io.Reader, output io.Writer, at clock) error {
	lines := bufio.NewReaderSize(input, 1<<16)
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	for {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		} else if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			return fmt.Errorf("a request is not JSON: %w", err)
		}
		if asked.Op == "bye" {
			return nil
		}
		if err := encoder.Encode(answer(asked, at)); err != nil {
			return err
		}
	}
}

func readLine(lines *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := lines.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, fmt.Errorf("a request is longer than %d bytes", maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func answer(asked request, at clock) reply {
	if asked.Op == "hello" {
		return reply{ID: asked.ID, OK: hello()}
	}
	run, known := operations[asked.Op]
	if !known {
		return reply{ID: asked.ID, Unsupported: &unsupported{"unknown operation " + asked.Op}}
	}
	var common struct {
		Now     json.Number `json:"now"`
		Profile string      `json:"profile"`
	}
	if err := json.Unmarshal(asked.Args, &common); err != nil {
		return reply{ID: asked.ID, Error: &failure{Message: "args: " + err.Error()}}
	}
	if common.Profile != "" && common.Profile != "go" {
		return reply{ID: asked.ID, Unsupported: &unsupported{"the reference has one profile, go"}}
	}
	answered := reply{ID: asked.ID}
	execute := func() { answered = guarded(asked, run) }
	if common.Now == "" {
		execute()
	} else if err := at(common.Now, execute); err != nil {
		answered.Error = &failure{Message: err.Error()}
	}
	return answered
}

// guarded reports a panic of the reference as an error.
func guarded(asked request, run operation) (answered reply) {
	answered.ID = asked.ID
	defer func() {
		if panicked := recover(); panicked != nil {
			answered = reply{ID: asked.ID, Error: &failure{fmt.Sprint("panic: ", panicked), string(debug.Stack())}}
		}
	}()
	value, err := run(asked.Args)
	if err == nil {
		answered.OK = value
	} else if !errors.As(err, &answered.Reject) && !errors.As(err, &answered.Unsupported) {
		answered.Error = &failure{Message: err.Error()}
	}
	return answered
}

func hello() object {
	capabilities := []string{"clock.inject"}
	for name := range operations {
		capabilities = append(capabilities, name)
	}
	slices.Sort(capabilities)
	return object{
		"protocol":       protocolVersion,
		"implementation": implementation(),
		"capabilities":   capabilities,
		"profiles":       []string{"go"},
	}
}
