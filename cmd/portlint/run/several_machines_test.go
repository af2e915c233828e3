package run

import (
	"path/filepath"
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

// TestDirsOfEachEngine: of two engines on this machine one knows whether the directories of its containers are this machine's, and the
// other does not, whichever was named first.
func TestDirsOfEachEngine(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "shop")
	engine := func(context, dirsElsewhere string) Machine {
		return Machine{Context: context, whole: true, Host: &lint.Host{Engine: lint.Engine{Version: "29.0.1", Endpoint: "unix:///" + context, Local: true, DirsElsewhere: dirsElsewhere},
			Containers: []lint.Container{{ID: context, Project: "shop", State: "running", WorkingDir: gone, Bound: []lint.PublishedPort{{Endpoint: lint.Endpoint{Proto: "tcp"}}}}}}}
	}
	want := map[string]lint.DirState{"near": lint.DirGone, "far": lint.DirNotKnown}
	for _, order := range [][]Machine{
		{engine("near", ""), engine("far", "it serves several systems")},
		{engine("far", "it serves several systems"), engine("near", "")},
	} {
		l := NoProjects(Process{Env: map[string]string{"HOME": t.TempDir()}}, Flags{})
		together := l.onePerMachine(t.Context(), order)
		if len(together) != 1 || len(together[0].Host.Containers) != 2 {
			t.Fatalf("%+v", together)
		}
		for _, c := range together[0].Host.Containers {
			if c.DirState != want[c.ID] {
				t.Errorf("%s first: the directory of the container on %s is %d, want %d", order[0].Context, c.ID, c.DirState, want[c.ID])
			}
		}
	}
}

// TestSilentEngine: of a machine with an engine that does not answer not all containers are known, whichever was named first.
func TestSilentEngine(t *testing.T) {
	l := NoProjects(Process{Env: map[string]string{"HOME": t.TempDir()}}, Flags{})
	for _, versions := range [][2]string{{"29.0.1", "29.0.1"}, {"29.0.1", ""}, {"", "29.0.1"}} {
		var machines []Machine
		for _, version := range versions {
			machines = append(machines, Machine{Host: &lint.Host{Engine: lint.Engine{Version: version, Endpoint: "unix:///x", Local: version != ""}}})
		}
		together, silent := l.onePerMachine(t.Context(), machines), versions[0] != versions[1]
		if len(together) != 1 || together[0].Host.NotListed != silent || together[0].Host.Engine.Version == "" {
			t.Errorf("%q: %+v", versions, together[0].Host)
		}
	}
}
