package run

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// Machine is an engine that is asked, and what it and the sockets of its machine said.
type Machine struct {
	Context string // of docker; "" where --context does not name several
	asked   dockerapi.Options
	Host    *lint.Host
	wanted  []lint.Endpoint // that were asked about
	names   map[string]bool // of containers, that this `up` needs
	whole   bool            // all ports were asked about
}

// inTheWay reports whether a container has, or asks for, something that was asked about.
func (m *Machine) inTheWay(c *lint.Container) bool {
	if m.whole {
		return len(c.Bound)+len(c.Wanted) > 0
	}
	return c.Wants(m.wanted) || m.names[c.Name]
}

// machinesOf are the engines that --context names, else the one that docker would ask.
func machinesOf(w Process, g Flags, project string) []Machine {
	if len(g.Contexts) < 2 {
		return []Machine{{asked: g.Engine(w, project)}}
	}
	machines := make([]Machine, len(g.Contexts))
	for i, name := range g.Contexts {
		g.Contexts = []string{name}
		machines[i] = Machine{Context: name, asked: g.Engine(w, project)}
	}
	return machines
}

// ProbeMachine asks the engine about its containers and this machine's sockets about every port that this `up` of the
// projects wants. What could not be asked is in Host.Blind.
func (l *Projects) ProbeMachine(ctx context.Context, up lint.UpOptions) *lint.Host {
	return l.probeMachines(ctx, up)[0].Host
}

// probeMachines is ProbeMachine for every engine that --context names.
func (l *Projects) probeMachines(ctx context.Context, up lint.UpOptions) []Machine {
	return l.probe(ctx, func(m *Machine) { l.need(ctx, m, up) })
}

// probeAssumed is ProbeMachine, and takes this machine for that of an engine that does not answer, where that would be on it.
func (l *Projects) probeAssumed(ctx context.Context) *lint.Host {
	return l.probe(ctx, func(m *Machine) {
		dockerapi.AssumeHere(ctx, m.Host)
		l.need(ctx, m, lint.UpOptions{})
	})[0].Host
}

// need says what an `up` of the projects needs of a machine.
func (l *Projects) need(ctx context.Context, m *Machine, up lint.UpOptions) {
	m.wanted, m.names = m.Host.EndpointsNeeded(l.Models(), up), m.Host.NamesNeeded(l.Models(), up)
	m.Host.Blind = append(m.Host.Blind, m.Host.UnlistedNetworks(l.Models(), up)...)
	dockerapi.LookForVolumes(ctx, m.asked, m.Host, m.Host.ExternalVolumes(l.Models(), up))
}

// ProbeAllPorts is lookAroundEach for every port of the projects, whether an `up` would bind it or not.
func (l *Projects) ProbeAllPorts(ctx context.Context) []Machine {
	return l.probe(ctx, func(m *Machine) { m.wanted = m.Host.Published(l.Models()) })
}

// probe asks all engines at the same time, but tries ports for one after the other: two engines may bind on this machine.
func (l *Projects) probe(ctx context.Context, ask func(*Machine)) []Machine {
	project := ""
	if len(l.All) == 1 {
		project = l.All[0].Project.Name
	}

	machines := machinesOf(l.Process, l.Flags, project)
	atOnce(machines, func(m *Machine) {
		host := dockerapi.Look(ctx, m.asked)
		m.Host = &host
		ask(m)
	})

	for _, m := range machines {
		l.PlaceContainers(ctx, m.Host)
		dockerapi.Probe(ctx, m.Host, m.wanted)
		placeProcesses(ctx, l.Process, m.Host)
		lookForDirs(ctx, l.Process, m.Host, func(c *lint.Container) bool { return c.Wants(m.wanted) })
		l.locateOthers(ctx, &m)
	}

	atOnce(machines, func(m *Machine) {
		startTimes(ctx, l.Process, m, func(c *lint.Container) bool { return !l.owns(c) })
	})
	return machines
}

// atOnce does something with all machines at the same time.
func atOnce(machines []Machine, do func(*Machine)) {
	var all sync.WaitGroup
	for i := range machines {
		all.Go(func() { do(&machines[i]) })
	}
	all.Wait()
}

// HostsOf are the machines that were asked.
func HostsOf(machines []Machine) []*lint.Host {
	hosts := make([]*lint.Host, len(machines))
	for i, m := range machines {
		hosts[i] = m.Host
	}
	return hosts
}

// owns reports whether a container is one of a project that was read.
func (l *Projects) owns(c *lint.Container) bool {
	return slices.ContainsFunc(l.All, func(p compose.Loaded) bool { return p.Project.Name == c.Project && p.Project.Made(c) })
}

// has reports whether a project of that name was read.
func (l *Projects) has(name string) bool {
	return slices.ContainsFunc(l.All, func(p compose.Loaded) bool { return p.Project.Name == name })
}

// startTimes asks since when the chosen containers run that are in the way.
func startTimes(ctx context.Context, w Process, m *Machine, selected func(*lint.Container) bool) {
	var holding []*lint.Container
	for i := range m.Host.Containers {
		if c := &m.Host.Containers[i]; c.Running() && m.inTheWay(c) && selected(c) {
			holding = append(holding, c)
		}
	}
	o := m.asked
	o.Timeout = w.Within(time.Second / 2) // good to know, and decides nothing
	dockerapi.Started(ctx, o, holding)
}

// The bounds of what is read for the line of a port: projects of others, and the time for all of them. Their files may lie
// on a file system that does not answer.
const (
	maxOthers  = 20
	othersTime = 2 * time.Second
)

// locateOthers finds the lines of the Compose files of other projects that hold a port or a name that is wanted.
func (l *Projects) locateOthers(ctx context.Context, m *Machine) {
	ctx, stop := context.WithTimeout(ctx, l.Process.Within(othersTime))
	defer stop()
	read := map[string]*lint.Project{}
	for i := range m.Host.Containers {
		c := &m.Host.Containers[i]
		if c.Project == "" || len(c.ConfigFiles) == 0 || !m.inTheWay(c) {
			continue
		}
		key := c.WorkingDir + "\x00" + strings.Join(c.ConfigFiles, "\x00")
		p, known := read[key]
		if !known && len(read) < maxOthers {
			p = l.ReadProjectOf(ctx, c)
			read[key] = p
		}
		if p != nil {
			c.Locate(p)
		}
	}
}

// ReadProjectOf reads the project of a container from the files that its labels name, nil when they are not here.
func (l *Projects) ReadProjectOf(ctx context.Context, c *lint.Container) *lint.Project {
	if slices.Contains(c.ConfigFiles, "-") {
		return nil
	}
	other, err := LoadInTime(ctx, l.Process, compose.Options{Dir: c.WorkingDir, ProjectDir: c.WorkingDir, Files: withoutMoved(c.ConfigFiles),
		ProjectName: c.Project, Profiles: []string{"*"}, Env: l.Process.Env})
	if err != nil {
		return nil
	}
	l.Sources.Merge(ofOthers(l.Process, other.Sources))
	return other.Project
}

// ofOthers are the texts of a project that nobody asked about. Only its places are told, not its lines, unless it is part of the
// repository from which portlint runs; without one, unless it lies below the working directory.
func ofOthers(w Process, sources lint.Sources) lint.Sources {
	root := cmp.Or(compose.Repository(w.Dir), w.Dir)
	out := lint.Sources{}
	for path, src := range sources {
		shown := *src
		shown.Private = src.Private || !safefile.Inside(root, path)
		out[path] = &shown
	}
	return out
}

// LoadInTime reads a project and gives up when ctx ends. A read that hangs keeps its goroutine until portlint ends.
func LoadInTime(ctx context.Context, w Process, o compose.Options) (compose.Loaded, error) {
	done := make(chan Reading, 1)
	go func() {
		project, err := LoadOne(ctx, w, o)
		done <- Reading{Loaded: project, Err: err}
	}()

	select {
	case r := <-done:
		return r.Loaded, r.Err
	case <-ctx.Done():
		return compose.Loaded{}, ctx.Err()
	}
}
