package up

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/docker/cli/cli-plugins/socket"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
)

// composeProgram is how this machine runs Compose.
type composeProgram struct {
	path  string   // of docker, docker-compose, or the plugin
	words []string // as one types it
	// plugin: it is started as docker starts its plugins, which is what called portlint. It hears from that docker when to
	// end: docker tells its plugins on a socket, and another docker in between would not pass that on.
	plugin bool
}

// errNoCompose says that there is nothing that up could stand in place of.
var errNoCompose = errors.New("there is no Compose to run: docker has no plugin compose, and there is neither docker-compose nor podman-compose on the PATH")

// podmanCompose is the Python program that runs Compose files with Podman.
const podmanCompose = "podman-compose"

// isPodmanCompose reports whether the program reads Compose files in a way of its own, and asks no engine's socket.
func (c composeProgram) isPodmanCompose() bool { return c.words[0] == podmanCompose }

// findCompose prefers `docker compose` to docker-compose, and that to podman-compose. A plugin in one of docker's own directories is enough; when
// there is none, docker is asked, because a package may keep it elsewhere.
func findCompose(ctx context.Context, w run.Process) (composeProgram, error) {
	plugin := composePlugin(w.Env)
	if plugin != "" && calledByDocker(w) {
		return composeProgram{path: plugin, words: []string{"docker"}, plugin: true}, nil
	}
	docker, dockerErr := exec.LookPath("docker")
	if dockerErr == nil && (plugin != "" || exec.CommandContext(ctx, docker, "compose", "version").Run() == nil) {
		return composeProgram{path: docker, words: append([]string{"docker"}, w.Typed...)}, nil
	}
	alone, err := exec.LookPath("docker-compose")
	if other, otherErr := exec.LookPath(podmanCompose); err != nil && otherErr == nil {
		return composeProgram{path: other, words: []string{podmanCompose}}, nil
	}
	if err != nil {
		return composeProgram{}, errNoCompose
	}
	c := composeProgram{path: alone, words: []string{"docker-compose"}}
	if _, err := buildinfo.ReadFile(alone); err == nil {
		return c, nil // version 1 is not written in Go, and asking takes as long as all the rest
	}
	said, v, err := c.version(ctx)
	if err == nil && v[0] < 2 {
		err = fmt.Errorf("%s is Compose %s, which has ended: portlint up needs Compose 2 or newer", alone, said)
	}
	return c, err
}

// calledByDocker reports whether docker runs portlint as its plugin, and waits for it.
func calledByDocker(w run.Process) bool { return w.Plugin && w.Env[metadata.ReexecEnvvar] != "" }

// version asks Compose for its version, as it says it and as three numbers. A build from source, such as "dev", counts
// as newer than all.
func (c composeProgram) version(ctx context.Context) (said string, v [3]int, err error) {
	words := []string{"version", "--short"}
	if c.words[0] == "docker" {
		words = append([]string{"compose"}, words...)
	}
	out, err := exec.CommandContext(ctx, c.path, words...).Output()
	if err != nil {
		return "", v, fmt.Errorf("cannot ask %s for its version: %w", c.path, err)
	}
	said = strings.TrimSpace(string(out))
	if _, err = fmt.Sscanf(strings.TrimPrefix(said, "v"), "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return said, [3]int{math.MaxInt}, nil //nolint:nilerr // it answered, and is no version of old
	}
	return said, v, nil
}

// replaces fails when this Compose does not know `ports: !override`, as it does from 2.24.4 on: it would add the ports.
func (c composeProgram) replaces(ctx context.Context) error {
	if c.isPodmanCompose() {
		return errors.New("ports that are written as numbers can't be moved for one run: podman-compose has no !override")
	}
	said, v, err := c.version(ctx)
	if err == nil && slices.Compare(v[:], []int{2, 24, 4}) < 0 {
		return fmt.Errorf("ports that are written as numbers can't be moved for one run: Compose %s has no !override, which came with 2.24.4", said)
	}
	return err
}

// command is the command line, the name of the program first.
func (c composeProgram) command(line *Line) []string {
	words := c.with(line, append([]string{"up"}, line.after...))
	if c.plugin {
		words[0] = c.path
	}
	return words
}

// process is the process as the program will see it: what docker tells its plugins is not for another docker.
func (c composeProgram) process(w run.Process) run.Process {
	if c.plugin {
		return w
	}
	return w.Without(metadata.ReexecEnvvar, socket.EnvKey)
}

// typed is another command for the same project, as one types it.
func (c composeProgram) typed(line *Line, words ...string) string {
	if line.name != "" {
		words = append([]string{"-p", line.name}, words...)
	}
	return lint.ShellLine(c.with(line, words))
}

// with puts docker's flags and those of Compose before a command.
func (c composeProgram) with(line *Line, command []string) []string {
	words := append(slices.Clone(c.words), line.docker...)
	if c.words[0] == "docker" {
		words = append(words, "compose")
	}
	return slices.Concat(words, line.global, command)
}

// composePlugin is the file of the plugin, looked for where docker does, "" when it is not there. Source: docker
// cli-plugins/manager/manager.go, getPluginDirs.
func composePlugin(env map[string]string) string {
	dir := dockerapi.ConfigDir(env)
	settings := dockerapi.Settings(dir) // docker itself says what is wrong with its file
	name, dirs := "docker-compose", []string{"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"}
	if runtime.GOOS == "windows" {
		name += ".exe"
		dirs = []string{filepath.Join(env["ProgramData"], "Docker", "cli-plugins"), filepath.Join(env["ProgramFiles"], "Docker", "cli-plugins")}
	}

	dirs = slices.Concat(settings.CLIPluginsExtraDirs, []string{filepath.Join(dir, "cli-plugins")}, dirs)
	for _, dir := range dirs {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}
