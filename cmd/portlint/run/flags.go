package run

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint/report"
)

// Flags are Compose's own flags, with Compose's meaning. Package compose reads the environment variables of the
// same meaning.
type Flags struct {
	Files       []string
	ProjectDir  string
	ProjectName string
	Profiles    []string
	EnvFiles    []string
	// Compatibility is --compatibility: Compose names containers as its first version did.
	Compatibility bool
	Contexts      []string // of docker, each once
	Host          string
	Timeout       time.Duration // that an engine may take to answer; 0: dockerapi.DefaultTimeout
}

// Register adds Compose's flags and docker's to the flags of a command.
func (g *Flags) Register(f *pflag.FlagSet) {
	f.StringArrayVarP(&g.Files, "file", "f", nil, "Compose `FILE`, repeatable (COMPOSE_FILE)")
	f.StringVar(&g.ProjectDir, "project-directory", "", "project `DIRECTORY` (default: the directory of the first file)")
	f.StringVarP(&g.ProjectName, "project-name", "p", "", "project `NAME` (COMPOSE_PROJECT_NAME)")
	f.StringArrayVar(&g.Profiles, "profile", nil, "profile `NAME` to turn on, repeatable (COMPOSE_PROFILES)")
	f.StringArrayVar(&g.EnvFiles, "env-file", nil, "environment `FILE`, repeatable (COMPOSE_ENV_FILES)")
	f.BoolVar(&g.Compatibility, "compatibility", false, "container names as of Compose 1, such as shop_web_1 (COMPOSE_COMPATIBILITY)")
	g.RegisterEngine(f)
	f.Lookup("context").Usage = "docker context `NAME`, repeatable for check and ports (DOCKER_CONTEXT)"
}

// RegisterEngine adds docker's flags that say which engine is asked.
func (g *Flags) RegisterEngine(f *pflag.FlagSet) {
	f.Var(&onceEach{&g.Contexts}, "context", "docker context `NAME` (DOCKER_CONTEXT)")
	f.StringVarP(&g.Host, "host", "H", "", "engine `ADDRESS` (DOCKER_HOST)")
	f.Var((*patience)(&g.Timeout), "timeout", "`TIME` that an engine may take to answer, in seconds or as in 500ms")
}

// patience is the value of --timeout: seconds, or a duration as in 500ms.
type patience time.Duration

// maxPatience bounds it: longer than this nobody waits for an answer.
const maxPatience = time.Hour

// Set reads a value.
func (t *patience) Set(value string) error {
	if strings.Trim(value, "0123456789.") == "" {
		value += "s"
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 || d > maxPatience {
		return fmt.Errorf("expected a time up to %s, in seconds or as in 500ms", dockerapi.Brief(maxPatience))
	}
	*t = patience(d)
	return nil
}

// String is the value as the help shows the default.
func (t *patience) String() string {
	return dockerapi.Brief(cmp.Or(time.Duration(*t), dockerapi.DefaultTimeout))
}

// Type is how the usage names a value.
func (t *patience) Type() string { return "time" }

// IsOurs reports whether a global flag is portlint's own, and neither Compose's nor docker's.
func IsOurs(f *pflag.Flag) bool {
	_, ours := f.Value.(*patience)
	return ours
}

// onceEach is the value of a flag that may be repeated, where a repeated value means nothing new.
type onceEach struct{ values *[]string }

// Set adds a value, once.
func (o *onceEach) Set(value string) error {
	if !slices.Contains(*o.values, value) {
		*o.values = append(*o.values, value)
	}
	return nil
}

// String is the default, as pflag wants it.
func (o *onceEach) String() string { return "" }

// Type is how the usage names a value.
func (o *onceEach) Type() string { return "name" }

// Engine says which engine is asked, the one that docker would ask, and for which project, "" for none.
func (g *Flags) Engine(w Process, project string) dockerapi.Options {
	o := dockerapi.Options{Host: g.Host, Env: w.Env, Typed: w.Typed, Timeout: cmp.Or(g.Timeout, w.Patience), Project: project, Silence: w.Silence}
	if len(g.Contexts) > 0 {
		o.Context = g.Contexts[0]
	}
	return o
}

// NameFiles reports whether a flag or the environment says which files are read, so that one that can't be is an error.
func (g *Flags) NameFiles(w Process) bool {
	return len(g.Files) > 0 || len(g.EnvFiles) > 0 || w.Env["COMPOSE_FILE"] != "" || w.Env["COMPOSE_ENV_FILES"] != ""
}

// UnknownContext says that docker has no context of a name that --context or DOCKER_CONTEXT gives: any machine may be meant,
// so that nothing can be said. docker refuses it, too.
func (g *Flags) UnknownContext(w Process) error {
	names, by := g.Contexts, ""
	if strings.Join(names, "") == "" && g.Host == "" && w.Env["DOCKER_HOST"] == "" {
		names, by = []string{w.Env["DOCKER_CONTEXT"]}, ", which DOCKER_CONTEXT names"
	}

	for _, name := range names {
		if name != "" && !dockerapi.HasContext(w.Env, name) {
			return fmt.Errorf("there is no docker context %q%s%s", name, by, DidYouMean(name, dockerapi.Contexts(w.Env)))
		}
	}
	return nil
}

// OneEngine refuses several contexts where what is asked has one engine. what is such as "up".
func (g *Flags) OneEngine(what string) error {
	if len(g.Contexts) > 1 {
		return fmt.Errorf("%s is about one engine, but --context names %d: %s", what, len(g.Contexts), strings.Join(g.Contexts, ", "))
	}
	return g.Unclear()
}

// Unclear refuses flags that leave open which engine is meant. A --context that is empty is none, as for docker.
func (g *Flags) Unclear() error {
	switch {
	case len(g.Contexts) > 1 && slices.Contains(g.Contexts, ""):
		return fmt.Errorf("one --context of %d is empty, expected a name of `docker context ls`", len(g.Contexts))
	case strings.Join(g.Contexts, "") != "" && g.Host != "":
		return errors.New("--context and -H can't be used together")
	}
	return nil
}

// Options are what package compose needs to read the project from here.
func (g *Flags) Options(w Process, static bool) (compose.Options, error) {
	if w.Dir == "" {
		return compose.Options{}, errors.New("the working directory can't be found out")
	}
	o := compose.Options{
		Dir: w.Dir, Files: g.Files, ProjectName: g.ProjectName,
		Profiles: g.Profiles, Env: w.Env, Stdin: w.Stdin, Static: static, Confined: static,
		Compatibility: g.Compatibility,
	}
	if g.ProjectDir != "" {
		o.ProjectDir = Below(w.Dir, g.ProjectDir)
	}

	for _, file := range g.EnvFiles {
		o.EnvFiles = append(o.EnvFiles, Below(w.Dir, file))
	}
	return o, nil
}

// Relative names a path as people see it from dir.
func Relative(dir, path string) string { return report.Report{Dir: dir}.Path(path) }

// Below resolves a path that the user gave, as seen from dir.
func Below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
