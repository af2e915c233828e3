package relocate

import (
	"context"
	"errors"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// The bounds of a run: rounds, each of which fixes what the one before uncovered, and the times that one round is decided
// again because a port that it would have given was not free.
const (
	maxRounds = 10
	maxTries  = 20
)

// Asked is which fixes a run may make, and how it looks at what they come to.
type Asked struct {
	Settings *run.SettingsFinder
	Up       lint.UpOptions
	Static   bool
	Most     lint.Safety             // how much a fix may change
	Selects  func(lint.Finding) bool // whose fixes are asked for
	Refuse   func(file string) error // says why a file can't be changed
}

// Rounds are fixes of all that the rules find: they are decided, proved, and the projects read as they would be, and so on until
// nothing more applies. Nothing is written.
type Rounds struct {
	run.Process
	flags run.Flags
	asked Asked
	Fixes *Fixes

	First   run.Run // without any change
	Now     run.Run // with all changes so far
	Made    []Applied
	Left    []edit.Refused // by the last round
	Files   run.FixedFiles
	Readers []edit.Target // the projects that nobody asked for and that the last round has looked at
}

// Applied is a fix with what was known before it.
type Applied struct {
	edit.Made
	Before run.Run
	Others []edit.Target // that read a file of the round
}

// NewRounds starts from what the rules have found.
func NewRounds(w run.Process, g run.Flags, now run.Run, asked Asked) *Rounds {
	return &Rounds{Process: w, flags: g, asked: asked, Fixes: newFixes(w, asked.Static), First: now, Now: now, Files: run.NewFixedFiles(asked.Refuse)}
}

// Run makes all fixes that can be proved part of the changes.
func (r *Rounds) Run(ctx context.Context) error {
	for range maxRounds + 1 {
		more, err := r.round(ctx)
		if err != nil || !more {
			return err
		}
	}
	run.Logf(r.Stderr, "stopped after %d rounds of fixes; run the same command again for more", maxRounds)
	return nil
}

// round makes the fixes that are possible now part of the changes, and reports whether there were any.
func (r *Rounds) round(ctx context.Context) (bool, error) {
	taken := run.MergeTaken(r.Now.Taken, nil)
	for range maxTries {
		var plan edit.Plan
		var err error
		plan, r.Readers, err = r.Fixes.Prove(ctx, r.Now.AllTargets(), r.candidates(), r.asked.Most)
		if err != nil {
			return false, err
		}

		r.Left = append(r.Left, plan.Refused...)
		if len(plan.Changes) == 0 {
			return false, nil
		}
		next, err := r.after(ctx, plan.Changes)
		if err != nil {
			return false, err
		}
		held := notFree(r.Now, next)
		if len(held) == 0 {
			r.keep(plan, next)
			return true, nil
		}

		for _, port := range held {
			taken[port] = "it can't be bound"
		}
		r.Now.RunRules(taken)
	}

	run.Logf(r.Stderr, "no port was free in %d tries", maxTries)
	return false, nil
}

// candidates are the findings of all rules that are not off whose fixes are asked for, without those of files that can't be changed.
func (r *Rounds) candidates() []lint.Finding {
	r.Left = nil
	var out []lint.Finding
	for _, f := range r.Now.Results.All {
		if !r.asked.Selects(f) {
			continue
		}
		var fixes []lint.Fix
		for _, fix := range f.Fixes {
			err := r.Files.RefusedFor(fix)
			switch {
			case err == nil:
				fixes = append(fixes, fix)
			case fix.Safety >= r.asked.Most:
				r.Left = append(r.Left, edit.Refused{Finding: f, Fix: fix, Why: errors.Unwrap(err).Error()})
			}
		}

		f.Fixes = fixes
		out = append(out, f)
	}

	return out
}

// after reads the projects and the machine as they would be with more changes.
func (r *Rounds) after(ctx context.Context, changes []edit.Change) (run.Run, error) {
	texts := r.Fixes.with(changes...).texts()
	var options []compose.Options
	for _, p := range r.Now.Projects.All {
		o := r.Now.Projects.Options[p.Project]
		o.Overlay = texts
		options = append(options, o)
	}

	all, err := run.Load(ctx, r.Process, r.flags, options)
	if err != nil {
		return run.Run{}, err
	}
	if len(all.Failed) > 0 { // what was proved can be read
		return run.Run{}, errors.Join(all.Failed...)
	}
	all.Failed, all.Unread, all.Second = r.Now.Projects.Failed, r.Now.Projects.Unread, r.Now.Projects.Second
	return run.Once(ctx, all, r.asked.Settings, r.asked.Up, r.asked.Static)
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
func (r *Rounds) keep(plan edit.Plan, next run.Run) {
	for _, m := range plan.Made {
		r.Made = append(r.Made, Applied{m, r.Now, r.Readers})
	}
	r.Fixes.Add(plan.Changes...)
	r.Now = next
}
