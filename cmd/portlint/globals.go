package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint/report"
)

// globals are Compose's own flags, with Compose's meaning. Package compose reads the environment variables of the
// same meaning.
type globals struct {
	files       []string
	projectDir  string
	projectName string
	profiles    []string
	envFiles    []string
	contexts    []string // of docker, each once
	host        string
}

func (g *globals) register(f *pflag.FlagSet) {
	f.StringArrayVarP(&g.files, "file", "f", nil, "Compose `FILE`, repeatable (COMPOSE_FILE)")
	f.StringVar(&g.projectDir, "project-directory", "", "project `DIRECTORY` (default: the directory of the first file)")
	f.StringVarP(&g.projectName, "project-name", "p", "", "project `NAME` (COMPOSE_PROJECT_NAME)")
	f.StringArrayVar(&g.profiles, "profile", nil, "profile `NAME` to turn on, repeatable (COMPOSE_PROFILES)")
	f.StringArrayVar(&g.envFiles, "env-file", nil, "environment `FILE`, repeatable (COMPOSE_ENV_FILES)")
	g.registerEngine(f)
	f.Lookup("context").Usage = "docker context `NAME`, repeatable for check and ports (DOCKER_CONTEXT)"
}

// registerEngine adds docker's flags that say which engine is asked.
func (g *globals) registerEngine(f *pflag.FlagSet) {
	f.Var(&onceEach{&g.contexts}, "context", "docker context `NAME` (DOCKER_CONTEXT)")
	f.StringVarP(&g.host, "host", "H", "", "engine `ADDRESS` (DOCKER_HOST)")
}

// onceEach is the value of a flag that may be repeated, where a repeated value means nothing new.
type onceEach struct{ values *[]string }

func (o *onceEach) Set(value string) error {
	if !slices.Contains(*o.values, value) {
		*o.values = append(*o.values, value)
	}
	return nil
}

func (o *onceEach) String() string { return "" }
func (o *onceEach) Type() string   { return "name" }

// engine says which engine is asked, the one that docker would ask, and for which project, "" for none.
func (g *globals) engine(w world, project string) dockerapi.Options {
	o := dockerapi.Options{Host: g.host, Env: w.env, Typed: w.typed, Project: project}
	if len(g.contexts) > 0 {
		o.Context = g.contexts[0]
	}
	return o
}

// unknownContext says that docker has no context of a name that --context or DOCKER_CONTEXT gives: any machine may be meant,
// so that nothing can be said. docker refuses it, too.
func (g *globals) unknownContext(w world) error {
	names, by := g.contexts, ""
	if strings.Join(names, "") == "" && g.host == "" && w.env["DOCKER_HOST"] == "" {
		names, by = []string{w.env["DOCKER_CONTEXT"]}, ", which DOCKER_CONTEXT names"
	}
	for _, name := range names {
		if name != "" && !dockerapi.HasContext(w.env, name) {
			return fmt.Errorf("there is no docker context %q%s%s", name, by, didYouMean(name, dockerapi.Contexts(w.env)))
		}
	}
	return nil
}

// oneEngine refuses several contexts where what is asked has one engine. what is such as "up".
func (g *globals) oneEngine(what string) error {
	if len(g.contexts) > 1 {
		return fmt.Errorf("%s is about one engine, but --context names %d: %s", what, len(g.contexts), strings.Join(g.contexts, ", "))
	}
	return g.unclear()
}

// unclear refuses flags that leave open which engine is meant. A --context that is empty is none, as for docker.
func (g *globals) unclear() error {
	switch {
	case len(g.contexts) > 1 && slices.Contains(g.contexts, ""):
		return fmt.Errorf("one --context of %d is empty, expected a name of `docker context ls`", len(g.contexts))
	case strings.Join(g.contexts, "") != "" && g.host != "":
		return errors.New("--context and -H can't be used together")
	}
	return nil
}

// options are what package compose needs to read the project from here.
func (g *globals) options(w world, static bool) (compose.Options, error) {
	if w.dir == "" {
		return compose.Options{}, errors.New("the working directory can't be found out")
	}
	o := compose.Options{
		Dir: w.dir, Files: g.files, ProjectName: g.projectName,
		Profiles: g.profiles, Env: w.env, Stdin: w.stdin, Static: static, Confined: static,
	}
	if g.projectDir != "" {
		o.ProjectDir = below(w.dir, g.projectDir)
	}
	for _, file := range g.envFiles {
		o.EnvFiles = append(o.EnvFiles, below(w.dir, file))
	}
	return o, nil
}

// relative names a path as people see it from dir.
func relative(dir, path string) string { return report.Report{Dir: dir}.Path(path) }

// below resolves a path that the user gave, as seen from dir.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
