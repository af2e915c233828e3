package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/consts"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/recognize"
	"github.com/portlint/portlint/lint"
)

// environ is the environment that interpolates one load: the project, or one include.
type environ struct {
	vars     types.Mapping
	origin   map[string]lint.Origin // for what does not come from the process
	files    map[string]bool        // env files that were read; shared by all loads of a project
	hidden   map[string]string      // the env file whose value the process hides, by variable; shared, too
	examples *examples              // shared, too
	growth   *growth                // of what the walk expands; shared, too
	static   bool
	disk     *disk.View
}

// examples are the values to fall back to, in Static only.
type examples struct {
	vars     types.Mapping
	file     map[string]string // the file of each of them
	dirs     map[string]bool   // directories that were looked at
	tooLarge []*growthError    // the files of which no value is taken
}

// newEnviron starts with the process environment, to which Compose adds PWD where a shell does not.
// Source: compose pkg/compose/loader.go, buildProjectOptions.
func newEnviron(o Options, d *disk.View) *environ {
	e := &environ{vars: types.Mapping{}, origin: map[string]lint.Origin{}, static: o.Static, disk: d, growth: &growth{maxInterpolated},
		files: map[string]bool{}, hidden: map[string]string{}, examples: &examples{vars: types.Mapping{}, file: map[string]string{}, dirs: map[string]bool{}}}
	if !o.Static {
		maps.Copy(e.vars, o.Env)
	}
	if _, ok := e.vars["PWD"]; !ok {
		e.vars["PWD"] = o.Dir
	}
	return e
}

// clone copies the environment for an include, which adds to it and never takes away.
func (e *environ) clone() *environ {
	return &environ{vars: e.vars.Clone(), origin: maps.Clone(e.origin), files: e.files, hidden: e.hidden,
		examples: e.examples, growth: e.growth, static: e.static, disk: e.disk}
}

// ofCompose are the variables that are Compose's own. Source: compose cmd/compose/compose.go, setEnvWithDotEnv.
func (e *environ) ofCompose() map[string]string {
	own := map[string]string{}
	for name, value := range e.vars {
		if strings.HasPrefix(name, "COMPOSE_") {
			own[name] = value
		}
	}
	return own
}

// addFiles reads env files; a later file wins over an earlier one, and what is set already wins over both.
// Source: compose-go cli/options.go, WithDotEnv; dotenv, GetEnvFromFile.
func (e *environ) addFiles(files []string) error {
	for _, file := range files {
		e.files[file] = true
	}

	fromFiles, err := e.readEnv(e.vars, files)
	if err != nil {
		return err
	}

	definers := e.definers(fromFiles, files)
	for name, value := range fromFiles {
		if old, set := e.vars[name]; set {
			if e.origin[name].File == "" && old != value {
				e.hidden[name] = definers[name]
			}
			continue
		}
		e.vars[name] = value
		e.origin[name] = lint.Origin{Kind: lint.FromEnvFile, File: definers[name]}
	}
	return nil
}

// definers names the env file that gives each variable: the last one that sets it.
func (e *environ) definers(vars map[string]string, files []string) map[string]string {
	definers := map[string]string{}
	for name := range vars {
		definers[name] = files[0]
	}
	if len(files) < 2 {
		return definers
	}

	for _, file := range files {
		own, err := e.readEnv(e.vars, []string{file})
		if err != nil {
			continue
		}
		for name := range own {
			definers[name] = file
		}
	}
	return definers
}

// addExamples keeps the values of the example files of a directory, for variables that nothing else gives.
func (e *environ) addExamples(dir string) {
	if !e.static || e.examples.dirs[dir] {
		return
	}

	e.examples.dirs[dir] = true
	for _, name := range recognize.ExampleNames() {
		file := filepath.Join(dir, name)
		if _, err := e.disk.Read(file); err != nil {
			continue
		}
		vars, err := e.readEnv(e.vars, []string{file})
		if err != nil {
			var grows *growthError
			if errors.As(err, &grows) {
				e.examples.tooLarge = append(e.examples.tooLarge, grows)
			}
			continue
		}
		for k, v := range vars {
			if _, have := e.examples.vars[k]; !have && v != "" {
				e.examples.vars[k], e.examples.file[k] = v, file
			}
		}
	}
}

// lookup finds a value: the environment, else an example file. On Windows names ignore case, as in compose-go.
func (e *environ) lookup(name string) (string, bool) {
	if v, ok := e.fromVars(name); ok {
		return v, true
	}
	v, ok := e.examples.vars[name]
	return v, ok
}

func (e *environ) fromVars(name string) (string, bool) {
	details := types.ConfigDetails{Environment: e.vars}
	return details.LookupEnv(name)
}

// isOn reports whether a switch of Compose is on. Source: compose pkg/utils/stringutils.go, StringToBool.
func (e *environ) isOn(name string) bool {
	value, _ := e.fromVars(name)
	value = strings.ToLower(strings.TrimSpace(value))
	on, _ := strconv.ParseBool(value)
	return on || value == "y"
}

// originOf tells where lookup found a variable.
func (e *environ) originOf(name string) lint.Origin {
	if _, ok := e.fromVars(name); ok {
		if o, ok := e.origin[name]; ok {
			return o
		}
		return lint.Origin{Kind: lint.FromShell}
	}
	if file, ok := e.examples.file[name]; ok {
		return lint.Origin{Kind: lint.FromExample, File: file}
	}
	return lint.Origin{Kind: lint.Unset}
}

// defaultEnvFile is the .env of a directory, unless COMPOSE_DISABLE_ENV_FILE turns it off or there is none.
// Source: compose-go cli/options.go, WithEnvFiles.
func defaultEnvFile(o Options, d *disk.View, dir string) ([]string, error) {
	if o.NoEnvFile {
		return nil, nil
	}
	if v, ok := o.Env[consts.ComposeDisableDefaultEnvFile]; ok && !o.Static {
		off, err := strconv.ParseBool(v)
		if err != nil {
			return nil, fmt.Errorf("%s is %q, expected true or false", consts.ComposeDisableDefaultEnvFile, v)
		}
		if off {
			return nil, nil
		}
	}

	file := filepath.Join(dir, ".env")
	if _, over := o.Overlay[file]; over {
		return []string{file}, nil
	}
	if !d.Admits(file) {
		return nil, nil
	}

	info, err := os.Stat(file)
	isDir := err == nil && info.IsDir()
	if os.IsNotExist(err) || os.IsPermission(err) || isDir {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", file, err)
	}
	return []string{file}, nil
}

// readEnv is dotenv.GetEnvFromFile on this disk: a later file sees what earlier ones set, and current before both.
// Source: compose-go dotenv/env.go.
// The values of all files together grow up to a bound.
func (e *environ) readEnv(current map[string]string, files []string) (map[string]string, error) {
	vars, left := map[string]string{}, growth{maxEnvValues}
	for _, file := range files {
		text, err := e.disk.Read(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return vars, fmt.Errorf("couldn't find env file: %s", file)
		case err != nil:
			return vars, err
		}
		if err := parseEnv(file, text, current, vars, &left); err != nil {
			return vars, err
		}
	}
	return vars, nil
}
