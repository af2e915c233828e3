package edit

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"golang.org/x/sync/errgroup"
)

// prove loads every project that may read the files with the edits of a set, under all settings, and returns the
// projects that are not as the fixes say, and why the first of them is not.
func (r *rehearsal) prove(set []*candidate, files map[string]bool) (failing []*subject, why string, err error) {
	texts, why := r.edited(set)
	if why != "" {
		return r.subjects, why, nil
	}
	reasons := make([]string, len(r.subjects))
	seen := make([]map[lint.Move]bool, len(r.subjects))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range r.subjects {
		if !s.reads(files) {
			continue
		}
		group.Go(func() error {
			seen[i] = map[lint.Move]bool{}
			if err := s.prepare(r.ctx); err != nil {
				return err
			}
			reasons[i] = s.check(r.ctx, texts, set, seen[i])
			return r.ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	for i, reason := range reasons {
		if reason == "" {
			continue
		}
		if len(failing) == 0 {
			why = reason
		}
		failing = append(failing, r.subjects[i])
	}
	if len(failing) > 0 {
		return failing, why, nil
	}
	return r.unseen(set, files, seen)
}

// check compares the project under one setting after the other, until one shows that it is not as the fixes say.
func (s *subject) check(ctx context.Context, texts map[string][]byte, set []*candidate, seen map[lint.Move]bool) string {
	for _, v := range s.views {
		if why := v.check(ctx, texts, set, seen); why != "" {
			return why
		}
	}
	return ""
}

// unseen finds moves that no project showed: then nothing was proved of them.
func (r *rehearsal) unseen(set []*candidate, files map[string]bool, seen []map[lint.Move]bool) ([]*subject, string, error) {
	for _, c := range set {
		for _, m := range c.fix().Moves {
			touched := slices.ContainsFunc(c.fix().Edits, func(e lint.Edit) bool { return files[e.Span.File] })
			if touched && !slices.ContainsFunc(seen, func(s map[lint.Move]bool) bool { return s[m] }) {
				return r.subjects, fmt.Sprintf("no project could be loaded that shows what ${%s} does", m.Var), nil
			}
		}
	}
	return nil, "", nil
}

// check compares the project with the edits to what it shall be, then sets each new variable and compares again. It
// fills seen with the moves of which it saw that they do what they say.
func (v *view) check(ctx context.Context, texts map[string][]byte, set []*candidate, seen map[lint.Move]bool) string {
	if v.broken != "" {
		return v.broken
	}
	options := v.edited(texts)
	after, err := shape(ctx, options)
	if err != nil {
		return v.unreadable(err)
	}
	expected, moves := v.expected(set, after)
	if why := v.crowded(moves); why != "" {
		return why
	}
	paths, reasons := expected.Differences(after)
	if slices.ContainsFunc(moves, func(m lint.Move) bool { return m.From != m.To }) {
		paths = slices.DeleteFunc(paths, isExtension)
	}
	if len(paths)+len(reasons) > 0 {
		return v.harm(paths, reasons)
	}
	return v.tryVariables(ctx, options, expected, moves, seen)
}

// isExtension reports whether a difference lies in a top-level x-... key, which Compose does not use.
func isExtension(path string) bool { return strings.HasPrefix(path, "extensions.") }

// unreadable is why a project can't be loaded with the edits.
func (v *view) unreadable(err error) string {
	return fmt.Sprintf("%s could not be read%s: %v", v.name(), v.when, err)
}

// harm says what the edits would do that the fixes do not say.
func (v *view) harm(paths, reasons []string) string {
	if len(reasons) > 0 {
		return fmt.Sprintf("Compose would refuse %s%s: %s", v.name(), v.when, reasons[0])
	}
	return fmt.Sprintf("%s of %s would change%s", some(paths), v.name(), v.when)
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
			moved, n := s.Move(m.Item, m.From, m.To)
			if v.other && m.From != m.To { // the value may be one that the fix leaves alone
				moved = s.MoveAs(m, after)
			}
			if n == 0 || !m.New && s.Picks(m.Item) && after.Picks(m.Item) { // only an example has a value
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

// tryVariables sets each new variable to a port of its own: exactly the ports that it gives must follow.
func (v *view) tryVariables(ctx context.Context, options compose.Options, expected compose.Shape, moves []lint.Move, seen map[lint.Move]bool) string {
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
		}
		expected, _ = expected.Move(m.Item, expected.First(m.Item), tries[m.Var])
	}
	if len(tries) == 0 {
		return ""
	}
	options.Env = env
	after, err := shape(ctx, options)
	if err != nil {
		return v.unreadable(err)
	}
	paths, reasons := expected.Differences(after)
	paths = slices.DeleteFunc(paths, isExtension) // an anchor in x-... holds the text of the item
	if !expected.IsFull() && after.Refusals() <= expected.Refusals() {
		reasons = nil // they may quote the port
	}
	if len(paths)+len(reasons) > 0 {
		names := strings.Join(slices.Sorted(maps.Keys(tries)), ", ")
		return fmt.Sprintf("setting %s would do more or less than it should: %s", names, v.harm(paths, reasons))
	}
	return ""
}

// elsewhere is where an item shall go to show that its variable works: the n-th of a round gets a place of its own.
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

// ports writes a host port or a range as Compose does.
func ports(first uint16, width int) string {
	return lint.PortsFrom(first, width).String()
}
