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
)

// scanNames fills what a fix must know of variables: the names in use, and the files in which values are given.
func (r *reader) scanNames() {
	r.project.Taken = map[string]bool{}
	for _, path := range r.order {
		r.takeAll(variable, r.walker.files[path].Text)
		r.take(environmentSources(r.walker.files[path])...)
	}
	r.takeEnv(r.env)
	for _, s := range r.found {
		for _, l := range s.layers {
			r.takeEnv(l.env)
			r.take(environmentKeys(l)...)
			for _, file := range r.containerFiles(l) {
				r.takeText(file)
			}
		}
	}
	for dir := range r.envDirs() {
		for _, file := range r.envFilesIn(dir) {
			r.takeText(file)
		}
	}
	r.scanEnvFiles()
}

// setVariable is a line of an env file that sets a variable, or would if it were no comment.
var setVariable = regexp.MustCompile(`(?m)^[ \t#]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*[=:]`)

func (r *reader) take(names ...string) {
	for _, name := range names {
		r.project.Taken[name] = true
	}
}

func (r *reader) takeAll(re *regexp.Regexp, text []byte) {
	for _, m := range re.FindAllSubmatch(text, -1) {
		r.take(string(m[1]))
	}
}

// takeText takes the names that an env file sets, and those that its values use.
func (r *reader) takeText(path string) {
	text := r.envText(path)
	r.takeAll(setVariable, text)
	r.takeAll(variable, text)
}

func (r *reader) takeEnv(e *environ) {
	for name := range e.vars {
		r.project.Taken[name] = true
	}
	for name := range e.examples.vars {
		r.project.Taken[name] = true
	}
}

// envText is the text of an env file, nil where there is none that can be read.
func (r *reader) envText(path string) []byte {
	text, err := r.disk.Read(path)
	if err != nil {
		return nil
	}
	return text
}

// containerFiles are the files out of which a container of the service gets its environment or its labels.
func (r *reader) containerFiles(l *layer) []string {
	var out []string
	for _, n := range l.sideFiles() {
		out = append(out, r.pathsOf(l, text(l.env, n))...)
	}
	return out
}

// envDirs are the directories in which the project may have env files: its own, and those of all files with services.
func (r *reader) envDirs() map[string]bool {
	dirs := map[string]bool{r.dir: true}
	for _, s := range r.found {
		for _, l := range s.layers {
			dirs[filepath.Dir(l.file.Path)] = true
		}
	}
	return dirs
}

// envFilesIn lists the files of a directory that are called like env files: .env.local, web.env.
func (r *reader) envFilesIn(dir string) []string {
	var out []string
	for _, e := range r.disk.List(dir) {
		if recognize.IsEnvName(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// scanEnvFiles finds the files in which values are given, or shown.
func (r *reader) scanEnvFiles() {
	r.project.EnvFile = r.envFile()
	r.project.EnvTexts, r.project.Quiet = map[string][]byte{}, map[string]bool{}
	inside := map[string]bool{} // what a container gets is no example
	for _, s := range r.found {
		for _, l := range s.layers {
			for _, file := range r.containerFiles(l) {
				inside[file] = true
			}
		}
	}
	dirs := slices.Sorted(maps.Keys(r.envDirs()))
	for _, dir := range dirs {
		if file := r.exampleIn(dir, inside); file != "" {
			r.project.Examples = append(r.project.Examples, file)
			r.project.Quiet[file] = r.quiet(file, inside)
			r.showEnv(file)
		}
	}
	r.copies = r.copiesIn(dirs)
	r.showEnv(r.project.EnvFile)
	r.findUnused()
	for _, b := range r.project.Bindings() {
		if b.From.Kind == lint.FromEnvFile {
			r.showEnv(b.From.File)
		}
	}
}

// findUnused finds, for the host ports whose variable has no value or one of the process, what a file says about it.
func (r *reader) findUnused() {
	for i := range r.project.Services {
		s := &r.project.Services[i]
		for j := range s.Bindings {
			b := &s.Bindings[j]
			switch b.From.Kind {
			case lint.FromShell:
				if file := r.env.hidden[b.Var]; file != "" {
					r.findGiven(b, lint.HiddenByShell, file)
				}
			case lint.Unset:
				for _, copies := range r.copies {
					for _, env := range slices.Sorted(maps.Keys(copies)) {
						r.findGiven(b, lint.InExample, copies[env].Example)
					}
				}
				for _, l := range slices.Backward(r.found[s.Name].layers) {
					for _, file := range slices.Backward(r.containerFiles(l)) {
						r.findGiven(b, lint.InContainer, file)
					}
				}
			}
		}
	}
}

// findGiven notes what a file gives the variable of a host port, where nothing is known yet. Without a value it shows none.
func (r *reader) findGiven(b *lint.Binding, kind lint.GivenKind, file string) {
	if b.From.Unused.Kind != lint.NotGiven {
		return
	}
	given, ok := lint.EnvGiven(kind, file, r.envText(file), b.Var)
	if ok && (given.Text != "" || kind == lint.HiddenByShell) {
		b.From.Unused = given
		r.showEnv(file)
	}
}

// showEnv keeps the text of an env file for fixes and for what is printed.
func (r *reader) showEnv(path string) {
	if _, known := r.project.EnvTexts[path]; known || path == "" {
		return
	}
	text := r.envText(path)
	if text == nil {
		return
	}
	r.project.EnvTexts[path] = text
	if !slices.ContainsFunc(r.beside, func(f *syntax.File) bool { return f.Path == path }) {
		r.beside = append(r.beside, &syntax.File{Path: path, Text: text})
	}
}

// exampleIn is the first example file of a directory that is text, and no link to another one.
func (r *reader) exampleIn(dir string, inside map[string]bool) string {
	for _, name := range recognize.ExampleNames() {
		path := filepath.Join(dir, name)
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			continue
		}
		if text := r.envText(path); text != nil && !inside[path] && !bytes.Contains(text, []byte{0}) {
			return path
		}
	}
	return ""
}

// quiet reports whether a line of an example may get into a container, once the example was copied: a service reads the
// copy, or a file of that directory that is yet to be made.
func (r *reader) quiet(example string, inside map[string]bool) bool {
	for path := range inside {
		if filepath.Dir(path) != filepath.Dir(example) {
			continue
		}
		if strings.HasPrefix(filepath.Base(path), ".env") || path == r.project.EnvFile || !r.disk.IsFile(path) {
			return true
		}
	}
	return false
}

// maxCopies bounds the example files of one directory that are taken for its env file.
const maxCopies = 3

// copiesIn are the ways in which people make env files out of the example files of directories.
func (r *reader) copiesIn(dirs []string) []map[string]Copy {
	var ways []map[string]Copy
	for _, dir := range dirs {
		copied := filepath.Join(dir, ".env")
		if dir == r.dir && filepath.Dir(r.project.EnvFile) == dir {
			copied = r.project.EnvFile
		}
		n := 0
		for _, name := range recognize.ExampleNames() {
			example := filepath.Join(dir, name)
			if n == maxCopies || example == copied {
				continue
			}
			text := r.envText(example)
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
func (r *reader) envFile() string {
	files := r.EnvFiles
	if len(files) == 0 && !r.Static {
		files = strings.FieldsFunc(r.Env["COMPOSE_ENV_FILES"], func(c rune) bool { return c == ',' })
	}
	if len(files) > 0 {
		return Absolute(r.Dir, files[len(files)-1])
	}
	if r.NoEnvFile {
		return ""
	}
	if off, err := strconv.ParseBool(r.Env[consts.ComposeDisableDefaultEnvFile]); err == nil && off && !r.Static {
		return ""
	}
	return filepath.Join(r.dir, ".env")
}

// demanded is a variable without a default, and whether a path goes on after it.
var demanded = regexp.MustCompile(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?\?[^}]*)?\})(:?/)?`)

// demands are values for the variables of a refused project that have none: a path where a path stands, else a number,
// which most places take.
func (r *reader) demands() map[string]string {
	if r.exact {
		return nil
	}
	out := map[string]string{}
	for _, path := range r.order {
		for _, m := range demanded.FindAllStringSubmatch(string(r.walker.files[path].Text), -1) {
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
