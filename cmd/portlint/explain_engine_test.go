//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint/refusal"
)

// refusedStart is a start that a real engine refuses, and what portlint makes of the engine's own words.
type refusedStart struct {
	name    string
	port    string // of the container to start, as Compose writes it
	old     string // what engine 20.10 says: kind, address, port, protocol
	current string // the same for a current engine
	owner   string // in the answer
}

// TestEngineExplain provokes the refusals of real engines through docker compose and docker run. Their words have to lead
// to the port, to why it was refused, and to who really has it.
func TestEngineExplain(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		dir, ports := t.TempDir(), unusedPorts(6)
		holder := fmt.Sprintf("plholder%d%s", os.Getpid(), e.name)
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services:\n  web:\n    image: portlint-test:latest\n    ports: [\"127.0.0.1:%d:80\", \"%d-%d:81-82\"]\n",
			ports[0], ports[1], ports[1]+1))
		e.compose(t, dir, holder)("up", "-d")
		server := e.server(t, fmt.Sprintf("0.0.0.0:%d/tcp", ports[2]), fmt.Sprintf("127.0.0.1:%d/udp", ports[3]))
		container := fmt.Sprintf("is taken by %s/web\n", holder)
		process := fmt.Sprintf("  held by: server (pid %d", server)
		for _, r := range []refusedStart{
			{name: "its own address", port: fmt.Sprintf("127.0.0.1:%d:80", ports[0]), owner: container,
				old: fmt.Sprintf("allocated 127.0.0.1 %d", ports[0]), current: fmt.Sprintf("allocated 127.0.0.1 %d", ports[0])},
			{name: "another address", port: fmt.Sprintf("0.0.0.0:%d:80", ports[0]), owner: container, // the engine names the holder's
				old: fmt.Sprintf("in-use 0.0.0.0 %d tcp", ports[0]), current: fmt.Sprintf("allocated 127.0.0.1 %d", ports[0])},
			{name: "a process", port: fmt.Sprintf("127.0.0.1:%d:80", ports[2]), owner: process,
				old: fmt.Sprintf("in-use 127.0.0.1 %d tcp", ports[2]), current: fmt.Sprintf("in-use 127.0.0.1 %d tcp", ports[2])},
			{name: "a process, udp", port: fmt.Sprintf("0.0.0.0:%d:80/udp", ports[3]), owner: process,
				old: fmt.Sprintf("in-use 0.0.0.0 %d udp", ports[3]), current: fmt.Sprintf("in-use 0.0.0.0 %d udp", ports[3])},
			{name: "a range", port: fmt.Sprintf("%d-%d:80", ports[1], ports[1]+1), owner: container, old: "all-taken - 0", current: "all-taken - 0"},
			{name: "no address of ours", port: fmt.Sprintf("203.0.113.9:%d:80", ports[4]), owner: "203.0.113.9 is not an address of the engine's machine",
				old: fmt.Sprintf("not-local 203.0.113.9 %d tcp", ports[4]), current: fmt.Sprintf("not-local 203.0.113.9 %d tcp", ports[4])},
		} {
			t.Run(r.name, func(t *testing.T) {
				want := map[bool]string{true: r.old, false: r.current}[e.name == "old"]
				e.explains(t, e.failingUp(t, r.port), want, r.owner)
				if strings.HasPrefix(want, "all-taken") { // the text names no port, and the container of docker run is gone
					r.owner = "the text does not name the port"
				}
				e.explains(t, e.failingRun(t, r.port), want, r.owner)
			})
		}
	})
}

// TestEngineExplainFailed: without a text, what a real engine keeps of a container that it could not start leads to who has the port.
func TestEngineExplainFailed(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		port := unusedPorts(1)[0]
		server := e.server(t, fmt.Sprintf("127.0.0.1:%d/tcp", port))
		e.failingUp(t, fmt.Sprintf("127.0.0.1:%d:80", port))

		said := e.portlint(t, t.TempDir(), "explain")
		for _, want := range []string{
			fmt.Sprintf("container \"plrefused%d%s-app-1\" did not get port ", os.Getpid(), e.name),
			fmt.Sprintf("%d/tcp is taken by server\n", port), fmt.Sprintf("  held by: server (pid %d", server),
		} {
			if said.code != run.ExitClean || !strings.Contains(said.stdout, want) {
				t.Errorf("exit %d, no %q in\n%s%s", said.code, want, said.stdout, said.stderr)
			}
		}
	})
}

// TestEngineExplainNetwork: what a real engine says of a subnet and of a fixed address that another project has leads to that project.
func TestEngineExplainNetwork(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		subnet := fmt.Sprintf("10.220.%d", os.Getpid()%250)
		theirs, name := t.TempDir(), fmt.Sprintf("plnet%d%s", os.Getpid(), e.name)
		testdir.Write(t, filepath.Join(theirs, "compose.yaml"), fmt.Sprintf(`services:
  web: {image: portlint-test:latest, networks: {n: {ipv4_address: %s.9}}}
networks: {n: {ipam: {config: [{subnet: %[1]s.0/24}]}}}
`, subnet))
		e.compose(t, theirs, name)("up", "-d")

		for text, want := range map[string][]string{
			"services:\n  web: {image: portlint-test:latest, networks: [n]}\nnetworks: {n: {ipam: {config: [{subnet: " + subnet + ".128/25}]}}}\n": {
				"[subnet-in-use]", fmt.Sprintf("network %q of project %q", name+"_n", name), "docker compose -p " + name + " down"},
			"services:\n  web: {image: portlint-test:latest, networks: {n: {ipv4_address: " + subnet + ".9}}}\nnetworks: {n: {external: true, name: " + name + "_n}}\n": {
				"[address-in-use]", fmt.Sprintf("%q", name), "docker compose -p " + name + " stop web"},
		} {
			mine := t.TempDir()
			testdir.Write(t, filepath.Join(mine, "compose.yaml"), text)
			e.compose(t, mine, name+"mine") // takes it down
			cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), "-p", name+"mine", "up", "-d")
			cmd.Dir, cmd.Env = mine, e.docker()
			refused, err := cmd.CombinedOutput()
			said := e.portlint(t, mine, "explain", string(refused))
			for _, want := range want {
				if err == nil || said.code != run.ExitClean || !strings.Contains(said.stdout, want) {
					t.Errorf("exit %d, no %q of\n%s\nin\n%s%s", said.code, want, refused, said.stdout, said.stderr)
				}
			}
			cmd = exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), "-p", name+"mine", "down", "-t", "0")
			cmd.Dir, cmd.Env = mine, e.docker()
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		}
	})
}

// explains demands what the text of a refusal is taken for, and who the answer names.
func (e realEngine) explains(t *testing.T, text, want, owner string) {
	t.Helper()
	found := refusal.Parse(text)
	if len(found) != 1 {
		t.Fatalf("%d refusals in\n%s", len(found), text)
	}
	r, addr := found[0], "-"
	if r.Addr.IsValid() {
		addr = r.Addr.String()
	}
	if got := strings.TrimSpace(fmt.Sprintf("%s %s %d %s", r.Kind, addr, r.First, r.Proto)); got != want || r.By != refusal.ByEngine || r.Container == "" {
		t.Errorf("got %q by %s for %q, want %q:\n%s", got, r.By, r.Container, want, text)
	}
	said := e.portlint(t, t.TempDir(), "explain", text)
	if said.code != run.ExitClean || !strings.Contains(said.stdout, owner) {
		t.Errorf("exit %d, no %q in\n%s%s", said.code, owner, said.stdout, said.stderr)
	}
}

// failingUp is what docker compose prints when the engine refuses a port.
func (e realEngine) failingUp(t *testing.T, port string) string {
	t.Helper()
	dir, project := t.TempDir(), fmt.Sprintf("plrefused%d%s", os.Getpid(), e.name)
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf("services:\n  app:\n    image: portlint-test:latest\n    ports: [%q]\n", port))
	e.compose(t, dir, project) // takes it down
	cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), "-p", project, "up", "-d")
	cmd.Dir, cmd.Env = dir, e.docker()
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("port %q is bound:\n%s", port, out)
	}
	return string(out)
}

// failingRun is what docker run prints when the engine refuses a port.
func (e realEngine) failingRun(t *testing.T, port string) string {
	t.Helper()
	name := fmt.Sprintf("plrun%d%s", os.Getpid(), e.name)
	cmd := exec.Command(dockerProgram(t), "run", "-d", "--name", name, "-p", port, "portlint-test:latest")
	cmd.Env = e.docker()
	out, err := cmd.CombinedOutput()
	remove := exec.Command(dockerProgram(t), "rm", "-f", name)
	remove.Env = e.docker()
	if text, err := remove.CombinedOutput(); err != nil {
		t.Errorf("docker rm: %v\n%s", err, text)
	}
	if err == nil {
		t.Fatalf("port %q is bound:\n%s", port, out)
	}
	return string(out)
}

// dockerProgram is the docker CLI that .ci/engine made.
func dockerProgram(t *testing.T) string {
	t.Helper()
	program := os.Getenv("PORTLINT_TEST_DOCKER")
	if program == "" {
		t.Fatal("PORTLINT_TEST_DOCKER names no docker CLI: see .ci/engine")
	}
	return program
}

// server starts a process with these sockets where the engine binds its ports, and returns its pid.
func (e realEngine) server(t *testing.T, at ...string) int {
	t.Helper()
	cmd := e.command(programNamed(t, "server"), at...)
	serving(t, cmd)
	return cmd.Process.Pid // nsenter becomes it
}
