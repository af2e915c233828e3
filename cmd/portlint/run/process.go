package run

import (
	"cmp"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/portlint/portlint/dockerapi"
)

// Process is everything that a command may look at or write to.
type Process struct {
	Env     map[string]string
	Environ []string // Env as the system gave it, for a program that is started
	Dir     string   // the working directory, absolute; "" when it can't be found out
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Version string             // of portlint, such as "v0.1.0"
	Plugin  bool               // docker called: the words for people are `docker portlint`
	Typed   []string           // docker's own flags that Env stands for, for the words that people are told to type
	Clock   func() time.Time   // nil: that of the system
	Silence *dockerapi.Silence // what one command knows of engines that do not answer; nil: it asks again
	// Patience is how long everything may take that is waited for: an engine, files of others, docker's hint, a shell's words; 0 stands
	// for the usual times.
	Patience time.Duration
}

// Within is how long something may take that usually has that long.
func (w Process) Within(usual time.Duration) time.Duration { return cmp.Or(w.Patience, usual) }

// ThisProcess is the process that the system started.
func ThisProcess() Process {
	dir, _ := os.Getwd() // run says what is wrong when it needs it
	return Process{
		Env: Environment(os.Environ()), Environ: os.Environ(), Dir: dir, Version: buildVersion(),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
	}
}

// Now is the time by the clock of the process.
func (w Process) Now() time.Time {
	if w.Clock == nil {
		return time.Now()
	}
	return w.Clock()
}

// With is the process with other values of environment variables.
func (w Process) With(values map[string]string) Process {
	w = w.Without(slices.Sorted(maps.Keys(values))...)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		w.Env[name] = values[name]
		w.Environ = append(w.Environ, name+"="+values[name])
	}
	return w
}

// Without is the process without some environment variables.
func (w Process) Without(names ...string) Process {
	w.Env = maps.Clone(w.Env)
	for _, name := range names {
		delete(w.Env, name)
	}
	w.Environ = slices.DeleteFunc(slices.Clone(w.Environ), func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return slices.Contains(names, name)
	})
	return w
}

// Environment turns "NAME=value" lines into a map. Windows keeps names like "=C:" there, which are no variables.
func Environment(lines []string) map[string]string {
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
