package testee

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/utils/protojson"
	"github.com/livekit/protocol/webhook"
)

type signArgs struct {
	Body   []byte `json:"body_b64"`
	APIKey string `json:"api_key"`
	Secret string `json:"secret"`
}

// webhookSign repeats the calls of the notifier, which signs nothing but its own events.
func webhookSign(args signArgs) (any, error) {
	sum := sha256.Sum256(args.Body)
	token, err := auth.NewAccessToken(args.APIKey, args.Secret).
		SetValidFor(5 * time.Minute).
		SetSha256(base64.StdEncoding.EncodeToString(sum[:])).
		ToJWT()
	if err != nil {
		return nil, rejected("", err)
	}
	return object{"authorization": token}, nil
}

type receiveArgs struct {
	Authorization *string           `json:"authorization"`
	Body          []byte            `json:"body_b64"`
	Keys          map[string]string `json:"keys"`
}

func (args receiveArgs) request() *http.Request {
	got, _ := http.NewRequest(http.MethodPost, "http://receiver.invalid/", bytes.NewReader(args.Body))
	if args.Authorization != nil {
		got.Header.Set("Authorization", *args.Authorization)
	}
	return got
}

func webhookReceive(args receiveArgs) (any, error) {
	keys := auth.NewFileBasedKeyProviderFromMap(args.Keys)
	if _, err := webhook.Receive(args.request(), keys); err != nil {
		token := ""
		if args.Authorization != nil {
			token = *args.Authorization
		}
		return nil, rejected(token, err)
	}
	event, err := webhook.ReceiveWebhookEvent(args.request(), keys)
	if err != nil {
		return nil, reject("body_malformed", err)
	}
	text, err := protojson.Marshal(event)
	return object{"event": json.RawMessage(text)}, err
}
