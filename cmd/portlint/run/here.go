package run

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// Here is the project of the working directory, for commands that ask about a machine and say more where there is one. It is read
// once, when it is first needed, with the services of all profiles.
type Here struct {
	process Process
	flags   Flags
	read    bool
	all     Projects
	rules   *Run  // applied to it, nil where nobody asked for that yet
	err     error // why there is none, or why it could not be read
}

// NewHere is the project of the working directory, which is not read yet.
func NewHere(w Process, g Flags) *Here { return &Here{process: w, flags: g, all: NoProjects(w, g)} }

// Project is the project; without one, or where it can't be read, an error says so.
func (h *Here) Project(ctx context.Context) (*lint.Project, error) {
	if !h.read {
		h.read = true
		h.err = h.load(ctx)
	}
	if h.err != nil {
		return nil, h.err
	}
	return h.all.All[0].Project, nil
}

func (h *Here) load(ctx context.Context) error {
	base, err := h.flags.Options(h.process, false)
	if err != nil {
		return err
	}
	all, err := Load(ctx, h.process, h.flags, []compose.Options{base})
	if err = errors.Join(append(all.Failed, err)...); err != nil {
		return err
	}
	h.all = all
	return nil
}

// Sources are the files that were read.
func (h *Here) Sources() lint.Sources { return h.all.Sources }

// Unread says why the project could not be read, or not all of it, where there is one and somebody needed it.
func (h *Here) Unread() []lint.Blind {
	why := h.err
	if why == nil {
		why = h.all.defects()
	}
	if why == nil || errors.Is(why, compose.ErrNoFile) {
		return nil
	}
	first, _, _ := strings.Cut(why.Error(), "\n")
	return []lint.Blind{{What: "the project here", Why: first}}
}

// AddMoves adds to ports that somebody else has how the project here, if it asks for them, gets others: what check suggests, and without
// an engine what it would suggest with one on this machine that has no containers.
func (h *Here) AddMoves(ctx context.Context, uses []*lint.PortUse) {
	uses = slices.DeleteFunc(slices.Clone(uses), func(u *lint.PortUse) bool { return len(u.Holders) == 0 })
	if len(uses) == 0 {
		return
	}
	project, err := h.Project(ctx)
	if err != nil {
		return // there is nothing to move
	}
	own := func(u *lint.PortUse) bool {
		return slices.ContainsFunc(project.Bindings(), func(b *lint.Binding) bool { return b.Proto == u.Proto && b.Contains(u.Port) })
	}
	if !slices.ContainsFunc(uses, own) {
		return
	}
	for _, f := range h.found(ctx) {
		for _, u := range uses {
			if same := f.Owner != nil && f.Binding != nil && f.Binding.Proto == u.Proto && f.Binding.Contains(u.Port); same {
				addMoves(u, f.Fixes)
			}
		}
	}
}

// addMoves adds the fixes that move something, each once.
func addMoves(u *lint.PortUse, fixes []lint.Fix) {
	for _, fix := range fixes {
		known := slices.ContainsFunc(u.Moves, func(m lint.Fix) bool { return m.Title == fix.Title })
		if len(fix.Moves) > 0 && !known {
			u.Moves = append(u.Moves, fix)
		}
	}
}

// Findings are what rules find in the project here and on its machine, by the names of the rules; none without a project that Compose
// takes.
func (h *Here) Findings(ctx context.Context, rules []string) []lint.Finding {
	if _, err := h.Project(ctx); err != nil {
		return nil
	}
	other := func(f lint.Finding) bool { return !slices.Contains(rules, f.Rule) }
	return slices.DeleteFunc(slices.Clone(h.found(ctx)), other)
}

// found is all that the rules find in the project. Its machine is asked once.
func (h *Here) found(ctx context.Context) []lint.Finding {
	if h.rules == nil {
		h.rules = &Run{Projects: h.all, Settings: NewSettingsFinder(h.process.Dir, Overrides{}), Host: h.all.probeAssumed(ctx)}
		if err := h.rules.applyRules(ctx); err != nil {
			h.rules.Results.All = nil // the answer is about the machine: settings that can't be read are for check to tell
		}
	}
	return h.rules.Results.All
}
