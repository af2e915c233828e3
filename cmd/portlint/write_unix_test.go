//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/plugin"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestNothingIsWrittenIntoPipesAndLinks puts a pipe and a link in the place of every file that a command writes: it is refused at
// once, and what the link leads to stays.
func TestNothingIsWrittenIntoPipesAndLinks(t *testing.T) {
	const shop = "services: {web: {image: nginx, ports: ['8080:80', '${API_PORT:-8081}:81']}}\n"
	for _, c := range []struct {
		file string
		args []string
	}{
		{"report.sarif", []string{"check", "--static", "--format", "sarif=report.sarif"}},
		{".portlint.yaml", []string{"init"}},
		{".pre-commit-config.yaml", []string{"init", "--hook"}},
		{".github/workflows/portlint.yml", []string{"init", "--workflow"}},
		{"pages/portlint.1", []string{"man", "pages"}},
		{".env", []string{"assign", "--write"}},
		{"compose.yaml", []string{"check", "--static", "--fix"}},
		{"docker/config.json", []string{"plugin", "install"}},
	} {
		for _, what := range []string{"pipe", "link"} {
			t.Run(what+" "+c.file, func(t *testing.T) {
				if what == "link" && c.file == "docker/config.json" {
					t.Skip("a link of the user's own is followed there")
				}
				dir := t.TempDir()
				target := filepath.Join(dir, "target")
				text := ""
				if c.file == "compose.yaml" {
					text = shop
				}
				testdir.Write(t, target, text)
				file := filepath.Join(dir, c.file)
				err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.MkdirAll(filepath.Join(dir, ".git"), 0o755),
					os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(shop), 0o644), os.RemoveAll(file))
				if what == "pipe" {
					err = errors.Join(err, syscall.Mkfifo(file, 0o600))
				} else {
					err = errors.Join(err, os.Symlink(target, file))
				}
				if err != nil {
					t.Fatal(err)
				}
				before, _ := os.Lstat(file)

				began := time.Now()
				var stderr bytes.Buffer
				code := execute(context.Background(), c.args, run.Process{
					Env: map[string]string{"XDG_STATE_HOME": t.TempDir(), "DOCKER_HOST": noEngine, "DOCKER_CONFIG": filepath.Join(dir, "docker")},
					Dir: dir, Version: "v0.0.0", Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr})
				thereAlready := strings.Contains(stderr.String(), ", left as it is") // what init says of anything
				if code != run.ExitFailed && !thereAlready {
					t.Errorf("exit %d: %s", code, stderr.String())
				}
				if !strings.Contains(stderr.String(), filepath.Base(c.file)) {
					t.Errorf("which file is not said: %s", stderr.String())
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
				if after, err := os.Lstat(file); err != nil || after.Mode() != before.Mode() {
					t.Errorf("it is %v now, %v", after, err)
				}
				if got, err := os.ReadFile(target); err != nil || string(got) != text {
					t.Errorf("what the link leads to: %q, %v", got, err)
				}
			})
		}
	}
}

// TestOwnTarget follows the links of this user, to files that are there and to those that are not yet.
func TestOwnTarget(t *testing.T) {
	dir := t.TempDir()
	for name, to := range map[string]string{"one": "two", "two": filepath.Join(dir, "real"), "circle": "circle", "theirs": "real"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"one", "two", "real"} {
		if got, err := plugin.OwnTarget(filepath.Join(dir, name)); err != nil || got != filepath.Join(dir, "real") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := plugin.OwnTarget(filepath.Join(dir, "circle")); err == nil {
		t.Errorf("a circle leads to %q", got)
	}
	if os.Geteuid() == 0 {
		if err := os.Lchown(filepath.Join(dir, "theirs"), somebody, somebody); err != nil {
			t.Fatal(err)
		}
		if got, err := plugin.OwnTarget(filepath.Join(dir, "theirs")); err == nil || !strings.Contains(err.Error(), "another user") {
			t.Errorf("%q, %v", got, err)
		}
	}
}

// TestRootInstallsNoPluginForOthers: nothing is made in the directory of another user.
func TestRootInstallsNoPluginForOthers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root could")
	}
	for _, command := range []string{"install", "uninstall"} {
		config := t.TempDir()
		giveAll(t, config)
		var stderr bytes.Buffer
		code := execute(context.Background(), []string{"plugin", command}, run.Process{Env: map[string]string{"DOCKER_CONFIG": config, "DOCKER_HOST": noEngine},
			Dir: t.TempDir(), Version: "v0.0.0", Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr})
		if code != run.ExitFailed || !strings.Contains(stderr.String(), "belongs to another user") || len(pathsBelow(t, config)) > 0 {
			t.Errorf("%s: exit %d, %s, there is %v", command, code, stderr.String(), pathsBelow(t, config))
		}
	}
}

// TestOutputThatCannotBeWritten: a full disk and a reader who is gone are exit 2 for every command that prints, and are said.
func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"check", "--static"}, {"check", "--static", "--format", "json"}, {"check", "--static", "--fix", "--unsafe-fixes", "--diff"},
		{"ports"}, {"ports", "--format", "json"}, {"who", "1"}, {"who", "1", "--format", "json"}, {"free"}, {"free", "--format", "json"}, {"assign"},
		{"explain"}, {"explain", "fixed-port"}, {"explain", "Bind for 0.0.0.0:8080 failed: port is already allocated"}, {"completion", "bash"},
		{"completion", "zsh"}, {"completion", "fish"}, {"completion", "powershell"}, {"version"}, {"--version"}, {"--help"}, {"help", "check"},
		{"up", "--help"}, {"plugin", "status"}, {"plugin"}, {"init"}} {
		for what, open := range map[string]func(t *testing.T) *os.File{"full": fullDisk, "gone": readerGone} {
			t.Run(strings.Join(args, " ")+", "+what, func(t *testing.T) {
				t.Parallel()
				dir, stdout := t.TempDir(), open(t)
				testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services: {web: {image: nginx, ports: ['${WEB_PORT:-8080}:80', '8081:81']}}\n")
				code, stderr := printInto(t, stdout, what == "gone", dir, args)
				if code != run.ExitFailed || !strings.Contains(stderr, "cannot write to standard output: ") {
					t.Errorf("exit %d: %s", code, stderr)
				}
			})
		}
	}
}

// printInto runs portlint with a standard output: in this process, or in one of its own, which a signal would end where the reader is gone.
func printInto(t *testing.T, stdout *os.File, ofItsOwn bool, dir string, args []string) (code int, said string) {
	t.Helper()
	var stderr bytes.Buffer
	env := map[string]string{"XDG_STATE_HOME": t.TempDir(), "DOCKER_CONFIG": t.TempDir(), "DOCKER_HOST": noEngine}
	if !ofItsOwn {
		code = execute(context.Background(), args, run.Process{Env: env, Dir: dir, Stdin: strings.NewReader(""), Stdout: stdout, Stderr: &stderr})
		return code, stderr.String()
	}

	cmd := exec.Command("portlint", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = dir, stdout, &stderr, os.Environ()
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), stderr.String()
}

func fullDisk(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func readerGone(t *testing.T) *os.File {
	t.Helper()
	r, f, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}
