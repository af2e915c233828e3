package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// maxSuggestTries bounds how often the rules are asked again because a port that they suggest is not free.
const maxSuggestTries = 20

// settle applies the rules until every host port that they suggest is nobody's as far as can be seen: not another
// checkout's, not given out by portlint, and bound for a trial. Where nothing is to move it looks at none of that.
func (o *outlook) settle(ctx context.Context, w world, sf *settingsFor) {
	o.found = decide(o.all.models(), o.host, o.owned, nil)
	if o.host == nil || len(suggested(o.found)) == 0 {
		return
	}
	o.taken = takenAround(ctx, w, o.all.models(), sf.excludes)
	machine := *o.host // what is looked at here decides nothing but suggestions
	try := dockerapi.Survey(ctx, &machine)
	free := map[uint16]bool{}
	for range maxSuggestTries {
		o.found = decide(o.all.models(), o.host, o.owned, o.taken)
		fresh := false
		for port, protos := range suggested(o.found) {
			if free[port] || try == nil {
				continue
			}
			why := refusal(try(lint.Wish{Protos: protos}.Endpoints(port)))
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
func suggested(d decision) map[uint16][]string {
	ports := map[uint16][]string{}
	for _, f := range d.all {
		proto := "tcp"
		if f.Binding != nil {
			proto = f.Binding.Proto
		}
		for _, fix := range f.Fixes {
			for _, m := range fix.Moves {
				for i := 0; m.To != 0 && m.To != m.From && i < m.Width; i++ {
					ports[m.To+uint16(i)] = append(ports[m.To+uint16(i)], proto)
				}
			}
		}
	}
	return ports
}

// takenAround are the ports of the projects' other checkouts, of the projects around a single one, and those that
// portlint gave out elsewhere. Of many projects those around are among them, and their other checkouts are read up to a
// bound.
func takenAround(ctx context.Context, w world, projects []*lint.Project, excludes func(string) bool) map[uint16]string {
	around, own, read := lint.Ground{Taken: map[uint16]string{}}, map[string]bool{}, 0
	for _, p := range projects {
		own[realDir(p.Dir)] = true
		s := sight{checkout: checkoutOf(p.Dir)}
		if len(projects) == 1 {
			s = lookAroundDisk(ctx, p, excludes)
		} else if read < maxAround {
			s.readSiblings(ctx, p)
			read += len(s.siblings)
		}
		around.TakeWritten(s.siblings...)
		around.TakeWritten(s.around...)
	}
	state, err := stateDir(w)
	if err != nil {
		return around.Taken
	}
	for _, l := range (leases.Book{Dir: state, Now: time.Now}).Peek() {
		if !own[l.Dir] {
			around.Take(l.First, l.Last, fmt.Sprintf("portlint gave it to somebody in %q", l.Dir))
		}
	}
	return around.Taken
}

// explainPassed says which ports the suggestions passed over, and why.
func explainPassed(w world, d decision) {
	for _, s := range d.passed {
		say(w.stderr, "not suggested: %s", s)
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
