package main

import (
	"context"
	"errors"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// fixable counts the shown findings for which a run with more flags would try a fix. Nothing is proved here: that costs
// many times what the findings cost, and --fix does it before it writes. What it surely refuses is not counted.
func (p *checkPlan) fixable(now run.Run) report.Fixable {
	var n report.Fixable
	files := run.NewFixedFiles(edit.Writable)
	for _, f := range now.Results.Findings {
		tries := func(s lint.Safety) bool {
			return slices.ContainsFunc(f.Fixes, func(fix lint.Fix) bool { return fix.Safety == s && files.Takes(fix) })
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

// fixRun is one run of --fix: what was proved is written once, or shown, and reported.
type fixRun struct {
	*relocate.Rounds
	plan checkPlan
}

func newFixRun(w run.Process, g run.Flags, plan checkPlan, sf *run.SettingsFinder, now run.Run) *fixRun {
	refuse := edit.Writable
	if plan.diff { // a diff can be made of what can only be read
		refuse = edit.Regular
	}
	return &fixRun{relocate.NewRounds(w, g, now, relocate.Asked{Settings: sf, Up: plan.up(), Static: plan.static, Most: plan.most(), Refuse: refuse}), plan}
}

func (r *fixRun) run(ctx context.Context) error {
	if slices.ContainsFunc(r.Now.Projects.Models(), func(p *lint.Project) bool { return slices.Contains(p.Files, "-") }) {
		return errors.New("--fix can't change what it reads from standard input; name a file")
	}
	if err := r.Run(ctx); err != nil {
		return err
	}
	return r.finish()
}
