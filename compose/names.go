package compose

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/portlint/portlint/compose/recognize"
	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// scanNames fills what a fix must know of variables: the names in use, and the files in which values are given.
func (t *textScan) scanNames() {
	t.project.Taken = map[string]bool{}
	for _, path := range t.order {
		t.takeAll(variable(), t.walker.files[path].Text)
		t.take(environmentSources(t.walker.files[path])...)
	}

	t.takeEnv(t.env)
	for _, s := range t.found {
		for _, l := range s.layers {
			t.takeEnv(l.env)
			t.take(environmentKeys(l)...)
			for _, file := range t.containerFiles(l) {
				t.takeText(file)
			}
		}
	}

	for dir := range t.envDirs() {
		for _, file := range t.envFilesIn(dir) {
			t.takeText(file)
		}
	}
	t.scanEnvFiles()
}

// setVariable is a line of an env file that sets a variable, or would if it were no comment.
var setVariable = lazyexp.New(`(?m)^[ \t#]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*[=:]`)

func (t *textScan) take(names ...string) {
	for _, name := range names {
		t.project.Taken[name] = true
	}
}

func (t *textScan) takeAll(re *regexp.Regexp, text []byte) {
	for _, m := range re.FindAllSubmatch(text, -1) {
		t.take(string(m[1]))
	}
}

// takeText takes the names that an env file sets, and those that its values use.
func (t *textScan) takeText(path string) {
	text := t.envText(path)
	t.takeAll(setVariable(), text)
	t.takeAll(variable(), text)
}

func (t *textScan) takeEnv(e *environ) {
	for name := range e.vars {
		t.project.Taken[name] = true
	}
	for name := range e.examples.vars {
		t.project.Taken[name] = true
	}
}

// envText is the text of an env file, nil where there is none that can be read.
func (t *fileTree) envText(path string) []byte {
	text, err := t.disk.Read(path)
	if err != nil {
		return nil
	}
	return text
}

// containerFiles are the files out of which a container of the service gets its environment or its labels.
func (t *fileTree) containerFiles(l *layer) []string {
	var out []string
	for _, n := range l.sideFiles() {
		out = append(out, t.pathsOf(l, text(l.env, n))...)
	}
	return out
}

// envDirs are the directories in which the project may have env files: its own, and those of all files with services.
func (t *fileTree) envDirs() map[string]bool {
	dirs := map[string]bool{t.dir: true}
	for _, s := range t.found {
		for _, l := range s.layers {
			dirs[filepath.Dir(l.file.Path)] = true
		}
	}
	return dirs
}

// envFilesIn lists the files of a directory that are called like env files: .env.local, web.env.
func (t *textScan) envFilesIn(dir string) []string {
	var out []string
	for _, e := range t.disk.List(dir) {
		if recognize.IsEnvName(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// scanEnvFiles finds the files in which values are given, or shown.
func (t *textScan) scanEnvFiles() {
	t.project.EnvFile = t.envFile()
	t.project.EnvTexts, t.project.Quiet = map[string][]byte{}, map[string]bool{}
	inside := map[string]bool{} // what a container gets is no example
	for _, s := range t.found {
		for _, l := range s.layers {
			for _, file := range t.containerFiles(l) {
				inside[file] = true
			}
		}
	}

	dirs := slices.Sorted(maps.Keys(t.envDirs()))
	for _, dir := range dirs {
		if file := t.exampleIn(dir, inside); file != "" {
			t.project.Examples = append(t.project.Examples, file)
			t.project.Quiet[file] = t.quiet(file, inside)
			t.showEnv(file)
		}
	}

	t.copies = t.copiesIn(dirs)
	t.showEnv(t.project.EnvFile)
	t.findUnused()
	for _, b := range t.project.Bindings() {
		if b.From.Kind == lint.FromEnvFile {
			t.showEnv(b.From.File)
		}
	}
}

// findUnused finds, for the host ports whose variable has no value or one of the process, what a file says about it.
func (t *textScan) findUnused() {
	for i := range t.project.Services {
		s := &t.project.Services[i]
		for j := range s.Bindings {
			b := &s.Bindings[j]
			switch b.From.Kind {
			case lint.FromShell:
				if file := t.env.hidden[b.Var]; file != "" {
					t.noteUnused(b, lint.HiddenByShell, file)
				}
			case lint.Unset:
				for _, copies := range t.copies {
					for _, env := range slices.Sorted(maps.Keys(copies)) {
						t.noteUnused(b, lint.InExample, copies[env].Example)
					}
				}
				for _, l := range slices.Backward(t.found[s.Name].layers) {
					for _, file := range slices.Backward(t.containerFiles(l)) {
						t.noteUnused(b, lint.InContainer, file)
					}
				}
			}
		}
	}
}

// noteUnused notes what a file gives the variable of a host port, where nothing is known yet. Without a value it shows none.
func (t *textScan) noteUnused(b *lint.Binding, kind lint.UnusedKind, file string) {
	if b.From.Unused.Kind != lint.NothingUnused {
		return
	}
	found, ok := lint.FindUnused(kind, file, t.envText(file), b.Var)
	if ok && (found.Text != "" || kind == lint.HiddenByShell) {
		b.From.Unused = found
		t.showEnv(file)
	}
}

// showEnv keeps the text of an env file for fixes and for what is printed.
func (t *textScan) showEnv(path string) {
	if _, known := t.project.EnvTexts[path]; known || path == "" {
		return
	}

	text := t.envText(path)
	if text == nil {
		return
	}

	t.project.EnvTexts[path] = text
	if !slices.ContainsFunc(t.beside, func(f *syntax.File) bool { return f.Path == path }) {
		t.beside = append(t.beside, &syntax.File{Path: path, Text: text})
	}
}

// exampleIn is the first example file of a directory that is text, and no link to another one.
func (t *textScan) exampleIn(dir string, inside map[string]bool) string {
	for _, name := range recognize.ExampleNames() {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			continue
		}
		if text := t.envText(path); text != nil && !inside[path] && !bytes.Contains(text, []byte{0}) {
			return path
		}
	}
	return ""
}

// quiet reports whether a line of an example may get into a container, once the example was copied: a service reads the
// copy, or a file of that directory that is yet to be made.
func (t *textScan) quiet(example string, inside map[string]bool) bool {
	for path := range inside {
		if filepath.Dir(path) != filepath.Dir(example) {
			continue
		}
		if strings.HasPrefix(filepath.Base(path), ".env") || path == t.project.EnvFile || !t.disk.IsFile(path) {
			return true
		}
	}
	return false
}

// maxCopies bounds the example files of one directory that are taken for its env file.
const maxCopies = 3

// copiesIn are the ways in which people make env files out of the example files of directories.
func (t *textScan) copiesIn(dirs []string) []map[string]Copy {
	var ways []map[string]Copy
	for _, dir := range dirs {
		copied := filepath.Join(dir, ".env")
		if dir == t.dir && filepath.Dir(t.project.EnvFile) == dir {
			copied = t.project.EnvFile
		}
		n := 0
		for _, name := range recognize.ExampleNames() {
			example := filepath.Join(dir, name)
			if n == maxCopies || example == copied {
				continue
			}
			text := t.envText(example)
			if text == nil {
				continue
			}
			if n == len(ways) {
				ways = append(ways, map[string]Copy{})
			}
			ways[n][copied] = Copy{Example: example, Text: text}
			n++
		}
	}
	return ways
}

// envFile is the file in which a variable of the project is set, "" where Compose reads none.
func (t *fileTree) envFile() string {
	files := t.EnvFiles
	if len(files) == 0 && !t.Static {
		files = strings.FieldsFunc(t.Env["COMPOSE_ENV_FILES"], func(c rune) bool { return c == ',' })
	}
	if len(files) > 0 {
		return Absolute(t.Dir, files[len(files)-1])
	}
	if t.NoEnvFile {
		return ""
	}
	if off, err := strconv.ParseBool(t.Env[consts.ComposeDisableDefaultEnvFile]); err == nil && off && !t.Static {
		return ""
	}
	return filepath.Join(t.dir, ".env")
}

// requiredVar is a variable without a default, and whether a path goes on after it.
var requiredVar = lazyexp.New(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?\?[^}]*)?\})(:?/)?`)

// requiredValues are values for the variables of a refused project that have none: a path where a path stands, else a number,
// which most places take.
func (r *reader) requiredValues() map[string]string {
	if r.compared.full {
		return nil
	}

	out := map[string]string{}
	for _, path := range r.order {
		for _, m := range requiredVar().FindAllStringSubmatch(string(r.walker.files[path].Text), -1) {
			name := m[1] + m[2]
			if _, set := r.env.fromVars(name); set || out[name] != "" && m[3] == "" {
				continue
			}
			out[name] = strconv.Itoa(40000 + len(out))
			if m[3] != "" {
				out[name] = "/srv/" + out[name]
			}
		}
	}
	return out
}
