package compose

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/lint/safefile"
)

// overlay is text that is read in place of the disk's, by absolute path. A path need not be on the disk.
type overlay map[string][]byte

// mirror is a directory in which the disk seems to hold the overlay: the directories above each overlaid file are
// real, that file is real, and every other entry of them that may be asked for is a link to the disk's own. compose-go
// reads from there what it reads from the disk by itself: included and extended files, and env files.
type mirror struct{ root string }

func newMirror(o overlay, wanted func(name string) bool) (mirror, error) {
	root, err := os.MkdirTemp("", "portlint-mirror-")
	if err != nil {
		return mirror{}, err
	}
	m := mirror{root}
	if err := m.fill(o, wanted); err != nil {
		m.remove()
		return mirror{}, err
	}
	return m, nil
}

func (m mirror) remove() {
	if m.root != "" {
		_ = os.RemoveAll(m.root) // links go, what they lead to stays
	}
}

func (m mirror) fill(o overlay, wanted func(string) bool) error {
	above := map[string]bool{}
	for path := range o {
		for dir := filepath.Dir(path); !above[dir]; dir = filepath.Dir(dir) {
			above[dir] = true
		}
	}

	for dir := range above {
		if err := os.MkdirAll(m.path(dir), 0o700); err != nil {
			return err
		}
	}

	for dir := range above {
		err := m.link(dir, func(path string) bool {
			_, over := o[path]
			return !over && !above[path] && wanted(filepath.Base(path))
		})
		if err != nil {
			return err
		}
	}

	for path, text := range o {
		if err := os.WriteFile(m.path(path), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// link fills one directory. One that may be entered but not listed, or is yet to be made, stays empty.
func (m mirror) link(dir string, wanted func(path string) bool) error {
	entries, err := safefile.List(dir, disk.Most)
	if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !wanted(path) {
			continue
		}
		if err := os.Symlink(path, m.path(path)); err != nil {
			return err
		}
	}
	return nil
}

// path is where a file of the disk stands in the mirror; without a mirror, the file itself.
func (m mirror) path(path string) string {
	if m.root == "" {
		return path
	}
	volume := filepath.VolumeName(path)
	return filepath.Join(m.root, strings.TrimSuffix(volume, ":"), path[len(volume):])
}

// strip takes the mirror out of a text that Compose wrote, plain or as JSON.
func (m mirror) strip(text string) string {
	if m.root == "" {
		return text
	}
	escaped := strings.ReplaceAll(m.root, `\`, `\\`)
	return strings.NewReplacer(escaped, "", m.root, "").Replace(text)
}

// mayName reports whether a file of the project, or a value of its environment, may lead to a directory entry of that
// name. An included directory's .env needs no name.
func (t *fileTree) mayName(name string) bool {
	if strings.HasPrefix(name, ".env") {
		return true
	}

	for _, path := range t.order {
		if bytes.Contains(t.walker.files[path].Text, []byte(name)) {
			return true
		}
	}

	for _, value := range t.env.vars {
		if strings.Contains(value, name) {
			return true
		}
	}
	return false
}

// readable keeps of the overlay what the project may read: what lies beside its files, and what one of them may name.
func (t *fileTree) readable() overlay {
	beside := map[string]bool{t.dir: true}
	for _, path := range t.order {
		beside[filepath.Dir(path)] = true
	}

	named := map[string]bool{}
	closest := overlay{}
	for path, text := range t.Overlay {
		if !beside[filepath.Dir(path)] {
			name := filepath.Base(path)
			may, known := named[name]
			if !known {
				may = t.mayName(name)
				named[name] = may
			}
			if !may {
				continue
			}
		}
		closest[path] = text
	}
	return closest
}

// namedAbsolutely is an overlaid file whose whole path stands in a file of the project, "" when there is none.
func (t *fileTree) namedAbsolutely() string {
	for path := range t.Overlay {
		for _, file := range t.order {
			if !slices.Contains(t.inputs.files, path) && bytes.Contains(t.walker.files[file].Text, []byte(path)) {
				return path
			}
		}
	}
	return ""
}

// needsMirror reports whether compose-go may read an overlaid file by itself: what another file includes or extends, and the files of
// the environment and the labels of a service. The top files it gets as text.
func (t *fileTree) needsMirror() bool {
	var beneath []string
	for path := range t.Overlay {
		if !slices.Contains(t.inputs.files, path) {
			beneath = append(beneath, path)
		}
	}
	if len(beneath) == 0 {
		return false
	}

	leads := slices.ContainsFunc(t.order, func(path string) bool {
		text := t.walker.files[path].Text
		return bytes.Contains(text, []byte("include")) || bytes.Contains(text, []byte("extends"))
	})
	if leads {
		return true
	}
	for f := range t.sideFiles() {
		if slices.Contains(beneath, f.path) {
			return true
		}
	}
	return false
}
