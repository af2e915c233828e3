//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

const (
	engineProjects = 12 // projects
	engineServer   = 11 // processes beside, of ten sockets each
)

// hostPortsProject has five services: of two ports, of a range, of both protocols on the loopback, one that has ended and one that
// never ran.
const hostPortsProject = `services:
  web:
    image: portlint-test:latest
    ports: ["%d:80"]
  api:
    image: portlint-test:latest
    ports: ["%d-%d:8000-8001"]
  dns:
    image: portlint-test:latest
    ports: ["127.0.0.1:%d:53/tcp", "127.0.0.1:%d:53/udp"]
  old:
    image: portlint-test:latest
    ports: ["%d:80"]
  new:
    image: portlint-test:latest
    ports: ["127.0.0.1:%d:80"]
`

// TestEngineHostPorts: on an engine with 60 containers of 12 projects, and 200 sockets, all host ports are those of `ss -lntup`, and
// all containers those of `docker ps -a`.
func TestEngineHostPorts(t *testing.T) {
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skip("ss is not installed")
	}
	realEngines(t, func(t *testing.T, e realEngine) {
		for i := range engineProjects {
			dir, first := t.TempDir(), 21000+10*i
			testdir.Write(t, filepath.Join(dir, "compose.yaml"), fmt.Sprintf(hostPortsProject, first, first+1, first+2, first+3, first+3, first+4, first+5))
			compose := e.compose(t, dir, fmt.Sprintf("plports%d%c", os.Getpid(), 'a'+i))
			compose("create")
			compose("start", "web", "api", "dns", "old")
			compose("stop", "-t", "0", "old")
		}
		serve := func(at ...string) { serving(t, e.command(programNamed(t, "server"), at...)) }
		for range engineServer {
			serve(slices.Repeat([]string{"127.0.0.1:0/tcp", "0.0.0.0:0/udp", "[::1]:0/tcp", ":0/tcp", "127.0.0.1:0/udp"}, 2)...)
		}
		for _, addr := range []string{"127.0.0.1", "[::1]"} { // two processes with one port
			serve(fmt.Sprintf("%s:%d/tcp", addr, 21000+10*engineProjects))
		}

		r := e.portlint(t, t.TempDir(), "ports", "--all", "--format", "json")
		claims := claimsIn(t, r.stdout)
		sockets := e.sockets(t)
		if len(sockets) < 200 {
			t.Errorf("only %d sockets", len(sockets))
		}
		sameSet(t, "sockets", socketsOf(claims), sockets)
		compareContainers(t, e, claims)
	})
}

// sameSet compares what portlint lists with what another program does.
func sameSet(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for _, one := range slices.Sorted(maps.Keys(want)) {
		if said, listed := got[one]; !listed || said != want[one] {
			t.Errorf("%s: %s is %q here, %q there", what, one, said, want[one])
		}
	}
	for _, one := range slices.Sorted(maps.Keys(got)) {
		if _, listed := want[one]; !listed {
			t.Errorf("%s: %s (%s) is here alone", what, one, got[one])
		}
	}
}

var ssUser = regexp.MustCompile(`\("([^"]+)",pid=(\d+),`)

// sockets are those that ss lists in the engine's network, each with the first process of it, which docker-proxy is known by its name
// alone for.
func (e realEngine) sockets(t *testing.T) map[string]string {
	t.Helper()
	out, err := e.command("ss", "-H", "-l", "-n", "-t", "-u", "-p").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		i := strings.LastIndexByte(f[4], ':')
		addr, _, _ := strings.Cut(strings.NewReplacer("[", "", "]", "", "*", "::").Replace(f[4][:i]), "%")
		who := ""
		if user := ssUser.FindStringSubmatch(line); user != nil && user[1] == "server" {
			who = user[2]
		}
		all[fmt.Sprintf("%s %s:%s", f[0], addr, f[4][i+1:])] = who
	}
	return all
}

// socketsOf are the same of what portlint lists.
func socketsOf(claims []hostPortClaim) map[string]string {
	all := map[string]string{}
	for _, c := range claims {
		if c.Kind != "has" {
			continue
		}
		who := ""
		if p := c.Owners[0].Process; p.Name == "server" {
			who = strconv.Itoa(p.PID)
		}
		for _, addr := range c.Addresses {
			addr, _, _ := strings.Cut(addr, "%")
			all[fmt.Sprintf("%s %s:%d", c.Protocol, addr, c.Port)] = who
		}
	}
	return all
}

// compareContainers compares the containers with those of `docker ps -a`, and their ports with what docker says of each.
func compareContainers(t *testing.T, e realEngine, claims []hostPortClaim) {
	t.Helper()
	docker := func(args ...string) string {
		cmd := exec.Command(os.Getenv("PORTLINT_TEST_DOCKER"), args...)
		cmd.Env = e.docker()
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("docker %s: %v", strings.Join(args, " "), err)
		}
		return string(out)
	}
	names, want := strings.Fields(docker("ps", "-a", "--format", "{{.Names}}")), map[string]string{}
	var all []struct {
		Name            string
		State           struct{ Status string }
		HostConfig      struct{ PortBindings map[string][]hostBinding }
		NetworkSettings struct{ Ports map[string][]hostBinding }
	}
	if err := json.Unmarshal([]byte(docker(append([]string{"inspect"}, names...)...)), &all); err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		state, ports := "has", c.NetworkSettings.Ports
		if c.State.Status != "running" {
			state, ports = "stopped", c.HostConfig.PortBindings
		}
		for target, bindings := range ports {
			for _, b := range bindings {
				for _, ip := range b.addresses() {
					_, proto, _ := strings.Cut(target, "/")
					want[fmt.Sprintf("%s %s:%s/%s", strings.TrimPrefix(c.Name, "/"), ip, b.HostPort, proto)] = state
				}
			}
		}
	}
	got := map[string]string{}
	for _, c := range claims {
		for _, o := range c.Owners {
			for _, addr := range c.Addresses {
				if o.Container.Name != "" {
					got[fmt.Sprintf("%s %s:%d/%s", o.Container.Name, addr, c.Port, c.Protocol)] = c.Kind
					if o.Container.Line == 0 && c.Line == 0 {
						t.Errorf("no line of %s %s:%d", o.Container.Name, addr, c.Port)
					}
				}
			}
		}
	}
	if len(names) < 5*engineProjects {
		t.Errorf("only %d containers", len(names))
	}
	sameSet(t, "containers", got, want)
}

// hostBinding is where docker says that a container is published.
type hostBinding struct{ HostIp, HostPort string } //nolint:revive // as docker writes it

// addresses are those behind an address that may be none.
func (b hostBinding) addresses() []string {
	if ip, err := netip.ParseAddr(b.HostIp); err == nil {
		return []string{ip.String()}
	}
	return []string{"0.0.0.0", "::"}
}
