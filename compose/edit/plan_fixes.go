package edit

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// Target is one project that edits must not harm: how it is read, and what was read.
type Target struct {
	Options compose.Options
	Loaded  compose.Loaded
	Other   bool // nobody asked for it: its files are edited only where they are those of another target
}

// PlanFixes is one round of fixes, without writing: for each finding, the most severe first, the first fix that is at
// least as safe as most and can be proved. Each set of edits is loaded with every project that may read the files, and
// must leave it as it was but for the host ports that the fixes name. A fix that meets one made already is refused:
// what is still to be fixed is found again in the next round. The error is for what has nothing to do with a fix.
func PlanFixes(ctx context.Context, targets []Target, findings []lint.Finding, most lint.Safety) (Plan, error) {
	return new(Rounds).PlanFixes(ctx, targets, findings, most)
}

// PlanFixes is the next round; see the function of that name.
func (k *Rounds) PlanFixes(ctx context.Context, targets []Target, findings []lint.Finding, most lint.Safety) (Plan, error) {
	all := candidates(findings, most)
	groups := k.separate(targets, all)

	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for _, g := range groups {
		work.Go(func() error { return g.run(ctx) })
	}
	if err := work.Wait(); err != nil {
		return Plan{}, err
	}
	return plan(groups, all)
}

// group are fixes that may have to do with each other, and all projects that they may have to do with. No project of one
// group reads a file of another one.
type group struct {
	*surroundings
	candidates []*candidate
	subjects   []*subject
	files      map[string]*original // that a fix wants to edit
	stage      stage
	accepted   []*candidate
	refusals   *sync.Map // see Rounds
}

// stage is a part of the decision: fixes are decided with the projects up to a size. What holds there is decided again with the next
// ones, so that a project that includes all others is not loaded for what already fails in one of these.
type stage struct {
	most int  // the largest size of its projects; see subject.size
	last bool // its projects are all there are

	held []*candidate         // the fixes that hold together in the projects of the stage before
	upTo int                  // the largest size of these projects
	seen []map[lint.Move]bool // what each of them showed, by their places among the subjects
}

// run decides about each of the fixes.
func (g *group) run(ctx context.Context) error {
	pending := g.candidates
	sizes := g.sizes()
	for i, size := range sizes {
		g.stage.most, g.stage.last = size, i == len(sizes)-1
		waiting, err := g.decide(ctx, pending)
		if err != nil || g.stage.last {
			return err
		}

		g.stage.held, g.stage.upTo = g.accepted, size
		for _, c := range g.accepted {
			c.made = false
		}
		pending, g.accepted = slices.Concat(g.accepted, waiting), nil
	}
	return nil
}

// sizes are the sizes of the projects, the smallest first; one where there is no project.
func (g *group) sizes() []int {
	if len(g.subjects) == 0 {
		return []int{0}
	}
	var sizes []int
	for _, s := range g.subjects {
		sizes = append(sizes, s.size())
	}
	slices.Sort(sizes)
	return slices.Compact(sizes)
}

// decide decides about fixes with the projects of the stage. What meets a fix that may yet be refused waits for the next one.
func (g *group) decide(ctx context.Context, pending []*candidate) (waiting []*candidate, err error) {
	for len(pending) > 0 {
		selected, later, meeting := g.choose(pending)
		if err := g.accept(ctx, g.withoutRefused(slices.Clone(selected))); err != nil {
			return nil, err
		}
		waiting = append(waiting, meeting...)
		pending = slices.DeleteFunc(append(later, selected...), func(c *candidate) bool { return c.done() })
	}
	return waiting, nil
}

// choose takes the candidates whose fixes can be made together; what meets one of them comes later, and what meets a fix that is made
// already is refused, or waits where that one may yet be refused itself.
func (g *group) choose(pending []*candidate) (selected, later, waiting []*candidate) {
	for _, c := range pending {
		waits := false
		for !c.done() {
			why := g.editable(c.fix())
			if waits = why == "" && g.collides(c, g.accepted); waits {
				why = "another fix changes the same place"
			}
			if why == "" || waits && !g.stage.last {
				break
			}
			c.refuse(why)
			c.refused[len(c.refused)-1].Later = waits
		}
		switch {
		case c.done():
		case waits:
			waiting = append(waiting, c)
		case g.collides(c, selected):
			later = append(later, c)
		default:
			selected = append(selected, c)
		}
	}
	return selected, later, waiting
}

// collides reports whether a fix can't be made together with others: it changes the same bytes, or gives a new variable
// of the same name another value where one project sees both.
func (g *group) collides(c *candidate, others []*candidate) bool {
	for _, o := range others {
		for _, a := range c.fix().Edits {
			if slices.ContainsFunc(o.fix().Edits, a.ConflictsWith) {
				return true
			}
		}
		for _, a := range c.fix().Moves {
			differs := func(b lint.Move) bool { return a.Var != "" && a.Var == b.Var && (a.To != b.To || a.Name != b.Name) }
			if slices.ContainsFunc(o.fix().Moves, differs) && g.seenTogether(c, o) {
				return true
			}
		}
	}
	return false
}

// seenTogether reports whether two fixes change one file, or files of one project or of one project directory.
func (g *group) seenTogether(a, b *candidate) bool {
	first := g.seeing(a)
	for place := range g.seeing(b) {
		if first[place] {
			return true
		}
	}
	return false
}

// seeing are the files that a fix changes and the directories of the projects that have read them.
func (g *group) seeing(c *candidate) map[string]bool {
	if c.places != nil {
		return c.places
	}

	c.places = filesOf([]*candidate{c})
	for _, t := range g.targets {
		for _, e := range c.fix().Edits {
			if _, ok := t.Loaded.Sources[e.Span.File]; ok {
				c.places[t.Loaded.Project.Dir] = true
			}
		}
	}

	return c.places
}

// accept makes fixes that hold together, and refuses those that do not hold by themselves. Where a set does not hold, those
// that are to blame by the looks of it are tried apart from the rest, else each half.
func (g *group) accept(ctx context.Context, set []*candidate) error {
	if len(set) == 0 {
		return nil
	}
	result, err := g.prove(ctx, set)
	switch {
	case err != nil:
		return err
	case result.holds():
		g.accepted = append(g.accepted, set...)
		g.stage.keep(result.seen)
		for _, c := range set {
			c.made = true
		}
		return nil
	case len(set) == 1:
		g.remember(set[0], result.why())
		set[0].refuse(result.why())
		return nil
	}

	if len(result.failures) == 0 && result.undone == "" { // all projects are as expected, but nothing was proved of some fixes
		rest := slices.DeleteFunc(slices.Clone(set), func(c *candidate) bool { return result.unseen[c] != "" })
		for c, why := range result.unseen {
			c.refuse(why)
		}
		return g.accept(ctx, rest)
	}
	return g.divide(ctx, set, result.suspects(set))
}

// keep adds what projects showed of the fixes that are made.
func (s *stage) keep(seen []map[lint.Move]bool) {
	if s.seen == nil {
		s.seen = make([]map[lint.Move]bool, len(seen))
	}
	for i, moves := range seen {
		if moves != nil {
			s.seen[i] = moves
		}
	}
}

// divide accepts of a set that does not hold the suspects apart from the rest, or each half.
func (g *group) divide(ctx context.Context, set, suspects []*candidate) error {
	if len(suspects) == len(set) {
		half := (len(set) + 1) / 2
		return errors.Join(g.accept(ctx, set[:half]), g.accept(ctx, set[half:]))
	}

	rest := slices.DeleteFunc(slices.Clone(set), func(c *candidate) bool { return slices.Contains(suspects, c) })
	err := g.accept(ctx, rest)
	refused := slices.ContainsFunc(rest, func(c *candidate) bool { return !c.made })
	if err != nil || refused || len(suspects) == 1 {
		return errors.Join(err, g.accept(ctx, suspects))
	}
	return g.divide(ctx, suspects, suspects) // with the rest they are the set, which does not hold
}

// plan is the outcome.
func plan(groups []*group, all []*candidate) (Plan, error) {
	var p Plan
	for _, g := range groups {
		texts, why := g.edited(g.accepted)
		if why != "" {
			return Plan{}, errors.New(why)
		}
		for file, text := range texts {
			was := g.files[file]
			p.Changes = append(p.Changes, Change{File: file, Old: was.text, New: text, Created: was.missing})
		}
	}

	slices.SortFunc(p.Changes, func(a, b Change) int { return strings.Compare(a.File, b.File) })
	for _, c := range all {
		if c.made {
			p.Made = append(p.Made, Made{Finding: c.finding, Fix: c.fix()})
		} else {
			p.Refused = append(p.Refused, c.refused[0])
		}
	}

	return p, nil
}
