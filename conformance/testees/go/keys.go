package testee

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/utils/jwtutil"
)

type keysArgs struct {
	YAML string `json:"yaml"`
}

func keysLoad(args keysArgs) (any, error) {
	provider, err := auth.NewFileBasedKeyProviderFromReader(strings.NewReader(args.YAML))
	if err != nil {
		return nil, reject("malformed", err)
	}
	keys := map[string]string{}
	// The provider does not list its keys, so they are read from its field.
	for _, key := range reflect.ValueOf(provider).Elem().FieldByName("keys").MapKeys() {
		keys[key.String()] = provider.GetSecret(key.String())
	}
	return object{"keys": keys, "num_keys": provider.NumKeys()}, nil
}

type keysetArgs struct {
	Method string   `json:"method"`
	IDs    []string `json:"ids"`
	Raw    []string `json:"raw"`
	Keys   []struct {
		ID     string `json:"id"`
		KeyHex string `json:"key_hex"`
	} `json:"keys"`
	Claims json.RawMessage `json:"claims"`
	Token  string          `json:"token"`
}

func (args keysetArgs) build() (*jwtutil.HMACKeySet, error) {
	method := jwt.GetSigningMethod(args.Method)
	if method == nil {
		return nil, &unsupported{"no signing method " + args.Method}
	}
	if args.Raw != nil {
		var raw [][]byte
		for _, text := range args.Raw {
			key, err := hex.DecodeString(text)
			if err != nil {
				return nil, err
			}
			raw = append(raw, key)
		}
		set, err := jwtutil.NewHMACKeySetFromBytes(method, raw...)
		return set, rejected("", err)
	}
	var keys []jwtutil.HMACKey
	for _, id := range args.IDs {
		keys = append(keys, jwtutil.HMACKey{ID: id, Key: []byte("secret of " + id)})
	}
	for _, given := range args.Keys {
		key, err := hex.DecodeString(given.KeyHex)
		if err != nil {
			return nil, err
		}
		keys = append(keys, jwtutil.HMACKey{ID: given.ID, Key: key})
	}
	set, err := jwtutil.NewHMACKeySet(method, keys...)
	return set, rejected("", err)
}

func keysetNew(args keysetArgs) (any, error) {
	_, err := args.build()
	return object{}, err
}

func keysetSign(args keysetArgs) (any, error) {
	set, err := args.build()
	if err != nil {
		return nil, err
	}
	// Numbers keep their spelling.
	claims, err := with(func(claims jwt.MapClaims) (any, error) { return claims, nil })(args.Claims)
	if err != nil {
		return nil, err
	}
	return tokenResult(set.Sign(claims.(jwt.MapClaims)))
}

func keysetVerify(args keysetArgs) (any, error) {
	set, err := args.build()
	if err != nil {
		return nil, err
	}
	claims := jwt.MapClaims{}
	if _, err := set.ParseWithClaims(args.Token, claims); err != nil {
		return nil, rejected(args.Token, err)
	}
	return object{"claims": claims}, nil
}
