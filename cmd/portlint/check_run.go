package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// check reads the projects, applies the rules and prints what they found.
func check(ctx context.Context, w world, g globals, o checkFlags, paths []string) error {
	plan, err := o.plan(w)
	if err != nil {
		return err
	}
	sf := newSettingsFor(w.dir, plan.flags)
	targets, err := plan.targets(ctx, w, g, sf, paths)
	if err != nil {
		return err
	}
	all, err := load(ctx, w, targets.Projects)
	if err != nil {
		return err
	}
	all.miss(w, targets.Blind)
	if len(all.projects) == 0 && len(all.failed) > 0 {
		return errors.Join(all.failed...)
	}
	started := time.Now()
	owned, err := own(all, sf)
	if err != nil {
		return err
	}
	found := decide(all.models(), owned)
	if plan.verbose {
		explainRun(w, all, owned, time.Since(started))
	}
	return plan.finish(w, all, found)
}

// targets finds the projects to read and says what was passed over.
func (p *checkPlan) targets(ctx context.Context, w world, g globals, sf *settingsFor, paths []string) (compose.Found, error) {
	base, err := g.options(w, p.static)
	if err != nil {
		return compose.Found{}, err
	}
	found, err := find(ctx, base, paths, sf.excludes)
	if err != nil {
		return found, err
	}
	if !p.quiet {
		for _, note := range found.Notes {
			say(w.stderr, "%s", note)
		}
	}
	return found, nil
}

// finish prints the report in every format and turns the outcome into an exit code.
func (p *checkPlan) finish(w world, all loaded, found decision) error {
	blind := append(all.blind(), p.unasked()...)
	r := report.Report{
		Version: w.version, Dir: w.dir, Root: repository(w.dir), Projects: all.models(), Findings: found.findings,
		Suppressed: found.suppressed, NotChecked: blind, Sources: all.sources,
		Verdict: verdict(all.models(), blind), Color: p.color, Quiet: p.quiet, Width: width(w.stdout),
	}
	for _, o := range p.outputs {
		if err := o.write(w, r); err != nil {
			return err
		}
	}
	switch {
	case len(all.failed) > 0:
		return errors.Join(all.failed...)
	case found.fails:
		return errFindings
	}
	return nil
}

// unasked are the blind spots of a run that reads files only but was asked about this machine.
func (p *checkPlan) unasked() []lint.Blind {
	if p.static {
		return nil
	}
	const why = "only files are read"
	return []lint.Blind{{What: "engine", Why: why}, {What: "sockets", Why: why}}
}

// explainRun says what was looked at and how long it took.
func explainRun(w world, all loaded, owned ownership, deciding time.Duration) {
	for _, p := range all.projects {
		var files []string
		for _, f := range p.Project.Files {
			files = append(files, relative(w.dir, f))
		}
		say(w.stderr, "project %s: %s, %s: read %s in %s", p.Project.Name,
			count(len(p.Project.Services), "service"), count(len(p.Project.Bindings()), "port"),
			strings.Join(files, ", "), all.took[p.Project].Round(time.Microsecond))
	}
	for _, s := range owned.all {
		if s.file != "" {
			say(w.stderr, "settings from %s", relative(w.dir, s.file))
		}
	}
	say(w.stderr, "%s decided in %s", count(len(lint.Rules), "rule"), deciding.Round(time.Microsecond))
}
