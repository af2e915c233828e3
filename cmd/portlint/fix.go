package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// fixable counts the fixes that a run with more flags would try, where a finding is shown: those of findings that are not
// shown, too, and once what two findings have in common. Nothing is proved here: that costs many times what the findings
// cost, and --fix does it before it writes. What it surely refuses is not counted.
func (p *checkPlan) fixable(now run.Run) report.Fixable {
	var n report.Fixable
	if len(now.Results.Findings) == 0 {
		return n
	}

	var counted [][]lint.Edit
	files := run.NewFixedFiles(edit.Writable)
	for _, f := range now.Results.All {
		tries := func(s lint.Safety) int {
			return slices.IndexFunc(f.Fixes, func(fix lint.Fix) bool { return fix.Safety == s && files.Takes(fix) })
		}
		count := func(i int, of *int) {
			same := func(edits []lint.Edit) bool { return slices.Equal(edits, f.Fixes[i].Edits) }
			if !slices.ContainsFunc(counted, same) {
				counted = append(counted, f.Fixes[i].Edits)
				*of++
			}
		}

		asked := p.unsafe || p.conflicts && f.InConflict()
		if i := tries(lint.Safe); !p.fix && i >= 0 {
			count(i, &n.Safe)
		} else if i := tries(lint.Unsafe); !asked && i >= 0 {
			count(i, &n.Unsafe)
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
	return &fixRun{relocate.NewRounds(w, g, now, relocate.Asked{Settings: sf, Up: plan.up(), Static: plan.static, Most: plan.most(), Selects: plan.selects, Refuse: refuse}), plan}
}

func (r *fixRun) run(ctx context.Context) error {
	if slices.ContainsFunc(r.Now.Projects.Models(), func(p *lint.Project) bool { return slices.Contains(p.Files, "-") }) {
		return fmt.Errorf("%s can't change what it reads from standard input; name a file", r.plan.name())
	}
	if err := r.Run(ctx); err != nil {
		return err
	}
	return r.finish()
}
