package testee

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"gopkg.in/yaml.v3"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/webhook"
)

type notifierArgs struct {
	Keys      map[string]string     `json:"keys"`
	Config    json.RawMessage       `json:"config"`
	HTTP      *httpArgs             `json:"http"`
	Endpoints map[string][]reaction `json:"endpoints"`
	Script    []step                `json:"script"`
	RunMS     int64                 `json:"run_ms"`
}

type httpArgs struct {
	RetryWaitMinMS  int64  `json:"retry_wait_min_ms"`
	RetryWaitMaxMS  int64  `json:"retry_wait_max_ms"`
	MaxRetries      int    `json:"max_retries"`
	ClientTimeoutMS int64  `json:"client_timeout_ms"`
	UserAgent       string `json:"user_agent"`
}

type step struct {
	AtMS    int64             `json:"at_ms"`
	Op      string            `json:"op"`
	Event   json.RawMessage   `json:"event"`
	Extra   []json.RawMessage `json:"extra"`
	Force   bool              `json:"force"`
	APIKey  string            `json:"api_key"`
	Secret  string            `json:"secret"`
	Include []string          `json:"include"`
	Exclude []string          `json:"exclude"`
}

// notifierRun executes a script in the bubble that the request's clock made.
func notifierRun(args notifierArgs) (any, error) {
	config := webhook.DefaultWebHookConfig
	decoder := yaml.NewDecoder(bytes.NewReader(args.Config)) // JSON is YAML
	decoder.KnownFields(true)                                // as livekit-server reads its file
	if err := decoder.Decode(&config); err != nil && !errors.Is(err, io.EOF) {
		return nil, reject("malformed", err)
	}
	notifier, err := webhook.NewDefaultNotifier(config, auth.NewFileBasedKeyProviderFromMap(args.Keys))
	if err != nil {
		return nil, reject("unknown_key", err)
	}
	r := newNotifierRun(args.Endpoints)
	connect(notifier, config, args, r.network)
	notifier.RegisterProcessedHook(r.processed)
	found, err := r.results(notifier, args)
	r.end()
	notifier.Stop(true)
	// A bubble's goroutines have to end in its time: what is in flight is answered, or times out.
	time.Sleep(1000 * time.Hour)
	return found, err
}

type run struct {
	network *network
	began   time.Time
	counted counts

	mu       sync.Mutex
	over     bool
	returned []any
	infos    []json.RawMessage
	stops    []any
}

func newNotifierRun(endpoints map[string][]reaction) *run {
	began := time.Now()
	return &run{
		network:  newNetwork(endpoints, began),
		began:    began,
		counted:  counted(),
		returned: []any{},
		infos:    []json.RawMessage{},
		stops:    []any{},
	}
}

func (r *run) results(notifier webhook.QueuedNotifier, args notifierArgs) (any, error) {
	for _, step := range args.Script {
		r.until(step.AtMS)
		if err := r.do(notifier, step); err != nil {
			return nil, fmt.Errorf("args: script: %w", err)
		}
		settle()
	}
	r.until(args.RunMS)
	r.mu.Lock()
	defer r.mu.Unlock()
	return object{
		"attempts":    r.network.finished(),
		"returned":    r.returned,
		"processed":   r.infos,
		"stop_ms":     r.stops,
		"undelivered": []any{},
		"counts":      counted().since(r.counted),
	}, nil
}

// until sleeps up to a millisecond of the run, and lets happen what can happen in it.
func (r *run) until(ms int64) {
	time.Sleep(time.Until(r.began.Add(time.Duration(ms) * time.Millisecond)))
	settle()
}

// settle lets everything happen that takes no time, timers of no time included: the nanosecond
// passes after all of them.
func settle() {
	synctest.Wait()
	time.Sleep(time.Nanosecond)
	synctest.Wait()
}

func (r *run) do(notifier webhook.QueuedNotifier, step step) error {
	switch step.Op {
	case "queue":
		return r.queue(notifier, step)
	case "stop":
		r.stop(notifier, step.Force)
	case "set_keys":
		notifier.SetKeys(step.APIKey, step.Secret)
	case "set_filter":
		notifier.SetFilter(webhook.FilterParams{IncludeEvents: step.Include, ExcludeEvents: step.Exclude})
	default:
		return &unsupported{"no step " + step.Op}
	}
	return nil
}

func (r *run) queue(notifier webhook.QueuedNotifier, step step) error {
	event := &livekit.WebhookEvent{}
	if err := protojson.Unmarshal(step.Event, event); err != nil {
		return err
	}
	var extra []*livekit.WebhookConfig
	for _, text := range step.Extra {
		hook := &livekit.WebhookConfig{}
		if err := protojson.Unmarshal(text, hook); err != nil {
			return err
		}
		extra = append(extra, hook)
	}
	err := notifier.QueueNotify(context.Background(), event, webhook.WithExtraWebhooks(extra))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.returned = append(r.returned, returnedOf(err))
	return nil
}

// The reference's errors have no values of their own that are exported, so their texts tell.
var returnedKinds = map[string]string{
	"notifier is closed":                    "closed",
	"queue is full":                         "queue_full",
	"no singing key or secret was provided": "no_key",
	"no secret for provided signing key":    "unknown_key",
}

func returnedOf(err error) any {
	if err == nil {
		return nil
	}
	kind, known := returnedKinds[err.Error()]
	if !known {
		kind = "error"
	}
	return object{"kind": kind, "message": err.Error()}
}

func (r *run) stop(notifier webhook.QueuedNotifier, force bool) {
	r.mu.Lock()
	index := len(r.stops)
	r.stops = append(r.stops, nil)
	r.mu.Unlock()
	go func() {
		notifier.Stop(force)
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.over {
			r.stops[index] = time.Since(r.began).Milliseconds()
		}
	}()
}

func (r *run) processed(_ context.Context, info *livekit.WebhookInfo) {
	text, err := protojson.Marshal(proto.Message(info))
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && !r.over {
		r.infos = append(r.infos, text)
	}
}

func (r *run) end() {
	r.network.end()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
}
