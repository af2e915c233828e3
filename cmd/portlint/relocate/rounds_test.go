package relocate

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// TestOnlyHeldPortsAreNotFree: a port that a fix would give is given up when somebody has it, not when it could not be
// tried, and not for an address that has no ports at all. What was there before is no matter of the fix.
func TestOnlyHeldPortsAreNotFree(t *testing.T) {
	project := &lint.Project{Services: []lint.Service{{Name: "web", Bindings: []lint.Binding{{Proto: "tcp", Ports: lint.Ports{First: 8080, Last: 8081}}}}}}
	before := run.Run{Projects: run.Projects{All: []compose.Loaded{{Project: project}}}}
	next := run.Run{Host: &lint.Host{}}
	for port, result := range map[uint16]lint.ProbeResult{8080: lint.InUse, 8081: lint.InUse, 8082: lint.InUse, 8083: lint.Free,
		8084: lint.NotTested, 8085: lint.Excluded, 8086: lint.NotLocal, 8087: lint.NotAllowed} {
		at := lint.Endpoint{Proto: "tcp", Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), port)}
		next.Host.Probes = append(next.Host.Probes, lint.Probe{Endpoint: at, Result: result})
	}
	got := notFree(before, next)
	slices.Sort(got)
	if want := []uint16{8082, 8085}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := notFree(before, run.Run{}); got != nil {
		t.Errorf("without a machine: %v", got)
	}
}
