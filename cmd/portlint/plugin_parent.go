package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/docker/cli/cli-plugins/metadata"

	"github.com/portlint/portlint/dockerapi/cliplugin"
)

// parentGlobals are docker's own flags for the command that failed. They say which engine refused, but docker leaves them
// out of a hook's request: where the command line of the docker that asks can be read, as on Linux, they count. It is not
// ok when they can't be understood.
func parentGlobals(w *world) (g globals, ok bool) {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", os.Getppid()))
	args := strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	if err != nil || w.env[metadata.ReexecEnvvar] != args[0] {
		return globals{}, true
	}
	e, err := cliplugin.DockerFlags(args[1:])
	if err != nil {
		return globals{}, false
	}
	*w = w.with(e.Env)
	return globals{context: e.Context, host: e.Host}, true
}
