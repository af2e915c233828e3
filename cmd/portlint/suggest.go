package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// maxSuggestTries bounds how often the rules are asked again because a port that they suggest is not free.
const maxSuggestTries = 20

// settle applies the rules until every host port that they suggest is nobody's as far as can be seen: not another
// checkout's, not given out by portlint, and bound for a trial. Where nothing is to move it looks at none of that. Where
// only files are read, only those of this checkout count, so that the answer is the same on every machine.
func (o *outlook) settle(ctx context.Context) {
	o.decide(o.distant)
	if len(o.suggested()) == 0 {
		return
	}
	around := lint.Ground{Taken: map[uint16]string{}}
	takeProjects(ctx, &around, o.all.models(), o.settings.excludes, o.host != nil)
	if o.taken = around.Taken; o.host == nil {
		o.decide(o.taken)
		return
	}
	takeLeases(o.all.process, &around, o.all.models())
	o.taken = merged(o.distant, o.taken)
	machine := *o.host // what is looked at here decides nothing but suggestions
	try := dockerapi.Survey(ctx, &machine)
	free := map[uint16]bool{}
	for range maxSuggestTries {
		o.decide(o.taken)
		fresh := false
		for port, protos := range o.suggested() {
			if free[port] || try == nil {
				continue
			}
			why := whyNotFree(try(lint.Wish{Protos: protos}.Endpoints(port)))
			free[port], fresh = why == "", fresh || why != ""
			if why != "" {
				o.taken[port] = why
			}
		}
		if !fresh {
			return
		}
	}
}

// suggested are the host ports to which fixes would move something, with the protocols in question.
func (o *outlook) suggested() map[uint16][]string {
	protos := map[lint.Span]string{}
	for _, p := range o.all.models() {
		for _, b := range p.Bindings() {
			protos[b.Entry] = b.Proto
		}
	}
	ports := map[uint16][]string{}
	for _, f := range o.found.all {
		for _, fix := range f.Fixes {
			for _, m := range fix.Moves {
				for i := 0; m.To != 0 && m.To != m.From && i < m.Width; i++ {
					port := m.To + uint16(i)
					ports[port] = append(ports[port], cmp.Or(protos[m.Item], "tcp"))
				}
			}
		}
	}
	return ports
}

// takeProjects takes the ports of the projects around a single one; of many projects those around are among them. With
// the other checkouts, which are read up to a bound, it takes theirs too.
func takeProjects(ctx context.Context, around *lint.Ground, projects []*lint.Project, excludes func(string) bool, checkouts bool) {
	read := 0
	for _, p := range projects {
		s := sight{checkout: checkoutOf(p.Dir)}
		if checkouts && read < maxAround {
			s.readSiblings(ctx, p)
			read += len(s.siblings)
		}
		if len(projects) == 1 && s.root != "" {
			s.around = s.aroundOf(ctx, p, excludes)
		}
		around.TakeWritten(s.siblings...)
		around.TakeWritten(s.around...)
	}
}

// takeLeases takes the ports that portlint gave to others than the projects.
func takeLeases(w world, around *lint.Ground, projects []*lint.Project) {
	for _, l := range peekBook(w).Leases {
		if !slices.ContainsFunc(projects, func(p *lint.Project) bool { return compose.RealPath(p.Dir) == l.Dir }) {
			around.Take(portsOfLease(l), fmt.Sprintf("portlint gave it to somebody in %q", l.Dir))
		}
	}
}

// explainPassed says which ports the suggestions passed over, and why.
func explainPassed(w world, o outlook) {
	for _, s := range o.found.passed {
		say(w.stderr, "%snot suggested: %s", onEngine(o.context), s)
	}
}

// merged are two sets of ports that are taken, with why.
func merged(a, b map[uint16]string) map[uint16]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[uint16]string{}
	}
	maps.Copy(out, b)
	return out
}

// whyNotFree says why endpoints that were tried can't be had, "" when they can. What could not be tried is no reason.
func whyNotFree(probes []lint.Probe) string {
	for _, probe := range probes {
		switch probe.Result {
		case lint.InUse:
			return heldBy(probe)
		case lint.NotAllowed:
			return "this user may not bind it"
		case lint.Excluded:
			return strings.TrimSpace("the system keeps it for itself " + probe.Reason)
		}
	}
	return ""
}

// heldBy says who has an endpoint, as far as it was seen.
func heldBy(probe lint.Probe) string {
	for _, h := range probe.Holders {
		if name := h.Owner.Process.Name; name != "" {
			return fmt.Sprintf("%s has it (pid %d)", name, h.Owner.Process.PID)
		}
	}
	return "a socket of this machine has it"
}
