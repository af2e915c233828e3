//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// starter runs portlint up and plain Compose for one project on a real engine.
type starter struct {
	realEngine
	t       testing.TB
	dir     string
	project string
	env     []string
	compose func(args ...string) string
}

// newStarter writes a project. Its programs are portlint and a docker-compose, and nothing else is on the PATH.
func newStarter(t testing.TB, e realEngine, name, text string) *starter {
	t.Helper()
	s := &starter{realEngine: e, t: t, dir: t.TempDir(), project: fmt.Sprintf("plup%d%s%s", os.Getpid(), e.name, name)}
	testdir.Write(t, filepath.Join(s.dir, "compose.yaml"), strings.ReplaceAll(text, "image: i", "image: portlint-test:latest"))
	bin := programs(t, "portlint")
	if err := os.Symlink(os.Getenv("PORTLINT_TEST_COMPOSE"), filepath.Join(bin, "docker-compose")); err != nil {
		t.Fatal(err)
	}
	s.env = []string{"PATH=" + bin, "HOME=" + bin, "DOCKER_HOST=unix://" + e.socket}
	s.compose = e.compose(t, s.dir, s.project)
	return s
}

// run starts a program of the starter in the engine's namespace.
func (s *starter) run(words ...string) result {
	s.t.Helper()
	cmd := s.start(words...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	return s.end(cmd, &stdout, &stderr)
}

// end runs a command, which has two minutes.
func (s *starter) end(cmd *exec.Cmd, stdout, stderr *bytes.Buffer) result {
	s.t.Helper()
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	defer time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() }).Stop()
	_ = cmd.Wait() // the exit status tells
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (s *starter) start(words ...string) *exec.Cmd {
	program := filepath.Join(strings.TrimPrefix(s.env[0], "PATH="), words[0])
	cmd := s.command(program, append([]string{"-p", s.project}, words[1:]...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// containers are the containers of the project as `docker compose ps` tells them, each as one line.
func (s *starter) containers() []string {
	s.t.Helper()
	var lines []string
	for line := range strings.Lines(s.compose("ps", "-a", "--format", "json")) {
		var c struct {
			Name, Service, State, Image, Labels string
			ExitCode                            int
			Publishers                          []struct {
				URL, Protocol             string
				TargetPort, PublishedPort int
			}
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			s.t.Fatalf("%v\n%s", err, line)
		}
		labels := strings.Split(c.Labels, ",")
		slices.Sort(labels)
		lines = append(lines, fmt.Sprintf("%s %s %s %s %d %v\n%s", c.Name, c.Service, c.State, c.Image, c.ExitCode, c.Publishers, strings.Join(labels, "\n")))
	}
	slices.Sort(lines)
	return lines
}

// leftAfterEnd are the containers of the project once the job that ends by itself has ended.
func (s *starter) leftAfterEnd() []string {
	s.t.Helper()
	for limit := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		lines := s.containers()
		runs := slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, " job running ") })
		if !runs || time.Now().After(limit) {
			return lines
		}
	}
}

// sorted are the lines of what Compose prints: which of two services starts first is chance.
func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "\n")
}

func ported(text string, ports []int) string {
	for i, p := range ports {
		text = strings.ReplaceAll(text, fmt.Sprintf("@%d", i), fmt.Sprint(p))
	}
	return text
}

var starts = regexp.MustCompile(`(?m)^.* Start(?:ing|ed) *\n`)

// TestEngineUpAsCompose starts a project with plain Compose and with portlint, and compares everything that is left.
func TestEngineUpAsCompose(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(3)
		s := newStarter(t, e, "same", ported(`services:
  api: {image: i, ports: ["@0:80", "127.0.0.1:@1:53/udp"]}
  web: {image: i, depends_on: [api], ports: ["@2:443"]}
  worker: {image: i, scale: 2}
  job: {image: i, command: [exit, "0"]}
`, ports))
		for _, words := range [][]string{{"up", "-d"}, {"up", "--wait", "api", "web"}, {"up", "--no-start"}, {"up", "-d", "--scale", "worker=1", "worker", "web"},
			{"--dry-run", "up", "-d"}, {"up", "-d", "nosuch"},
			{"up", "--no-such-flag"}, {"up", "-d", "--scale", "web"}, {"--ansi", "never", "--progress", "plain", "up", "-d"}} {
			plain := s.run(append([]string{"docker-compose"}, words...)...)
			want := s.leftAfterEnd()
			s.compose("down", "-t", "0")
			got := s.run(append([]string{"portlint"}, words...)...)
			have := s.leftAfterEnd()
			s.compose("down", "-t", "0")
			if words[0] == "--dry-run" { // Compose itself does not always say that it would start a container
				got.stderr, plain.stderr = starts.ReplaceAllString(got.stderr, ""), starts.ReplaceAllString(plain.stderr, "")
			}
			if got.code != plain.code || sorted(got.stderr) != sorted(plain.stderr) {
				t.Errorf("%q ends with %d\n%s\nplain Compose with %d\n%s", words, got.code, got.stderr, plain.code, plain.stderr)
			}
			if !slices.Equal(have, want) {
				t.Errorf("%q leaves\n%s\nplain Compose leaves\n%s", words, strings.Join(have, "\n"), strings.Join(want, "\n"))
			}
			if more := strings.TrimPrefix(sorted(got.stdout), sorted(plain.stdout)); words[len(words)-1] == "--no-start" && more != "" {
				t.Errorf("%q prints %q", words, more)
			}
		}
		got := s.run("portlint", "up", "-d")
		want := ported("api 127.0.0.1:@1/udp -> 53/udp\napi http://localhost:@0 -> 80\nweb https://localhost:@2 -> 443\n", ports)
		if got.code != 0 || got.stdout != want {
			t.Errorf("%+v, want\n%s", got, want)
		}
	})
}

// TestEngineUpStartsNothing runs into a container of another project, a process, and a port that two services want, while
// a part of the project runs already: all of it is said, and nothing is touched.
func TestEngineUpStartsNothing(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(5)
		other := newStarter(t, e, "other", ported(`services: {front: {image: i, ports: ["@0:80"]}}`, ports))
		other.compose("up", "-d")
		s := newStarter(t, e, "stays", ported(`services: {old: {image: i, ports: ["@3:80"]}}`, ports))
		s.compose("up", "-d")
		testdir.Write(t, filepath.Join(s.dir, "compose.yaml"), strings.ReplaceAll(ported(`services:
  api: {image: i, build: ., ports: ["@0:80"]}
  old: {image: i, ports: ["@4:80"]}
  twin: {image: i, ports: ["@2:81"]}
  web: {image: i, ports: ["@1:80", "@2:80"]}
networks: {default: {labels: {changed: "yes"}}}
`, ports), "image: i", "image: portlint-test:latest"))
		s.serve(fmt.Sprintf("127.0.0.1:%d/tcp", ports[1]))
		before := append(s.containers(), other.containers()...)
		for _, words := range [][]string{{"portlint", "up", "-d"}, {"portlint", "up", "--build", "--pull", "always", "--force-recreate"}} {
			got := s.run(words...)
			for _, want := range []string{
				fmt.Sprintf(`%d/tcp is taken by `, ports[0]), fmt.Sprintf("\n  held by: container %s-front-1", other.project),
				fmt.Sprintf(`%d/tcp of "web" is taken by server`, ports[1]), "\n  held by: server (pid ",
				fmt.Sprintf(`"twin" and "web" both want %d/tcp`, ports[2]),
				"\nfound 3 errors",
			} {
				if !strings.Contains(got.stdout, want) {
					t.Errorf("no %q in\n%s%s", want, got.stdout, got.stderr)
				}
			}
			if got.code != run.ExitFindings || !strings.HasPrefix(got.stderr, "portlint: nothing was pulled, built, created or stopped\n") {
				t.Errorf("%d\n%s", got.code, got.stderr)
			}
		}
		if after := append(s.containers(), other.containers()...); !slices.Equal(after, before) {
			t.Errorf("after\n%s\nbefore\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
	})
}

// serve holds ports in the engine's namespace until the test is over.
func (s *starter) serve(at ...string) {
	s.t.Helper()
	cmd := s.command(filepath.Join(programs(s.t, "server"), "server"), at...)
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	if ready, err := io.ReadAll(io.LimitReader(out, 6)); string(ready) != "ready\n" {
		s.t.Fatalf("%q %v", ready, err)
	}
}

// TestEngineUpMoves lets portlint move what is in the way, for a run and in .env, and then uses plain Compose.
func TestEngineUpMoves(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(3)
		text := ported(`services:
  db: {image: i, ports: ["@1:5432"]}
  web: {image: i, scale: 2, ports: ["@2:80"]}
  ui: {image: i, ports: ["${UI_PORT:-@0}:80"]}
`, ports)
		other := newStarter(t, e, "first", strings.ReplaceAll(text, "scale: 2, ", ""))
		other.compose("up", "-d")
		s := newStarter(t, e, "moved", text)
		first := s.up("--move")
		for _, words := range [][]string{{"ps"}, {"logs"}, {"port", "ui", "80"}, {"restart", "-t", "0", "db"}} {
			s.compose(words...)
		}
		if repeated := s.up("--move"); repeated != first {
			t.Errorf("first\n%s\nthen\n%s", first, repeated)
		}
		s.compose("down", "-t", "0")
		if repeated := s.up("--move"); repeated != first {
			t.Errorf("first\n%s\nafter down\n%s", first, repeated)
		}
		s.compose("down", "-t", "0")
		if left := s.containers(); len(left) > 0 {
			t.Errorf("docker compose down leaves %s", left)
		}
		written := s.up("--write")
		env, err := os.ReadFile(filepath.Join(s.dir, ".env"))
		ui := regexp.MustCompile(`ui http://localhost:(\d+) `).FindStringSubmatch(first)
		if err != nil || !strings.Contains("\n"+string(env), "\nUI_PORT="+ui[1]+"\n") {
			t.Errorf("%v\n%s\nthe first time it was\n%s", err, env, first)
		}
		s.compose("down", "-t", "0")
		s.compose("up", "-d")
		if got := s.run("portlint", "up", "-d"); got.code != 0 || got.stdout != written {
			t.Errorf("%+v, before it was\n%s", got, written)
		}
	})
}

// up has to start everything on ports that differ, and returns where they are.
func (s *starter) up(flag string) string {
	s.t.Helper()
	got := s.run("portlint", "up", "-d", flag)
	urls := regexp.MustCompile(`(?m)^(\w+) (http://)?localhost:(\d+) -> \d+$`).FindAllStringSubmatch(got.stdout, -1)
	used := map[string]bool{}
	for _, m := range urls {
		used[m[3]] = true
	}
	if got.code != 0 || len(used) != 4 || strings.Contains(got.stderr, "not published") {
		s.t.Fatalf("%+v", got)
	}
	return got.stdout
}

// TestEngineUpFails lets a container take the port that another one was promised: nobody could know.
func TestEngineUpFails(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		s := newStarter(t, e, "fails", ported(`services:
  thief:
    image: i
    network_mode: host
    command: [listen, "@0"]
    healthcheck: {test: [CMD, /testimage, connect, "@0"], interval: 100ms, retries: 600}
  web: {image: i, depends_on: {thief: {condition: service_healthy}}, ports: ["@0:80"]}
`, unusedPorts(1)))
		got := s.run("portlint", "up", "-d")
		if got.code != 1 || got.stdout != "" {
			t.Errorf("%d %q", got.code, got.stdout)
		}
		for _, want := range []string{fmt.Sprintf("held by: container %s-thief-1", s.project),
			fmt.Sprintf("\nportlint: created and not started: \"%s-web-1\"; ", s.project)} {
			if !strings.Contains(got.stderr, want) {
				t.Errorf("no %q in\n%s", want, got.stderr)
			}
		}
	})
}

// TestEngineUpEnds compares exit statuses, and what becomes of the containers.
func TestEngineUpEnds(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		s := newStarter(t, e, "ends", ported(`services:
  job: {image: i, command: [exit, "3"]}
  web: {image: i, ports: ["@0:80"]}
`, unusedPorts(1)))
		for _, words := range [][]string{{"up", "--abort-on-container-exit"}, {"up", "--exit-code-from", "job"}, {"up", "--abort-on-container-failure"}} {
			plain := s.run(append([]string{"docker-compose"}, words...)...)
			s.compose("down", "-t", "0")
			if got := s.run(append([]string{"portlint"}, words...)...); got.code != plain.code || got.code == 0 {
				t.Errorf("%q ends with %d, plain Compose with %d\n%s", words, got.code, plain.code, got.stderr)
			}
			s.compose("down", "-t", "0")
		}
		x := startOnTerminal(t, s.start("portlint", "up", "web"), "")
		for limit := time.Now().Add(time.Minute); !strings.Contains(s.run("docker-compose", "ps", "--format", "json").stdout, `"State":"running"`); {
			if time.Now().After(limit) {
				t.Fatal(x.said())
			}
		}
		x.press("\x03")
		x.await("Stopped", 1)
		x.ends(130)
		if left := strings.Join(s.containers(), "\n"); !strings.Contains(left, " web exited ") {
			t.Errorf("Ctrl-C leaves\n%s", left)
		}
	})
}

// TestEngineUpPlugin is `docker portlint up` of a real docker, with Compose as its other plugin.
func TestEngineUpPlugin(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		docker := os.Getenv("PORTLINT_TEST_DOCKER")
		if docker == "" {
			t.Fatal("PORTLINT_TEST_DOCKER names no docker CLI: see .ci/engine")
		}
		ports := unusedPorts(2)
		s := newStarter(t, e, "plugin", ported(`services:
  web: {image: i, ports: ["${WEB:-@0}:80"]}
  sick: {image: i, profiles: [sick], healthcheck: {test: [CMD, /testimage, exit, "1"], retries: 9999}}
`, ports))
		plugins := filepath.Join(t.TempDir(), "cli-plugins")
		if err := os.Rename(programs(t, "docker-portlint"), plugins); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(os.Getenv("PORTLINT_TEST_COMPOSE"), filepath.Join(plugins, "docker-compose")); err != nil {
			t.Fatal(err)
		}
		bin := filepath.Dir(docker)
		s.env = []string{"PATH=" + bin, "HOME=" + s.dir, "DOCKER_CONFIG=" + filepath.Dir(plugins)}
		start := func(plugin string, words ...string) *exec.Cmd {
			cmd := s.command(docker, append([]string{"-H", "unix://" + e.socket, plugin, "-p", s.project}, words...)...)
			cmd.Dir, cmd.Env = s.dir, s.env
			return cmd
		}
		run := func(words ...string) result {
			cmd := start("portlint", words...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			return s.end(cmd, &stdout, &stderr)
		}
		if got := run("up", "-d"); got.code != 0 || got.stdout != fmt.Sprintf("web http://localhost:%d -> 80\n", ports[0]) {
			t.Errorf("%+v", got)
		}
		s.compose("down", "-t", "0")
		for _, words := range [][]string{{"up", "web"}, {"up", "--wait", "sick"}} {
			plain, got := s.signalsTo(start("compose", words...)), s.signalsTo(start("portlint", words...))
			if plain != 130 || got != plain {
				t.Errorf("%q, told to end, ends with %d, docker compose with %d", words, got, plain)
			}
		}
		s.serve(fmt.Sprintf("127.0.0.1:%d/tcp", ports[0]))
		want := fmt.Sprintf("portlint: to give them other ports for this run: docker portlint --host=unix://%s -p %s up --move -d\n", e.socket, s.project)
		if got := run("up", "-d"); got.code != 1 || !strings.Contains(got.stderr, want) {
			t.Errorf("%+v, want %q", got, want)
		}
		if got := run("up", "-d", "--move"); got.code != 0 || !strings.HasPrefix(got.stdout, "web http://localhost:") {
			t.Errorf("%+v", got)
		}
	})
}

// signalsTo tells docker alone to end once a container runs, and returns its exit status. The containers are taken down.
func (s *starter) signalsTo(docker *exec.Cmd) int {
	s.t.Helper()
	if err := docker.Start(); err != nil {
		s.t.Fatal(err)
	}
	defer time.AfterFunc(2*time.Minute, func() { _ = docker.Process.Kill() }).Stop()
	for !strings.Contains(s.compose("--profile", "*", "ps", "--format", "{{.State}}"), "running") && s.t.Context().Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	_ = docker.Process.Signal(syscall.SIGTERM)
	_ = docker.Wait() // the exit status tells
	s.compose("--profile", "*", "down", "-t", "0")
	return docker.ProcessState.ExitCode()
}
