package relocate

import (
	"context"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// Fixes are fixes of findings, proved round after round with the projects that were asked for and with all others that read a file
// of theirs. What was proved is part of the edits.
type Fixes struct {
	Edits
	Others *OtherReaders
	rounds edit.Rounds
}

// NewFixes returns fixes that change nothing yet. In static they read as check --static does.
func NewFixes(w run.Process, static bool) *Fixes {
	return &Fixes{Others: NewOtherReaders(w, static)}
}

// Prove proves fixes of findings that are at least as safe as most, on top of the edits so far; others are the projects that
// nobody asked for and that it looked at.
func (f *Fixes) Prove(ctx context.Context, asked []edit.Target, findings []lint.Finding, most lint.Safety) (plan edit.Plan, others []edit.Target, err error) {
	if others, err = f.Others.Of(ctx, asked, findings, f.Texts()); err != nil {
		return edit.Plan{}, nil, err
	}
	plan, err = f.rounds.PlanFixes(ctx, append(asked, others...), findings, most)
	return plan, others, err
}
