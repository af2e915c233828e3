package run

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// AskPorts asks the engine and this machine's sockets about ports, and reads the files of the projects that have them.
func AskPorts(ctx context.Context, w Process, g Flags, ports []dockerapi.Port) (*lint.Host, lint.Sources) {
	return AskPortsOf(ctx, w, g, func(*lint.Host) []dockerapi.Port { return ports })
}

// AskPortsOf is AskPorts for ports that depend on what the engine has.
func AskPortsOf(ctx context.Context, w Process, g Flags, which func(*lint.Host) []dockerapi.Port) (*lint.Host, lint.Sources) {
	m := Machine{asked: g.Engine(w, "")}
	host := dockerapi.Look(ctx, m.asked)
	ports := which(&host)
	dockerapi.Who(ctx, &host, ports)
	placeProcesses(ctx, &host)

	m.Host = &host
	for _, p := range ports {
		m.wanted = append(m.wanted, lint.Endpoint{Proto: p.Proto, Addr: netip.AddrPortFrom(netip.IPv4Unspecified(), p.Number)})
	}
	LookForDirs(ctx, &host, func(c *lint.Container) bool { return c.Wants(m.wanted) })
	all := NoProjects(w, g)
	all.locateOthers(ctx, &m)
	startTimes(ctx, &m, func(*lint.Container) bool { return true })
	return &host, all.Sources
}

// AskContainers asks the engine for its containers, and looks for the directories of all that Compose made. Where those are another
// machine's, or too slow to answer, is a blind spot.
func AskContainers(ctx context.Context, w Process, g Flags) *lint.Host {
	host := dockerapi.Look(ctx, g.Engine(w, ""))
	LookForDirs(ctx, &host, func(*lint.Container) bool { return true })
	host.Blind = slices.DeleteFunc(host.Blind, func(b lint.Blind) bool { return b.What != lint.BlindEngine })

	unknown := map[string]bool{}
	for _, c := range host.Containers {
		if c.DirState == lint.DirNotKnown {
			unknown[c.WorkingDir] = true
		}
	}
	if len(unknown) > 0 {
		why := cmp.Or(host.Engine.DirsElsewhere, "they did not answer in time")
		host.Blind = append(host.Blind, lint.Blind{What: "directories of stacks", Why: why})
	}
	return &host
}

// MovesHere adds to ports that somebody else has how the project here, if there is one that asks for them, gets others: what check
// suggests, and without an engine what it would suggest with one on this machine that has no containers.
func MovesHere(ctx context.Context, w Process, g Flags, uses []lint.PortUse) lint.Sources {
	if held := slices.ContainsFunc(uses, func(u lint.PortUse) bool { return len(u.Holders) > 0 }); !held {
		return nil
	}
	all, ok := projectHere(ctx, w, g)
	if !ok {
		return nil // there is nothing to move
	}
	own := func(u lint.PortUse) bool {
		return len(u.Holders) > 0 && slices.ContainsFunc(all.All[0].Project.Bindings(), func(b *lint.Binding) bool { return b.Proto == u.Proto && b.Contains(u.Port) })
	}
	if !slices.ContainsFunc(uses, own) {
		return nil
	}
	r := Run{Projects: all, Settings: NewSettingsFinder(w.Dir, Overrides{}), Host: all.probeAssumed(ctx)}
	if err := r.applyRules(ctx); err != nil {
		return nil
	}

	for _, f := range r.Results.All {
		for i := range uses {
			u := &uses[i]
			same := f.Owner != nil && f.Binding != nil && f.Binding.Proto == u.Proto && f.Binding.Contains(u.Port)
			if !same {
				continue
			}
			for _, fix := range f.Fixes {
				if known := slices.ContainsFunc(u.Moves, func(m lint.Fix) bool { return m.Title == fix.Title }); len(fix.Moves) > 0 && !known {
					u.Moves = append(u.Moves, fix)
				}
			}
		}
	}
	return all.Sources
}

// projectHere reads the project here; ok is false without one, or without one that Compose takes.
func projectHere(ctx context.Context, w Process, g Flags) (all Projects, ok bool) {
	base, err := g.Options(w, false)
	if err != nil {
		return all, false
	}
	all, err = Load(ctx, w, g, []compose.Options{base})
	return all, err == nil && len(all.All) > 0
}

// FindingsHere are what rules find in the project here and on its machine, by the names of the rules; none without a project that
// Compose takes.
func FindingsHere(ctx context.Context, w Process, g Flags, rules []string) ([]lint.Finding, lint.Sources) {
	all, ok := projectHere(ctx, w, g)
	if !ok {
		return nil, nil
	}
	r, err := Once(ctx, all, NewSettingsFinder(w.Dir, Overrides{}), lint.UpOptions{}, false)
	if err != nil {
		return nil, nil
	}
	other := func(f lint.Finding) bool { return !slices.Contains(rules, f.Rule) }
	return slices.DeleteFunc(slices.Clone(r.Results.All), other), all.Sources
}

// AskNames asks the engine who has the names of containers, and reads the files of the projects that have them.
func AskNames(ctx context.Context, w Process, g Flags, names []string) (*lint.Host, lint.Sources) {
	m := Machine{asked: g.Engine(w, ""), names: map[string]bool{}}
	for _, name := range names {
		m.names[name] = true
	}

	host := dockerapi.Look(ctx, m.asked)
	m.Host = &host
	all := NoProjects(w, g)
	all.locateOthers(ctx, &m)
	startTimes(ctx, &m, func(*lint.Container) bool { return true })
	return &host, all.Sources
}
