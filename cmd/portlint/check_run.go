package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
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
	sf.confined = plan.static
	targets, err := plan.targets(ctx, w, g, sf, paths)
	if err != nil {
		return err
	}
	all, err := load(ctx, w, g, targets.Projects)
	if err != nil {
		return err
	}
	all.miss(targets.Blind)
	if !plan.quiet {
		all.sayParts()
	}
	if len(all.projects) == 0 && len(all.failed) > 0 {
		return errors.Join(all.failed...)
	}
	each, err := runOnEach(ctx, all, sf, plan.up(), plan.static)
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil: // what was not looked at would pass
		return errInterrupt
	}
	if plan.verbose {
		explainRun(w, each)
	}
	if !plan.quiet {
		sayMoved(each)
	}
	if plan.fix {
		return newRepair(w, g, plan, sf, each[0]).run(ctx)
	}
	return plan.finish(w, each...)
}

// targets finds the projects to read and says what was passed over.
func (p *checkPlan) targets(ctx context.Context, w world, g globals, sf *settingsFor, paths []string) (find.Found, error) {
	base, err := g.options(w, p.static)
	if err == nil && p.fix {
		err = g.oneEngine("--fix")
	}
	if err != nil {
		return find.Found{}, err
	}
	base.NoEnvFile = p.stack
	found, err := findProjects(ctx, base, paths, sf.excludes)
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

// finish prints the report in every format and turns the outcome into an exit code. each is one outlook for every machine
// that was asked, on the same projects.
func (p *checkPlan) finish(w world, each ...outlook) error {
	now := acrossEngines(each)
	engines := enginesOf(each)
	r := report.Report{
		Version: w.version, Dir: w.dir, Root: compose.Repository(w.dir), Projects: now.all.models(), Findings: lint.OncePerProject(now.found.findings),
		Suppressed: len(now.found.suppressed), Shared: each[0].found.shared(), NotChecked: blindOf(each), Sources: now.all.sources,
		Verdict: report.Worst(engines), Command: p.command(), Color: p.color, Quiet: p.quiet, Width: width(w.stdout),
	}
	if len(each) > 1 {
		r.Engines = engines
	} else if !p.stack { // --fix is for `up` on one machine
		r.Fixable = p.fixable(now)
	}
	for _, o := range p.outputs {
		if err := o.write(w, r); err != nil {
			return err
		}
	}
	switch {
	case len(now.all.failed) > 0:
		return errors.Join(now.all.failed...)
	case p.missing(each) != nil:
		return p.missing(each)
	case now.found.fails(&now.owned):
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

// missing is the failure of a probe that --require names, the first one on each machine.
func (p *checkPlan) missing(each []outlook) error {
	var failed []error
	for _, o := range each {
		failed = append(failed, p.missingOn(o))
	}
	return errors.Join(failed...)
}

func (p *checkPlan) missingOn(o outlook) error {
	for _, name := range p.require {
		if o.host == nil {
			return fmt.Errorf("--require %s: --static asks nothing of this machine", name)
		}
		for _, b := range o.host.Blind {
			if b.What == name {
				return fmt.Errorf("--require %s: %s%s", name, onEngine(o.context), b.Why)
			}
		}
	}
	return nil
}

// sayMoved says what runs on other ports than the files say, because an earlier run gave it those.
func sayMoved(each []outlook) {
	var hosts []*lint.Host
	for _, o := range each {
		if o.host != nil {
			hosts = append(hosts, o.host)
		}
	}
	if len(hosts) > 0 {
		sayEarlierOf(&each[0].all, hosts...)
	}
}

// explainRun says what was looked at and how long it took.
func explainRun(w world, each []outlook) {
	now := each[0]
	for _, p := range now.all.projects {
		var files []string
		for _, f := range p.Project.Files {
			files = append(files, relative(w.dir, f))
		}
		say(w.stderr, "project %s: %s, %s: read %s in %s", p.Project.Label(),
			count(len(p.Project.Services), "service"), count(len(p.Project.Bindings()), "port"),
			strings.Join(files, ", "), now.all.took[p.Project].Round(time.Microsecond))
	}
	for _, o := range each {
		if host := o.host; host != nil && host.Engine.Version != "" {
			say(w.stderr, "%sengine %s %s at %s: %s; %s tried", onEngine(o.context), host.Engine.Name, host.Engine.Version, host.Engine.Endpoint,
				count(len(host.Containers), "container"), count(len(host.Probes), "endpoint"))
		}
	}
	for _, s := range now.owned.all {
		if s.file != "" {
			say(w.stderr, "settings from %s", relative(w.dir, s.file))
		}
	}
	for _, o := range each {
		say(w.stderr, "%s%s decided in %s", onEngine(o.context), count(len(lint.Rules), "rule"), o.took.Round(time.Microsecond))
		explainPassed(w, o)
	}
}
