package main

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// runOnEach is runOn for every engine that --context names: the same projects on several machines.
func runOnEach(ctx context.Context, all loaded, sf *settingsFor, up lint.UpOptions, static bool) ([]outlook, error) {
	if static || len(all.flags.contexts) < 2 {
		one, err := runOn(ctx, all, sf, up, static)
		return []outlook{one}, err
	}
	return judgeEach(ctx, all, sf, up, all.lookAroundEach(ctx, up))
}

// judgeEach applies the rules to what was seen on each machine.
func judgeEach(ctx context.Context, all loaded, sf *settingsFor, up lint.UpOptions, machines []machine) ([]outlook, error) {
	each := make([]outlook, len(machines))
	for i, m := range machines {
		each[i] = outlook{context: m.context, all: all, settings: sf, up: up, host: m.host}
	}
	for i := range each {
		each[i].distant = takenElsewhere(each, i)
		if i > 0 {
			each[i].before = each[i-1].found.suggested
		}
		if err := each[i].judge(ctx); err != nil {
			return nil, err
		}
	}
	return each, nil
}

// onEngine is the beginning of a line about one of several engines.
func onEngine(context string) string {
	if context == "" {
		return ""
	}
	return "on " + context + ": "
}

// takenElsewhere are the ports that somebody has on the other machines, or that these keep for themselves: what is
// suggested shall do on all of them.
func takenElsewhere(each []outlook, here int) map[uint16]string {
	taken := map[uint16]string{}
	for i, o := range each {
		if i == here {
			continue
		}
		there := lint.GroundOf(o.host, func(c *lint.Container) bool { return o.all.has(c.Project) })
		for _, kept := range there.Kept {
			there.Take(kept.Ports, kept.Why)
		}
		for port, who := range there.Taken {
			taken[port] = onEngine(o.context) + who
		}
	}
	return taken
}

// acrossEngines is what holds on all machines. A comment is unused only where it is on every machine.
func acrossEngines(each []outlook) outlook {
	all := each[0]
	if len(each) == 1 {
		return all
	}
	all.host, all.found = nil, decision{}
	all.found.findings = merge(each, func(o outlook) []lint.Finding { return o.found.findings })
	all.found.findings = slices.DeleteFunc(all.found.findings, func(f lint.Finding) bool {
		return f.Rule == lint.UnusedIgnore && len(f.Contexts) > 0
	})
	all.found.suppressed = merge(each, func(o outlook) []lint.Finding { return o.found.suppressed })
	return all
}

// merge puts findings about several machines together. One that is the same on each stands once, any other names the
// contexts for which it holds.
func merge(each []outlook, found func(outlook) []lint.Finding) []lint.Finding {
	type place struct {
		at            lint.Span
		rule, message string
	}
	var all []lint.Finding
	known := map[place][]int{}
	for _, o := range each {
		for _, f := range found(o) {
			key := place{f.Span, f.Rule, f.Message}
			at := slices.IndexFunc(known[key], func(i int) bool { return sameFinding(all[i], f) })
			if at < 0 {
				at, known[key], all = len(known[key]), append(known[key], len(all)), append(all, f)
			}
			one := &all[known[key][at]]
			one.Contexts = append(one.Contexts, o.context)
		}
	}
	for i := range all {
		if len(all[i].Contexts) == len(each) {
			all[i].Contexts = nil
		}
	}
	slices.SortStableFunc(all, byPlace)
	return all
}

// sameFinding compares what was found, wherever that was.
func sameFinding(a, b lint.Finding) bool {
	a.Contexts, b.Contexts = nil, nil
	return reflect.DeepEqual(a, b)
}

// blindOf is what could not be looked at: in the files, and on each machine.
func blindOf(each []outlook) []lint.Blind {
	all := each[0].all.blind()
	for _, o := range each {
		if o.host != nil {
			all = append(all, blindOn(o.context, o.host)...)
		}
	}
	return all
}

// blindOn is what could not be looked at on one of the machines.
func blindOn(context string, host *lint.Host) []lint.Blind {
	all := slices.Clone(host.Blind)
	for i := range all {
		all[i].Context = context
	}
	return all
}

// engines are the answers for each machine.
func enginesOf(each []outlook) []report.Engine {
	var out []report.Engine
	for _, o := range each {
		e := report.Engine{Context: o.context, Verdict: lint.VerdictOf(o.all.models(), o.host, o.up, o.all.blind())}
		if o.host != nil {
			e.Engine = o.host.Engine
		}
		out = append(out, e)
	}
	return out
}

// nowOn says who has the ports of the projects on each machine.
func nowOn(machines []machine, projects []*lint.Project) []report.Now {
	var all []report.Now
	for _, m := range machines {
		now := report.Now{Context: m.context, Of: map[*lint.Binding]lint.PortStatus{}}
		for _, p := range projects {
			maps.Copy(now.Of, m.host.PortStatuses(p))
		}
		all = append(all, now)
	}
	return all
}
