//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// twoCheckouts are two directories with one project, whose name stands in the file.
type twoCheckouts struct {
	*starter
	first, second string
}

func newCheckouts(t *testing.T, e realEngine, name, text string) *twoCheckouts {
	t.Helper()
	s := newStarter(t, e, name, "name: NAME\n"+text)
	base := t.TempDir()
	c := &twoCheckouts{starter: s, first: filepath.Join(base, "first"), second: filepath.Join(base, "second")}
	file, err := os.ReadFile(filepath.Join(s.dir, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{c.first, c.second} {
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), strings.ReplaceAll(string(file), "NAME", s.project))
	}
	t.Cleanup(func() {
		c.in(c.first, "docker-compose", "-p", c.project+"-second", "down", "-t", "0", "--remove-orphans")
	})
	return c
}

// in runs a program in a directory.
func (c *twoCheckouts) in(dir string, words ...string) result {
	c.t.Helper()
	program := filepath.Join(strings.TrimPrefix(c.env[0], "PATH="), words[0])
	cmd := c.command(program, words[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, c.env, &stdout, &stderr
	return c.end(cmd, &stdout, &stderr)
}

// has lists the containers of a project, each with its directory.
func (c *twoCheckouts) has(project string) string {
	c.t.Helper()
	all := c.in(c.first, "docker-compose", "-p", project, "ps", "-a", "--no-trunc", "--format",
		`{{.ID}} {{.Service}} {{.State}} {{.Label "com.docker.compose.project.working_dir"}}`)
	return sorted(all.stdout)
}

// TestEngineUpLeavesOtherCheckouts starts a project in a second directory, in all ways in which Compose would make the
// containers of the first one its own.
func TestEngineUpLeavesOtherCheckouts(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(2)
		c := newCheckouts(t, e, "two", ported(`services:
  db: {image: i, ports: ["127.0.0.1:@1:5432", "[::1]:@1:5432"]}
  same: {image: i}
  web: {image: i, ports: ["${WEB_PORT:-@0}:80"], volumes: ["./data:/data"]}
`, ports))
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(c.first, link); err != nil {
			t.Fatal(err)
		}

		for _, state := range []string{"running", "exited", "created"} {
			c.in(c.first, "docker-compose", "up", "-d")
			switch state {
			case "exited":
				c.in(c.first, "docker-compose", "stop", "-t", "0")
			case "created":
				c.in(c.first, "docker-compose", "rm", "-s", "-f")
				c.in(c.first, "docker-compose", "create")
			}
			before := c.has(c.project)
			ways := [][]string{{"up", "-d"}, {"-p", c.project, "up", "-d", "--move"}}
			if state == "running" {
				ways = append(ways, []string{"up", "-d", "same"}, []string{"up", "--no-start"}, []string{"up", "--force-recreate", "--wait"},
					[]string{"-f", "compose.yaml", "up", "-d", "--no-recreate"})
			}
			for _, words := range ways {
				got := c.in(c.second, append([]string{"portlint"}, words...)...)
				if got.code != run.ExitFindings || !strings.Contains(got.stdout, "[same-project-name]") || !strings.Contains(got.stderr, "up --replace") {
					t.Errorf("%s, %q: %+v", state, words, got)
				}
			}
			if after := c.has(c.project); after != before || strings.Count(before, " "+state+" "+c.first) != 3 {
				t.Errorf("%s: the first checkout had\n%s\nand has\n%s", state, before, after)
			}
		}

		first := c.in(c.first, "portlint", "up", "-d")
		before := c.has(c.project)
		if repeated := c.in(link, "portlint", "up", "-d"); first.code != 0 || repeated.code != 0 || c.has(c.project) != before {
			t.Errorf("by a link: %+v\n%+v\n%s", first, repeated, c.has(c.project))
		}
		movedBeside(t, c, ports)
		if after := c.has(c.project); after != before {
			t.Errorf("the first checkout had\n%s\nand has\n%s", before, after)
		}

		c.in(c.second, "docker-compose", "-p", c.project+"-second", "down", "-t", "0")
		replaced := c.in(c.second, "portlint", "up", "-d", "--replace")
		if has := c.has(c.project); replaced.code != 0 || strings.Count(has, " running "+c.second) != 3 {
			t.Errorf("%+v\n%s", replaced, has)
		}
		if got := c.in(c.first, "portlint", "up", "-d"); got.code != run.ExitFindings {
			t.Errorf("the first one: %+v", got)
		}
		if err := os.Rename(c.second, c.second+"-gone"); err != nil {
			t.Fatal(err)
		}
		if got := c.in(c.first, "portlint", "up", "-d"); got.code != 0 || !strings.Contains(got.stderr, c.second+", which is gone: `up` takes them over\n") {
			t.Errorf("with the second one gone: %+v", got)
		}
	})
}

// movedBeside starts the second checkout beside the first one, and asks everybody where it is.
func movedBeside(t *testing.T, c *twoCheckouts, ports []int) {
	t.Helper()
	name := c.project + "-second"
	moved := c.in(c.second, "portlint", "up", "-d", "--move")
	at := regexp.MustCompile(`(?m)^(db|web) \S*?:(\d+) -> `).FindAllStringSubmatch(moved.stdout, -1)
	if moved.code != 0 || len(at) != 3 || at[0][2] != at[1][2] || at[2][2] == fmt.Sprint(ports[0]) {
		t.Fatalf("127.0.0.1 and ::1 are one port: %+v", moved)
	}
	before := c.has(name)
	if repeated := c.in(c.second, "portlint", "up", "-d", "--move"); repeated.code != 0 || repeated.stdout != moved.stdout || c.has(name) != before || strings.Count(before, "\n") < 3 {
		t.Errorf("first\n%+v\nthen\n%+v\n%s\n%s", moved, repeated, before, c.has(name))
	}

	var listed struct {
		Projects []struct {
			Ports []struct {
				Service string
				Now     struct {
					State string
					Ports []int
				}
			}
		}
	}
	said := c.in(c.second, "portlint", "ports", "--format", "json")
	if err := json.Unmarshal([]byte(said.stdout), &listed); err != nil {
		t.Fatalf("%v\n%+v", err, said)
	}
	for i, p := range listed.Projects[0].Ports {
		if p.Now.State != "ours" || fmt.Sprint(p.Now.Ports) != "["+at[i][2]+"]" {
			t.Errorf("%+v, but it is at %s", p, at[i][2])
		}
	}
	for _, words := range [][]string{{"check"}, {"ports"}} {
		got := c.in(c.second, append([]string{"portlint"}, words...)...)
		for _, want := range []string{
			fmt.Sprintf("this checkout runs as project %q, not as %q: `portlint up --move` keeps that\n", name, c.project),
			fmt.Sprintf("\"web\" runs moved, on %s and not on %d/tcp: ", at[2][2], ports[0]),
		} {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("%q: no %q in\n%s", words, want, got.stderr)
			}
		}
	}
	for i, line := range []int{3, 3, 5} {
		if got := c.in(c.second, "portlint", "who", at[i][2]+"/tcp"); !strings.Contains(got.stdout, fmt.Sprintf("compose.yaml:%d", line)) || strings.Contains(got.stdout, "moved") {
			t.Errorf("%+v", got)
		}
	}
	for dir, want := range map[string]string{c.first: "WEB_PORT=" + fmt.Sprint(ports[0]), c.second: freeport.ProjectNameVar + "=" + name + "\nWEB_PORT=" + at[2][2]} {
		if got := c.in(dir, "portlint", "assign"); got.stdout != want+"\n" {
			t.Errorf("assign in %s: %+v, want %q", dir, got, want)
		}
	}
}

// TestEngineUpLosesPort lets a listener appear between the look and the start.
func TestEngineUpLosesPort(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(1)
		s := newStarter(t, e, "lost", ported(`services:
  other: {image: i}
  web: {image: i, ports: ["@0:80"]}
`, ports))
		compose := filepath.Join(strings.TrimPrefix(s.env[0], "PATH="), "docker-compose")
		marks := t.TempDir()
		asked, gone := filepath.Join(marks, "asked"), filepath.Join(marks, "go")
		if err := os.Remove(compose); err != nil {
			t.Fatal(err)
		}
		script := fmt.Sprintf("#!/bin/bash\nif [[ $* == *' up '* ]]; then : >%s; until [ -e %s ]; do read -rt 0.05 <> <(:); done; fi\nexec %s \"$@\"\n",
			asked, gone, os.Getenv("PORTLINT_TEST_COMPOSE"))
		if err := os.WriteFile(compose, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}

		cmd := s.start("portlint", "up", "-d", "--move")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		done := make(chan result, 1)
		go func() { done <- s.end(cmd, &stdout, &stderr) }()
		for limit := time.Now().Add(time.Minute); !isFile(asked); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatal("Compose was not run")
			}
		}
		s.serve(fmt.Sprintf("127.0.0.1:%d/tcp", ports[0]))
		if err := os.WriteFile(gone, nil, 0o644); err != nil {
			t.Fatal(err)
		}

		got := <-done
		at := regexp.MustCompile(`^web http://localhost:(\d+) -> 80\n$`).FindStringSubmatch(got.stdout)
		if got.code != 0 || at == nil || at[1] == fmt.Sprint(ports[0]) ||
			!strings.Contains(got.stderr, fmt.Sprintf("portlint: %d/tcp was taken before the containers were started: tried again on another port (1 of 3)\n", ports[0])) {
			t.Errorf("%+v", got)
		}
	})
}
