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
	recoverWrites(w)
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
	now, err := plan.look(ctx, w, g, sf, all)
	if err != nil {
		return err
	}
	if plan.verbose {
		explainRun(w, now)
	}
	if plan.fix {
		return newRepair(w, g, plan, sf, now).run(ctx)
	}
	return plan.finish(ctx, w, now)
}

// outlook is what a run knows: the projects, the machine, and what the rules say of both.
type outlook struct {
	all   loaded
	host  *lint.Host // nil in --static
	owned ownership
	found decision
	taken map[uint16]string // ports that no suggestion takes, with who has them
	took  time.Duration     // by the rules
}

// look asks the machine about the projects and applies the rules.
func (p *checkPlan) look(ctx context.Context, w world, g globals, sf *settingsFor, all loaded) (outlook, error) {
	o := outlook{all: all}
	if !p.static {
		o.host = lookAround(ctx, w, g, &o.all, p.up())
	}
	if p.stack && o.host != nil {
		o.host.NeedSwarm()
	}
	started := time.Now()
	var err error
	if o.owned, err = own(o.all, sf); err != nil {
		return o, err
	}
	o.owned.up = p.up()
	o.settle(ctx, w, sf)
	o.took = time.Since(started)
	return o, nil
}

// targets finds the projects to read and says what was passed over.
func (p *checkPlan) targets(ctx context.Context, w world, g globals, sf *settingsFor, paths []string) (compose.Found, error) {
	base, err := g.options(w, p.static)
	if err != nil {
		return compose.Found{}, err
	}
	base.NoEnvFile = p.stack
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
func (p *checkPlan) finish(ctx context.Context, w world, now outlook) error {
	blind := now.all.blind()
	verdict := lint.Verdict(now.all.models(), now.host, p.up(), blind)
	if now.host != nil {
		blind = append(blind, now.host.Blind...)
	}
	r := report.Report{
		Version: w.version, Dir: w.dir, Root: compose.Repository(w.dir), Projects: now.all.models(), Findings: now.found.findings,
		Suppressed: now.found.suppressed, NotChecked: blind, Sources: now.all.sources,
		Verdict: report.Verdict(verdict), Command: p.command(), Color: p.color, Quiet: p.quiet, Width: width(w.stdout),
	}
	if !p.stack { // --fix is for `up`
		r.Fixable = p.fixable(ctx, w, now)
	}
	for _, o := range p.outputs {
		if err := o.write(w, r); err != nil {
			return err
		}
	}
	switch {
	case len(now.all.failed) > 0:
		return errors.Join(now.all.failed...)
	case p.missing(now.host) != nil:
		return p.missing(now.host)
	case now.found.fails:
		return errFindings
	}
	return nil
}

// up is what is asked about.
func (p *checkPlan) up() lint.UpOptions { return lint.UpOptions{Stack: p.stack} }

// command names it where it is not `docker compose up`.
func (p *checkPlan) command() string {
	if p.stack {
		return "docker stack deploy"
	}
	return ""
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
func explainRun(w world, now outlook) {
	for _, p := range now.all.projects {
		var files []string
		for _, f := range p.Project.Files {
			files = append(files, relative(w.dir, f))
		}
		say(w.stderr, "project %s: %s, %s: read %s in %s", p.Project.Name,
			count(len(p.Project.Services), "service"), count(len(p.Project.Bindings()), "port"),
			strings.Join(files, ", "), now.all.took[p.Project].Round(time.Microsecond))
	}
	if host := now.host; host != nil && host.Engine.Version != "" {
		say(w.stderr, "engine %s %s at %s: %s; %s tried", host.Engine.Name, host.Engine.Version, host.Engine.Endpoint,
			count(len(host.Containers), "container"), count(len(host.Probes), "endpoint"))
	}
	for _, s := range now.owned.all {
		if s.file != "" {
			say(w.stderr, "settings from %s", relative(w.dir, s.file))
		}
	}
	say(w.stderr, "%s decided in %s", count(len(lint.Rules), "rule"), now.took.Round(time.Microsecond))
	explainPassed(w, now.found)
}
