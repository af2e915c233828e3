package compose

import (
	"io"
	"os"
	"runtime/debug"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

func TestMain(m *testing.M) {
	logrus.SetOutput(io.Discard) // compose-go warns through its global logger
	debug.SetGCPercent(400)      // the tests make much garbage, and keep little
	os.Exit(m.Run())
}

// TestPortParser pins the port parser of today's Compose: compose-go alone asks for an older go-connections, which
// reads these differently.
func TestPortParser(t *testing.T) {
	for spec, ok := range map[string]bool{
		"::1:8080:80": true, "+80:80": true, "80-81-82:80": false, "8080:80/tcp/udp": false,
	} {
		if _, err := types.ParsePortConfig(spec); (err == nil) != ok {
			t.Errorf("%q: %v, want accepted %v: is go-connections below v0.8.2?", spec, err, ok)
		}
	}
}
