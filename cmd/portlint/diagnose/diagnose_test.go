package diagnose

import (
	"net/netip"
	"testing"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// TestNow: what is said of a refusal whose reason is gone, or can't be found.
func TestNow(t *testing.T) {
	asked := &lint.Host{Engine: lint.Engine{Version: "29.0.1"}, Ephemeral: lint.Ports{First: 32768, Last: 60999}}
	use := func(port uint16, result lint.ProbeResult, holders ...lint.Owner) lint.PortUse {
		return lint.PortUse{Port: port, Proto: "tcp", Probe: &lint.Probe{Result: result}, Holders: holders}
	}
	left := &lint.Host{Engine: asked.Engine, Containers: []lint.Container{{Name: "b-web-1", Service: "web", State: "created"}}}
	theirs := lint.Owner{Kind: lint.OwnerContainer, Container: &lint.Container{Name: "web", Bound: []lint.PublishedPort{{
		Endpoint: lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort("0.0.0.0:80")}}}}}
	web := lint.Owner{Kind: lint.OwnerContainer, Container: &lint.Container{Name: "web"}}
	const cameAfter = "if these are words of this engine, whoever had it then is gone, and this container came after"
	for _, c := range []struct {
		host    *lint.Host
		refusal refusal.Refusal
		uses    []lint.PortUse
		want    string
	}{
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80}, []lint.PortUse{use(80, lint.Free)}, "whoever had it is gone: try again"},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 40000}, []lint.PortUse{use(40000, lint.Free)},
			"whoever had it is gone, perhaps a connection: these take ports from 32768 to 60999 here; try again"},
		{asked, refusal.Refusal{Kind: refusal.Allocated, First: 40000}, []lint.PortUse{use(40000, lint.Free)}, "whoever had it is gone: try again"},
		{left, refusal.Refusal{Kind: refusal.Allocated, First: 80, Container: "b-web-1"}, []lint.PortUse{use(80, lint.Free)},
			`whoever had it is gone: try again with --force-recreate, or the engine may start container "b-web-1" without its ports`},
		{asked, refusal.Refusal{Kind: refusal.Unreasoned, First: 80}, []lint.PortUse{use(80, lint.Free)}, "it is free: try again"},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80}, []lint.PortUse{use(80, lint.InUse, web)}, ""},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80, NoContainer: true}, []lint.PortUse{use(80, lint.InUse, theirs)}, cameAfter},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80, Addr: netip.IPv4Unspecified()}, []lint.PortUse{use(80, lint.InUse, theirs)}, cameAfter},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80, Addr: netip.MustParseAddr("127.0.0.1")}, []lint.PortUse{use(80, lint.InUse, theirs)}, ""},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80}, []lint.PortUse{use(80, lint.InUse, theirs)}, ""},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80, Container: "web"}, []lint.PortUse{use(80, lint.InUse, web)},
			`container "web" was started since: nothing is left to do`},
		{asked, refusal.Refusal{Kind: refusal.AllTaken}, []lint.PortUse{use(80, lint.Free), use(81, lint.InUse, web)}, "1 of the 2 ports can be had now: try again"},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80}, []lint.PortUse{{Port: 80, Proto: "tcp"}}, ""},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, By: refusal.ByWindowsHNS}, nil,
			"the text does not name the port: portlint check, in the project's directory, says which ones are taken"},
		{asked, refusal.Refusal{Kind: refusal.InTheWay, First: 80, Proto: "sctp"}, nil, "who has it now is not known: portlint does not look at sctp"},
		{asked, refusal.Refusal{Kind: refusal.NotHere, First: 80}, nil, ""},
		{&lint.Host{}, refusal.Refusal{Kind: refusal.Allocated, First: 80}, []lint.PortUse{use(80, lint.Free)}, "no engine was asked: who has it there is not known"},
	} {
		if got := now(c.host, c.refusal, c.uses); got != c.want {
			t.Errorf("%+v: %q, want %q", c.refusal, got, c.want)
		}
	}
}

// TestOtherWords: words of another program than the engine that was asked.
func TestOtherWords(t *testing.T) {
	docker := lint.Engine{Version: "29.0.1", Name: "Docker Engine", System: "linux"}
	rootless, desktop, podman, windows := docker, docker, docker, docker
	rootless.Rootless, desktop.Name, podman.Name, windows.System = true, "Docker Desktop", lint.PodmanName, "windows"
	for _, c := range []struct {
		engine lint.Engine
		by     refusal.Refuser
		want   string
	}{
		{docker, refusal.ByEngine, ""},
		{docker, refusal.ByDesktop, "these are words of Docker Desktop, but Docker Engine was asked: what is said of its machine need not hold where they come from"},
		{docker, refusal.ByRootless, "these are words of a rootless engine, but Docker Engine was asked: what is said of its machine need not hold where they come from"},
		{docker, refusal.ByPodman, "these are words of Podman, but Docker Engine was asked: what is said of its machine need not hold where they come from"},
		{docker, refusal.ByPodmanDNS, "these are words of Podman, but Docker Engine was asked: what is said of its machine need not hold where they come from"},
		{docker, refusal.ByWindowsHNS, "these are words of an engine of Windows, but Docker Engine was asked: what is said of its machine need not hold where they come from"},
		{desktop, refusal.ByDesktop, ""}, {rootless, refusal.ByRootless, ""}, {podman, refusal.ByPodman, ""}, {windows, refusal.ByWindowsHNS, ""},
		{lint.Engine{}, refusal.ByDesktop, ""}, // no engine was asked
	} {
		if got := otherWords(&lint.Host{Engine: c.engine}, refusal.Refusal{By: c.by}); got != c.want {
			t.Errorf("%s asked, words of %s: %q, want %q", c.engine.Name, c.by, got, c.want)
		}
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct {
		holder, asked string
		want          bool
	}{
		{"0.0.0.0", "127.0.0.1", false}, {"127.0.0.1", "0.0.0.0", false}, {"127.0.0.1", "127.0.0.1", false}, {"::ffff:127.0.0.1", "127.0.0.1", false},
		{"::", "0.0.0.0", false}, {"::", "127.0.0.1", false}, {"::", "::1", false}, // [::] may have IPv4, too
		{"127.0.0.1", "127.0.0.2", true}, {"0.0.0.0", "::1", true}, {"0.0.0.0", "::", true}, {"::1", "0.0.0.0", true}, {"127.0.0.1", "::", true}, {"::1", "127.0.0.1", true},
	} {
		if got := apart(netip.MustParseAddr(c.holder), netip.MustParseAddr(c.asked)); got != c.want {
			t.Errorf("%s in the way of %s: apart is %v", c.holder, c.asked, got)
		}
	}
	if apart(netip.Addr{}, netip.IPv4Unspecified()) {
		t.Error("a holder without an address is apart")
	}
}

// TestInTheWayOf: the container that was refused does not wait for its own port.
func TestInTheWayOf(t *testing.T) {
	stopped := func(name, state string) lint.Owner {
		return lint.Owner{Kind: lint.OwnerContainer, Container: &lint.Container{Name: name, State: state}}
	}
	use := lint.PortUse{Port: 80, Proto: "tcp", Waiting: []lint.Owner{stopped("cache", "exited"), stopped("old", "exited"), stopped("new", "created")}}
	if got := inTheWayOf(use, refusal.Refusal{Kind: refusal.Allocated, First: 80, Container: "cache"}).Waiting; len(got) != 1 || got[0].Container.Name != "old" {
		t.Errorf("%d wait, and not \"old\" alone", len(got))
	}
	if got := inTheWayOf(use, refusal.Refusal{Kind: refusal.Allocated, First: 80}).Waiting; len(got) != 2 {
		t.Errorf("%d wait where no container is named", len(got))
	}
}
