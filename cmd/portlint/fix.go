package main

import (
	"context"
	"errors"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// fixable counts the shown findings for which a run with more flags would try a fix. Nothing is proved here: that costs
// many times what the findings cost, and --fix does it before it writes. What it surely refuses is not counted.
func (p *checkPlan) fixable(now run.Run) report.Fixable {
	var n report.Fixable
	files := run.WritableFiles{}
	for _, f := range now.Results.Findings {
		tries := func(s lint.Safety) bool {
			return slices.ContainsFunc(f.Fixes, func(fix lint.Fix) bool { return fix.Safety == s && files.All(fix) })
		}
		switch {
		case !p.fix && tries(lint.Safe):
			n.Safe++
		case !p.unsafe && tries(lint.Unsafe):
			n.Unsafe++
		}
	}
	return n
}

// The bounds of --fix: rounds, each of which mends what the one before uncovered, and the times that one round is decided
// again because a port that it would have given was not free.
const (
	maxFixRounds = 10
	maxFixTries  = 20
)

// fixRun is one run of --fix: it decides, has the fixes proved, reads the projects as they would be, and so on until
// nothing more applies. Then it writes, once.
type fixRun struct {
	run.Process
	run.Flags
	plan     checkPlan
	settings *run.SettingsFinder

	fixes        *relocate.Fixes
	first        run.Run // without any change
	now          run.Run // with all changes so far
	made         []applied
	left         []edit.Refused // by the last round
	unwritable   map[string]error
	otherReaders []edit.Target // the others of the last round
}

// applied is a fix with what was known before it.
type applied struct {
	edit.Made
	before run.Run
	others []edit.Target // that read a file of the round
}

func newFixRun(w run.Process, g run.Flags, plan checkPlan, sf *run.SettingsFinder, now run.Run) *fixRun {
	return &fixRun{Process: w, Flags: g, plan: plan, settings: sf, first: now, now: now,
		fixes: relocate.NewFixes(w, plan.static), unwritable: map[string]error{}}
}

func (r *fixRun) run(ctx context.Context) error {
	if slices.ContainsFunc(r.now.Projects.Models(), func(p *lint.Project) bool { return slices.Contains(p.Files, "-") }) {
		return errors.New("--fix can't change what it reads from standard input; name a file")
	}
	for round := 0; ; round++ {
		more, err := r.round(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if round == maxFixRounds {
			run.Logf(r.Stderr, "stopped after %d rounds of fixes; run --fix again for more", maxFixRounds)
			break
		}
	}
	return r.finish()
}

// round makes the fixes that are possible now part of the changes, and reports whether there were any.
func (r *fixRun) round(ctx context.Context) (bool, error) {
	taken := run.MergeTaken(r.now.Taken, nil)
	for range maxFixTries {
		var plan edit.Plan
		var err error
		plan, r.otherReaders, err = r.fixes.Prove(ctx, r.now.AllTargets(), r.candidates(), r.plan.most())
		if err != nil {
			return false, err
		}
		r.left = append(r.left, plan.Refused...)
		if len(plan.Changes) == 0 {
			return false, nil
		}
		next, err := r.after(ctx, plan.Changes)
		if err != nil {
			return false, err
		}
		held := notFree(r.now, next)
		if len(held) == 0 {
			r.keep(plan, next)
			return true, nil
		}
		for _, port := range held {
			taken[port] = "it can't be bound"
		}
		r.now.RunRules(taken)
	}
	run.Logf(r.Stderr, "no port was free in %d tries", maxFixTries)
	return false, nil
}

// candidates are the findings of all rules that are not off, without the fixes of files that can't be changed.
func (r *fixRun) candidates() []lint.Finding {
	r.left = nil
	var out []lint.Finding
	for _, f := range r.now.Results.All {
		var fixes []lint.Fix
		for _, fix := range f.Fixes {
			err := r.bar(fix)
			switch {
			case err == nil:
				fixes = append(fixes, fix)
			case fix.Safety >= r.plan.most():
				r.left = append(r.left, edit.Refused{Finding: f, Fix: fix, Why: errors.Unwrap(err).Error()})
			}
		}
		f.Fixes = fixes
		out = append(out, f)
	}
	return out
}

// bar says why a file that a fix changes can't be written.
func (r *fixRun) bar(fix lint.Fix) error {
	for _, e := range fix.Edits {
		err, known := r.unwritable[e.Span.File]
		if !known {
			err = r.writable(e.Span.File)
			r.unwritable[e.Span.File] = err
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// after reads the projects and the machine as they would be with more changes.
func (r *fixRun) after(ctx context.Context, changes []edit.Change) (run.Run, error) {
	all, err := run.Load(ctx, r.Process, r.Flags, r.overlaid(changes))
	if err != nil {
		return run.Run{}, err
	}
	if len(all.Failed) > 0 { // what was proved can be read
		return run.Run{}, errors.Join(all.Failed...)
	}
	all.Failed, all.Unread = r.now.Projects.Failed, r.now.Projects.Unread
	return run.Once(ctx, all, r.settings, r.plan.up(), r.plan.static)
}

// overlaid are the options of the projects with more changes laid over the disk.
func (r *fixRun) overlaid(changes []edit.Change) []compose.Options {
	texts := r.fixes.With(changes...).Texts()
	var all []compose.Options
	for _, p := range r.now.Projects.All {
		o := r.now.Projects.Options[p.Project]
		o.Overlay = texts
		all = append(all, o)
	}
	return all
}

// notFree lists the ports that changes would give and that somebody has now. What could not be tried is no reason, and
// neither is an address that no port could be bound to.
func notFree(before, next run.Run) []uint16 {
	if next.Host == nil {
		return nil
	}
	had, refused := before.Projects.HostPorts(), []uint16{}
	for _, p := range next.Host.Probes {
		if port := p.Addr.Port(); !had[port] && (p.Result == lint.InUse || p.Result == lint.Excluded) {
			refused = append(refused, port)
		}
	}
	return refused
}

// keep makes the changes of a round part of the whole.
func (r *fixRun) keep(plan edit.Plan, next run.Run) {
	for _, m := range plan.Made {
		r.made = append(r.made, applied{m, r.now, r.otherReaders})
	}
	r.fixes.Add(plan.Changes...)
	r.now = next
}
