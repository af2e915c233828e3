package run

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// TestTakenElsewhere: what another machine keeps for itself is as good as taken, and what this one has is no matter of the others.
func TestTakenElsewhere(t *testing.T) {
	here := &lint.Host{InUse: map[uint16]bool{8080: true}}
	there := &lint.Host{InUse: map[uint16]bool{8081: true}, Reserved: []pick.Reserved{{Range: lint.Ports{First: 9000, Last: 9001}, Why: "it is kept"}}}
	taken := takenElsewhere([]Run{{Context: "here", Host: here}, {Context: "there", Host: there}}, 0)
	if len(taken) != 3 || taken[8081] != "on there: a socket of this machine has it" || taken[9001] != "on there: it is kept" {
		t.Errorf("%v", taken)
	}
}

// TestAtOnce: machines that wait for each other would wait forever one after the other, and several that hang would add up.
func TestAtOnce(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		var met sync.WaitGroup
		met.Add(3)
		atOnce(make([]Machine, 3), func(*Machine) { met.Done(); met.Wait() })
	})
}
