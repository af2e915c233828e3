package report

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// longOwners are all that can have a port, with names as long as those of real projects, and longer.
func longOwners(at time.Time) []lint.Owner {
	const project, service, long = "acme-shop-monorepo", "recommendations-grpc", "a-name-that-somebody-gave-to-a-thing-and-never-had-to-type-again"
	container := func(c lint.Container) lint.Owner {
		c.ID, c.State, c.StartedAt = "0123456789abcdef", "running", at
		return lint.Owner{Kind: lint.OwnerContainer, Container: &c, UID: -1}
	}
	process := lint.Process{PID: 4194304, Name: "node-with-a-name", User: "somebody-else", Command: long + " " + long, StartedAt: at}
	return []lint.Owner{
		container(lint.Container{Name: project + "-" + service + "-1", Project: project, Service: service, WorkingDir: "/home/" + long}),
		container(lint.Container{Name: long, Project: long, Service: long, WorkingDir: "/home/" + long, DirState: lint.DirGone}),
		container(lint.Container{Name: long}),
		container(lint.Container{Name: long, Pod: long}),
		container(lint.Container{}),
		{Kind: lint.OwnerProcess, Process: process},
		{Kind: lint.OwnerProcess, Seen: lint.NoPrivilege, UID: 65534, User: long, Unit: long + "@" + long + ".service"},
		{Kind: lint.OwnerProcess, Seen: lint.NoPrivilege, UID: 65534, User: long},
		{Kind: lint.OwnerSwarm, Swarm: long + "_" + service},
		{Kind: lint.OwnerConnection, Remote: netip.MustParseAddrPort("[2001:db8:1111:2222:3333:4444:5555:6666]:65535"), Process: process},
		{Kind: lint.OwnerClosing}, {Kind: lint.OwnerKernel}, {Kind: lint.OwnerUnknown},
	}
}

// longUses are ports of long owners, and ports that nobody has.
func longUses(at time.Time) []lint.PortUse {
	var all []lint.PortUse
	within := lint.Ports{First: 65530, Last: 65535}
	for _, o := range longOwners(at) {
		all = append(all, lint.PortUse{Port: 65535, Proto: "tcp", Holders: []lint.Owner{o}})
		for port := within.First; port != 0; port++ {
			all = append(all, lint.PortUse{Port: port, Proto: "sctp", Within: within, Implied: true, Holders: []lint.Owner{o}})
		}
		if o.Kind == lint.OwnerContainer {
			all = append(all, lint.PortUse{Port: 65535, Proto: "tcp", Waiting: []lint.Owner{o}},
				lint.PortUse{Port: 65535, Proto: "udp", Probe: &lint.Probe{Result: lint.Free}, Waiting: []lint.Owner{o, o}})
		}
	}
	for _, result := range []lint.ProbeResult{lint.Free, lint.Excluded, lint.NotAllowed} {
		all = append(all, lint.PortUse{Port: 65535, Proto: "udp", Probe: &lint.Probe{Result: result, Reason: "65000-65535", Listed: true}})
	}
	return append(all, lint.PortUse{Port: 65535, Proto: "udp"})
}

// checkHeadlines expects that each line that is not below another one is whole in 80 columns, and that there are so many of them.
func checkHeadlines(t *testing.T, said string, least int) {
	t.Helper()
	headlines := 0
	for line := range strings.Lines(said) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, " ") {
			continue
		}
		headlines++
		if n := utf8.RuneCountInString(line); n > lint.LineWidth {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if headlines < least {
		t.Errorf("%d headlines, expected at least %d:\n%s", headlines, least, said)
	}
}

// TestHeadlinesOfWho: the first line about each port is one short sentence, whatever names there are.
func TestHeadlinesOfWho(t *testing.T) {
	at := time.Date(2026, 11, 17, 9, 12, 0, 0, time.UTC)
	for _, asked := range []time.Time{{}, at.Add(31 * time.Minute), at.Add(5000 * 24 * time.Hour)} {
		var out strings.Builder
		uses := longUses(at)
		if err := Who(&out, Report{Asked: asked}, uses, "text"); err != nil {
			t.Fatal(err)
		}
		checkHeadlines(t, out.String(), len(longOwners(at))*2)
		if shown := strings.Contains(out.String(), ", up 31 min\n"); shown != (asked.Sub(at) == 31*time.Minute) {
			t.Errorf("ages told: %v\n%s", shown, out.String())
		}
	}

	var out strings.Builder
	stack := lint.LostStack{Project: strings.Repeat("long-", 20), Dir: "/" + strings.Repeat("long/", 40), Containers: []*lint.Container{{ProjectGone: true, CreatedAt: at}}}
	if err := LostStacks(&out, Report{}, []lint.LostStack{stack}, "text"); err != nil {
		t.Fatal(err)
	}
	checkHeadlines(t, out.String(), 1)
}

// TestHeadlinesOfExplain: so is the first line about each refusal.
func TestHeadlinesOfExplain(t *testing.T) {
	var all []Diagnosis
	long := strings.Repeat("recommendations-", 8)
	for kind := refusal.Allocated; kind <= refusal.VolumeMissing; kind++ {
		for by := refusal.ByEngine; by <= refusal.ByProgram; by++ {
			for _, container := range []string{"", long} {
				all = append(all, Diagnosis{Refusal: refusal.Refusal{
					Kind: kind, By: by, First: 65535, Last: 65535, Proto: "tcp", Addr: netip.MustParseAddr("2001:db8:1111:2222:3333:4444:5555:6666"),
					Container: container, Name: long, Service: long, Holder: long, Host: long, Path: "/" + long, Program: "Spring Boot", Raw: fmt.Sprint(long, long),
				}})
			}
		}
	}

	var out strings.Builder
	if err := Explain(&out, Report{}, all, "text"); err != nil {
		t.Fatal(err)
	}
	checkHeadlines(t, out.String(), len(all))
}
