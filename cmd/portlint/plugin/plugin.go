// Package plugin makes portlint a plugin of the docker CLI: its installation, docker's calls, and the hint after a command that
// failed.
package plugin

import (
	"context"

	"github.com/docker/cli/cli-plugins/socket"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// pluginName is the word after `docker`.
const pluginName = "portlint"

const homepage = "https://github.com/portlint/portlint"

// Run is the whole program when docker calls it: `docker portlint`, or a question of docker's. commands runs a command line.
func Run(ctx context.Context, args []string, w run.Process, commands func(context.Context, []string, run.Process) int) int {
	call, err := parseCall(args)
	switch {
	case err != nil:
		run.Logf(w.Stderr, "%s", err)
		return run.ExitFailed
	case call.metadata:
		err = writeMetadata(w.Stdout, w.Version, homepage)
	case call.hook != "":
		err = Hint(ctx, w, call.hook)
	default:
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		socket.ConnectAndWait(cancel) // docker ends, or was told to
		w = w.With(call.env)
		w.Plugin, w.Typed = true, call.typed
		return commands(ctx, call.args, w)
	}
	if err != nil {
		return run.ExitFailed
	}
	return run.ExitClean
}
