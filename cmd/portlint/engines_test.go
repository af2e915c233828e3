package main

import (
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestTakenElsewhere: what another machine keeps for itself is as good as taken, and what this one has is no matter of the others.
func TestTakenElsewhere(t *testing.T) {
	here := &lint.Host{InUse: map[uint16]bool{8080: true}}
	there := &lint.Host{InUse: map[uint16]bool{8081: true}, Kept: []lint.KeptRange{{First: 9000, Last: 9001, Why: "it is kept"}}}
	taken := takenElsewhere([]outlook{{context: "here", host: here}, {context: "there", host: there}}, 0)
	if len(taken) != 3 || taken[8081] != "on there: a socket of this machine has it" || taken[9001] != "on there: it is kept" {
		t.Errorf("%v", taken)
	}
}
