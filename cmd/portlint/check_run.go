package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// check reads the projects, applies the rules and prints what they found.
func check(ctx context.Context, w run.Process, g run.Flags, o checkFlags, paths []string) error {
	plan, err := o.plan(w)
	if err != nil {
		return err
	}

	sf := run.NewSettingsFinder(w.Dir, plan.flags)
	sf.Confined = plan.static
	targets, err := plan.targets(ctx, w, g, sf, paths)
	if err != nil {
		return err
	}

	all, err := run.Load(ctx, w, g, targets.Projects)
	if err != nil {
		return err
	}
	all.AddUnread(targets.Blind)
	if plan.twice {
		all.Second = plan.second(w)
	}
	if !plan.quiet {
		all.LogParts()
	}
	if len(all.All) == 0 && len(all.Failed) > 0 {
		return errors.Join(all.Failed...)
	}

	each, err := run.OnEachMachine(ctx, all, sf, plan.up(), plan.static)
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil: // what was not looked at would pass
		return run.ErrInterrupt
	}

	if plan.verbose {
		explainRun(w, each)
	}
	if !plan.quiet {
		logMoved(each)
	}
	if plan.changes() {
		return newFixRun(w, g, plan, sf, each[0]).run(ctx)
	}
	return plan.finish(w, each...)
}

// targets finds the projects to read and says what was passed over.
func (p *checkPlan) targets(ctx context.Context, w run.Process, g run.Flags, sf *run.SettingsFinder, paths []string) (find.Found, error) {
	base, err := g.Options(w, p.static)
	if err == nil && p.changes() {
		err = g.OneEngine(p.name())
	}
	if err != nil {
		return find.Found{}, err
	}

	base.NoEnvFile, base.Unedited = p.stack, !p.changes()
	found, err := run.FindProjects(ctx, base, paths, sf.Excludes)
	if err != nil {
		return found, err
	}
	if !p.quiet {
		for _, note := range found.Notes {
			run.Logf(w.Stderr, "%s", note)
		}
	}
	return found, nil
}

// finish prints the report in every format and turns the outcome into an exit code. each is one run for every machine
// that was asked, on the same projects.
func (p *checkPlan) finish(w run.Process, each ...run.Run) error {
	now := run.AcrossEngines(each)
	engines := run.EnginesOf(each)
	r := report.Report{
		Asked: w.Now(), Version: w.Version, Dir: w.Dir, Root: compose.Repository(w.Dir), Projects: now.Projects.Models(), Findings: lint.OncePerProject(now.Results.Findings),
		Suppressed: len(now.Results.Suppressed), Shared: each[0].Results.Shared(), NotChecked: run.BlindOf(each), Sources: now.Projects.Sources,
		Verdict: report.Worst(engines), Command: p.command(), Color: p.color, Quiet: p.quiet, Width: run.Width(w.Stdout),
	}
	if p.twice {
		r.Twice = &report.Twice{Verdict: verdictTwice(each), Shared: each[0].Results.SharedNames()}
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
	case len(now.Projects.Failed) > 0:
		return errors.Join(now.Projects.Failed...)
	case p.missing(each) != nil:
		return p.missing(each)
	case now.Results.Fails(&now.SettingsByFile):
		return run.ErrFindings
	}

	return nil
}

// up is what is asked about.
func (p *checkPlan) up() lint.UpOptions { return lint.UpOptions{Stack: p.stack} }

// second reads second checkouts.
func (p *checkPlan) second(w run.Process) run.SecondReader {
	return func(ctx context.Context, l compose.Loaded, o compose.Options, host *lint.Host) (lint.SecondCheckout, error) {
		return relocate.ReadSecond(ctx, w, l, o, host)
	}
}

// verdictTwice is the answer about second checkouts on all machines.
func verdictTwice(each []run.Run) lint.Verdict {
	worst := lint.VerdictClear
	for i := range each {
		worst = lint.WorstVerdict(worst, each[i].VerdictTwice())
	}
	return worst
}

// command names it where it is not `docker compose up`.
func (p *checkPlan) command() string {
	if p.stack {
		return "docker stack deploy"
	}
	return ""
}

// missing is the failure of a probe that --require names, the first one on each machine.
func (p *checkPlan) missing(each []run.Run) error {
	var failed []error
	for _, o := range each {
		failed = append(failed, p.missingOn(o))
	}
	return errors.Join(failed...)
}

func (p *checkPlan) missingOn(o run.Run) error {
	for _, name := range p.require {
		if o.Host == nil {
			return fmt.Errorf("--require %s: --static asks nothing of this machine", name)
		}
		for _, b := range o.Host.Blind {
			if b.What == name {
				return fmt.Errorf("--require %s: %s%s", name, run.OnEngine(o.Context), b.Why)
			}
		}
	}

	return nil
}

// logMoved says what runs on other ports than the files say, because an earlier run gave it those.
func logMoved(each []run.Run) {
	var hosts []*lint.Host
	for _, o := range each {
		if o.Host != nil {
			hosts = append(hosts, o.Host)
		}
	}
	if len(hosts) > 0 {
		up.LogPreviousMoves(&each[0].Projects, hosts...)
	}
}

// explainRun says what was looked at and how long it took.
func explainRun(w run.Process, each []run.Run) {
	now := each[0]
	for _, p := range now.Projects.All {
		var files []string
		for _, f := range p.Project.Files {
			files = append(files, run.Relative(w.Dir, f))
		}
		run.Logf(w.Stderr, "project %s: %s, %s: read %s in %s", p.Project.Label(),
			run.Count(len(p.Project.Services), "service"), run.Count(len(p.Project.Bindings()), "port"),
			strings.Join(files, ", "), now.Projects.Took[p.Project].Round(time.Microsecond))
	}

	for _, o := range each {
		if host := o.Host; host != nil && host.Engine.Version != "" {
			run.Logf(w.Stderr, "%sengine %s %s at %s: %s; %s tried", run.OnEngine(o.Context), host.Engine.Name, host.Engine.Version, host.Engine.Endpoint,
				run.Count(len(host.Containers), "container"), run.Count(len(host.Probes), "endpoint"))
		}
	}

	for _, s := range now.SettingsByFile.All {
		if s.File != "" {
			run.Logf(w.Stderr, "settings from %s", run.Relative(w.Dir, s.File))
		}
	}

	for _, o := range each {
		run.Logf(w.Stderr, "%s%s decided in %s", run.OnEngine(o.Context), run.Count(len(lint.Rules), "rule"), o.Took.Round(time.Microsecond))
		run.LogPassedOver(w, o)
	}
}
