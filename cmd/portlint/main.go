// Portlint finds and fixes host-port conflicts of Docker Compose projects, before `docker compose up` does.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"

	"github.com/sirupsen/logrus"

	"github.com/portlint/portlint/cmd/portlint/plugin"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
)

func main() { os.Exit(start(run.ThisProcess())) }

// start runs the command line of this process.
func start(w run.Process) int {
	logrus.SetOutput(io.Discard) // compose-go logs through its global logger
	if w.Env["GOGC"] == "" {
		tuneCollector()
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt is the system's: it ends what does not listen to the first
	up.OutliveReaders()
	if plugin.Invoked(os.Args[0]) {
		return plugin.Run(ctx, os.Args[1:], w, execute)
	}
	return execute(ctx, os.Args[1:], w)
}
