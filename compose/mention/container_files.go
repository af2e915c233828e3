package mention

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/lint/lazyexp"
)

// containerFiles knows which files of the host a container of the project works with.
type containerFiles struct {
	paths       map[string]bool // see [Project.ContainerPaths]
	dockerfiles [][]byte        // beside the project
}

// has reports whether a container may work with a file: it is mounted, built into an image by one of the Dockerfiles beside
// the project or beside the file, or called an entry point.
func (c containerFiles) has(path string, beside [][]byte) bool {
	name := filepath.Base(path)
	isNamed := func(text []byte) bool { return bytes.Contains(text, []byte(name)) }

	entry := strings.Contains(strings.ToLower(name), "entrypoint")
	return c.isMounted(path) || entry || slices.ContainsFunc(c.dockerfiles, isNamed) || slices.ContainsFunc(beside, isNamed)
}

// isMounted reports whether a container gets a file, or the directory that it is in.
func (c containerFiles) isMounted(path string) bool {
	return c.paths[path] || c.paths[filepath.Dir(path)]
}

var dockerfile = lazyexp.New(`(?i)^(?:docker|container)file|\.dockerfile$`)

// dockerfilesIn are the texts of those among the entries of a directory.
func dockerfilesIn(d *disk.View, dir string, entries []fs.DirEntry) [][]byte {
	var out [][]byte
	for _, e := range entries {
		if dockerfile().MatchString(e.Name()) {
			if text := besideText(d, filepath.Join(dir, e.Name())); text != nil {
				out = append(out, text)
			}
		}
	}
	return out
}

// besideText is a regular file of bounded size, nil when it can't be read.
func besideText(d *disk.View, path string) []byte {
	text, err := d.ReadUpTo(path, maxBeside)
	if err != nil {
		return nil
	}
	return text
}
