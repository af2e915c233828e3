package find

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
)

// Omission are Compose files that a search passes over on purpose, for one reason.
type Omission struct {
	By    string // the file of Git that says so, such as .gitignore; "" for the exclude of the search
	Files []string
}

// Omitted lists the Compose files below a directory that [Find] passes over on purpose, by reason: what the exclude of the search
// leaves out first. It looks at no more entries than a search for the readers of a file does.
func Omitted(ctx context.Context, root string, exclude func(path string) bool) []Omission {
	f := newFinder(compose.Options{Dir: root}, exclude)
	ignored, root := newIgnored(root), filepath.Clean(root)
	reasons := map[string]*Omission{} // of directories that are left out
	var all []*Omission
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error { // what can't be read was said already
		if f.walked++; f.walked > searched || ctx.Err() != nil {
			return fs.SkipAll
		}
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		if e.IsDir() && isNeverWalked(e.Name()) && path != root {
			return fs.SkipDir
		}
		reason := reasons[filepath.Dir(path)]
		if by, left := f.leftOutBy(ignored, path, e); left && path != root && reason == nil {
			all, reason = omissionBy(all, by)
		}
		switch {
		case e.IsDir() && reason != nil:
			reasons[path] = reason
		case e.IsDir():
			ignored.enter(path)
		case reason != nil && f.isCandidate(filepath.Dir(path), e.Name()):
			reason.Files = append(reason.Files, path)
		}
		return nil
	})

	var out []Omission
	for _, o := range all {
		if len(o.Files) > 0 {
			out = append(out, *o)
		}
	}
	slices.SortStableFunc(out, func(a, b Omission) int { return strings.Compare(a.By, b.By) })
	return out
}

// leftOutBy reports whether a search passes an entry over, and the file that says so.
func (f *finder) leftOutBy(i *ignored, path string, e fs.DirEntry) (by string, left bool) {
	if f.exclude != nil && f.exclude(path) {
		return "", true
	}
	by = i.match(path, e.IsDir())
	return by, by != ""
}

// omissionBy finds the omission of a reason, or adds it.
func omissionBy(all []*Omission, by string) ([]*Omission, *Omission) {
	for _, o := range all {
		if o.By == by {
			return all, o
		}
	}
	o := &Omission{By: by}
	return append(all, o), o
}
