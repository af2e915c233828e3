//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/swarm"
	"github.com/docker/docker/client"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// stackCase is a stack, and what the swarm does with it. $A, $B … are host ports.
type stackCase struct {
	name     string
	services string // below `services:`, in JSON
	refused  string // what `docker stack deploy` says, "" when it takes all services
	pending  string // what keeps a task of it from running, "" when nothing does
	want     lint.Verdict
	keep     bool // the stack stays for the cases that follow
}

// TestEngineStack: `check --stack` says before what `docker stack deploy` says then, on a swarm of one node. This kernel may
// lack IPVS, so that nothing is asked of ports in mode ingress but whether the swarm takes them.
func TestEngineStack(t *testing.T) { realEngines(t, onASwarm) }

func onASwarm(t *testing.T, e realEngine) {
	api, err := client.NewClientWithOpts(client.WithHost("unix://"+e.socket), client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { api.Close() })
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "none.json"), `{"services": {"web": {"image": "portlint-test", "ports": ["8080:80"]}}}`)
	if r := e.portlint(t, dir, "check", "--stack", "-f", "none.json"); !strings.Contains(r.stdout, "no swarm manager") {
		t.Errorf("without a swarm: %s%s", r.stdout, r.stderr)
	}
	if _, err := api.SwarmInit(t.Context(), swarm.InitRequest{ListenAddr: "127.0.0.1:2377", AdvertiseAddr: "127.0.0.1",
		DefaultAddrPool: []string{"10.223.0.0/16"}, SubnetSize: 24}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leaveSwarm(t, e, api) })
	ports := unusedPorts(12)
	expand := func(name string) string { return fmt.Sprint(ports[name[0]-'A']) }
	if out, err := dockerAt(t, e, "run", "-d", "--name", "plain", "-p", expand("L")+":80", "portlint-test").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { _ = dockerAt(t, e, "rm", "-f", "plain").Run() })
	for _, c := range []stackCase{
		{name: "first", services: `"web": {"image": "portlint-test", "ports": ["$A:80"], "deploy": {"replicas": 2}}`, want: lint.VerdictClear, keep: true},
		{name: "first", services: `"web": {"image": "portlint-test", "ports": ["$A:81"], "deploy": {"replicas": 2}}`, want: lint.VerdictClear, keep: true},
		{name: "second", services: `"web": {"image": "portlint-test", "ports": ["$A:80"], "deploy": {"replicas": 0}}`, want: lint.VerdictConflict,
			refused: "port '$A' is already in use by service 'first_web'"},
		{name: "inhost", services: `"web": {"image": "portlint-test", "ports": [{"target": 80, "published": $A, "mode": "host"}]}`,
			want: lint.VerdictConflict, refused: "port '$A' is already in use by service 'first_web'"},
		{name: "first", services: `"api": {"image": "portlint-test", "ports": ["$A:80"]}`, want: lint.VerdictConflict,
			refused: "port '$A' is already in use by service 'first_web'"},
		{name: "udp", services: `"web": {"image": "portlint-test", "ports": ["$A:80/udp"]}`, want: lint.VerdictClear},
		{name: "pair", services: `"a": {"image": "portlint-test", "ports": ["$B:80"]}, "b": {"image": "portlint-test", "ports": ["$B:81"]}`,
			want: lint.VerdictConflict, refused: "port '$B' is already in use by service 'pair_"},
		{name: "addresses", services: `"a": {"image": "portlint-test", "ports": ["127.0.0.1:$C:80"]}, "b": {"image": "portlint-test", "ports": ["127.0.0.2:$C:80"]}`,
			want: lint.VerdictConflict, refused: "port '$C' is already in use by service 'addresses_"},
		{name: "twice", services: `"a": {"image": "portlint-test", "ports": ["$D:80", "$D:81"]}`, want: lint.VerdictConflict,
			refused: "duplicate published ports"},
		{name: "mixed", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $E, "mode": "host"}]},
			"b": {"image": "portlint-test", "ports": ["$E:80"]}`, want: lint.VerdictConflict, refused: "port '$E' is already in use by service 'mixed_"},
		{name: "host", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $F, "mode": "host"}]}`, want: lint.VerdictClear, keep: true},
		{name: "host", services: `"a": {"image": "portlint-test", "ports": [{"target": 81, "published": $F, "mode": "host"}]}`, want: lint.VerdictClear, keep: true},
		{name: "hosttwo", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $F, "mode": "host"}]}`, want: lint.VerdictConflict,
			pending: "host-mode port already in use on 1 node"},
		{name: "hostpair", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $G, "mode": "host"}]},
			"b": {"image": "portlint-test", "ports": [{"target": 80, "published": $G, "mode": "host"}]}`, want: lint.VerdictConflict,
			pending: "host-mode port already in use on 1 node"},
		{name: "replicas", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $H, "mode": "host"}], "deploy": {"replicas": 2}}`,
			want: lint.VerdictConflict, pending: "host-mode port already in use on 1 node"},
		{name: "global", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $I, "mode": "host"}], "deploy": {"mode": "global"}}`,
			want: lint.VerdictClear},
		{name: "held", services: `"a": {"image": "portlint-test", "ports": [{"target": 80, "published": $L, "mode": "host"}]}`, want: lint.VerdictConflict,
			pending: "port is already allocated"},
		{name: "over", services: `"a": {"image": "portlint-test", "ports": ["$L:80"]}`, want: lint.VerdictPossible},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.services, c.refused = os.Expand(c.services, expand), os.Expand(c.refused, expand)
			c.run(t, e, dir)
		})
	}
}

// leaveSwarm takes all stacks away first: an engine that leaves with them forgets their networks some time later, and a stack of the same name
// in the next swarm is then given one that goes away.
func leaveSwarm(t *testing.T, e realEngine, api *client.Client) {
	stacks, _ := dockerAt(t, e, "network", "ls", "--filter", "label=com.docker.stack.namespace", "--format", `{{.Label "com.docker.stack.namespace"}}`).Output()
	for _, name := range strings.Fields(string(stacks)) {
		_ = dockerAt(t, e, "stack", "rm", name).Run()
	}
	for range 600 {
		out, _ := dockerAt(t, e, "network", "ls", "--filter", "label=com.docker.stack.namespace", "--quiet").Output()
		left, _ := dockerAt(t, e, "ps", "--all", "--filter", "label=com.docker.swarm.task.id", "--quiet").Output()
		if len(out)+len(left) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	_ = api.SwarmLeave(context.Background(), true)
}

// run asks portlint, deploys, and asks the swarm.
func (c stackCase) run(t *testing.T, e realEngine, dir string) {
	file := filepath.Join(dir, "stack.json")
	testdir.Write(t, file, `{"version": "3.8", "services": {`+c.services+`}}`)
	said := e.portlint(t, dir, "check", "--stack", "-p", c.name, "-f", file, "--format", "json")
	var doc struct {
		Verdict lint.Verdict
		Command string
	}
	if err := json.Unmarshal([]byte(said.stdout), &doc); err != nil {
		t.Fatalf("%v\n%s%s", err, said.stdout, said.stderr)
	}
	if doc.Verdict != c.want || doc.Command != "docker stack deploy" {
		t.Errorf("%s: the verdict on %q is %q, want %q\n%s", c.services, doc.Command, doc.Verdict, c.want, said.stdout)
	}
	out, err := dockerAt(t, e, "stack", "deploy", "-c", file, c.name).CombinedOutput()
	if !c.keep {
		t.Cleanup(func() { c.remove(t, e) })
	}
	if refused := err != nil; refused != (c.refused != "") || !strings.Contains(string(out), c.refused) {
		t.Errorf("docker stack deploy says %v\n%s\nwant %q", err, out, c.refused)
	}
	if c.refused == "" {
		c.await(t, e)
	}
}

// await waits until every task of the stack runs, or one is kept from it by what is expected.
func (c stackCase) await(t *testing.T, e realEngine) {
	t.Helper()
	last := ""
	for range 600 {
		out, _ := dockerAt(t, e, "stack", "ps", c.name, "--no-trunc", "--format", "{{.DesiredState}} {{.CurrentState}} {{.Error}}").CombinedOutput()
		last = string(out)
		if c.pending != "" && strings.Contains(last, c.pending) || c.pending == "" && allRun(last) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("the tasks of %s are\n%swant %q", c.name, last, c.pending)
}

// allRun reports whether all tasks that are to run do.
func allRun(tasks string) bool {
	running := false
	for line := range strings.Lines(tasks) {
		desired, current, _ := strings.Cut(line, " ")
		switch {
		case desired != "Running" && desired != "Ready":
		case !strings.HasPrefix(current, "Running"):
			return false
		default:
			running = true
		}
	}
	return running
}

// remove takes the services of the stack away, but for those of the first one, which later cases meet.
func (c stackCase) remove(t *testing.T, e realEngine) {
	for _, name := range strings.Fields(e.swarmServices(t)) {
		if name != "first_web" && strings.HasPrefix(name, c.name+"_") {
			_ = dockerAt(t, e, "service", "rm", name).Run()
		}
	}
}

func (e realEngine) swarmServices(t *testing.T) string {
	out, err := dockerAt(t, e, "service", "ls", "--format", "{{.Name}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// dockerAt is a docker CLI that asks the engine.
func dockerAt(t *testing.T, e realEngine, args ...string) *exec.Cmd {
	t.Helper()
	program := os.Getenv("PORTLINT_TEST_DOCKER")
	if program == "" {
		t.Fatal("PORTLINT_TEST_DOCKER names no docker CLI: see .ci/engine")
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(e.docker(), "DOCKER_CONFIG="+t.TempDir())
	return cmd
}
