// Package reference has nothing of its own: its module pins LiveKit's SDK for Go, whose tests are
// built from here.
package reference

import _ "github.com/livekit/server-sdk-go/v2"
