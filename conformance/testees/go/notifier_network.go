package testee

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// reaction is what an endpoint does with an attempt: a status, or one of the other behaviours.
type reaction struct {
	Behaviour string            `json:"-"`
	Status    int               `json:"status"`
	Headers   map[string]string `json:"headers"`
	DelayMS   int64             `json:"delay_ms"`
	Body      []byte            `json:"body_b64"`
}

// UnmarshalJSON reads a number, a text or an object.
func (a *reaction) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &a.Status) == nil || json.Unmarshal(text, &a.Behaviour) == nil {
		return nil
	}
	type plain reaction
	return json.Unmarshal(text, (*plain)(a))
}

type attempt struct {
	AtMS          int64  `json:"at_ms"`
	URL           string `json:"url"`
	HTTPMethod    string `json:"http_method"`
	Authorization string `json:"authorization"`
	ContentType   string `json:"content_type"`
	UserAgent     string `json:"user_agent"`
	Body          []byte `json:"body_b64"`

	finished bool
}

// network has the endpoints of a run. It follows no redirect itself: where a client does, the
// request that it makes is one more attempt.
type network struct {
	began   time.Time
	answers map[string][]reaction

	mu       sync.Mutex
	over     bool
	seen     map[string]int
	attempts []*attempt
}

func newNetwork(endpoints map[string][]reaction, began time.Time) *network {
	answers := map[string][]reaction{}
	for address, listed := range endpoints {
		answers[withoutUser(address)] = listed
	}
	return &network{began: began, answers: answers, seen: map[string]int{}}
}

// withoutUser is what an endpoint sees of a URL: no user, no fragment, at least a slash as path.
func withoutUser(text string) string {
	address, err := url.Parse(text)
	if err != nil {
		return text
	}
	return seenOf(address)
}

func seenOf(address *url.URL) string {
	seen := *address
	seen.User, seen.Fragment, seen.RawFragment = nil, "", ""
	if seen.Path == "" {
		seen.Path = "/"
	}
	return seen.String()
}

func (n *network) attempt(request *http.Request, body []byte) (*attempt, reaction) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over {
		return &attempt{}, reaction{Status: http.StatusOK}
	}
	made := &attempt{
		AtMS:          time.Since(n.began).Milliseconds(),
		URL:           seenOf(request.URL),
		HTTPMethod:    request.Method,
		Authorization: request.Header.Get("Authorization"),
		ContentType:   request.Header.Get("Content-Type"),
		UserAgent:     request.Header.Get("User-Agent"),
		Body:          body,
	}
	n.attempts = append(n.attempts, made)
	listed := n.answers[made.URL]
	if len(listed) == 0 {
		return made, reaction{Behaviour: "refused"}
	}
	nth := min(n.seen[made.URL], len(listed)-1)
	n.seen[made.URL]++
	return made, listed[nth]
}

func (n *network) finish(made *attempt) {
	n.mu.Lock()
	defer n.mu.Unlock()
	made.finished = !n.over
}

func (n *network) finished() []*attempt {
	n.mu.Lock()
	defer n.mu.Unlock()
	found := []*attempt{}
	for _, each := range n.attempts {
		if each.finished {
			found = append(found, each)
		}
	}
	return found
}

// end makes every further attempt succeed, unseen.
func (n *network) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.over = true
}

// wire sends over connections of its network whatever the reference's transport writes.
type wire struct {
	network   *network
	transport *http.Transport
}

func newWire(n *network, transport *http.Transport) *wire {
	transport.Proxy = nil
	transport.DisableKeepAlives = true // a connection for each attempt, which has an answer
	transport.DialContext = dial
	transport.DialTLSContext = dial
	return &wire{n, transport}
}

type answerKey struct{}

// RoundTrip notes an attempt, and lets the transport make it.
func (w *wire) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host == "" || !strings.HasPrefix(request.URL.Scheme, "http") {
		return w.transport.RoundTrip(request) // which refuses it
	}
	body := []byte{}
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
		_ = request.Body.Close()
	}
	made, given := w.network.attempt(request, body)
	defer w.network.finish(made)
	sent := request.Clone(context.WithValue(request.Context(), answerKey{}, given))
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return w.transport.RoundTrip(sent)
}

// CloseIdleConnections is what http.Client looks for.
func (w *wire) CloseIdleConnections() { w.transport.CloseIdleConnections() }

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	given := ctx.Value(answerKey{}).(reaction)
	if given.Behaviour == "refused" {
		return nil, failed("dial", "connect", syscall.ECONNREFUSED)
	}
	ours, theirs := net.Pipe()
	go given.serve(theirs)
	if given.Behaviour == "reset" {
		return resetting{ours}, nil
	}
	return ours, nil
}

func failed(op, call string, reason error) error {
	return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(call, reason)}
}

// resetting is a connection whose end is a reset.
type resetting struct{ net.Conn }

func (r resetting) Read(buffer []byte) (int, error) {
	read, err := r.Conn.Read(buffer)
	if err == io.EOF {
		err = failed("read", "read", syscall.ECONNRESET)
	}
	return read, err
}

// serve reads a request, and does what the answer says.
func (a reaction) serve(conn net.Conn) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, request.Body)
	switch a.Behaviour {
	case "reset":
	case "hang":
		_, _ = io.Copy(io.Discard, conn) // until the client gives up
	case "cut":
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Le")
	case "big-head":
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Big: "+strings.Repeat("x", 70<<10)+"\r\n\r\n")
	default:
		time.Sleep(time.Duration(a.DelayMS) * time.Millisecond)
		_, _ = io.WriteString(conn, a.text())
	}
}

func (a reaction) text() string {
	var text strings.Builder
	fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	for name, value := range a.Headers {
		fmt.Fprintf(&text, "%s: %s\r\n", name, value)
	}
	if a.Status != http.StatusNoContent && a.Status != http.StatusNotModified {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(a.Body))
	}
	return text.String() + "\r\n" + string(a.Body)
}
