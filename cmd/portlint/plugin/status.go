package plugin

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint/lazyexp"
	"github.com/portlint/portlint/lint/safefile"
)

// Status says what is installed. That nothing is, is a finding.
func Status(ctx context.Context, w run.Process) error {
	file := pluginFile(w)
	m := askPlugin(ctx, file)
	if m.URL != homepage {
		fmt.Fprintf(w.Stdout, "docker portlint: not installed, %s\n", run.Escape(absence(file)))
		return run.ErrFindings
	}

	at := file
	if target, err := os.Readlink(file); err == nil {
		at += " -> " + target
	}
	fmt.Fprintf(w.Stdout, "docker portlint: %s at %s\n", run.Escape(m.Version), run.Escape(at))
	why, err := hintOff(ctx, w)
	if err != nil {
		return err
	}
	if why != "" {
		fmt.Fprintf(w.Stdout, "hint after a failed docker compose up: off, %s\n", run.Escape(why))
		return nil
	}

	fmt.Fprintf(w.Stdout, "hint after a failed docker compose up: on\n")
	return nil
}

// absence says why a file is no plugin of portlint.
func absence(file string) string {
	if _, err := os.Lstat(file); err != nil {
		return fmt.Sprintf("there is no %q", file)
	}
	if _, err := os.Stat(file); err != nil {
		return fmt.Sprintf("the link %q leads nowhere", file)
	}
	return fmt.Sprintf("%q is not portlint", file)
}

// hintOff says why docker will not ask for the hint, "" when it will.
func hintOff(ctx context.Context, w run.Process) (string, error) {
	file := dockerConfig(w)
	text, err := readIfThere(file)
	if err != nil {
		return "", fmt.Errorf("cannot read %q: %w", file, safefile.WithoutPath(err))
	}
	s, err := readSettings(text)
	if err != nil {
		return "", fmt.Errorf("%q: %w", file, err)
	}
	if !s.ours {
		return fmt.Sprintf("it is not in %q", file), nil
	}

	for _, variable := range []string{"DOCKER_CLI_HOOKS", "DOCKER_CLI_HINTS"} {
		if value := w.Env[variable]; value != "" {
			if !isTrue(value) {
				return fmt.Sprintf("because of %s=%s", variable, value), nil
			}
			return dockerTooOld(ctx), nil
		}
	}
	if !isTrue(s.hooks) {
		return fmt.Sprintf("because features.hooks is %q in %q", s.hooks, file), nil
	}
	return dockerTooOld(ctx), nil
}

// isTrue reads a setting as docker does.
func isTrue(value string) bool {
	on, err := strconv.ParseBool(value)
	return err == nil && on
}

var versionOfDocker = lazyexp.New(`^Docker version ((\d+)\.(\d+)[^,]*)`)

// dockerTooOld says so when the docker in the PATH has no hooks for errors: docker/cli #6794 came with 29.3.
func dockerTooOld(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "docker", "--version").Output()
	m := versionOfDocker().FindStringSubmatch(string(out))
	if err != nil || m == nil {
		return "no docker is found that could ask for it"
	}
	major, _ := strconv.Atoi(m[2])
	minor, _ := strconv.Atoi(m[3])
	if major < 29 || major == 29 && minor < 3 {
		return fmt.Sprintf("docker %s does not ask for it, 29.3 and newer do", m[1])
	}
	return ""
}
