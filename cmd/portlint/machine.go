package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// lookAround asks the engine about its containers and this machine's sockets about every port that this `up` of the
// projects wants. What could not be asked is in Host.Blind.
func lookAround(ctx context.Context, w world, g globals, all *loaded, up lint.UpOptions) *lint.Host {
	return lookFor(ctx, w, g, all, func(h *lint.Host) []lint.Endpoint { return h.Wanted(all.models(), up) })
}

// lookNow is lookAround for every port of the projects, whether an `up` would bind it or not.
func lookNow(ctx context.Context, w world, g globals, all *loaded) *lint.Host {
	return lookFor(ctx, w, g, all, func(h *lint.Host) []lint.Endpoint { return h.Published(all.models()) })
}

func lookFor(ctx context.Context, w world, g globals, all *loaded, endpoints func(*lint.Host) []lint.Endpoint) *lint.Host {
	o := dockerapi.Options{Context: g.context, Host: g.host, Env: w.env}
	if len(all.projects) == 1 {
		o.Project = all.projects[0].Project.Name
	}
	host := dockerapi.Look(ctx, o)
	wanted := endpoints(&host)
	dockerapi.Probe(ctx, &host, wanted)
	locateOthers(ctx, w, &host, all, wanted)
	started(ctx, o, &host, wanted, func(c *lint.Container) bool { return !all.has(c.Project) })
	return &host
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

// maxOthers bounds the projects of others that are read for the line of a port.
const maxOthers = 20

// locateOthers finds the lines of the Compose files of other projects that hold a port that is wanted.
func locateOthers(ctx context.Context, w world, host *lint.Host, all *loaded, wanted []lint.Endpoint) {
	read := map[string]*lint.Project{}
	for i := range host.Containers {
		c := &host.Containers[i]
		if c.Project == "" || len(c.ConfigFiles) == 0 || !c.Wants(wanted) {
			continue
		}
		key := c.WorkingDir + "\x00" + strings.Join(c.ConfigFiles, "\x00")
		p, known := read[key]
		if !known && len(read) < maxOthers {
			p = readOther(ctx, w, c, all)
			read[key] = p
		}
		if p != nil {
			c.Locate(p)
		}
	}
}

// readOther reads the project of a container from the files that its labels name, nil when they are not here.
func readOther(ctx context.Context, w world, c *lint.Container, all *loaded) *lint.Project {
	if slices.Contains(c.ConfigFiles, "-") {
		return nil
	}
	l, err := compose.Load(ctx, compose.Options{Dir: c.WorkingDir, ProjectDir: c.WorkingDir, Files: c.ConfigFiles,
		ProjectName: c.Project, Profiles: []string{"*"}, Env: w.env})
	if err != nil {
		return nil
	}
	all.sources.Merge(l.Sources)
	return l.Project
}
