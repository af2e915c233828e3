package run

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// OnEachMachine is Once for every engine that --context names: the same projects on several machines.
func OnEachMachine(ctx context.Context, all Projects, sf *SettingsFinder, up lint.UpOptions, static bool) ([]Run, error) {
	if static || len(all.Flags.Contexts) < 2 {
		one, err := Once(ctx, all, sf, up, static)
		return []Run{one}, err
	}
	return OnMachines(ctx, all, sf, up, all.probeMachines(ctx, up))
}

// OnMachines applies the rules to what was seen on each machine.
func OnMachines(ctx context.Context, all Projects, sf *SettingsFinder, up lint.UpOptions, machines []Machine) ([]Run, error) {
	each := make([]Run, len(machines))
	for i, m := range machines {
		each[i] = Run{Context: m.Context, Projects: all, Settings: sf, Up: up, Host: m.Host}
	}
	for i := range each {
		each[i].distant = takenElsewhere(each, i)
		if i > 0 {
			each[i].before = each[i-1].Results.suggested
		}
		if err := each[i].applyRules(ctx); err != nil {
			return nil, err
		}
	}

	return each, nil
}

// OnEngine is the beginning of a line about one of several engines.
func OnEngine(context string) string {
	if context == "" {
		return ""
	}
	return "on " + context + ": "
}

// takenElsewhere are the ports that somebody has on the other machines, or that these keep for themselves: what is
// suggested shall do on all of them.
func takenElsewhere(each []Run, here int) map[uint16]string {
	taken := map[uint16]string{}
	for i, o := range each {
		if i == here {
			continue
		}
		there := lint.ExclusionsOf(o.Host, func(c *lint.Container) bool { return o.Projects.has(c.Project) })
		for _, reserved := range there.Reserved {
			there.Exclude(reserved.Range, reserved.Why)
		}
		for port, who := range there.Taken {
			taken[port] = OnEngine(o.Context) + who
		}
	}

	return taken
}

// AcrossEngines is what holds on all machines. A comment is unused only where it is on every machine.
func AcrossEngines(each []Run) Run {
	all := each[0]
	if len(each) == 1 {
		return all
	}
	all.Host, all.Results = nil, Results{}
	all.Results.Findings = merge(each, func(o Run) []lint.Finding { return o.Results.Findings })
	all.Results.Findings = slices.DeleteFunc(all.Results.Findings, func(f lint.Finding) bool {
		return f.Rule == lint.UnusedIgnore && len(f.Contexts) > 0
	})
	all.Results.Suppressed = merge(each, func(o Run) []lint.Finding { return o.Results.Suppressed })
	return all
}

// merge puts findings about several machines together. One that is the same on each stands once, any other names the
// contexts for which it holds.
func merge(each []Run, found func(Run) []lint.Finding) []lint.Finding {
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
			one.Contexts = append(one.Contexts, o.Context)
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

// BlindOf is what could not be looked at: in the files, and on each machine.
func BlindOf(each []Run) []lint.Blind {
	all := each[0].Projects.Blind()
	for _, o := range each {
		if o.Host != nil {
			all = append(all, BlindOn(o.Context, o.Host)...)
		}
	}
	return all
}

// BlindOn is what could not be looked at on one of the machines.
func BlindOn(context string, host *lint.Host) []lint.Blind {
	all := slices.Clone(host.Blind)
	for i := range all {
		all[i].Context = context
	}
	return all
}

// EnginesOf are the engines that were asked, each with the verdict about its machine.
func EnginesOf(each []Run) []report.Engine {
	var out []report.Engine
	for _, o := range each {
		e := report.Engine{Context: o.Context, Verdict: lint.VerdictOf(o.Projects.Models(), o.Host, o.Up, o.Projects.Blind())}
		if o.Host != nil {
			e.Engine = o.Host.Engine
		}
		out = append(out, e)
	}

	return out
}

// PortsNow says who has the ports of the projects on each machine.
func PortsNow(machines []Machine, projects []*lint.Project) []report.Now {
	var all []report.Now
	for _, m := range machines {
		now := report.Now{Context: m.Context, Of: map[*lint.Binding]lint.PortStatus{}}
		for _, p := range projects {
			maps.Copy(now.Of, m.Host.PortStatuses(p))
		}
		all = append(all, now)
	}

	return all
}
