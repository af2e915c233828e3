package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// finish writes the changes, or prints them with --diff, and reports what was done and what remains.
func (r *fixRun) finish() error {
	if r.plan.diff {
		return r.print(r.Fixes.Changes())
	}
	if err := r.Fixes.Write(r.Process); err != nil {
		return err
	}
	r.tell("fixed", "moved")
	err := r.plan.finish(r.Process, r.Now)
	r.stale()
	if unwritten := r.unwritten(); unwritten != nil {
		return errors.Join(unwritten, notFindings(err))
	}
	return err
}

// print writes the diff on standard output, and all else on standard error.
func (r *fixRun) print(changes []edit.Change) error {
	base := r.base(changes)
	for i := range changes {
		changes[i].File = resolveDir(changes[i].File)
	}
	diff := edit.Unified(changes, base)
	shown := diff // a file or a pipe gets what `git apply` takes
	if run.IsTerminal(r.Stdout) {
		shown = []byte(report.EscapeLines(string(diff)))
	}
	if _, err := r.Stdout.Write(shown); err != nil {
		return fmt.Errorf("cannot print the diff: %w", err)
	}
	r.tell("would fix", "would move")
	r.remains()
	r.plan.outputs = slices.DeleteFunc(slices.Clone(r.plan.outputs), func(o output) bool { return o.file == "" })
	err := r.plan.finish(r.Process, r.Now)
	r.stale()
	if unwritten := r.unwritten(); unwritten != nil {
		return errors.Join(unwritten, notFindings(err))
	}
	if err == nil && len(diff) > 0 {
		return run.ErrFindings
	}
	return err
}

// remains says what makes exit 1 apart from the diff.
func (r *fixRun) remains() {
	for _, f := range r.Now.Results.Findings {
		if r.Now.SettingsByFile.Of(f).Fails(f) {
			run.Logf(r.Stderr, "%s: %s: %s [%s]", r.at(r.Now.Projects.Sources, f), f.Severity, f.Message, f.Rule)
		}
	}
}

// base is where the paths of a diff start: the repository of the files, else this directory, or the nearest one above
// that has them all, which is said. git takes no path that leads through a link or upwards.
func (r *fixRun) base(changes []edit.Change) string {
	here := compose.RealPath(r.Dir)
	base := here
	for _, c := range changes {
		if root := compose.Repository(filepath.Dir(resolveDir(c.File))); root != "" {
			base = root
		}
	}
	for _, c := range changes {
		base = relocate.CommonDir(base, filepath.Dir(resolveDir(c.File)))
	}
	if base != here && base != compose.Repository(here) {
		run.Logf(r.Stderr, "the paths of the diff start in %q", base)
	}
	return base
}

// notFindings leaves out the error that only sets the exit code.
func notFindings(err error) error {
	if errors.Is(err, run.ErrFindings) {
		return nil
	}
	return err
}

// unwritten are the files that kept a fix from being made, in order.
func (r *fixRun) unwritten() error {
	refused := map[string]error{}
	for _, l := range r.Left {
		for _, e := range l.Fix.Edits {
			refused[e.Span.File] = r.Files.Refused(e.Span.File)
		}
	}
	var all []error
	for _, file := range slices.Sorted(maps.Keys(refused)) {
		all = append(all, refused[file])
	}
	return relocate.FromHere(r.Process, errors.Join(all...))
}

// tell says what was done, by file, what was left and why, and which files were written.
func (r *fixRun) tell(fixed, moved string) {
	if r.plan.quiet {
		return
	}
	slices.SortStableFunc(r.Made, func(a, b relocate.Applied) int { return a.Finding.Span.Compare(b.Finding.Span) })
	reported := map[lint.Move]bool{}
	for i, m := range r.Made { // two rules may have found one thing, with one fix
		same := func(o relocate.Applied) bool { return slices.Equal(o.Fix.Edits, m.Fix.Edits) }
		if !slices.ContainsFunc(r.Made[:i], same) {
			r.tellMade(m, fixed, moved, reported)
		}
	}
	for _, l := range r.Left {
		if l.Later || r.Files.RefusedFor(l.Fix) != nil {
			continue // it is for the next run, or its file is named once, at the end
		}
		run.Logf(r.Stderr, "left %s: %s, because %s [%s]", r.at(r.Now.Projects.Sources, l.Finding), l.Fix.Title, r.why(l), l.Finding.Rule)
	}
	for _, root := range r.Fixes.Others.Cut {
		run.Logf(r.Stderr, "only %d entries of %q were searched for other projects that read the changed files", relocate.MostEntries, run.Relative(r.Dir, root))
	}
	if !r.plan.diff && len(r.Fixes.Changes()) > 0 {
		run.Logf(r.Stderr, "wrote %s", r.written())
	}
}

// why is the reason with paths as people see them from here.
func (r *fixRun) why(l edit.Refused) string {
	why := l.Why
	for _, e := range l.Fix.Edits {
		why = r.shorten(why, e.Span.File)
	}
	for _, o := range r.Readers {
		why = r.shorten(why, o.Loaded.Project.Files[0])
	}
	here := strings.TrimSuffix(strconv.Quote(r.Dir+string(filepath.Separator)), `"`)
	return strings.ReplaceAll(why, here, `"`)
}

// shorten writes a quoted path as people see it from here.
func (r *fixRun) shorten(text, file string) string {
	return strings.ReplaceAll(text, strconv.Quote(file), strconv.Quote(run.Relative(r.Dir, file)))
}

// maxWritten is how many files are named; that many more are seen in a diff.
const maxWritten = 8

// written lists the files that were changed or made.
func (r *fixRun) written() string {
	if n := len(r.Fixes.Changes()); n > maxWritten {
		return run.Count(n, "file")
	}
	var names []string
	for _, c := range r.Fixes.Changes() {
		name := run.Relative(r.Dir, c.File)
		if c.Created {
			name += " (new)"
		}
		names = append(names, name)
	}
	return lint.AndList(names)
}
