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
	"github.com/portlint/portlint/lint"
)

// scanNames fills what a fix must know of variables: the names in use, and the files in which values are given.
func (r *reader) scanNames() {
	r.project.Taken = map[string]bool{}
	for _, path := range r.order {
		r.takeAll(variable, r.walker.files[path].text)
	}
	r.takeEnv(r.env)
	for _, s := range r.found {
		for _, l := range s.layers {
			r.takeEnv(l.env)
			r.take(environmentKeys(l)...)
			for _, file := range r.envFilesOf(l) {
				r.takeAll(setVariable, r.envText(file))
			}
		}
	}
	for _, file := range r.envFilesIn(r.dir) {
		r.takeAll(setVariable, r.envText(file))
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
	text, err := r.disk.read(path)
	if err != nil {
		return nil
	}
	return text
}

// envFilesOf are the files that the `env_file` of a service, in any of its forms, may mean: seen from the project, and
// from the file that an include or extends leads to.
func (r *reader) envFilesOf(l *layer) []string {
	n := l.find("env_file")
	if n == nil {
		return nil
	}
	paths := texts(l.env, n)
	visits := maxVisits
	for _, c := range n.Content {
		if path := text(l.env, get(entries(c, &visits), "path")); path != "" {
			paths = append(paths, path)
		}
	}
	var out []string
	for _, path := range paths {
		out = append(out, r.pathsOf(l, path)...)
	}
	return out
}

// envFilesIn lists the files of a directory that are called like env files: .env.local, web.env.
func (r *reader) envFilesIn(dir string) []string {
	var out []string
	for _, e := range r.disk.list(dir) {
		if envName.MatchString(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out
}

// scanEnvFiles finds the files in which values are given, or shown.
func (r *reader) scanEnvFiles() {
	r.project.EnvFile = r.envFile()
	r.project.EnvTexts = map[string][]byte{}
	dirs := map[string]bool{r.dir: true}
	inside := map[string]bool{} // what a container gets is no example
	for _, s := range r.found {
		for _, l := range s.layers {
			dirs[filepath.Dir(l.file.path)] = true
			for _, file := range r.envFilesOf(l) {
				inside[file] = true
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if file := r.exampleIn(dir, inside); file != "" {
			r.project.Examples = append(r.project.Examples, file)
			r.showEnv(file)
		}
	}
	r.showEnv(r.project.EnvFile)
	for _, b := range r.project.Bindings() {
		if b.From.Kind == lint.FromEnvFile {
			r.showEnv(b.From.File)
		}
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
	if !slices.ContainsFunc(r.beside, func(f *file) bool { return f.path == path }) {
		r.beside = append(r.beside, &file{path: path, text: text})
	}
}

// exampleIn is the first example file of a directory that is text, and no link to another one.
func (r *reader) exampleIn(dir string, inside map[string]bool) string {
	for _, name := range exampleNames {
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

// envFile is the file in which a variable of the project is set, "" where Compose reads none.
func (r *reader) envFile() string {
	files := r.EnvFiles
	if len(files) == 0 && !r.Static {
		files = strings.FieldsFunc(r.Env["COMPOSE_ENV_FILES"], func(c rune) bool { return c == ',' })
	}
	if len(files) > 0 {
		return absolute(r.Dir, files[len(files)-1])
	}
	if r.NoEnvFile {
		return ""
	}
	if off, err := strconv.ParseBool(r.Env[consts.ComposeDisableDefaultEnvFile]); err == nil && off && !r.Static {
		return ""
	}
	return filepath.Join(r.dir, ".env")
}
