package main

import (
	"context"
	"errors"
	"fmt"
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
	var host *lint.Host
	if !plan.static {
		host = lookAround(ctx, w, g, &all, lint.UpOptions{})
	}
	started := time.Now()
	owned, err := own(all, sf)
	if err != nil {
		return err
	}
	found := decide(all.models(), host, owned)
	if plan.verbose {
		explainRun(w, all, host, owned, time.Since(started))
	}
	return plan.finish(w, all, host, found)
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
func (p *checkPlan) finish(w world, all loaded, host *lint.Host, found decision) error {
	blind := all.blind()
	verdict := lint.Verdict(all.models(), host, lint.UpOptions{}, blind)
	if host != nil {
		blind = append(blind, host.Blind...)
	}
	r := report.Report{
		Version: w.version, Dir: w.dir, Root: repository(w.dir), Projects: all.models(), Findings: found.findings,
		Suppressed: found.suppressed, NotChecked: blind, Sources: all.sources,
		Verdict: report.Verdict(verdict), Color: p.color, Quiet: p.quiet, Width: width(w.stdout),
	}
	for _, o := range p.outputs {
		if err := o.write(w, r); err != nil {
			return err
		}
	}
	switch {
	case len(all.failed) > 0:
		return errors.Join(all.failed...)
	case p.missing(host) != nil:
		return p.missing(host)
	case found.fails:
		return errFindings
	}
	return nil
}

// missing is the failure of a probe that --require names.
func (p *checkPlan) missing(host *lint.Host) error {
	for _, name := range p.require {
		if host == nil {
			return fmt.Errorf("--require %s: --static asks nothing of this machine", name)
		}
		for _, b := range host.Blind {
			if b.What == name {
				return fmt.Errorf("--require %s: %s", name, b.Why)
			}
		}
	}
	return nil
}

// explainRun says what was looked at and how long it took.
func explainRun(w world, all loaded, host *lint.Host, owned ownership, deciding time.Duration) {
	for _, p := range all.projects {
		var files []string
		for _, f := range p.Project.Files {
			files = append(files, relative(w.dir, f))
		}
		say(w.stderr, "project %s: %s, %s: read %s in %s", p.Project.Name,
			count(len(p.Project.Services), "service"), count(len(p.Project.Bindings()), "port"),
			strings.Join(files, ", "), all.took[p.Project].Round(time.Microsecond))
	}
	if host != nil && host.Engine.Version != "" {
		say(w.stderr, "engine %s %s at %s: %s; %s tried", host.Engine.Name, host.Engine.Version, host.Engine.Endpoint,
			count(len(host.Containers), "container"), count(len(host.Probes), "endpoint"))
	}
	for _, s := range owned.all {
		if s.file != "" {
			say(w.stderr, "settings from %s", relative(w.dir, s.file))
		}
	}
	say(w.stderr, "%s decided in %s", count(len(lint.Rules), "rule"), deciding.Round(time.Microsecond))
}
