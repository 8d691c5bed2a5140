package testee

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
)

type operation func(args json.RawMessage) (any, error)

const reference = "github.com/livekit/protocol"

var operations = map[string]operation{
	"wire.roundtrip":                with(wireRoundtrip),
	"json.parse":                    with(jsonParse),
	"json.print":                    with(jsonPrint),
	"token.mint":                    with(tokenMint),
	"token.issue":                   with(tokenMint),
	"token.verify":                  with(tokenVerify),
	"token.service":                 with(tokenService),
	"grants.resolve":                with(grantsResolve),
	"grants.matches_permission":     with(grantsMatches),
	"grants.update_from_permission": with(grantsUpdate),
	"grants.agent_endpoint_allows":  with(agentEndpointAllows),
	"grants.agent_thread":           with(agentThread),
	"credentials.check":             with(credentialsCheck),
	"job_claims.parse":              with(jobClaimsParse),
	"kind.parse":                    with(kindParse),
	"kind_details.parse":            with(kindDetailsParse),
	"keys.load":                     with(keysLoad),
	"keyset.new":                    with(keysetNew),
	"keyset.sign":                   with(keysetSign),
	"keyset.verify":                 with(keysetVerify),
	"deployment.validate":           with(deploymentValidate),
	"thread_id.validate":            with(threadIDValidate),
	"guid.check":                    with(guidCheck),
	"redact.url":                    with(redactURL),
	"webhook.sign":                  with(webhookSign),
	"webhook.receive":               with(webhookReceive),
	"notifier.run":                  with(notifierRun),
	"twirp.error":                   with(twirpError),
	"twirp.map_error":               with(twirpMapError),
	"twirp.sip_status":              with(twirpSIPStatus),
	"twirp.call":                    with(twirpCall),
	"twirp.serve":                   with(twirpServe),
	"twirp.stop":                    with(twirpStop),
}

// with makes an operation of a function that takes its arguments decoded.
func with[A any](run func(A) (any, error)) operation {
	return func(args json.RawMessage) (any, error) {
		var decoded A
		decoder := json.NewDecoder(bytes.NewReader(args))
		decoder.UseNumber()
		if err := decoder.Decode(&decoded); err != nil {
			return nil, fmt.Errorf("args: %w", err)
		}
		return run(decoded)
	}
}

// Test binaries have no list of their modules, so the version comes from where it is set.
//
//go:embed go.mod
var goMod string

func implementation() object {
	version := regexp.MustCompile(reference + ` (v\S+)`).FindStringSubmatch(goMod)[1]
	return object{
		"name":             "livekit/protocol",
		"language":         "go",
		"version":          version,
		"language_version": runtime.Version(),
		"homepage":         "https://" + reference,
		"source":           "https://" + reference + "/tree/" + version,
	}
}
