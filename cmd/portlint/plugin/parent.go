package plugin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/docker/cli/cli-plugins/metadata"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/cmd/portlint/up"
	"github.com/portlint/portlint/lint"
)

// parentLine is the command line that failed: docker's own flags, which say which engine refused, and the words after
// them. docker leaves both out of a hook's request: where the command line of the docker that asks can be read, as
// everywhere but on Windows, they count. It is not ok when they can't be understood.
func parentLine(ctx context.Context, w *run.Process) (g run.Flags, words []string, ok bool) {
	docker := w.Env[metadata.ReexecEnvvar]
	if docker == "" {
		return run.Flags{}, nil, true
	}

	args := argsOf(os.Getppid())
	if args == nil {
		args = argsByPS(ctx, os.Getppid())
	}
	if len(args) == 0 || args[0] != docker {
		return run.Flags{}, nil, true
	}
	e, words, err := parseDockerFlags(args[1:])
	if err != nil {
		return run.Flags{}, nil, false
	}
	*w = w.With(e.env)
	w.Typed = e.typed
	g = run.Flags{Host: e.host}
	if e.context != "" {
		g.Contexts = []string{e.context}
	}

	return g, words, true
}

// failedUp are the flags of a failed `docker compose up`; those of a plain one where the words are another command's, or
// are not known.
func failedUp(words []string) lint.UpOptions {
	if len(words) == 0 || words[0] != "compose" || !up.IsUp(words[1:]) {
		return lint.UpOptions{}
	}
	line, err := up.ParseLine(words[1:])
	if err != nil || line.UnknownFlags {
		return lint.UpOptions{}
	}
	return line.Options
}

// argsOf reads the arguments of a process where there is a /proc.
func argsOf(pid int) []string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
}

// argsByPS asks ps for the same, which sets the arguments apart by spaces alone: enough for docker's own flags.
func argsByPS(ctx context.Context, pid int) []string {
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}
