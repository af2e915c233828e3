//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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
		other := newStarter(t, e, "holder", nameAndSubnet(holds, "10.221.7"))
		other.compose("up", "-d")
		for _, c := range []struct{ name, text, flag string }{
			{"variables", nameAndSubnet("${WEB_NAME:-"+holds+"}", "${SUBNET:-10.221.7}"), "--move"},
			{"texts", nameAndSubnet(holds, "10.221.7"), "--move"},
			{"kept", nameAndSubnet("${WEB_NAME:-"+holds+"}", "${SUBNET:-10.221.7}"), "--write"},
			{"rewritten", nameAndSubnet(holds, "10.221.7"), "--write"},
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
					!strings.Contains(moved.stderr, `the subnet of network "back" moves from 10.221.7.0/24 to 10.`) {
					t.Errorf("%+v", moved)
				}
				before := s.docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}", "--filter", "label=com.docker.compose.project="+s.project)
				if !strings.Contains(before, " "+holds+"-") {
					t.Errorf("the container is %q", before)
				}

				// The same command leaves it as it is.
				if repeated := s.run("portlint", "up", "-d", c.flag); repeated.code != 0 {
					t.Errorf("%+v", repeated)
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
    networks: {back: {ipv4_address: "${SHOP_SUBNET:-10.222.7}.10"}}
  db: {image: i, container_name: "${SHOP_DB_NAME:-plshop-db}", networks: [back]}
networks:
  back: {ipam: {config: [{subnet: "${SHOP_SUBNET:-10.222.7}.0/24"}]}}
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

// TestEngineUpImpliedNames starts a project beside another one for which Compose makes the same name of a container: with --move the
// container of the second one is called otherwise, and where that can't be, or is to be kept, its project is. Both run.
func TestEngineUpImpliedNames(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		holder := newStarter(t, e, "made", "services: {a-b: {image: i}}\n")
		holder.compose("up", "-d")
		for _, c := range []struct {
			name, text, flag string
			want             string // of what is said
		}{
			{"one", "services: {b: {image: i, volumes: [\"data:/d\"]}}\nvolumes: {data: {}}\n", "--move", `^portlint: the container name of "b" moves from @-b-1 to (@-b-1-\w+) \(for this run\)\n`},
			{"several", "services: {b: {image: i, scale: 2}}\n", "--move", `^portlint: project "@" is "(@-[\w-]+)" here \(COMPOSE_PROJECT_NAME, for this run\): reach it with`},
			{"kept", "services: {b: {image: i, volumes: [\"data:/d\"]}}\nvolumes: {data: {}}\n", "--write", `^portlint: project "@" is "(@-[\w-]+)" in this checkout \(COMPOSE_PROJECT_NAME, kept in .env\)\n`},
		} {
			t.Run(c.name, func(t *testing.T) {
				s := newStarter(t, e, "made-a", "name: "+holder.project+"-a\n"+c.text)
				here := func(words ...string) result {
					t.Helper()
					cmd := s.command(filepath.Join(strings.TrimPrefix(s.env[0], "PATH="), words[0]), words[1:]...)
					var stdout, stderr bytes.Buffer
					cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.env, &stdout, &stderr
					return s.end(cmd, &stdout, &stderr)
				}
				all := func() string {
					return sorted(here("docker-compose", "ls", "-q").stdout) + s.docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}", "--filter", "name="+holder.project)
				}
				if refused := here("portlint", "up", "-d"); refused.code != 1 || strings.Count(refused.stdout, "[name-in-use]") != 1 {
					t.Errorf("%+v", refused)
				}

				moved := here("portlint", "up", "-d", c.flag)
				said := regexp.MustCompile(strings.ReplaceAll(c.want, "@", s.project)).FindStringSubmatch(moved.stderr)
				if moved.code != 0 || said == nil {
					t.Fatalf("%+v", moved)
				}
				t.Cleanup(func() {
					here("docker-compose", "-p", said[1], "down", "-v", "-t", "0")
					here("docker-compose", "-p", s.project, "down", "-v", "-t", "0")
				})
				before := all()
				if !strings.Contains(before, " "+holder.project+"-a-b-1\n") || !strings.Contains(before, " "+said[1]) {
					t.Errorf("the containers are %s", before)
				}

				if repeated := here("portlint", "up", "-d", c.flag); repeated.code != 0 || all() != before {
					t.Errorf("%s became %s by %+v", before, all(), repeated)
				}
				if plain := here("portlint", "up", "-d"); (plain.code == 0) != (c.flag == "--write") || all() != before {
					t.Errorf("%s became %s by %+v", before, all(), plain)
				}
			})
		}

		s := newStarter(t, e, "made-a", "name: "+holder.project+"-a\nservices: {b: {image: i, volumes: [\"data:/d\"]}}\nvolumes: {data: {}}\n")
		if bound := s.run("portlint", "up", "-d", "--write"); bound.code != 1 || !strings.Contains(bound.stderr, "which stays because -p gives it: use --move\n") {
			t.Errorf("%+v", bound)
		}
	})
}
