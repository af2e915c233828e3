package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
)

// loaded are the projects that a command works on, in a stable order.
type loaded struct {
	process  world
	flags    globals // that the projects were read with
	projects []compose.Loaded
	sources  lint.Sources
	took     map[*lint.Project]time.Duration
	options  map[*lint.Project]compose.Options // how each was read
	failed   []error                           // why projects could not be read
	unread   []lint.Blind                      // the same for each project, for the report
}

// reading is one project that was read, or why it could not be.
type reading struct {
	compose.Loaded
	err  error
	took time.Duration
}

// load reads the projects in parallel. What can't be read does not hide the others: it is in failed.
func load(ctx context.Context, w world, g globals, options []compose.Options) (loaded, error) {
	readings, err := readAll(ctx, w, options)
	all := noProjects(w, g)

	for i, r := range readings {
		if r.err != nil {
			all.fail(r.err)
			all.unread = append(all.unread, lint.Blind{What: nameOf(w, options[i]), Why: r.err.Error()})
			continue
		}
		all.projects = append(all.projects, r.Loaded)
		all.took[r.Project], all.options[r.Project] = r.took, options[i]
		all.sources.Merge(r.Sources)
	}

	all.projects = find.WithoutParts(all.projects)
	return all, err
}

// noProjects is what a command starts from that asks about a machine, whatever the projects here are.
func noProjects(w world, g globals) loaded {
	return loaded{
		process: w, flags: g, sources: lint.Sources{},
		took: map[*lint.Project]time.Duration{}, options: map[*lint.Project]compose.Options{},
	}
}

// miss keeps what the search for projects could not look at: there may be projects.
func (l *loaded) miss(blind []lint.Blind) {
	for _, b := range blind {
		b.What = relative(l.process.dir, b.What)
		l.unread = append(l.unread, b)
		l.fail(fmt.Errorf("cannot read %q: %s", b.What, b.Why))
	}
}

// fail keeps an error, once.
func (l *loaded) fail(err error) {
	for _, known := range l.failed {
		if known.Error() == err.Error() {
			return
		}
	}
	l.failed = append(l.failed, err)
}

// readAll reads at most as many projects at once as there are processors, and fails only when it was stopped.
func readAll(ctx context.Context, w world, options []compose.Options) ([]reading, error) {
	readings := make([]reading, len(options))
	var done atomic.Int64
	defer startProgress(w, len(options), &done)()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, o := range options {
		group.Go(func() error {
			start := time.Now()
			project, err := loadOne(ctx, w, o)
			readings[i] = reading{project, err, time.Since(start)}
			done.Add(1)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("stopped while reading %s: %w", count(len(options), "project"), err)
	}
	return readings, nil
}

// loadOne reads one project. A panic of compose-go on a strange file costs that project alone.
func loadOne(ctx context.Context, w world, o compose.Options) (project compose.Loaded, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("cannot read %q: the Compose parser broke down, please report this: %v", nameOf(w, o), v)
		}
	}()
	return compose.Load(ctx, o)
}

// nameOf is what people call a project that can't be read: its first file, else its directory.
func nameOf(w world, o compose.Options) string {
	if len(o.Files) > 0 {
		return relative(w.dir, o.Files[0])
	}
	return relative(w.dir, o.Dir)
}

// models are the projects as the rules see them.
func (l *loaded) models() []*lint.Project {
	models := make([]*lint.Project, len(l.projects))
	for i, p := range l.projects {
		models[i] = p.Project
	}
	return models
}

// ports are all fixed host ports of the projects.
func (l *loaded) ports() map[uint16]bool {
	ports := map[uint16]bool{}
	for _, p := range l.models() {
		for _, b := range p.Bindings() {
			for port := range b.All() {
				ports[port] = true
			}
		}
	}
	return ports
}

// blind lists what could not be looked at in any project.
func (l *loaded) blind() []lint.Blind {
	all := slices.Clone(l.unread)
	for _, p := range l.projects {
		all = append(all, p.Project.Blind...)
	}
	return all
}

// refused says why Compose would not take the projects as they are, nil when it would.
func (l *loaded) refused() error {
	var why []error
	for _, p := range l.models() {
		for _, d := range p.Defects {
			why = append(why, fmt.Errorf("%sdocker compose refuses this project: %s", l.place(d.Span), d.Reason))
		}
		for _, i := range p.Invalid {
			why = append(why, fmt.Errorf("%sthis port of %q is refused: %s", l.place(i.Span), i.Service, i.Reason))
		}
	}
	return errors.Join(why...)
}

// place writes the beginning of a span as "FILE:LINE: ", "" when it is not known.
func (l *loaded) place(s lint.Span) string {
	if !s.Known() {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", relative(l.process.dir, s.File), l.sources.Position(s.File, s.Start).Line)
}

// count writes "1 port", "2 ports".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
