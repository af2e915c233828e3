package dockerapi

import (
	"runtime"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/desktop"
)

func TestSpeaksOf(t *testing.T) {
	for name, c := range map[string]struct {
		engine lint.Engine
		system string
		want   bool
	}{
		"local":               {lint.Engine{Endpoint: "unix:///x", Version: "29.0.1", Local: true}, "linux", true},
		"none":                {lint.Engine{Endpoint: "unix:///x"}, "linux", true},
		"no address":          {lint.Engine{}, "linux", true},
		"none, but elsewhere": {lint.Engine{Endpoint: "ssh://build1"}, "linux", false},
		"remote":              {lint.Engine{Endpoint: "tcp://10.0.0.1:2376", Version: "29.0.1"}, "linux", false},
		"another namespace":   {lint.Engine{Endpoint: "unix:///x", Version: "29.0.1"}, "linux", false},
		"Docker Desktop":      {lint.Engine{Endpoint: "unix:///x", Version: "29.0.1", Name: desktop.DockerDesktopName}, "linux", true},
		"a machine on a Mac":  {lint.Engine{Endpoint: "unix:///x", Version: "29.0.1"}, "darwin", true},
	} {
		if got := speaksOf(c.engine, c.system); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestSystemOfSockets: whoever judges sockets is told of which system they are: not every one lets the same two have a port.
func TestSystemOfSockets(t *testing.T) {
	for name, ask := range map[string]func(*lint.Host){
		"assumed": func(h *lint.Host) { AssumeHere(t.Context(), h); Probe(t.Context(), h, nil) },
		"who":     func(h *lint.Host) { Who(t.Context(), h, nil) },
		"all":     func(h *lint.Host) { Everyone(t.Context(), h, nil) },
	} {
		h := blind(lint.Engine{Endpoint: "unix:///no/engine.sock"}, "there is no socket")
		if ask(&h); h.OS != runtime.GOOS {
			t.Errorf("%s: %q, want %q", name, h.OS, runtime.GOOS)
		}
	}
}

// TestWhoLooksHere: without an engine this machine's sockets are asked, and nobody says that they were not.
func TestWhoLooksHere(t *testing.T) {
	h := blind(lint.Engine{Endpoint: "unix:///no/engine.sock"}, "there is no socket")
	h.Blind = h.Blind[:2:2]
	Who(t.Context(), &h, []Port{{Number: 1, Proto: "udp"}})
	if len(h.Probes) != 1 || h.Blind[0].What != blindEngine {
		t.Errorf("%+v", h)
	}
	for _, why := range reasons(h, blindSockets) {
		if why == "without an engine it is not known where ports are bound" {
			t.Error(why)
		}
	}
	far := blind(lint.Engine{Endpoint: "ssh://build1"}, "no route")
	if Who(t.Context(), &far, []Port{{Number: 1, Proto: "udp"}}); far.Probes != nil || len(far.Blind) != 2 {
		t.Errorf("%+v", far)
	}
}

func TestStarted(t *testing.T) {
	f := newFake(t, func(f *fake) {
		f.bodies["/containers/a1/json"] = `{"Id":"a1","State":{"Pid":7,"StartedAt":"2026-11-17T09:12:00.5Z"}}`
		f.serve["/containers/slow/json"] = hang
	})
	all := []lint.Container{{ID: "a1"}, {ID: "gone"}, {ID: "slow"}}
	o := Options{Host: "unix://" + f.socket, Env: map[string]string{"HOME": t.TempDir()}, Timeout: 300 * time.Millisecond}
	Started(t.Context(), o, []*lint.Container{&all[0], &all[1], &all[2]})
	if got := all[0].StartedAt.UTC().Format("2006-01-02 15:04"); got != "2026-11-17 09:12" || all[0].PID != 7 || !all[1].StartedAt.IsZero() || !all[2].StartedAt.IsZero() {
		t.Errorf("%+v", all)
	}
	Started(t.Context(), Options{Host: "unix:///no/engine.sock"}, []*lint.Container{&all[1]})
	Started(t.Context(), Options{Host: "gopher://x"}, []*lint.Container{&all[1]})
}
