//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestEngineContexts: one project on several engines at once, with a context for each and one that leads nowhere. What is
// said of each engine is what docker compose does there.
func TestEngineContexts(t *testing.T) {
	engines := listEngines(t)
	config, dir, ports := t.TempDir(), t.TempDir(), unusedPorts(len(engines)+1)
	flags := []string{"--context", "gone"}
	if err := createContext(config, "gone", "unix://"+filepath.Join(dir, "no.sock")); err != nil {
		t.Fatal(err)
	}
	shop := "services:\n"
	for i, e := range engines {
		if err := createContext(config, e.name, "unix://"+e.socket); err != nil {
			t.Fatal(err)
		}
		flags = append(flags, "--context", e.name)
		blog := filepath.Join(dir, "blog-"+e.name)
		testdir.Write(t, filepath.Join(blog, "compose.yaml"), service(e.name, ports[i]))
		e.compose(t, blog, fmt.Sprintf("plblog%d", os.Getpid()))("up", "-d")
		shop += strings.TrimPrefix(service(e.name, ports[i]), "services:\n")
	}
	free := service("free", ports[len(engines)])
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), shop+strings.TrimPrefix(free, "services:\n"))
	testdir.Write(t, filepath.Join(dir, "free", "compose.yaml"), free)

	said := checkContexts(t, engines[0], config, dir, flags, "-f", "compose.yaml")
	for i, e := range engines {
		if got := said.verdicts[e.name]; got != "conflict" {
			t.Errorf("%s: verdict %q", e.name, got)
		}
		if want := []string{e.name}; !slices.Equal(said.contexts[ports[i]], want) {
			t.Errorf("port %d is in use in %q, want %q", ports[i], said.contexts[ports[i]], want)
		}
		for j := range engines {
			fails := upFails(t, e, dir, engines[j].name)
			if fails != (i == j) {
				t.Errorf("docker compose up %s on %s fails: %t", engines[j].name, e.name, fails)
			}
		}
		if upFails(t, e, dir, "free") {
			t.Errorf("docker compose up free fails on %s", e.name)
		}
	}
	if got := said.verdicts["gone"]; got != "unknown" || said.verdict != "conflict" || !slices.Contains(said.blind, "engine on gone") {
		t.Errorf("an engine that does not answer: %q, all together %q, blind %q", got, said.verdict, said.blind)
	}
	alone := checkContexts(t, engines[0], config, dir, flags, "-f", filepath.Join("free", "compose.yaml"))
	if alone.verdict != "unknown" || alone.verdicts[engines[0].name] != "clear" {
		t.Errorf("a free port: %+v", alone)
	}
}

// TestEngineContextsEnv: a project that is up on several engines at once is told with the ports of the one that a context names, and with
// the name of its machine where it is asked over ssh.
func TestEngineContextsEnv(t *testing.T) {
	engines := listEngines(t)
	config, dir, project := t.TempDir(), t.TempDir(), fmt.Sprintf("plctxenv%d", os.Getpid())
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: "+project+`
services:
  web: {image: portlint-test, ports: ["80"]}
  admin: {image: portlint-test, ports: ["127.0.0.1::8080"]}
`)
	compose := map[string]func(...string) string{}
	for _, e := range engines {
		if err := createContext(config, e.name, "unix://"+e.socket); err != nil {
			t.Fatal(err)
		}
		compose[e.name] = e.compose(t, dir, project)
		compose[e.name]("up", "-d")
	}
	bin := programs(t, "portlint", "ssh")
	env := func(e realEngine, flags ...string) (stdout, stderr string) {
		cmd := exec.Command(filepath.Join(bin, "portlint"), append(flags, "env")...)
		var out, said bytes.Buffer
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &said
		cmd.Env = []string{"PATH=" + bin, "HOME=" + config, "DOCKER_CONFIG=" + config, "SSH_ENGINE=" + e.socket}
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s %q: %v\n%s", e.name, flags, err, said.String())
		}
		return out.String(), said.String()
	}

	for _, e := range engines {
		port := func(service, target string) string {
			at := strings.TrimSpace(compose[e.name]("port", service, target))
			return at[strings.LastIndex(at, ":")+1:]
		}
		web, admin := port("web", "80"), port("admin", "8080")
		want := fmt.Sprintf("ADMIN_PORT=%s\nADMIN_URL=http://127.0.0.1:%[1]s\nWEB_PORT=%s\nWEB_URL=http://localhost:%[2]s\n", admin, web)
		if got, said := env(e, "--context", e.name); got != want || said != "" {
			t.Errorf("%s: got\n%swant\n%s%s", e.name, got, want, said)
		}

		want = fmt.Sprintf("ADMIN_PORT=%s\nWEB_PORT=%s\nWEB_URL=http://build1:%[2]s\n", admin, web)
		got, said := env(e, "-H", "ssh://build1")
		if got != want || !strings.Contains(said, `"admin" cannot be reached from here`) {
			t.Errorf("%s over ssh: got\n%swant\n%s%s", e.name, got, want, said)
		}
	}
}

// service is a Compose file with one service.
func service(name string, port int) string {
	return fmt.Sprintf("services:\n  %s:\n    image: portlint-test\n    ports: [\"%d:80\"]\n", name, port)
}

// upFails runs docker compose up of one service of the shop, and takes it down again.
func upFails(t *testing.T, e realEngine, dir, name string) bool {
	t.Helper()
	compose := func(args ...string) ([]byte, error) {
		cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), append([]string{"-p", fmt.Sprintf("plshop%d", os.Getpid())}, args...)...)
		cmd.Dir, cmd.Env = dir, e.docker()
		return cmd.CombinedOutput()
	}
	out, failed := compose("up", "-d", name)
	if failed != nil && !strings.Contains(string(out), "port is already allocated") {
		t.Fatalf("up %s on %s: %v\n%s", name, e.name, failed, out)
	}
	if out, err := compose("down", "-t", "0"); err != nil {
		t.Fatalf("down on %s: %v\n%s", e.name, err, out)
	}
	return failed != nil
}

// contextsSaid is what check says of several engines, by context and by host port.
type contextsSaid struct {
	verdict  string
	verdicts map[string]string
	contexts map[int][]string
	blind    []string
}

func checkContexts(t *testing.T, e realEngine, config, dir string, flags []string, more ...string) contextsSaid {
	t.Helper()
	cmd := e.command(portlintProgram(t), slices.Concat(flags, []string{"check", "--format", "json"}, more)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "DOCKER_CONFIG="+config, "DOCKER_HOST=")
	out, _ := cmd.Output()
	var doc struct {
		Verdict  string
		Engines  []struct{ Context, Verdict string }
		Findings []struct {
			Rule     string
			Port     struct{ Published int }
			Contexts []string
		}
		NotChecked []struct{ What, Context string }
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := contextsSaid{verdict: doc.Verdict, verdicts: map[string]string{}, contexts: map[int][]string{}}
	for _, e := range doc.Engines {
		said.verdicts[e.Context] = e.Verdict
	}
	for _, f := range doc.Findings {
		if f.Rule == "port-in-use" {
			said.contexts[f.Port.Published] = append(said.contexts[f.Port.Published], f.Contexts...)
		}
	}
	for _, b := range doc.NotChecked {
		said.blind = append(said.blind, b.What+" on "+b.Context)
	}
	return said
}
