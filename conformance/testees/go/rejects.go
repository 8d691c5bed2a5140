package testee

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/livekit/protocol/agent"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/utils/jwtutil"
	"github.com/livekit/protocol/webhook"
)

func reject(kind string, err error) error {
	return &rejection{Kind: kind, Message: err.Error()}
}

// kinds of the errors that show by themselves what is wrong, in the order they are checked.
var kinds = []struct {
	is   error
	kind string
}{
	{auth.ErrKeysMissing, "invalid_argument"},
	{auth.ErrSensitiveCredentials, "sensitive_credentials"},
	{agent.ErrClaimNotAllowed, "bad_claim"},
	{jwtutil.ErrUnknownKeyID, "unknown_key"},
	{jwtutil.ErrEmptyKeySet, "invalid_argument"},
	{jwtutil.ErrDuplicateKeyID, "invalid_argument"},
	{jwtutil.ErrSigningMethod, "invalid_argument"},
	{webhook.ErrNoAuthHeader, "missing_auth"},
	{webhook.ErrSecretNotFound, "unknown_key"},
	{webhook.ErrInvalidChecksum, "hash_mismatch"},
	{jwt.ErrTokenUnverifiable, "alg_not_allowed"},
	{jwt.ErrTokenRequiredClaimMissing, "missing_claim"},
	{jwt.ErrTokenExpired, "expired"},
	{jwt.ErrTokenNotValidYet, "not_yet_valid"},
	{jwt.ErrTokenInvalidIssuer, "wrong_issuer"},
	{jwt.ErrInvalidType, "bad_claim"},
}

// rejected names what the reference refused; an error it does not know stays an error.
func rejected(token string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jwt.ErrTokenMalformed):
		return reject(malformedOrBadClaim(token, err), err)
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		if strings.Contains(err.Error(), "signing method") {
			return reject("alg_not_allowed", err)
		}
		return reject("bad_signature", err)
	}
	for _, known := range kinds {
		if errors.Is(err, known.is) {
			return reject(known.kind, err)
		}
	}
	return err
}

// The reference calls both malformed: text that is not a token, and a claim that cannot be read.
func malformedOrBadClaim(token string, err error) string {
	parts := strings.Split(token, ".")
	if len(parts) == 3 && strings.Contains(err.Error(), "could not JSON decode claim") {
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		return undecodable(payload)
	}
	return "malformed"
}

// undecodable is the kind of claims that do not decode: bad_claim if they are an object at all.
func undecodable(payload []byte) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(payload, &members) != nil {
		return "malformed"
	}
	return "bad_claim"
}
