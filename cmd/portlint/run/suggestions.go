package run

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
	"github.com/portlint/portlint/lint/pick"
)

// maxSuggestTries bounds how often the rules are asked again because a port that they suggest is not free.
const maxSuggestTries = 20

// VerifySuggestions applies the rules until every host port that they suggest is nobody's as far as can be seen: not another
// checkout's, not given out by portlint, and bound for a trial. Where nothing is to move it looks at none of that. Where
// only files are read, only those of this checkout count, so that the answer is the same on every machine. The rules are applied
// again only where more is known to be taken.
func (o *Run) VerifySuggestions(ctx context.Context) {
	o.applied = 0
	o.RunRules(o.distant)
	if len(o.suggested()) == 0 {
		return
	}
	around := pick.Exclusions{Taken: map[uint16]string{}}
	takeProjects(ctx, &around, o.Projects.Models(), o.Settings.Excludes, o.Host != nil)
	if o.Taken = around.Taken; o.Host == nil {
		if len(o.Taken) > 0 {
			o.RunRules(o.Taken)
		}
		return
	}

	takeLeases(o.Projects.Process, &around, o.Projects.Models())
	o.Taken = MergeTaken(o.distant, o.Taken)
	machine := *o.Host // what is looked at here decides nothing but suggestions
	try := dockerapi.Survey(ctx, &machine)
	free := map[uint16]bool{}
	changed := !maps.Equal(o.Taken, o.distant)
	for o.applied <= maxSuggestTries {
		if changed {
			o.RunRules(o.Taken)
		}
		changed = false
		for port, protos := range o.suggested() {
			if free[port] || try == nil {
				continue
			}
			why := WhyNotFree(try(lint.RequestedEndpoints(pick.Request{Protos: protos}, port)))
			free[port], changed = why == "", changed || why != ""
			if why != "" {
				o.Taken[port] = why
			}
		}
		if !changed {
			return
		}
	}
}

// suggested are the host ports to which fixes would move something, with the protocols in question.
func (o *Run) suggested() map[uint16][]string {
	protos := map[lint.Span]string{}
	for _, p := range o.Projects.Models() {
		for _, b := range p.Bindings() {
			protos[b.Entry] = b.Proto
		}
	}

	ports := map[uint16][]string{}
	for _, f := range o.Results.All {
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
func takeProjects(ctx context.Context, around *pick.Exclusions, projects []*lint.Project, excludes func(string) bool, checkouts bool) {
	read := 0
	for _, p := range projects {
		s := CheckoutsAround{checkout: CheckoutOf(p.Dir)}
		if checkouts && read < maxAround {
			s.readSiblings(ctx, p)
			read += len(s.Siblings)
		}
		if len(projects) == 1 && s.Root != "" {
			s.Neighbours = s.readNeighbours(ctx, p, excludes)
		}
		lint.ExcludePublished(around, s.Siblings...)
		lint.ExcludePublished(around, s.Neighbours...)
	}
}

// takeLeases takes the ports that portlint gave to others than the projects.
func takeLeases(w Process, around *pick.Exclusions, projects []*lint.Project) {
	for _, l := range ReadLeases(w).Leases {
		if !slices.ContainsFunc(projects, func(p *lint.Project) bool { return compose.RealPath(p.Dir) == l.Dir }) {
			around.Exclude(PortsOfLease(l), fmt.Sprintf("portlint gave it to somebody in %q", l.Dir))
		}
	}
}

// LogPassedOver says which ports the suggestions passed over, and why.
func LogPassedOver(w Process, o Run) {
	for _, s := range o.Results.passed {
		Logf(w.Stderr, "%snot suggested: %s", OnEngine(o.Context), s)
	}
}

// MergeTaken are two sets of ports that are taken, with why.
func MergeTaken(a, b map[uint16]string) map[uint16]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[uint16]string{}
	}
	maps.Copy(out, b)
	return out
}

// WhyNotFree says why endpoints that were tried can't be had, "" when they can. What could not be tried is no reason.
func WhyNotFree(probes []lint.Probe) string {
	for _, probe := range probes {
		switch probe.Result {
		case lint.InUse:
			return probe.HeldBy()
		case lint.NotAllowed:
			return "this user may not bind it"
		case lint.Excluded:
			return strings.TrimSpace("the system keeps it for itself " + probe.Reason)
		}
	}

	return ""
}
