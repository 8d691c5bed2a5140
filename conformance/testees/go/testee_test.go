package testee

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// The program is a test binary (`go test -c`), for synctest's clock needs a test to run in. What
// the test framework prints goes to stderr; stdout has replies only.
func TestMain(m *testing.M) {
	replies = os.Stdout
	os.Stdout = os.Stderr
	os.Exit(m.Run())
}

var replies *os.File

func TestServe(t *testing.T) {
	at := func(now json.Number, run func()) error {
		instant, ok := new(big.Rat).SetString(now.String())
		if !ok {
			return fmt.Errorf("args: now: %s", now)
		}
		instant.Mul(instant, big.NewRat(int64(time.Second), 1))
		nanoseconds := new(big.Int).Quo(instant.Num(), instant.Denom())
		// A bubble's clock starts in 2000 and jumps while everything in it sleeps.
		synctest.Test(t, func(*testing.T) {
			time.Sleep(time.Until(time.Unix(0, nanoseconds.Int64())))
			run()
		})
		return nil
	}
	if err := Serve(os.Stdin, replies, at); err != nil {
		t.Fatal(err)
	}
}
