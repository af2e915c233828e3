package up

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/docker/cli/cli-plugins/socket"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// Exec turns this process into a command, or ends with its exit status where the system can't do that. It returns only when there is
// no such command, or it ended.
func Exec(w run.Process, words []string) error {
	path, err := exec.LookPath(words[0])
	if err != nil {
		return fmt.Errorf("cannot start %q: %w", words[0], errors.Unwrap(err))
	}
	// what docker tells its plugins is not for another docker
	return replaceProcess(w.Without(metadata.ReexecEnvvar, socket.EnvKey), path, words, nil)
}

// runChild runs a program with this process's terminal, and returns an exitStatus when it failed. A signal from the
// terminal reaches the program anyway; one that was sent to portlint alone is handed on, unless docker called portlint and
// tells the program itself.
func runChild(w run.Process, path string, words []string, stdin *os.File) error {
	cmd := exec.Command(path)
	cmd.Args, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = words, w.Environ, w.Stdin, run.Plain(w.Stdout), w.Stderr
	if stdin != nil {
		cmd.Stdin = stdin
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, handedOn()...)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", path, err)
	}
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				if !fromTerminal(s) && !calledByDocker(w) {
					_ = cmd.Process.Signal(s) // it may be gone already
				}
			case <-done:
				return
			}
		}
	}()

	err := cmd.Wait()
	close(done)
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return run.ExitStatus(StatusOf(failed.ProcessState))
	}
	return err
}
