package testee

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

type mintArgs struct {
	APIKey                    string           `json:"api_key"`
	Secret                    string           `json:"secret"`
	ValidForSeconds           *float64         `json:"valid_for_seconds"`
	Grants                    auth.ClaimGrants `json:"grants"`
	AllowSensitiveCredentials bool             `json:"allow_sensitive_credentials"`
}

func tokenMint(args mintArgs) (any, error) {
	grants := &args.Grants
	token := auth.NewAccessToken(args.APIKey, args.Secret).
		SetIdentity(grants.Identity).
		SetName(grants.Name).
		SetMetadata(grants.Metadata).
		SetAttributes(grants.Attributes).
		SetSha256(grants.Sha256).
		SetRoomPreset(grants.RoomPreset).
		SetRoomConfig(grants.GetRoomConfiguration()).
		SetVideoGrant(grants.Video).
		SetSIPGrant(grants.SIP).
		SetAgentGrant(grants.Agent).
		SetInferenceGrant(grants.Inference).
		SetObservabilityGrant(grants.Observability).
		SetAgentEndpointGrant(grants.AgentEndpoint).
		SetAgentThreadGrant(grants.AgentThread).
		SetAllowSensitiveCredentials(args.AllowSensitiveCredentials)
	if grants.Kind != "" {
		kind, err := enumOf(livekit.ParticipantInfo_Kind_value, grants.Kind)
		if err != nil {
			return nil, err
		}
		token.SetKind(livekit.ParticipantInfo_Kind(kind))
	}
	details, err := kindDetails(grants.KindDetails)
	if err != nil {
		return nil, err
	}
	token.SetKindDetail(details...)
	if args.ValidForSeconds != nil {
		token.SetValidFor(time.Duration(*args.ValidForSeconds * float64(time.Second)))
	}
	return tokenResult(token.ToJWT())
}

func tokenResult(token string, err error) (any, error) {
	if err != nil {
		return nil, rejected("", err)
	}
	return object{"token": token}, nil
}

// enumOf is the number of a lower-case value name, or a number in decimal.
func enumOf(values map[string]int32, text string) (int32, error) {
	if number, named := values[strings.ToUpper(text)]; named {
		return number, nil
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("args: %q is neither a value nor a number", text)
	}
	return int32(number), nil
}

func kindDetails(texts []string) ([]livekit.ParticipantInfo_KindDetail, error) {
	var details []livekit.ParticipantInfo_KindDetail
	for _, text := range texts {
		number, err := enumOf(livekit.ParticipantInfo_KindDetail_value, text)
		if err != nil {
			return nil, err
		}
		details = append(details, livekit.ParticipantInfo_KindDetail(number))
	}
	return details, nil
}

type verifyArgs struct {
	Token string            `json:"token"`
	Keys  map[string]string `json:"keys"`
}

func tokenVerify(args verifyArgs) (any, error) {
	parsed, err := auth.ParseAPIToken(args.Token)
	if err != nil {
		return nil, rejected(args.Token, err)
	}
	secret := auth.NewFileBasedKeyProviderFromMap(args.Keys).GetSecret(parsed.APIKey())
	if secret == "" {
		return nil, reject("unknown_key", errors.New("no secret for the issuer"))
	}
	_, grants, err := parsed.Verify(secret)
	if err != nil {
		return nil, rejected(args.Token, err)
	}
	identity := grants.Identity
	grants.Identity = ""
	return object{
		"api_key":   parsed.APIKey(),
		"identity":  identity,
		"claims":    grants,
		"effective": effective(grants),
	}, nil
}

func effective(grants *auth.ClaimGrants) object {
	found := object{
		"video":       nil,
		"kind":        grants.GetParticipantKind().String(),
		"kindDetails": names(grants.GetKindDetails()),
	}
	if grants.Video != nil {
		found["video"] = resolved(grants.Video)
	}
	return found
}

// names of enum values, a list even when there are none.
func names[E fmt.Stringer](values []E) []string {
	texts := []string{}
	for _, value := range values {
		texts = append(texts, value.String())
	}
	return texts
}

type claimsArgs struct {
	Claims string `json:"claims"`
}

type kindArgs struct {
	Claim string `json:"claim"`
}

func kindParse(args kindArgs) (any, error) {
	grants := auth.ClaimGrants{Kind: args.Claim}
	return object{"kind": grants.GetParticipantKind().String()}, nil
}

type kindDetailsArgs struct {
	Claims []string `json:"claims"`
}

func kindDetailsParse(args kindDetailsArgs) (any, error) {
	grants := auth.ClaimGrants{KindDetails: args.Claims}
	return object{"kind_details": names(grants.GetKindDetails())}, nil
}

// decoded reads what a request gives as in a token: a grant, or a room configuration.
func decoded[T any](text json.RawMessage) (*T, error) {
	var value *T
	if len(text) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, reject("bad_claim", err)
	}
	return value, nil
}
