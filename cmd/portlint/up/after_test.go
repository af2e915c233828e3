package up

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

func TestCommandLine(t *testing.T) {
	got := lint.ShellLine([]string{"portlint", "-f", "my file.yaml", "up", "--move", "--scale=web=2", "it's", ""})
	if want := `portlint -f 'my file.yaml' up --move --scale=web=2 'it'\''s' ''`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestComposePlugin(t *testing.T) {
	home, extra := t.TempDir(), t.TempDir()
	env := map[string]string{"DOCKER_CONFIG": home}
	testdir.Write(t, filepath.Join(extra, "docker-compose"), "")
	testdir.Write(t, filepath.Join(extra, "docker-compose.exe"), "")
	for _, place := range []string{"/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"} {
		if _, err := os.Stat(place + "/docker/cli-plugins/docker-compose"); err == nil {
			t.Skip("this machine has the plugin for everybody")
		}
	}
	if composePlugin(env) != "" {
		t.Error("a plugin where there is none")
	}
	testdir.Write(t, filepath.Join(home, "config.json"), `{"cliPluginsExtraDirs": ["`+filepath.ToSlash(extra)+`"]}`)
	if composePlugin(env) == "" {
		t.Error("the directories of config.json are not looked at")
	}
	testdir.Write(t, filepath.Join(home, "config.json"), "{")
	for _, name := range []string{"docker-compose", "docker-compose.exe"} {
		testdir.Write(t, filepath.Join(home, "cli-plugins", name), "")
	}
	if composePlugin(env) == "" {
		t.Error("the user's own plugins are not looked at")
	}
}

// TestComposeAlone refuses version 1, which is no program of Go.
func TestComposeAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script stands for the program")
	}
	for _, c := range []struct{ says, want string }{
		{"1.29.2", "is Compose 1.29.2, which has ended: portlint up needs Compose 2 or newer"},
		{"2.20.0", ""},
		{"v2.24.4-desktop.1", ""},
		{"dev", ""},
	} {
		bin := t.TempDir()
		file := filepath.Join(bin, "docker-compose")
		testdir.Write(t, file, "#!/bin/sh\necho '"+c.says+"'\n")
		if err := os.Chmod(file, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin)
		program, err := findCompose(t.Context(), run.Process{Env: map[string]string{"DOCKER_CONFIG": bin}})
		switch {
		case c.want == "" && (err != nil || strings.Join(program.command(&Line{docker: []string{"-H", "x"}, global: []string{"-f", "a"}}), " ") != "docker-compose -H x -f a up"):
			t.Errorf("%s: %v %v", c.says, program, err)
		case c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)):
			t.Errorf("%s: %v, want %s", c.says, err, c.want)
		}
	}
	other := t.TempDir()
	testdir.Write(t, filepath.Join(other, podmanCompose), "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(other, podmanCompose), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", other)
	program, err := findCompose(t.Context(), run.Process{Env: map[string]string{"DOCKER_CONFIG": other}})
	if err != nil || strings.Join(program.command(&Line{global: []string{"-f", "a"}, after: []string{"-d"}}), " ") != "podman-compose -f a up -d" {
		t.Errorf("%v %v", program, err)
	}
	if program.replaces(t.Context()) == nil {
		t.Error("podman-compose is given an override with !override")
	}

	t.Setenv("PATH", t.TempDir())
	if _, err := findCompose(t.Context(), run.Process{Env: map[string]string{}}); !errors.Is(err, errNoCompose) {
		t.Errorf("without any Compose: %v", err)
	}
}
