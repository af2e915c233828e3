package main

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

// machine is an engine that is asked, and what it and the sockets of its machine said.
type machine struct {
	context string // of docker; "" where --context does not name several
	asked   dockerapi.Options
	host    *lint.Host
	wanted  []lint.Endpoint // that were asked about
}

// machinesOf are the engines that --context names, else the one that docker would ask.
func machinesOf(w world, g globals, project string) []machine {
	if len(g.contexts) < 2 {
		return []machine{{asked: g.engine(w, project)}}
	}
	machines := make([]machine, len(g.contexts))
	for i, name := range g.contexts {
		g.contexts = []string{name}
		machines[i] = machine{context: name, asked: g.engine(w, project)}
	}
	return machines
}

// lookAround asks the engine about its containers and this machine's sockets about every port that this `up` of the
// projects wants. What could not be asked is in Host.Blind.
func (l *loaded) lookAround(ctx context.Context, up lint.UpOptions) *lint.Host {
	return l.lookAroundEach(ctx, up)[0].host
}

// lookAroundEach is lookAround for every engine that --context names.
func (l *loaded) lookAroundEach(ctx context.Context, up lint.UpOptions) []machine {
	return l.lookFor(ctx, func(h *lint.Host) []lint.Endpoint { return h.EndpointsNeeded(l.models(), up) })
}

// lookNow is lookAroundEach for every port of the projects, whether an `up` would bind it or not.
func (l *loaded) lookNow(ctx context.Context) []machine {
	return l.lookFor(ctx, func(h *lint.Host) []lint.Endpoint { return h.Published(l.models()) })
}

// lookFor asks all engines at the same time, but tries ports for one after the other: two engines may bind on this machine.
func (l *loaded) lookFor(ctx context.Context, endpoints func(*lint.Host) []lint.Endpoint) []machine {
	project := ""
	if len(l.projects) == 1 {
		project = l.projects[0].Project.Name
	}

	machines := machinesOf(l.process, l.flags, project)
	atOnce(machines, func(m *machine) {
		host := dockerapi.Look(ctx, m.asked)
		m.host, m.wanted = &host, endpoints(&host)
	})

	for _, m := range machines {
		l.placeContainers(ctx, m.host)
		dockerapi.Probe(ctx, m.host, m.wanted)
		l.locateOthers(ctx, m.host, m.wanted)
	}

	atOnce(machines, func(m *machine) {
		started(ctx, m.asked, m.host, m.wanted, func(c *lint.Container) bool { return !l.owns(c) })
	})
	return machines
}

// atOnce does something with all machines at the same time.
func atOnce(machines []machine, do func(*machine)) {
	var all sync.WaitGroup
	for i := range machines {
		all.Go(func() { do(&machines[i]) })
	}
	all.Wait()
}

// hostsOf are the machines that were asked.
func hostsOf(machines []machine) []*lint.Host {
	hosts := make([]*lint.Host, len(machines))
	for i, m := range machines {
		hosts[i] = m.host
	}
	return hosts
}

// owns reports whether a container is one of a project that was read.
func (l *loaded) owns(c *lint.Container) bool {
	return slices.ContainsFunc(l.projects, func(p compose.Loaded) bool { return p.Project.Name == c.Project && p.Project.Made(c) })
}

// has reports whether a project of that name was read.
func (l *loaded) has(name string) bool {
	return slices.ContainsFunc(l.projects, func(p compose.Loaded) bool { return p.Project.Name == name })
}

// started asks since when the chosen containers run that have one of the endpoints.
func started(ctx context.Context, o dockerapi.Options, host *lint.Host, wanted []lint.Endpoint, chosen func(*lint.Container) bool) {
	var holding []*lint.Container
	for i := range host.Containers {
		if c := &host.Containers[i]; c.Running() && c.Wants(wanted) && chosen(c) {
			holding = append(holding, c)
		}
	}
	o.Timeout = time.Second / 2 // good to know, and decides nothing
	dockerapi.Started(ctx, o, holding)
}

// The bounds of what is read for the line of a port: projects of others, and the time for all of them. Their files may lie
// on a file system that does not answer.
const (
	maxOthers  = 20
	othersTime = 2 * time.Second
)

// locateOthers finds the lines of the Compose files of other projects that hold a port that is wanted.
func (l *loaded) locateOthers(ctx context.Context, host *lint.Host, wanted []lint.Endpoint) {
	ctx, stop := context.WithTimeout(ctx, othersTime)
	defer stop()
	read := map[string]*lint.Project{}
	for i := range host.Containers {
		c := &host.Containers[i]
		if c.Project == "" || len(c.ConfigFiles) == 0 || !c.Wants(wanted) {
			continue
		}
		key := c.WorkingDir + "\x00" + strings.Join(c.ConfigFiles, "\x00")
		p, known := read[key]
		if !known && len(read) < maxOthers {
			p = l.readOther(ctx, c)
			read[key] = p
		}
		if p != nil {
			c.Locate(p)
		}
	}
}

// readOther reads the project of a container from the files that its labels name, nil when they are not here.
func (l *loaded) readOther(ctx context.Context, c *lint.Container) *lint.Project {
	if slices.Contains(c.ConfigFiles, "-") {
		return nil
	}
	other, err := loadInTime(ctx, l.process, compose.Options{Dir: c.WorkingDir, ProjectDir: c.WorkingDir, Files: withoutMoved(c.ConfigFiles),
		ProjectName: c.Project, Profiles: []string{"*"}, Env: l.process.env})
	if err != nil {
		return nil
	}
	l.sources.Merge(ofOthers(l.process, other.Sources))
	return other.Project
}

// ofOthers are the texts of a project that nobody asked about. Only its places are told, not its lines, unless it is part of the
// repository from which portlint runs; without one, unless it lies below the working directory.
func ofOthers(w world, sources lint.Sources) lint.Sources {
	root := cmp.Or(compose.Repository(w.dir), w.dir)
	out := lint.Sources{}
	for path, src := range sources {
		shown := *src
		shown.Private = src.Private || !safefile.Inside(root, path)
		out[path] = &shown
	}
	return out
}

// loadInTime reads a project and gives up when ctx ends. A read that hangs keeps its goroutine until portlint ends.
func loadInTime(ctx context.Context, w world, o compose.Options) (compose.Loaded, error) {
	done := make(chan reading, 1)
	go func() {
		project, err := loadOne(ctx, w, o)
		done <- reading{Loaded: project, err: err}
	}()

	select {
	case r := <-done:
		return r.Loaded, r.err
	case <-ctx.Done():
		return compose.Loaded{}, ctx.Err()
	}
}
