package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
)

// callers is how many processes ask at once: with -short, as under the race detector, which sees one process at a time,
// only a few, and with PORTLINT_TEST_LONG many.
func callers() int {
	switch {
	case testing.Short():
		return 8
	case os.Getenv("PORTLINT_TEST_LONG") != "":
		return 64
	}
	return 16
}

// runEach runs portlint in every directory at the same time, with one state directory, and returns what each printed.
func runEach(t *testing.T, dirs []string, state string, args ...string) []string {
	t.Helper()
	portlint, out := portlintProgram(t), make([]string, len(dirs))
	var all sync.WaitGroup
	for i, dir := range dirs {
		all.Go(func() {
			cmd := exec.Command(portlint, args...)
			var stderr bytes.Buffer
			cmd.Dir, cmd.Stderr = dir, &stderr
			cmd.Env = append(os.Environ(), "DOCKER_HOST="+noEngine, "XDG_STATE_HOME="+state)
			text, err := cmd.Output()
			if err != nil {
				t.Errorf("%s: %v\n%s", dir, err, stderr.String())
			}
			out[i] = string(text)
		})
	}
	all.Wait()
	return out
}

// assignedPorts counts who was given each value; a range is one value here.
func assignedPorts(outputs []string, names ...string) map[string]int {
	count := map[string]int{}
	for _, out := range outputs {
		for line := range strings.Lines(out) {
			name, value, named := strings.Cut(strings.TrimSpace(line), "=")
			if !named {
				name, value = "", name
			}
			for _, wanted := range names {
				if name == wanted {
					count[value]++
				}
			}
		}
	}
	return count
}

// demandDistinct demands that so many values were given, each once.
func demandDistinct(t *testing.T, count map[string]int, want int) {
	t.Helper()
	for value, times := range count {
		if times != 1 {
			t.Errorf("%s was given %d times", value, times)
		}
	}
	if len(count) != want {
		t.Errorf("%d values, want %d", len(count), want)
	}
}

// TestFreeAtOnce asks for ports in many processes at once.
func TestFreeAtOnce(t *testing.T) {
	dirs := make([]string, callers())
	for i := range dirs {
		dirs[i] = t.TempDir()
		if i%2 == 0 {
			dirs[i] = dirs[0] // half of them begin their search at the same port
		}
	}
	demandDistinct(t, assignedPorts(runEach(t, dirs, t.TempDir(), "free", "3"), ""), 3*callers())
}

const manyProject = `name: shop
services:
  web: {image: a, ports: ["${WEB_PORT:-21080}:80"]}
  db: {image: a, ports: ["127.0.0.1:${DB_PORT:-21432}:5432"]}
`

const namedProject = `name: shop
services:
  web:
    image: a
    container_name: ${SHOP_WEB_NAME:-shop-web}
    ports: ["${WEB_PORT:-21080}:80"]
    networks: {back: {ipv4_address: "${SHOP_SUBNET:-10.5.0}.10"}}
  db: {image: a, container_name: "${SHOP_DB_NAME:-shop-db}", networks: [back]}
networks:
  back:
    ipam: {config: [{subnet: "${SHOP_SUBNET:-10.5.0}.0/24", gateway: "${SHOP_SUBNET:-10.5.0}.1"}]}
`

// TestAssignNamesAtOnce gives names and subnets to many checkouts of one project, half of them working trees of one repository and half
// clones, all at once: no name is given twice, and no subnet overlaps with another one.
func TestAssignNamesAtOnce(t *testing.T) {
	base := compose.RealPath(t.TempDir())
	first := filepath.Join(base, "shop")
	testdir.Write(t, filepath.Join(first, "compose.yaml"), namedProject)
	testdir.Git(t, first, "init", "-q")
	testdir.Git(t, first, "add", ".")
	testdir.Git(t, first, "commit", "-qm", "x")
	dirs := []string{first}
	for i := range callers()/2 - 1 {
		dir := filepath.Join(base, fmt.Sprintf("tree-%d", i))
		testdir.Git(t, first, "worktree", "add", "-q", "--detach", dir)
		dirs = append(dirs, dir)
	}
	for len(dirs) < callers() {
		dir := filepath.Join(base, fmt.Sprint(len(dirs)), "shop")
		testdir.Git(t, base, "clone", "-q", first, dir)
		dirs = append(dirs, dir)
	}

	state := t.TempDir()
	outputs := runEach(t, dirs, state, "assign", "--write")
	demandDistinct(t, assignedPorts(outputs, "SHOP_WEB_NAME", "SHOP_DB_NAME"), 2*callers())
	demandDistinct(t, assignedPorts(outputs, "WEB_PORT"), callers())
	var taken []netip.Prefix
	for value := range assignedPorts(outputs, "SHOP_SUBNET") {
		p := netip.MustParsePrefix(value + ".0/24")
		if slices.ContainsFunc(taken, p.Overlaps) {
			t.Errorf("%s overlaps with another one of %v", p, taken)
		}
		taken = append(taken, p)
	}
	if len(taken) != callers() {
		t.Errorf("%d subnets", len(taken))
	}

	for i, out := range runEach(t, dirs[:3], t.TempDir(), "assign") {
		if out != outputs[i] {
			t.Errorf("%s: with another record, but a .env\n%sthen\n%s", dirs[i], outputs[i], out)
		}
	}
}

// TestAssignAtOnce gives values to many working trees of a repository and to plain clones of it, all at once: none meet, and
// who asks again gets the same.
func TestAssignAtOnce(t *testing.T) {
	base := compose.RealPath(t.TempDir())
	first := filepath.Join(base, "shop")
	testdir.Write(t, filepath.Join(first, "compose.yaml"), manyProject)
	testdir.Git(t, first, "init", "-q")
	testdir.Git(t, first, "add", ".")
	testdir.Git(t, first, "commit", "-qm", "x")
	dirs := []string{first}
	for i := range callers() * 5 / 8 {
		dir := filepath.Join(base, fmt.Sprintf("tree-%d", i))
		testdir.Git(t, first, "worktree", "add", "-q", "--detach", dir)
		dirs = append(dirs, dir)
	}
	for len(dirs) < callers() {
		dir := filepath.Join(base, fmt.Sprint(len(dirs)), "shop") // clones often have the same name
		testdir.Git(t, base, "clone", "-q", first, dir)
		dirs = append(dirs, dir)
	}
	state := t.TempDir()
	outputs := runEach(t, dirs, state, "assign")
	demandDistinct(t, assignedPorts(outputs, "WEB_PORT", "DB_PORT"), 2*len(dirs))
	names := assignedPorts(outputs, freeport.ProjectNameVar)
	if len(names) < len(dirs)-2 { // the first working tree keeps its name, and so does the first clone that came before it
		t.Errorf("%d names of projects", len(names))
	}
	demandDistinct(t, names, len(names))
	repeated := runEach(t, dirs[:4], state, "assign", "--write")
	for i := range repeated {
		if repeated[i] != outputs[i] {
			t.Errorf("%s: first\n%sthen\n%s", dirs[i], outputs[i], repeated[i])
		}
	}
	third := runEach(t, dirs[:3], t.TempDir(), "assign")
	for i := range third {
		if third[i] != outputs[i] {
			t.Errorf("%s: with another record, but a .env\n%sthen\n%s", dirs[i], outputs[i], third[i])
		}
	}
}
