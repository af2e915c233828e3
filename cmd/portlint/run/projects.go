package run

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

// Projects are the projects that a command works on, in a stable order.
type Projects struct {
	Process Process
	Flags   Flags // that the projects were read with
	All     []compose.Loaded
	Sources lint.Sources
	Took    map[*lint.Project]time.Duration
	Options map[*lint.Project]compose.Options // how each was read
	Failed  []error                           // why projects could not be read
	Unread  []lint.Blind                      // the same for each project, for the report
	Second  SecondReader                      // nil where nobody asks about a second checkout
	group   map[*lint.Project]string          // what the checkouts of one project have in common, of those that AddCheckouts has read
}

// SecondReader reads a project as a second checkout of it would be, on a machine that was asked; nil where none was.
type SecondReader func(ctx context.Context, l compose.Loaded, o compose.Options, host *lint.Host) (lint.SecondCheckout, error)

// Reading is one project that was read, or why it could not be.
type Reading struct {
	compose.Loaded
	Err  error
	took time.Duration
}

// Load reads the projects in parallel. What can't be read does not hide the others: it is in failed.
func Load(ctx context.Context, w Process, g Flags, options []compose.Options) (Projects, error) {
	readings, err := LoadEach(ctx, w, options)
	all := NoProjects(w, g)

	for i, r := range readings {
		if r.Err != nil {
			all.addFailure(r.Err)
			all.Unread = append(all.Unread, lint.Blind{What: nameOf(w, options[i]), Why: r.Err.Error()})
			continue
		}
		all.All = append(all.All, r.Loaded)
		all.Took[r.Project], all.Options[r.Project] = r.took, options[i]
		all.Sources.Merge(r.Sources)
	}

	all.All = find.WithoutParts(all.All)
	return all, err
}

// NoProjects is what a command starts from that asks about a machine, whatever the projects here are.
func NoProjects(w Process, g Flags) Projects {
	return Projects{
		Process: w, Flags: g, Sources: lint.Sources{},
		Took: map[*lint.Project]time.Duration{}, Options: map[*lint.Project]compose.Options{},
	}
}

// AddUnread keeps what the search for projects could not look at: there may be projects.
func (l *Projects) AddUnread(blind []lint.Blind) {
	for _, b := range blind {
		b.What = Relative(l.Process.Dir, b.What)
		l.Unread = append(l.Unread, b)
		l.addFailure(fmt.Errorf("cannot read %q: %s", b.What, b.Why))
	}
}

// addFailure keeps an error, once.
func (l *Projects) addFailure(err error) {
	for _, known := range l.Failed {
		if known.Error() == err.Error() {
			return
		}
	}
	l.Failed = append(l.Failed, err)
}

// LoadEach reads at most as many projects at once as there are processors, and fails only when it was stopped.
func LoadEach(ctx context.Context, w Process, options []compose.Options) ([]Reading, error) {
	readings := make([]Reading, len(options))
	var done atomic.Int64
	defer startProgress(w, len(options), &done)()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, o := range options {
		group.Go(func() error {
			start := time.Now()
			project, err := LoadOne(ctx, w, o)
			readings[i] = Reading{project, err, time.Since(start)}
			done.Add(1)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("stopped while reading %s: %w", Count(len(options), "project"), err)
	}
	return readings, nil
}

// LoadOne reads one project. A panic of compose-go on a strange file costs that project alone.
func LoadOne(ctx context.Context, w Process, o compose.Options) (project compose.Loaded, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("cannot read %q: the Compose parser broke down, please report this: %v", nameOf(w, o), v)
		}
	}()
	return compose.Load(ctx, o)
}

// nameOf is what people call a project that can't be read: its first file, else its directory.
func nameOf(w Process, o compose.Options) string {
	if len(o.Files) > 0 {
		return Relative(w.Dir, o.Files[0])
	}
	return Relative(w.Dir, o.Dir)
}

// Models are the projects as the rules see them.
func (l *Projects) Models() []*lint.Project {
	models := make([]*lint.Project, len(l.All))
	for i, p := range l.All {
		models[i] = p.Project
	}
	return models
}

// HostPorts are all fixed host ports of the projects.
func (l *Projects) HostPorts() map[uint16]bool {
	ports := map[uint16]bool{}
	for _, p := range l.Models() {
		for _, b := range p.Bindings() {
			for port := range b.All() {
				ports[port] = true
			}
		}
	}

	return ports
}

// Blind lists what could not be looked at in any project.
func (l *Projects) Blind() []lint.Blind {
	all := slices.Clone(l.Unread)
	for _, p := range l.All {
		all = append(all, p.Project.Blind...)
	}
	return all
}

// Refused says why Compose would not take the projects as they are, nil when it would.
func (l *Projects) Refused() error {
	why := []error{l.defects()}
	for _, p := range l.Models() {
		for _, i := range p.Invalid {
			why = append(why, fmt.Errorf("%sthis port of %q is refused: %s", l.place(i.Span), i.Service, i.Reason))
		}
	}

	return errors.Join(why...)
}

// defects are what of the projects Compose refuses as a whole, nil for nothing.
func (l *Projects) defects() error {
	var why []error
	for _, p := range l.Models() {
		for _, d := range p.Defects {
			why = append(why, fmt.Errorf("%sdocker compose refuses this project: %s", l.place(d.Span), d.Reason))
		}
	}
	return errors.Join(why...)
}

// place writes the beginning of a span as "FILE:LINE: ", "" when it is not known.
func (l *Projects) place(s lint.Span) string {
	if !s.Known() {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", Relative(l.Process.Dir, s.File), l.Sources.Position(s.File, s.Start).Line)
}

// Count writes "1 port", "2 ports".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
