package dockerapi

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/lint"
)

// engine is a real one, as .ci/engine started it.
type engine struct{ name, socket, netns string }

// realEngines runs a test on every engine of PORTLINT_TEST_ENGINES.
func realEngines(t *testing.T, test func(t *testing.T, e engine)) {
	t.Helper()
	var all []engine
	for _, one := range strings.FieldsFunc(os.Getenv("PORTLINT_TEST_ENGINES"), func(r rune) bool { return r == ';' }) {
		name, rest, _ := strings.Cut(one, "=")
		socket, netns, _ := strings.Cut(rest, ",")
		all = append(all, engine{name, socket, netns})
	}
	if len(all) == 0 && os.Getenv("PORTLINT_TEST_ENGINE") == "required" {
		t.Fatal("an engine is required, but PORTLINT_TEST_ENGINES names none")
	}
	if len(all) == 0 {
		t.Skip(`PORTLINT_TEST_ENGINES names no engine: see .ci/engine, then eval "$(.ci/engine env)"`)
	}
	for _, e := range all {
		t.Run(e.name, func(t *testing.T) { test(t, e) })
	}
}

func (e engine) options(project string) Options {
	return Options{Host: "unix://" + e.socket, Project: project, Timeout: 20 * time.Second}
}

// project writes a Compose file, and takes the project down when the test is over.
func (e engine) project(t *testing.T, name, text string) (dir string, compose func(args ...string)) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	compose = func(args ...string) {
		t.Helper()
		cmd := exec.Command(os.Getenv("PORTLINT_TEST_COMPOSE"), append([]string{"-p", name}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "DOCKER_HOST=unix://"+e.socket)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker compose %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	t.Cleanup(func() { compose("down", "-t", "0", "--remove-orphans") })
	return dir, compose
}

const shop = `
services:
  web:
    image: portlint-test
    ports: ["8080:80", "127.0.0.1:8081:81/udp", "[::1]:8082:82", "9000-9003:90", "8443"]
  asleep:
    image: portlint-test
    ports: ["0.0.0.0:8090:80"]
  off:
    image: portlint-test
    command: ["exit", "0"]
    restart: on-failure
    ports: ["7000-7002:70", "127.0.0.1:7100:71/udp"]
  host:
    image: portlint-test
    network_mode: host
  loop:
    image: portlint-test
    command: ["exit", "3"]
    restart: always
    ports: ["7200:72"]
`

// anyOfPool are the ports of 9000-9003: the engine goes on from the last one that it gave.
var anyOfPool = regexp.MustCompile(`:900[0-3]/`)

func TestEngineContainers(t *testing.T) {
	realEngines(t, func(t *testing.T, e engine) {
		dir, compose := e.project(t, "shop", shop)
		compose("up", "-d")
		compose("pause", "asleep")
		h := afterEnds(t, e)
		want := map[string]string{
			"web": "running bound: [::1]:8082/tcp>82 0.0.0.0:8080/tcp>80 [::]:8080/tcp>80 127.0.0.1:8081/udp>81 " +
				"0.0.0.0:9000/tcp>90 [::]:9000/tcp>90",
			"asleep": "paused bound: 0.0.0.0:8090/tcp>80",
			"off": "exited on-failure wanted: 0.0.0.0:7000-7002/tcp>70 [::]:7000-7002/tcp>70 " +
				"127.0.0.1:7100/udp>71",
			"loop": "restarting always wanted: 0.0.0.0:7200/tcp>72 [::]:7200/tcp>72",
			"host": "running",
		}
		h.Containers = of("shop", h.Containers)
		for _, c := range h.Containers {
			got := anyOfPool.ReplaceAllString(say(&c), ":9000/")
			if !sameWords(got, want[c.Service]) {
				t.Errorf("%s:\n got %s\nwant %s", c.Service, got, want[c.Service])
			}
			if c.Project != "shop" || c.WorkingDir != dir || !slices.Equal(c.ConfigFiles, []string{filepath.Join(dir, "compose.yaml")}) || c.OneOff || c.Name != "shop-"+c.Service+"-1" {
				t.Errorf("labels of %s: %+v", c.Service, c)
			}
			delete(want, c.Service)
		}
		if len(want) > 0 {
			t.Errorf("missing: %v", want)
		}
		n := h.Network("shop_default")
		if n == nil || n.Driver != "bridge" || n.Internal || n.Project != "shop" || n.Key != "default" || n.ID == "" || len(n.Subnets) != 1 {
			t.Fatalf("networks: %+v", h.Networks)
		}
		if bridge := h.Network("bridge"); bridge == nil || len(bridge.Subnets) == 0 || n.Subnets[0].Prefix.Overlaps(bridge.Subnets[0].Prefix) {
			t.Errorf("networks: %+v", h.Networks)
		}
		for _, c := range h.Containers {
			if c.Service == "asleep" && (len(c.Addresses) != 1 || c.Addresses[0].Network != n.Name || !n.Subnets[0].Prefix.Contains(c.Addresses[0].IP)) {
				t.Errorf("addresses of %s: %+v", c.Name, c.Addresses)
			}
		}
	})
}

// of are the containers whose names begin with that of a project: others may be on their way out, of an earlier test.
func of(project string, all []lint.Container) []lint.Container {
	return slices.DeleteFunc(all, func(c lint.Container) bool { return !strings.HasPrefix(c.Name, project+"-") })
}

// afterEnds looks until the containers that end have ended.
func afterEnds(t *testing.T, e engine) lint.Host {
	t.Helper()
	var h lint.Host
	for range 600 {
		h = Look(t.Context(), e.options("shop"))
		state := map[string]string{}
		for _, c := range of("shop", h.Containers) {
			state[c.Service] = c.State
		}
		if state["off"] == "exited" && state["loop"] == "restarting" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	return h
}

// say writes what a container holds and wants; a port that the engine picked is left out.
func say(c *lint.Container) string {
	words := []string{c.State}
	if c.Restart != "" && c.Restart != "no" {
		words = append(words, c.Restart)
	}
	add := func(title string, ports []lint.PublishedPort) {
		var list []string
		for _, p := range ports {
			if c.Service == "web" && p.Target == 8443 {
				continue
			}
			port := fmt.Sprint(p.Addr.Port())
			if p.Last > 0 {
				port += fmt.Sprintf("-%d", p.Last)
			}
			at := netip.AddrPortFrom(p.Addr.Addr(), 0).String()
			list = append(list, strings.TrimSuffix(at, "0")+port+"/"+p.Proto+fmt.Sprintf(">%d", p.Target))
		}
		if len(list) > 0 {
			words = append(append(words, title), list...)
		}
	}
	add("bound:", c.Bound)
	add("wanted:", c.Wanted)
	return strings.Join(words, " ")
}

func sameWords(a, b string) bool {
	return slices.Equal(slices.Sorted(slices.Values(strings.Fields(a))), slices.Sorted(slices.Values(strings.Fields(b))))
}

// TestEngineOtherProjects: of another project's stopped containers the ports are known, and of one that was only created.
func TestEngineOtherProjects(t *testing.T) {
	realEngines(t, func(t *testing.T, e engine) {
		_, compose := e.project(t, "blog", `
services:
  web:
    image: portlint-test
    restart: unless-stopped
    ports: ["8080:80"]
    networks: [narrow]
  new:
    image: portlint-test
    ports: ["8081:80"]
networks:
  narrow:
    driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}
`)
		compose("create")
		compose("start", "web")
		compose("stop", "-t", "0", "web")
		for project, want := range map[string]map[string]string{
			"shop": {"web": "exited unless-stopped wanted: 127.0.0.1:8080/tcp>80", "new": "created wanted: 0.0.0.0:8081/tcp>80 [::]:8081/tcp>80"},
			"blog": {"web": "exited unless-stopped wanted: 127.0.0.1:8080/tcp>80", "new": "created wanted: 0.0.0.0:8081/tcp>80 [::]:8081/tcp>80"},
		} {
			all := of("blog", Look(t.Context(), e.options(project)).Containers)
			if len(all) != len(want) {
				t.Errorf("%d containers, want %d", len(all), len(want))
			}
			for _, c := range all {
				if got := say(&c); !sameWords(got, want[c.Service]) {
					t.Errorf("%s seen from %q:\n got %s\nwant %s", c.Service, project, got, want[c.Service])
				}
			}
		}
	})
}
