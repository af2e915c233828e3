package main

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// pageHost is the machine that the example of a live rule's page speaks of.
func pageHost(rule string) *lint.Host {
	local := lint.Engine{Name: "Docker Engine", Version: "29.0.1", Local: true}
	blog := lint.Container{ID: "b", Name: "blog-web-1", State: "running", Project: "blog", Service: "web", WorkingDir: "/home/anna/blog",
		StartedAt: time.Date(2026, 11, 17, 9, 12, 0, 0, time.UTC)}
	node := lint.SocketOwner{Seen: lint.Known, Process: lint.Process{PID: 4711, Name: "node", User: "anna", Command: "node server.js"}}
	at := func(addr string) lint.Endpoint {
		return lint.Endpoint{Proto: "tcp", Addr: netip.MustParseAddrPort(addr)}
	}
	h := &lint.Host{Engine: local}
	switch rule {
	case "port-in-use":
		blog.Bound = []lint.PublishedPort{{Endpoint: at("0.0.0.0:8080"), Target: 80}, {Endpoint: at("[::]:8080"), Target: 80}}
		h.Containers = []lint.Container{blog}
		h.Probes = []lint.Probe{{Endpoint: at("0.0.0.0:5432"), Result: lint.InUse, Holders: []lint.Holder{{Local: at("127.0.0.1:5432").Addr,
			Owner: lint.SocketOwner{Seen: lint.NoPrivilege, Unit: "postgresql@16-main.service", UID: 114}}}}}
	case "reserved-port":
		h.Probes = []lint.Probe{{Endpoint: at("0.0.0.0:50051"), Result: lint.Excluded, Reason: "50000-50059"}}
	case "port-taken-later":
		blog.State, blog.Restart = "exited", "always"
		blog.Wanted = []lint.PublishedPort{{Endpoint: at("0.0.0.0:8080"), Target: 80}}
		h.Containers = []lint.Container{blog}
		h.Probes = []lint.Probe{{Endpoint: at("0.0.0.0:8080"), Result: lint.Free}, {Endpoint: at("[::]:8080"), Result: lint.Free}}
	case "name-in-use":
		blog.Name = "web"
		h.Containers = []lint.Container{blog, {ID: "d", Name: "shop-db-1", State: "exited", CreatedAt: time.Date(2026, 11, 2, 17, 40, 0, 0, time.UTC)}}
	case "subnet-in-use":
		blog.Networks, blog.ConfigFiles = []string{"blog_default"}, []string{"/home/anna/blog/compose.yaml"}
		h.Containers = []lint.Container{blog}
		h.Networks = []lint.EngineNetwork{{ID: "n", Name: "blog_default", Driver: "bridge", Project: "blog", Key: "default",
			Subnets: []lint.ExistingSubnet{{Driver: "bridge", Prefix: netip.MustParsePrefix("10.5.0.0/16")}}}}
	case "unusable-links":
		h.Engine.Name, h.Engine.Version = lint.PodmanName, "5.4.2"
	case "paused-container":
		h.Engine.Name, h.Engine.Version = lint.PodmanName, "5.4.2"
		h.Containers = []lint.Container{{ID: "w", Name: "example-web-1", State: "paused", Project: "example", Service: "web",
			Client: h.Engine.ClientWith(nil, lint.PodmanReach{})}}
	case "missing-external":
		h.MissingVolumes = map[string]bool{"certificates": true}
	case "network-in-use":
		h.Networks = []lint.EngineNetwork{{ID: "n", Name: "shop_default", Driver: "bridge"}}
	case "same-project-name":
		h.Containers = []lint.Container{{ID: "s", Name: "shop-web-1", State: "running", Project: "shop", Service: "web", WorkingDir: "/home/anna/shop"}}
	case "shadowed-port":
		h.Probes = []lint.Probe{{Endpoint: at("[::1]:5173"), Result: lint.InUse, Holders: []lint.Holder{{Local: at("[::1]:5173").Addr, Owner: node}}}}
	}
	return h
}

// runLiveExample reads the example of a page, asks one rule about it on that page's machine, and prints what it says.
func runLiveExample(t *testing.T, rule, page string) string {
	t.Helper()
	return saidOn(t, pageHost(rule), rule, page)
}

// saidOn is what one rule says of an example on a machine.
func saidOn(t *testing.T, host *lint.Host, rule, page string) string {
	t.Helper()
	var out bytes.Buffer
	r := liveReport(t, host, rule, page)
	r.Quiet = true
	if err := report.Text(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// liveReport is what one rule says of the example of a page, on a machine.
func liveReport(t *testing.T, host *lint.Host, rule, page string) report.Report {
	t.Helper()
	dir := layOut(t, page)
	found, err := find.Projects(t.Context(), compose.Options{Dir: dir, Static: true}, []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := run.Load(t.Context(), run.Process{Dir: dir, Stderr: t.Output()}, run.Flags{}, found.Projects)
	if err != nil {
		t.Fatal(err)
	}
	settings := lint.Settings{Host: host, Severity: map[string]lint.Severity{}}
	for _, other := range lint.Rules {
		if other.Name != rule {
			settings.Severity[other.Name] = lint.Off
		}
	}
	return report.Report{Asked: testClock(), Dir: dir, Projects: all.Models(), Sources: all.Sources, Verdict: lint.VerdictConflict,
		Findings: lint.Run(all.Models(), settings).Findings}
}
