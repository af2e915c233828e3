package main

import (
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// world is everything that a command may look at or write to.
type world struct {
	env     map[string]string
	environ []string // env as the system gave it, for a program that is started
	dir     string   // the working directory, absolute; "" when it can't be found out
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	version string   // of portlint, such as "v0.1.0"
	plugin  bool     // docker called: the words for people are `docker portlint`
	typed   []string // docker's own flags that env stands for, for the words that people shall type
	// patience is how long docker waits for a hint after a command that failed, 0 for hintTime, and a shell for words, 0 for
	// completionTime.
	patience time.Duration
}

func hostWorld() world {
	dir, _ := os.Getwd() // run says what is wrong when it needs it
	return world{
		env: environment(os.Environ()), environ: os.Environ(), dir: dir, version: buildVersion(),
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
	}
}

// with is the world with other values of environment variables.
func (w world) with(values map[string]string) world {
	w = w.without(slices.Sorted(maps.Keys(values))...)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		w.env[name] = values[name]
		w.environ = append(w.environ, name+"="+values[name])
	}
	return w
}

// without is the world without some environment variables.
func (w world) without(names ...string) world {
	w.env = maps.Clone(w.env)
	for _, name := range names {
		delete(w.env, name)
	}
	w.environ = slices.DeleteFunc(slices.Clone(w.environ), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return slices.Contains(names, name)
	})
	return w
}

// environment turns "NAME=value" lines into a map. Windows keeps names like "=C:" there, which are no variables.
func environment(lines []string) map[string]string {
	env := make(map[string]string, len(lines))
	for _, line := range lines {
		if name, value, ok := strings.Cut(line, "="); ok && name != "" {
			env[name] = value
		}
	}
	return env
}

// buildVersion is the version that the go command stamped into the binary, "devel" for a build that has none.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
