package edit

// A fix is proved here: every project that may read a changed file is loaded with the edits in place of what is on the disk, under all its
// settings, and has to be the project that it was but for what the fix says. Where one is not, the fix is not made.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"golang.org/x/sync/errgroup"
)

// proof is what loading the projects with a set of edits has shown.
type proof struct {
	failures []failure
	unseen   map[*candidate]string // those of the set of which no project showed what a move does, and why that is a reason
	undone   string                // why a fix that was made before does not show any more, "" when all do

	seen []map[lint.Move]bool // the moves that each project showed, by their places among the subjects; nil for one that was not loaded
}

// failure is a project that is not as the fixes say.
type failure struct {
	subject *subject // nil for all
	difference
}

// difference is in what a project is not as the fixes say.
type difference struct {
	why      string   // for people, "" for none
	evidence []string // the paths and reasons that it consists of
}

func (p proof) holds() bool { return len(p.failures) == 0 && len(p.unseen) == 0 && p.undone == "" }

// why is the first reason for which the proof fails.
func (p proof) why() string {
	if len(p.failures) > 0 {
		return p.failures[0].why
	}
	for _, why := range p.unseen {
		return why
	}
	return p.undone
}

// prove loads every project of the stage that may read a file of a set with its edits and those made so far, under all settings. What
// holds in the projects of the stage before is not loaded with them again.
func (g *group) prove(ctx context.Context, set []*candidate) (proof, error) {
	all := slices.Concat(g.accepted, set)
	texts, why := g.edited(all)
	if why != "" {
		return proof{failures: []failure{{difference: difference{why: why}}}}, nil
	}

	e := edits{texts: texts, set: all}
	if len(set) == 1 {
		e.only = set[0]
	}
	files := filesOf(set)
	found := make([]difference, len(g.subjects))
	seen := make([]map[lint.Move]bool, len(g.subjects))
	least := 0
	if len(g.accepted) == 0 && len(g.stage.held) > 0 && slices.Equal(set, g.stage.held) {
		copy(seen, g.stage.seen)
		least = g.stage.upTo + 1
	}
	for _, some := range g.bySize(files, least) {
		if err := g.checkEach(ctx, some, e, found, seen); err != nil {
			return proof{}, err
		}
		if slices.ContainsFunc(found, func(d difference) bool { return d.why != "" }) {
			break
		}
	}

	p := proof{seen: seen}
	for i, d := range found {
		if d.why != "" {
			p.failures = append(p.failures, failure{g.subjects[i], d})
		}
	}
	if len(p.failures) == 0 && g.stage.last {
		p.addUnseen(set)
		p.addUndone(g.accepted, files)
	}
	return p, nil
}

// bySize are the projects of the stage that may read one of the files, by their places among the subjects: those of about one size
// together, the smallest first, without those below the least size. A project that includes all others takes as long to load as they do
// together, and where a set does not hold in one of them, nobody asks it.
func (g *group) bySize(files map[string]bool, least int) [][]int {
	ofSize := map[int][]int{}
	for i, s := range g.subjects {
		if size := s.size(); size >= least && size <= g.stage.most && s.readsAny(files) {
			ofSize[size] = append(ofSize[size], i)
		}
	}

	var out [][]int
	for _, size := range slices.Sorted(maps.Keys(ofSize)) {
		out = append(out, ofSize[size])
	}
	return out
}

// checkEach compares some of the projects to what they should be with the edits, and fills in what it found of each.
func (g *group) checkEach(ctx context.Context, some []int, e edits, found []difference, seen []map[lint.Move]bool) error {
	var work errgroup.Group
	work.SetLimit(cap(g.slots))
	for _, i := range some {
		work.Go(func() error {
			g.slots <- struct{}{}
			defer func() { <-g.slots }()
			seen[i] = map[lint.Move]bool{}
			if err := g.subjects[i].prepare(ctx); err != nil {
				return err
			}
			found[i] = g.subjects[i].check(ctx, e, seen[i])
			return ctx.Err()
		})
	}
	return work.Wait()
}

// addUnseen finds the fixes of a set with moves that no project showed: then nothing was proved of them.
func (p *proof) addUnseen(set []*candidate) {
	p.unseen = map[*candidate]string{}
	for _, c := range set {
		if why := unseen(c, p.seen); why != "" {
			p.unseen[c] = why
		}
	}
}

// addUndone finds a fix made before whose moves no project that reads the files shows any more.
func (p *proof) addUndone(made []*candidate, files map[string]bool) {
	for _, c := range made {
		touched := slices.ContainsFunc(c.fix().Edits, func(e lint.Edit) bool { return files[e.Span.File] })
		if why := unseen(c, p.seen); touched && why != "" {
			p.undone = why
			return
		}
	}
}

func unseen(c *candidate, seen []map[lint.Move]bool) string {
	for _, m := range c.fix().Moves {
		if !m.Repeated && !slices.ContainsFunc(seen, func(s map[lint.Move]bool) bool { return s[m] }) {
			return fmt.Sprintf("no project could be loaded that shows what ${%s} does", m.Var)
		}
	}
	return ""
}

// suspects are the fixes of a set that are to blame by the looks of it: those without which it may hold.
func (p proof) suspects(set []*candidate) []*candidate {
	if p.undone != "" {
		return set
	}
	blamed := map[*candidate]bool{}
	for _, f := range p.failures {
		f.blame(set, blamed)
	}
	return slices.DeleteFunc(slices.Clone(set), func(c *candidate) bool { return !blamed[c] })
}

// blame adds the fixes that edit a file of the project and have to do with what differs in it; where there are none, all that
// edit a file of it.
func (f failure) blame(set []*candidate, blamed map[*candidate]bool) {
	var reading, named []*candidate
	words := map[string]bool{}
	for _, text := range f.evidence {
		for _, word := range wordsOf(text) {
			words[word] = true
		}
	}

	for _, c := range set {
		if f.subject != nil && !f.subject.readsAny(filesOf([]*candidate{c})) {
			continue
		}
		reading = append(reading, c)
		if slices.ContainsFunc(f.subject.marks(c), func(mark []string) bool { return containsAll(words, mark) }) {
			named = append(named, c)
		}
	}

	if len(named) == 0 {
		named = reading
	}

	for _, c := range named {
		blamed[c] = true
	}
}

// wordsOf are the words of a path or a reason: parts of names, variables and numbers.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

func containsAll(words map[string]bool, some []string) bool {
	return len(some) > 0 && !slices.ContainsFunc(some, func(word string) bool { return !words[word] })
}

// marks are the words by which a difference in the project may be one of a fix: the services that it is about, its
// variables and its ports.
func (s *subject) marks(c *candidate) [][]string {
	marks := [][]string{wordsOf(c.finding.Service)}
	for _, m := range c.fix().Moves {
		marks = append(marks, wordsOf(m.Var))
		for _, port := range []uint16{m.From, m.To} {
			if port != 0 {
				marks = append(marks, []string{strconv.Itoa(int(port))})
			}
		}
		for _, service := range s.servicesOf(m.Item) {
			marks = append(marks, wordsOf(service))
		}
	}
	return marks
}

// edits are a set of fixes together with all made before, as one view after the other compares them.
type edits struct {
	texts map[string][]byte
	set   []*candidate
	only  *candidate // the one that is decided about: why it is refused will be said; nil where there are several
}

// check compares the project under one setting after the other, until one shows that it is not as the fixes say.
func (s *subject) check(ctx context.Context, e edits, seen map[lint.Move]bool) difference {
	for _, v := range s.views {
		if d := v.check(ctx, e, seen); d.why != "" {
			return d
		}
	}
	return difference{}
}

// check compares the project with the edits to what it should be, then sets each new variable and compares again. It
// fills seen with the moves of which it saw that they do what they say.
func (v *view) check(ctx context.Context, e edits, seen map[lint.Move]bool) difference {
	if v.broken != "" {
		return difference{why: v.broken}
	}

	options := v.edited(e.texts)
	after, err := v.load(ctx, options, e.only != nil)
	if err != nil {
		return v.unreadable(err)
	}
	expected, moves := v.expected(e.set, after)
	if why := v.portTaken(moves); why != "" {
		return difference{why, []string{why}}
	}
	paths, reasons := expected.Differences(after)
	if slices.ContainsFunc(moves, func(m lint.Move) bool { return m.From != m.To }) {
		paths = slices.DeleteFunc(paths, isExtension)
	}
	if len(paths)+len(reasons) > 0 {
		return v.unexpectedChange(paths, reasons)
	}
	return v.tryVariables(ctx, options, expected, moves, e.only, seen)
}

// load makes the edited project comparable. Where Compose loads it without the edits and refuses it with them, all reasons are
// asked for only where one of them will be said.
func (v *view) load(ctx context.Context, options compose.Options, reasons bool) (compose.Shape, error) {
	if v.before.IsFull() {
		after, err := compose.LoadShape(ctx, options)
		if err == nil || !reasons {
			return after, err
		}
	}
	return shape(ctx, options)
}

// isExtension reports whether a difference lies in a top-level x-... key, which Compose does not use.
func isExtension(path string) bool { return strings.HasPrefix(path, "extensions.") }

// unreadable is why a project can't be loaded with the edits.
func (v *view) unreadable(err error) difference {
	return difference{fmt.Sprintf("%s could not be read%s: %v", v.name(), v.when, err), []string{err.Error()}}
}

// unexpectedChange says what the edits would do that the fixes do not say.
func (v *view) unexpectedChange(paths, reasons []string) difference {
	d := difference{evidence: slices.Concat(paths, reasons)}
	if len(reasons) > 0 {
		d.why = fmt.Sprintf("Compose would refuse %s%s: %s", v.name(), v.when, reasons[0])
	} else {
		d.why = fmt.Sprintf("%s of %s would change%s", some(paths), v.name(), v.when)
	}
	return d
}

// some names the first of several paths.
func some(paths []string) string {
	if len(paths) == 1 {
		return paths[0]
	}
	return fmt.Sprintf("%s and %d more", paths[0], len(paths)-1)
}

// expected is the project as the fixes leave it, with the moves that it shows, each once.
func (v *view) expected(set []*candidate, after compose.Shape) (compose.Shape, []lint.Move) {
	s := v.before
	var moves []lint.Move
	for _, c := range set {
		fix := c.fix()
		if service := c.finding.Service; len(fix.Moves) == 0 && (fix.Safety == lint.Unsafe || v.before.BindsAs(after, service)) {
			s = s.WithPortsOf(c.finding.Service, after)
		}

		for _, e := range fix.Edits {
			if len(fix.Moves) > 0 && e.New == "" {
				s = s.Without(e.Span)
			}
		}

		for _, m := range fix.Moves {
			if slices.Contains(moves, m) {
				continue
			}
			if m.Name != "" {
				if _, n := s.Rename(m.Item, m.Name); n > 0 {
					moves = append(moves, m)
				}
				continue
			}

			moved, n := s.Move(m.Item, m.From, m.To)
			if v.other && m.From != m.To { // the value may be one that the fix leaves alone
				moved = s.MoveAs(m, after)
			}

			byExample := !m.New && s.Picks(m.Item) && after.Picks(m.Item) // only an example has a value
			if n == 0 || byExample {
				continue
			}

			if !m.New && m.Var != "" {
				moved = moved.AlignMovedURLs(m, after)
			}
			s, moves = moved, append(moves, m)
		}
	}
	return s, moves
}

// tryVariables sets each new variable to a port or a name of its own: exactly what it gives must follow.
func (v *view) tryVariables(ctx context.Context, options compose.Options, expected compose.Shape, moves []lint.Move,
	only *candidate, seen map[lint.Move]bool) difference {

	env := maps.Clone(options.Env)
	if env == nil {
		env = map[string]string{}
	}

	tries := map[string]uint16{}
	for _, m := range moves {
		if !m.New || v.free {
			seen[m] = true
		}
		if !m.New || !v.free {
			continue
		}
		if _, known := tries[m.Var]; !known {
			tries[m.Var] = elsewhere(m, len(tries))
			env[m.Var] = ports(tries[m.Var], m.Width)
			if m.Name != "" {
				env[m.Var] = otherName(m, tries[m.Var])
			}
		}
		if m.Name != "" {
			expected, _ = expected.Rename(m.Item, env[m.Var]+strings.TrimPrefix(m.Name, cmp.Or(m.Part, m.Name)))
			continue
		}
		expected, _ = expected.Move(m.Item, expected.First(m.Item), tries[m.Var])
	}

	if len(tries) == 0 {
		return difference{}
	}

	options.Env = env
	after, err := v.load(ctx, options, only != nil)
	if err != nil {
		return v.unreadable(err)
	}

	paths, reasons := expected.Differences(after)
	paths = slices.DeleteFunc(paths, isExtension) // an anchor in x-... holds the text of the item
	if !expected.IsFull() && after.Refusals() <= expected.Refusals() {
		reasons = nil // they may quote the port
	}

	if len(paths)+len(reasons) > 0 {
		d := v.unexpectedChange(paths, reasons)
		d.why = fmt.Sprintf("setting %s would do more or less than it should: %s", strings.Join(newVariables(only, tries), ", "), d.why)
		return d
	}
	return difference{}
}

// newVariables are the variables among those that were tried which one fix brings, all when it brings none of them.
func newVariables(only *candidate, tries map[string]uint16) []string {
	all := slices.Sorted(maps.Keys(tries))
	if only == nil {
		return all
	}

	brings := func(name string) bool {
		return slices.ContainsFunc(only.fix().Moves, func(m lint.Move) bool { return m.New && m.Var == name })
	}
	if own := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !brings(name) }); len(own) > 0 {
		return own
	}
	return all
}

// elsewhere is where an item goes to show that its variable works: the n-th of a round gets a place of its own.
func elsewhere(m lint.Move, n int) uint16 {
	first := 20000 + n*101%20000
	switch {
	case first+m.Width <= 65536 && first != int(m.To):
		return uint16(first)
	case m.To > 1:
		return m.To - 1
	}
	return m.To + 1
}

// otherName is a name that nothing has, for each place of its own; for the beginning of an address one with as many numbers.
func otherName(m lint.Move, n uint16) string {
	switch strings.Count(m.Part, ".") {
	case 1:
		return fmt.Sprintf("11.%d", n%250)
	case 2:
		return fmt.Sprintf("11.%d.%d", n/250, n%250)
	}
	return fmt.Sprintf("elsewhere-%d", n)
}

// ports writes a host port or a range as Compose does.
func ports(first uint16, width int) string {
	return lint.PortsFrom(first, width).String()
}
