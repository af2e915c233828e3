package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/docker/cli/cli/config"

	"github.com/portlint/portlint/dockerapi"
)

// composeProgram is how this machine runs Compose.
type composeProgram struct {
	path  string // of docker or docker-compose
	words []string
}

var errNoCompose = errors.New("there is no Compose to run: docker has no plugin compose, and there is no docker-compose on the PATH")

// findCompose prefers `docker compose` to docker-compose. A plugin in one of docker's own directories is enough; when
// there is none, docker is asked, because a package may keep it elsewhere.
func findCompose(ctx context.Context, w world) (composeProgram, error) {
	docker, dockerErr := exec.LookPath("docker")
	if dockerErr == nil && (hasPlugin(w.env) || exec.CommandContext(ctx, docker, "compose", "version").Run() == nil) {
		return composeProgram{path: docker, words: []string{"docker"}}, nil
	}
	alone, err := exec.LookPath("docker-compose")
	if err != nil {
		return composeProgram{}, errNoCompose
	}
	version, err := exec.CommandContext(ctx, alone, "version", "--short").Output()
	if err != nil {
		return composeProgram{}, fmt.Errorf("%s does not run: %w", alone, err)
	}
	if said := strings.TrimSpace(string(version)); strings.HasPrefix(said, "1.") {
		return composeProgram{}, fmt.Errorf("%s is Compose %s, which has ended: portlint up needs Compose 2 or newer", alone, said)
	}
	return composeProgram{path: alone, words: []string{"docker-compose"}}, nil
}

// command is the command line, the name of the program first.
func (c composeProgram) command(line *upLine) []string {
	words := append(slices.Clone(c.words), line.docker...)
	if c.words[0] == "docker" {
		words = append(words, "compose")
	}
	return slices.Concat(words, line.global, []string{"up"}, line.after)
}

// hasPlugin looks for the plugin where docker does. Source: docker cli-plugins/manager/manager.go, getPluginDirs.
func hasPlugin(env map[string]string) bool {
	dir := dockerapi.ConfigDir(env)
	settings, _ := config.Load(dir) // docker itself says what is wrong with its file
	name, dirs := "docker-compose", []string{"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"}
	if runtime.GOOS == "windows" {
		name += ".exe"
		dirs = []string{filepath.Join(env["ProgramData"], "Docker", "cli-plugins"), filepath.Join(env["ProgramFiles"], "Docker", "cli-plugins")}
	}
	dirs = slices.Concat(settings.CLIPluginsExtraDirs, []string{filepath.Join(dir, "cli-plugins")}, dirs)
	return slices.ContainsFunc(dirs, func(dir string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	})
}
