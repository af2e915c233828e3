package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/portlint/portlint/compose"
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
	context     string
	host        string
}

func (g *globals) register(f *pflag.FlagSet) {
	f.StringArrayVarP(&g.files, "file", "f", nil, "Compose `FILE`, repeatable (COMPOSE_FILE)")
	f.StringVar(&g.projectDir, "project-directory", "", "project `DIRECTORY` (default: the directory of the first file)")
	f.StringVarP(&g.projectName, "project-name", "p", "", "project `NAME` (COMPOSE_PROJECT_NAME)")
	f.StringArrayVar(&g.profiles, "profile", nil, "profile `NAME` to turn on, repeatable (COMPOSE_PROFILES)")
	f.StringArrayVar(&g.envFiles, "env-file", nil, "environment `FILE`, repeatable (COMPOSE_ENV_FILES)")
	g.registerEngine(f)
}

// registerEngine adds docker's flags that say which engine is asked.
func (g *globals) registerEngine(f *pflag.FlagSet) {
	f.StringVar(&g.context, "context", "", "docker context `NAME` (DOCKER_CONTEXT)")
	f.StringVarP(&g.host, "host", "H", "", "engine `ADDRESS` (DOCKER_HOST)")
}

// options are what package compose needs to read the project from here.
func (g *globals) options(w world, static bool) (compose.Options, error) {
	if w.dir == "" {
		return compose.Options{}, errors.New("the working directory can't be found out")
	}
	o := compose.Options{
		Dir: w.dir, Files: g.files, ProjectName: g.projectName,
		Profiles: g.profiles, Env: w.env, Stdin: w.stdin, Static: static,
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
