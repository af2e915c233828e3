package relocate

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
)

// Fixes are fixes of findings, proved round after round with the projects that were asked for and with all others that read a file
// of theirs. What was proved is part of the edits.
type Fixes struct {
	Edits
	Others *OtherReaders
	rounds edit.Rounds
}

// newFixes returns fixes that change nothing yet. In static they read as check --static does.
func newFixes(w run.Process, static bool) *Fixes {
	return &Fixes{Others: newOtherReaders(w, static)}
}

// Prove proves fixes of findings that are at least as safe as most, on top of the edits so far; others are the projects that
// nobody asked for and that it looked at.
func (f *Fixes) Prove(ctx context.Context, asked []edit.Target, findings []lint.Finding, most lint.Safety) (plan edit.Plan, others []edit.Target, err error) {
	if others, err = f.Others.of(ctx, asked, findings, f.texts()); err != nil {
		return edit.Plan{}, nil, err
	}
	plan, err = f.rounds.PlanFixes(ctx, append(asked, others...), findings, most)
	return plan, others, err
}

// MostEntries is how many directory entries are looked at for other projects that read what a fix changes.
const MostEntries = 200_000

// OtherReaders finds the projects of a repository that nobody asked for and that read the files of a fix: no fix may harm them.
type OtherReaders struct {
	run.Process
	base  compose.Options // how they are read
	below map[string][]compose.Options
	Cut   []string // the roots below which there is more
}

// newOtherReaders returns a finder that has not looked anywhere yet. In static it reads as check --static does.
func newOtherReaders(w run.Process, static bool) *OtherReaders {
	return &OtherReaders{Process: w, base: compose.Options{Env: w.Env, Static: static, Confined: static}, below: map[string][]compose.Options{}}
}

// of are the projects that read a file which fixes of the findings would change, with texts laid over the disk.
func (o *OtherReaders) of(ctx context.Context, asked []edit.Target, findings []lint.Finding, texts map[string][]byte) ([]edit.Target, error) {
	files := map[string]bool{}
	for _, f := range findings {
		for _, fix := range f.Fixes {
			for _, e := range fix.Edits {
				files[e.Span.File] = true
			}
		}
	}

	known := make([]compose.Loaded, 0, len(asked))
	for _, t := range asked {
		known = append(known, t.Loaded)
	}
	var around []compose.Options
	for _, root := range o.roots(files, known) {
		projects, err := o.find(ctx, root)
		if err != nil {
			return nil, err
		}
		around = append(around, projects...)
	}

	return o.read(ctx, find.Readers(around, files, known), texts)
}

// roots are the repositories of the files; without one, the directory above a file and the projects that read it.
func (o *OtherReaders) roots(files map[string]bool, known []compose.Loaded) []string {
	var roots []string
	for file := range files {
		root := compose.Repository(filepath.Dir(file))
		if root == "" {
			root = filepath.Dir(file)
			for _, l := range known {
				if l.Sources[file] != nil {
					root = CommonDir(root, l.Project.Dir)
				}
			}
		}
		roots = append(roots, root)
	}

	slices.Sort(roots)
	return slices.Compact(roots)
}

// CommonDir is the nearest directory above two, or one of them.
func CommonDir(a, b string) string {
	for !contains(b, a) && a != filepath.Dir(a) {
		a = filepath.Dir(a)
	}
	return a
}

func contains(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// find looks below a root once.
func (o *OtherReaders) find(ctx context.Context, root string) ([]compose.Options, error) {
	if projects, known := o.below[root]; known {
		return projects, nil
	}

	projects, all, err := find.Below(ctx, o.base, root, MostEntries)
	if err == nil && !all {
		o.Cut = append(o.Cut, root)
	}
	o.below[root] = projects
	return projects, err
}

// read reads projects as they would be. What can't be read is no project that could change.
func (o *OtherReaders) read(ctx context.Context, projects []compose.Options, texts map[string][]byte) ([]edit.Target, error) {
	var targets []edit.Target
	for i := range projects {
		projects[i].Overlay = texts
	}
	readings, err := run.LoadEach(ctx, o.Process, projects)
	for i, r := range readings {
		if r.Err == nil {
			targets = append(targets, edit.Target{Options: projects[i], Loaded: r.Loaded, Other: true})
		}
	}

	return targets, err
}
