//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/compose/testdir"
)

// The machine on which `ports --all` is measured.
const (
	busyProjects  = 12
	busyProcesses = 20
	busySockets   = 200
)

// busyMachine is a machine with 60 containers of 12 projects, of a canned engine, and 200 sockets of 20 processes.
type busyMachine struct {
	dir, engine, program string
	containers           int
}

func newBusyMachine(t testing.TB) busyMachine {
	t.Helper()
	m := busyMachine{dir: t.TempDir()}
	bin := programs(t, "portlint", "server", "dockerd")
	m.program = filepath.Join(bin, "portlint")
	answers, err := os.MkdirTemp("", "pl") // short: the address of a unix socket has 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(answers) })

	var listed []map[string]any
	for i := range busyProjects {
		listed = append(listed, m.project(t, answers, i)...)
	}
	m.containers = len(listed)
	writeJSON(t, filepath.Join(answers, "containers.json"), listed)
	m.engine, _ = serving(t, exec.Command(filepath.Join(bin, "dockerd"), "unix", answers))
	for range busyProcesses {
		words := slices.Repeat([]string{"127.0.0.1:0/tcp", "0.0.0.0:0/udp", "[::1]:0/tcp", ":0/tcp", "127.0.0.1:0/udp"}, busySockets/busyProcesses/5)
		serving(t, exec.Command(filepath.Join(bin, "server"), words...))
	}
	return m
}

// project writes a Compose file of five services, of which three run, one has ended and one was only created.
func (m *busyMachine) project(t testing.TB, answers string, n int) []map[string]any {
	t.Helper()
	name := fmt.Sprintf("stack%02d", n)
	dir := filepath.Join(m.dir, name)
	text := "name: " + name + "\nservices:\n"
	var listed []map[string]any
	for i, service := range []string{"web", "api", "db", "old", "new"} {
		port := 20000 + 10*n + i
		text += fmt.Sprintf("  %s:\n    image: example/%s:1\n    restart: unless-stopped\n    environment: [\"PORT=80\"]\n    ports:\n      - \"${%s_PORT:-%d}:80\"\n",
			service, service, strings.ToUpper(service), port)
		id := fmt.Sprintf("%012d", 1000*n+i)
		one := map[string]any{"Id": id, "Names": []string{"/" + name + "-" + service + "-1"}, "State": "running", "HostConfig": map[string]any{"NetworkMode": name + "_default"},
			"Labels": map[string]string{"com.docker.compose.project": name, "com.docker.compose.service": service, "com.docker.compose.oneoff": "False",
				"com.docker.compose.project.working_dir": dir, "com.docker.compose.project.config_files": filepath.Join(dir, "compose.yaml")}}
		switch service {
		case "old", "new":
			one["State"], one["Ports"] = map[string]string{"old": "exited", "new": "created"}[service], []any{}
			writeJSON(t, filepath.Join(answers, id+".json"), map[string]any{"Id": id, "State": map[string]any{"Status": one["State"]}, "HostConfig": map[string]any{
				"RestartPolicy": map[string]any{"Name": "unless-stopped"}, "PortBindings": map[string]any{"80/tcp": []map[string]string{{"HostIp": "", "HostPort": fmt.Sprint(port)}}}}})
		default:
			one["Ports"] = []map[string]any{{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": port, "Type": "tcp"}, {"IP": "::", "PrivatePort": 80, "PublicPort": port, "Type": "tcp"}}
		}
		listed = append(listed, one)
	}
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), text)
	return listed
}

func writeJSON(t testing.TB, file string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	testdir.Write(t, file, string(text))
}

// run lists the host ports, and returns the processor time that it took.
func (m busyMachine) run(t testing.TB, args ...string) (out string, cpu time.Duration) {
	t.Helper()
	cmd := exec.Command(m.program, append([]string{"ports", "--all"}, args...)...)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "DOCKER_HOST="+m.engine, "XDG_STATE_HOME="+m.dir)
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(text), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// TestHostPortsOfBusyMachine: all containers and sockets of a busy machine are listed, each container with its line.
func TestHostPortsOfBusyMachine(t *testing.T) {
	m := newBusyMachine(t)
	claims := claimsIn(t, func() string { out, _ := m.run(t, "--format", "json"); return out }())
	containers, sockets := map[string]string{}, 0
	for _, c := range claims {
		for _, o := range c.Owners {
			if o.Container.Name != "" && o.Container.Line > 0 {
				containers[o.Container.Name] = c.Kind
			}
			if o.Process.Name == "server" {
				sockets += len(c.Addresses)
			}
		}
		if c.Kind == "stopped" && c.Line == 0 {
			t.Errorf("no line of %s", c.Who)
		}
	}
	if sockets < busySockets {
		t.Errorf("%d sockets of servers, want %d", sockets, busySockets)
	}
	for i := range busyProjects {
		for service, kind := range map[string]string{"web": "has", "api": "has", "db": "has"} {
			if name := fmt.Sprintf("stack%02d-%s-1", i, service); containers[name] != kind {
				t.Errorf("%s: %q, want %q", name, containers[name], kind)
			}
		}
	}
}

// BenchmarkHostPorts is the processor time of one `ports --all` on a busy machine, the start of the program included.
func BenchmarkHostPorts(b *testing.B) {
	m := newBusyMachine(b)
	var sum time.Duration
	for b.Loop() {
		_, cpu := m.run(b)
		sum += cpu
	}
	b.ReportMetric(float64(sum.Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// hostPortClaim is a claim in the JSON format.
type hostPortClaim struct {
	Port, PortEnd, Line                                     int
	Protocol, Kind, Now, Who, Reach, File, Project, Service string
	Addresses                                               []string
	Owners                                                  []struct {
		Kind      string
		Container struct {
			Name string
			Line int
		}
		Process struct {
			PID  int
			Name string
		}
	}
}

// claimsIn are the claims of an output.
func claimsIn(t testing.TB, out string) []hostPortClaim {
	t.Helper()
	var doc struct{ HostPorts []hostPortClaim }
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return doc.HostPorts
}
