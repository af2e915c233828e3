//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// envOutput is what the tests read of `portlint env --format json`.
type envOutput struct {
	Variables []struct {
		Name, Value, Kind, Service, Container, HostIP, Protocol string
		Published, Target                                       int
	}
	NotUp []struct{ Service, Why string }
}

// runningEnv is what env tells of a project, after each port in it was found where `docker compose port` has it.
func (s *starter) runningEnv(code int) (values map[string]string, notUp []string) {
	s.t.Helper()
	got := s.run("portlint", "env", "--format", "json")
	var out envOutput
	if err := json.Unmarshal([]byte(got.stdout), &out); err != nil || got.code != code {
		s.t.Fatalf("exit %d, want %d: %v\n%s%s", got.code, code, err, got.stdout, got.stderr)
	}

	values = map[string]string{}
	for _, v := range out.Variables {
		values[v.Name] = v.Value
		index := v.Container[strings.LastIndex(v.Container, "-")+1:]
		at := strings.TrimSpace(s.compose("port", "--index", index, "--protocol", v.Protocol, v.Service, fmt.Sprint(v.Target)))
		colon := max(strings.LastIndex(at, ":"), 0) // Compose writes an IPv6 address without brackets
		ip, port := strings.Trim(at[:colon], "[]"), strings.TrimPrefix(at[colon:], ":")
		if ip != v.HostIP && ip != "::" || port != fmt.Sprint(v.Published) {
			s.t.Errorf("%s=%s of %s: docker compose port says %q", v.Name, v.Value, v.Container, at)
		}
	}
	for _, m := range out.NotUp {
		notUp = append(notUp, m.Service+": "+m.Why)
	}
	return values, notUp
}

// TestEngineEnv: what env prints is what `docker compose port` says, whoever chose the ports.
func TestEngineEnv(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(4)
		row := unusedRow(8)
		text := ported(`services:
  db: {image: i, ports: ["5432"]}
  dns: {image: i, ports: ["@0:53/tcp", "@0:53/udp"]}
  six: {image: i, ports: ["[::1]:@1:80"]}
  local: {image: i, ports: ["127.0.0.1:${LOCAL:-@2}:443"]}
  web: {image: i, scale: 2, ports: ["${WEB_RANGE:-@4-@5}:80"]}
  rpc: {image: i, ports: ["${RPC_PORTS:-@6-@7}:9001-9003"]}
  app: {image: i, ports: ["${APP_PORT:-@3}:3000", "9229"]}
`, append(ports, row, row+3, row+4, row+6))
		s := newStarter(t, e, "env", text)
		if _, notUp := s.runningEnv(1); len(notUp) != 7 {
			t.Errorf("before up: %q", notUp)
		}
		s.compose("up", "-d")
		values, notUp := s.runningEnv(0)
		want := map[string]string{
			"DNS_53_PORT": fmt.Sprint(ports[0]), "DNS_53_UDP_PORT": fmt.Sprint(ports[0]), "SIX_PORT": fmt.Sprint(ports[1]), "SIX_URL": fmt.Sprintf("http://[::1]:%d", ports[1]),
			"LOCAL": fmt.Sprint(ports[2]), "LOCAL_URL": fmt.Sprintf("https://127.0.0.1:%d", ports[2]), "APP_PORT": fmt.Sprint(ports[3]),
			"RPC_PORTS": fmt.Sprintf("%d-%d", row+4, row+6), "RPC_9002_PORT": fmt.Sprint(row + 5), "WEB_RANGE": values["WEB_RANGE_1"],
			"WEB_URL_2": "http://localhost:" + values["WEB_RANGE_2"],
		}
		for name, value := range want {
			if value == "" || values[name] != value {
				t.Errorf("%s=%s, want %s", name, values[name], value)
			}
		}
		if values["DB_PORT"] == "" || values["APP_9229_PORT"] == "" || values["DB_URL"] != "" || values["WEB_RANGE_1"] == values["WEB_RANGE_2"] || notUp != nil {
			t.Errorf("%v, not up: %q", values, notUp)
		}

		s.compose("stop", "-t", "0", "six")
		if _, notUp := s.runningEnv(1); !slices.Equal(notUp, []string{fmt.Sprintf(`six: container "%s-six-1" is exited`, s.project)}) {
			t.Errorf("not up: %q", notUp)
		}
	})
}

// TestEngineEnvMoved: two directories of one project, of which the second runs on other ports and each is told its own.
func TestEngineEnvMoved(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(2)
		text := ported(`services: {web: {image: i, ports: ["${WEB_PORT:-@0}:80", "@1:9090"]}}`, ports)
		first := newStarter(t, e, "envfirst", text)
		second := newStarter(t, e, "envsecond", text)
		first.compose("up", "-d")
		if got := second.run("portlint", "up", "-d", "--move"); got.code != 0 {
			t.Fatalf("%+v", got)
		}

		held, _ := first.runningEnv(0)
		moved, _ := second.runningEnv(0)
		if held["WEB_PORT"] != fmt.Sprint(ports[0]) || held["WEB_9090_PORT"] != fmt.Sprint(ports[1]) {
			t.Errorf("the first has %v", held)
		}
		if moved["WEB_PORT"] == "" || moved["WEB_PORT"] == held["WEB_PORT"] || moved["WEB_9090_PORT"] == held["WEB_9090_PORT"] {
			t.Errorf("the second has %v", moved)
		}
		first.project = second.project
		if _, notUp := first.runningEnv(1); len(notUp) != 1 || !strings.Contains(notUp[0], second.dir) {
			t.Errorf("under the other's name: %q", notUp)
		}
	})
}

// TestEngineUpEnvFile: what `up -d --env-file` writes is what env prints then, of ports that were moved and that the engine picked, the
// first time and the second.
func TestEngineUpEnvFile(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		ports := unusedPorts(2)
		s := newStarter(t, e, "envfile", ported(`services:
  web: {image: i, ports: ["${WEB_PORT:-@0}:80", "@1:9090"]}
  db: {image: i, ports: ["5432"]}
`, ports))
		holder := newStarter(t, e, "envfileheld", ported(`services: {web: {image: i, ports: ["@0:80", "@1:81"]}}`, ports))
		holder.compose("up", "-d")
		file := filepath.Join(s.dir, "ports.env")
		for _, words := range [][]string{{"-d", "--move"}, {"--wait", "--move"}} {
			got := s.run(append([]string{"portlint", "up", "--env-file", "ports.env"}, words...)...)
			written, err := os.ReadFile(file)
			if got.code != 0 || err != nil {
				t.Fatalf("exit %d, %v\n%s%s", got.code, err, got.stdout, got.stderr)
			}
			values, _ := s.runningEnv(0)
			if _, text, _ := strings.Cut(string(written), "\n"); text != s.run("portlint", "env").stdout || values["DB_PORT"] == "" || values["WEB_PORT"] == "" {
				t.Errorf("up %q wrote\n%s\nenv prints %v", words, written, values)
			}
			if values["WEB_PORT"] == fmt.Sprint(ports[0]) || values["WEB_9090_PORT"] == fmt.Sprint(ports[1]) {
				t.Errorf("nothing was moved: %v", values)
			}
		}

		if err := os.WriteFile(file, []byte("MINE=1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		s.compose("stop", "-t", "0", "db")
		got := s.run("portlint", "up", "-d", "--move", "--env-file", "ports.env")
		if left, _ := os.ReadFile(file); got.code != 2 || string(left) != "MINE=1\n" || s.compose("ps", "-q", "db") != "" {
			t.Errorf("exit %d, %q is left\n%s%s", got.code, left, got.stdout, got.stderr)
		}
	})
}
