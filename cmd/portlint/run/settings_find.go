package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint/safefile"
)

// SettingsFinder finds, reads and completes the settings of projects, each file once.
type SettingsFinder struct {
	dir   string // the working directory
	flags Overrides
	known map[string]*Settings // by file; "" holds the defaults
	above map[string]*Settings // by directory, for excludes; nil where they can't be read
	// confined refuses settings that a link puts outside of the repository
	Confined bool
}

// NewSettingsFinder returns a finder for projects seen from dir, the working directory; the flags beat what the files say.
func NewSettingsFinder(dir string, flags Overrides) *SettingsFinder {
	return &SettingsFinder{dir: dir, flags: flags, known: map[string]*Settings{}, above: map[string]*Settings{}}
}

// Excludes reports whether the settings above a path, absolute, leave it out. What is wrong with settings is said where
// a project has them.
func (sf *SettingsFinder) Excludes(path string) bool {
	dir := filepath.Dir(path)
	s, known := sf.above[dir]
	if !known {
		s, _ = sf.Project(dir)
		sf.above[dir] = s
	}
	return s != nil && s.excludes(path)
}

// Project returns the settings of the project in dir. Two projects with the same file get the same pointer.
func (sf *SettingsFinder) Project(dir string) (*Settings, error) {
	file, err := FindSettings(dir, sf.dir)
	if err != nil {
		return nil, err
	}
	if s, ok := sf.known[file]; ok {
		return s, nil
	}
	s := DefaultSettings()
	if file != "" {
		if s, err = sf.read(file); err != nil {
			return nil, err
		}
		s.File = file
	}

	s = sf.flags.apply(s)
	sf.known[file] = &s
	return &s, nil
}

// read reads a settings file. One outside of the repository is not quoted, and not read in --static.
func (sf *SettingsFinder) read(file string) (Settings, error) {
	name := Relative(sf.dir, file)
	root := compose.Repository(filepath.Dir(file))
	foreign := root != "" && !safefile.Inside(root, file)
	if foreign && sf.Confined {
		return Settings{}, fmt.Errorf("cannot read the settings %q: they lie outside of the repository, where --static reads nothing", name)
	}

	text, err := safefile.Read(file, MaxSettings)
	if err != nil {
		return Settings{}, fmt.Errorf("cannot read the settings %q: %w", name, safefile.WithoutPath(err))
	}
	s, err := ParseSettings(name, text)
	if err != nil && foreign {
		return Settings{}, fmt.Errorf("the settings %q lie outside of the repository, and are none that portlint can read", name)
	}
	return s, err
}

// MaxSettings bounds a settings file, in bytes.
const MaxSettings = 1 << 20

// FindSettings looks in dir and its parents up to the repository's root. Outside a repository it looks up to the
// working directory if that is a parent, else only in dir.
func FindSettings(dir, cwd string) (string, error) {
	for _, d := range searched(dir, cwd) {
		var found []string
		for _, name := range SettingsNames {
			if _, err := os.Stat(filepath.Join(d, name)); err == nil {
				found = append(found, filepath.Join(d, name))
			}
		}
		if len(found) > 1 {
			return "", fmt.Errorf("%s and %s are both there, expected one of them", Relative(cwd, found[0]), Relative(cwd, found[1]))
		}
		if len(found) == 1 {
			return found[0], nil
		}
	}

	return "", nil
}

func searched(dir, cwd string) []string {
	up := upwards(dir)
	if i := slices.Index(up, compose.Repository(dir)); i >= 0 {
		return up[:i+1]
	}
	if i := slices.Index(up, cwd); i >= 0 {
		return up[:i+1]
	}
	return up[:1]
}

// upwards lists a directory and its parents.
func upwards(dir string) []string {
	up := []string{dir}
	for filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
		up = append(up, dir)
	}
	return up
}
