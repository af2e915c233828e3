package compose

import (
	"maps"

	"github.com/portlint/portlint/compose/disk"
)

// Walked is what a walk of a project's files shows before Compose loads it.
type Walked struct {
	Dir   string            // the project's directory
	Files []string          // the Compose files that the project is named by
	Texts map[string][]byte // all of its Compose files, by include and extends too
	Order []string          // those files, as they were read
	Read  map[string]bool   // all that it is made of: Compose files, env files, and examples of those
}

// Walk follows the files of a project without loading it.
func Walk(o Options) (Walked, error) {
	r, err := newReader(o)
	if err != nil {
		return Walked{}, err
	}

	w := Walked{Dir: r.dir, Files: r.project.Files, Order: r.order, Texts: map[string][]byte{}, Read: maps.Clone(r.env.files)}
	for path, f := range r.walker.files {
		w.Texts[path], w.Read[path] = f.Text, true
	}
	for _, path := range r.env.examples.file {
		w.Read[path] = true
	}
	return w, nil
}

// Start is where Compose begins to read a project.
type Start struct {
	Dir   string   // the project's directory
	Files []string // absolute, "-" or a remote reference

	disk *disk.View
}

// StartOf settles where Compose begins, and reads none of the files.
func StartOf(o Options) (Start, error) {
	in, err := discover(o)
	if err != nil {
		return Start{}, err
	}
	return Start{Dir: in.dir, Files: in.files, disk: in.disk}, nil
}

// Text is the text of a file that the project may read.
func (s Start) Text(path string) ([]byte, error) { return s.disk.Read(path) }
