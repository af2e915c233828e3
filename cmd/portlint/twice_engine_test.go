//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// shapeOfProject is a project of which a second checkout is made.
type shapeOfProject struct {
	name  string
	files string // as txtar, beginning with compose.yaml; "image: i" is that of the tests
	want  string // "runs" or "fails"; "either" where no file tells it
}

// shapesOfProjects have in them what a second checkout may meet.
var shapesOfProjects = []shapeOfProject{
	{"nothing fixed", "services: {a: {image: i}}\n", "runs"},
	{"a port as a number", "services: {a: {image: i, ports: ['7101:80']}}\n", "fails"},
	{"a port of a variable", "services: {a: {image: i, ports: ['${A_PORT:-7102}:80']}}\n", "runs"},
	{"a port that the engine picks", "services: {a: {image: i, ports: ['80']}}\n", "runs"},
	{"one variable on both sides", "services: {a: {image: i, ports: ['${PORT:-7103}:${PORT:-7103}']}}\n", "fails"},
	{"a part of a port", "services: {a: {image: i, ports: ['71${LAST:-04}:80']}}\n", "fails"},
	{"a range for two", "services: {a: {image: i, ports: ['7105-7106:80']}}\n", "runs"},
	{"a range for one", "services: {a: {image: i, scale: 2, ports: ['7107-7108:80']}}\n", "fails"},
	{"a range of as many ports", "services: {a: {image: i, ports: ['${RANGE:-7109-7110}:80-81']}}\n", "runs"},
	{"two addresses", "services: {a: {image: i, ports: ['127.0.0.1:7111:80', '127.0.0.2:7111:81']}}\n", "fails"},
	{"a container name", "services: {a: {image: i, container_name: tw-a}}\n", "fails"},
	{"a container name of a variable", "services: {a: {image: i, container_name: '${A_NAME:-tw-b}'}}\n", "runs"},
	{"a container name with the project's", "name: tw-named\nservices: {a: {image: i, container_name: '${COMPOSE_PROJECT_NAME}-front'}}\n", "runs"},
	{"replicas", "services: {a: {image: i, deploy: {replicas: 3}}}\n", "runs"},
	{"a subnet", on(fixed("10.225.1.0/24")), "fails"},
	{"a subnet of a variable", on(fixed("${NET:-10.225.2}.0/24")), "runs"},
	{"an address", "services: {a: {image: i, networks: {n: {ipv4_address: 10.225.3.9}}}}\nnetworks: {n: {" + fixed("10.225.3.0/24") + "}}\n", "fails"},
	{"an address of a variable", "services: {a: {image: i, networks: {n: {ipv4_address: '${NET:-10.225.4}.9'}}}}\nnetworks: {n: {" + fixed("${NET:-10.225.4}.0/24") + "}}\n", "runs"},
	{"a subnet that nobody uses", "services: {a: {image: i}}\nnetworks: {n: {" + fixed("10.225.5.0/24") + "}}\n", "runs"},
	{"an external network", "services: {a: {image: i, networks: [n]}}\nnetworks: {n: {external: true, name: tw-external}}\n", "runs"},
	{"an address on an external network", "services: {a: {image: i, networks: {n: {ipv4_address: 10.224.0.9}}}}\nnetworks: {n: {external: true, name: tw-external}}\n", "fails"},
	{"a network with a name", on("name: tw-network, " + fixed("10.225.6.0/24")), "runs"},
	{"an address on a network with a name", "services: {a: {image: i, networks: {n: {ipv4_address: 10.225.7.9}}}}\nnetworks: {n: {name: tw-other, " + fixed("10.225.7.0/24") + "}}\n", "fails"},
	{"a volume", "services: {a: {image: i, volumes: ['data:/v']}}\nvolumes: {data: {}}\n", "runs"},
	{"a volume with a name", "services: {a: {image: i, volumes: ['data:/v', 'more:/w']}}\nvolumes: {data: {name: tw-volume}, more: {}}\n", "runs"},
	{"a path of the machine", "services: {a: {image: i, volumes: ['/var/tmp:/v', '/opt:/w:ro', './data:/x', {type: bind, source: '${DATA:-/srv}', target: /y}]}}\n", "runs"},
	{"a volume in a path of the machine", "services: {a: {image: i, volumes: ['data:/v']}}\nvolumes: {data: {driver_opts: {type: none, o: bind, device: /srv}}}\n", "runs"},
	{"the network of the host", "services: {a: {image: i, network_mode: host}}\n", "either"},
	{"the network of the host, with a port", "services: {a: {image: i, network_mode: host, command: [listen, '7112']}}\n", "either"},
	{"two files", "services: {a: {image: i, ports: ['${A_PORT:-7113}:80']}}\n-- compose.override.yaml --\nservices: {b: {image: i, ports: ['7114:80']}}\n", "fails"},
	{"a profile that is off", "services: {a: {image: i}, b: {image: i, profiles: [x], container_name: tw-c, ports: ['7115:80']}}\n", "runs"},
	{"a profile that is on", "services: {a: {image: i, profiles: [x], container_name: tw-d}}\n-- .env --\nCOMPOSE_PROFILES=x\n", "fails"},
	{"include", "include: [part.yaml]\nservices: {a: {image: i}}\n-- part.yaml --\nservices: {b: {image: i, ports: ['7116:80']}}\n", "fails"},
	{"include with a variable", "include: [part.yaml]\nservices: {a: {image: i}}\n-- part.yaml --\nservices: {b: {image: i, ports: ['${B_PORT:-7117}:80']}}\n", "runs"},
	{"extends", "services: {a: {extends: {file: base.yaml, service: s}, image: i}}\n-- base.yaml --\nservices: {s: {image: i, container_name: tw-e}}\n", "fails"},
	{"a name that the files give the project", "name: tw-project\nservices: {a: {image: i, ports: ['${A_PORT:-7118}:80'], networks: [default, n]}}\nnetworks: {n: }\n", "runs"},
}

// TestEngineTwice makes a second checkout of projects, with git and `assign --write`, while the first is up, and holds what comes
// of it against what check --twice said.
func TestEngineTwice(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		b := newBothCheckouts(t, e)
		for _, s := range shapesOfProjects {
			t.Run(s.name, func(t *testing.T) {
				outcome := b.play(t, s.files)
				if outcome == "" {
					t.Fatal("the first checkout does not start")
				}
				if outcome != s.want && s.want != "either" {
					t.Errorf("%s, want %s", outcome, s.want)
				}
			})
		}
	})
}

// bothCheckouts plays projects in two working trees.
type bothCheckouts struct {
	realEngine
	number int
}

// externalNetwork is there for the projects.
const externalNetwork = "tw-external"

func newBothCheckouts(t *testing.T, e realEngine) *bothCheckouts {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	b := &bothCheckouts{realEngine: e}
	b.docker(t, "network", "create", "--subnet", "10.224.0.0/24", externalNetwork)
	t.Cleanup(func() { b.docker(t, "network", "rm", externalNetwork) })
	return b
}

// docker is the docker CLI, which has to succeed.
func (b *bothCheckouts) docker(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(os.Getenv("PORTLINT_TEST_DOCKER"), args...)
	cmd.Env = b.realEngine.docker()
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			out = exit.Stderr
		}
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// up is docker compose in a checkout, in the engine's network.
func (b *bothCheckouts) up(dir string, args ...string) (string, error) {
	cmd := b.command(os.Getenv("PORTLINT_TEST_COMPOSE"), args...)
	cmd.Dir, cmd.Env = dir, b.realEngine.docker()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// answer is what check --twice says.
type answer struct {
	code    int
	Verdict string
	Twice   struct {
		Verdict string
		Shared  []struct{ Kind, Text string }
	}
	said string
}

func (b *bothCheckouts) ask(t *testing.T, dir string, flags ...string) answer {
	t.Helper()
	r := b.portlint(t, dir, append([]string{"check", "--twice", "--format", "json"}, flags...)...)
	a := answer{code: r.code, said: r.stdout + r.stderr}
	if err := json.Unmarshal([]byte(r.stdout), &a); err != nil {
		t.Fatalf("%v\n%s", err, a.said)
	}
	return a
}

// shared are the names that both share, in order.
func (a answer) shared() string {
	var all []string
	for _, s := range a.Twice.Shared {
		all = append(all, s.Kind+" "+s.Text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// play brings a project up in one working tree, and then in a second one, and says whether both run; "" where the first does not.
func (b *bothCheckouts) play(t *testing.T, files string) string {
	t.Helper()
	b.number++
	base := t.TempDir()
	first, second := filepath.Join(base, fmt.Sprintf("one%d", b.number)), filepath.Join(base, fmt.Sprintf("two%d", b.number))
	for _, f := range txtar.Parse([]byte("-- compose.yaml --\n" + strings.ReplaceAll(files, "image: i", "image: portlint-test:latest"))).Files {
		testdir.Write(t, filepath.Join(first, f.Name), string(f.Data))
	}
	testdir.Git(t, first, "init", "-q")
	testdir.Git(t, first, "add", ".")
	testdir.Git(t, first, "commit", "-qm", "x")
	testdir.Git(t, first, "worktree", "add", "-q", second)

	before, static := b.ask(t, first), b.ask(t, first, "--static")
	t.Cleanup(func() {
		for _, dir := range []string{second, first} {
			if out, err := b.up(dir, "--profile", "*", "down", "-v", "-t", "0", "--remove-orphans"); err != nil && !t.Skipped() {
				t.Errorf("%v\n%s", err, out)
			}
		}
	})
	if out, err := b.up(first, "up", "-d"); err != nil {
		t.Logf("the first checkout: %v\n%s", err, out)
		return ""
	}
	beside := b.ask(t, first)

	if r := b.portlint(t, second, "assign", "--write"); r.code != run.ExitClean {
		t.Fatalf("assign: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	out, err := b.up(second, "up", "-d")
	one, two := b.inspect(t, first), b.inspect(t, second)
	outcome := "runs"
	if err != nil || !one.run || !two.run {
		outcome = "fails"
	}

	for when, a := range map[string]answer{"before": before, "beside the first": beside, "static": static} {
		b.compare(t, when, a, outcome, one.common(two), out)
	}
	return outcome
}

// compare holds an answer against what came of it.
func (b *bothCheckouts) compare(t *testing.T, when string, a answer, outcome, common, out string) {
	t.Helper()
	wrong := map[string]string{"clear": "fails", "conflict": "runs"}[a.Twice.Verdict] == outcome
	wrong = wrong || a.Verdict == "conflict" || a.Verdict == "refused" // it has started
	if wrong || (a.Twice.Verdict == "conflict") != (a.code == run.ExitFindings) {
		t.Errorf("%s: exit %d, the verdict is %q, twice %q, and the second checkout %s\n%s\n%s", when, a.code, a.Verdict, a.Twice.Verdict, outcome, a.said, out)
	}
	if outcome == "runs" && a.shared() != common {
		t.Errorf("%s: said to be shared: %q, shared: %q\n%s", when, a.shared(), common, a.said)
	}
}

// checkoutState is what the containers of a checkout are and have.
type checkoutState struct {
	run  bool // there are some, and all run
	uses []string
}

// common is what two checkouts have in common.
func (s checkoutState) common(o checkoutState) string {
	both := slices.DeleteFunc(slices.Clone(s.uses), func(name string) bool { return !slices.Contains(o.uses, name) })
	slices.Sort(both)
	return strings.Join(slices.Compact(both), ", ")
}

// ownNetwork are networks that every engine has.
var ownNetwork = regexp.MustCompile(`^network (host|bridge|none)$`)

func (b *bothCheckouts) inspect(t *testing.T, dir string) checkoutState {
	t.Helper()
	cmd := b.command(os.Getenv("PORTLINT_TEST_COMPOSE"), "--profile", "*", "ps", "-aq")
	cmd.Dir, cmd.Env = dir, b.realEngine.docker()
	list, err := cmd.Output()
	ids := strings.Fields(string(list))
	if err != nil || len(ids) == 0 {
		return checkoutState{}
	}
	format := `{{.State.Status}}{{range $name, $_ := .NetworkSettings.Networks}};network {{$name}}{{end}}{{range .Mounts}}{{if .Name}};volume {{.Name}}{{else if .RW}};path {{.Source}}{{end}}{{end}}`
	text := b.docker(t, append([]string{"inspect", "--format", format}, ids...)...)
	s := checkoutState{run: true}
	for line := range bytes.Lines([]byte(text)) {
		words := strings.Split(strings.TrimSpace(string(line)), ";")
		s.run = s.run && words[0] == "running"
		s.uses = append(s.uses, slices.DeleteFunc(words[1:], ownNetwork.MatchString)...)
	}
	return s.withDevices(t, b)
}

// withDevices adds the paths in which the volumes of a checkout are.
func (s checkoutState) withDevices(t *testing.T, b *bothCheckouts) checkoutState {
	t.Helper()
	for _, name := range slices.Clone(s.uses) {
		if volume, is := strings.CutPrefix(name, "volume "); is {
			device := strings.TrimSpace(b.docker(t, "volume", "inspect", "--format", `{{with .Options}}{{.device}}{{end}}`, volume))
			if device != "" && device != "<no value>" {
				s.uses = append(s.uses, "path "+device)
			}
		}
	}
	return s
}
