//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// nameAndSubnet is a project whose container name and subnet are as they are given: with a variable, or as plain texts.
func nameAndSubnet(name, subnet string) string {
	return fmt.Sprintf(`services:
  web:
    image: i
    container_name: %s
    networks: {back: {ipv4_address: "%s.10"}}
networks:
  back: {ipam: {config: [{subnet: "%s.0/24", gateway: "%s.1"}]}}
`, name, subnet, subnet, subnet)
}

// TestEngineUpNames: a container name and a subnet that another project has are told at once before anything is made, and become
// others with --move and --write: by a variable, by an override file, by an edit and a line of .env. The container runs.
func TestEngineUpNames(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		holds := fmt.Sprintf("plname%d%s", os.Getpid(), e.name)
		other := newStarter(t, e, "holder", nameAndSubnet(holds, "10.213.7"))
		other.compose("up", "-d")
		for _, c := range []struct{ name, text, flag string }{
			{"variables", nameAndSubnet("${WEB_NAME:-"+holds+"}", "${SUBNET:-10.213.7}"), "--move"},
			{"texts", nameAndSubnet(holds, "10.213.7"), "--move"},
			{"kept", nameAndSubnet("${WEB_NAME:-"+holds+"}", "${SUBNET:-10.213.7}"), "--write"},
			{"rewritten", nameAndSubnet(holds, "10.213.7"), "--write"},
		} {
			t.Run(c.name, func(t *testing.T) {
				s := newStarter(t, e, c.name, c.text)
				refused := s.run("portlint", "up", "-d")
				if refused.code != 1 || strings.Count(refused.stdout, "[name-in-use]") != 1 || strings.Count(refused.stdout, "[subnet-in-use]") != 1 {
					t.Errorf("%+v", refused)
				}
				if left := s.compose("ps", "-aq") + s.docker("network", "ls", "-q", "--filter", "label=com.docker.compose.project="+s.project); left != "" {
					t.Errorf("something was made: %s", left)
				}

				moved := s.run("portlint", "up", "-d", c.flag)
				if moved.code != 0 || !strings.Contains(moved.stderr, `the container name of "web" moves from `+holds+" to "+holds+"-") ||
					!strings.Contains(moved.stderr, `the subnet of network "back" moves from 10.213.7.0/24 to 10.`) {
					t.Errorf("%+v", moved)
				}
				before := s.docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}", "--filter", "label=com.docker.compose.project="+s.project)
				if !strings.Contains(before, " "+holds+"-") {
					t.Errorf("the container is %q", before)
				}

				// The same command leaves it as it is.
				if again := s.run("portlint", "up", "-d", c.flag); again.code != 0 {
					t.Errorf("%+v", again)
				}
				if after := s.docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}", "--filter", "label=com.docker.compose.project="+s.project); after != before {
					t.Errorf("%s became %s", before, after)
				}
			})
		}
	})
}

// docker asks the engine, with a docker CLI where the tests know one.
func (s *starter) docker(args ...string) string {
	s.t.Helper()
	program := os.Getenv("PORTLINT_TEST_DOCKER")
	if program == "" {
		s.t.Skip("PORTLINT_TEST_DOCKER names no docker CLI")
	}
	cmd := s.command(program, append([]string{"-H", "unix://" + s.socket}, args...)...)
	cmd.Env = s.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("docker %v: %v %s", args, err, out)
	}
	return string(out)
}

// TestEngineAssignedNames starts ten checkouts of a project with two names, a port and a subnet at the same time: each container runs.
func TestEngineAssignedNames(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		const checkouts = 10
		text := ported(`services:
  web:
    image: i
    container_name: ${SHOP_WEB_NAME:-plshop-web}
    ports: ["${WEB_PORT:-@0}:80"]
    networks: {back: {ipv4_address: "${SHOP_SUBNET:-10.214.7}.10"}}
  db: {image: i, container_name: "${SHOP_DB_NAME:-plshop-db}", networks: [back]}
networks:
  back: {ipam: {config: [{subnet: "${SHOP_SUBNET:-10.214.7}.0/24"}]}}
`, unusedPorts(1))
		var all []*starter
		state := t.TempDir()
		for i := range checkouts {
			s := newStarter(t, e, fmt.Sprint("many", i), text)
			s.env = append(s.env, "XDG_STATE_HOME="+state)
			all = append(all, s)
		}

		each := func(do func(s *starter)) {
			var wait sync.WaitGroup
			for _, s := range all {
				wait.Go(func() { do(s) })
			}
			wait.Wait()
		}
		each(func(s *starter) {
			if got := s.run("portlint", "assign", "--write"); got.code != 0 {
				s.t.Errorf("%+v", got)
			}
		})
		each(func(s *starter) {
			if got := s.run("portlint", "up", "-d"); got.code != 0 {
				s.t.Errorf("%+v", got)
			}
		})
		for _, s := range all {
			if running := strings.Fields(s.compose("ps", "-q", "--status", "running")); len(running) != 2 {
				env, _ := os.ReadFile(filepath.Join(s.dir, ".env"))
				t.Errorf("%s: %d containers run\n%s", s.project, len(running), env)
			}
		}
	})
}
