package main

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

var worktreesBlock = regexp.MustCompile("(?s)```console worktrees\n(.*?)```\n")

// worktreesProject is the project of the README's demo with two working trees.
const worktreesProject = `name: shop
services:
  web:
    image: portlint-test:latest
    command: [listen, "80"]
    ports:
      - "${WEB_PORT:-8080}:80"
    networks: [back]
  db:
    image: portlint-test:latest
    command: [listen, "5432"]
    container_name: ${SHOP_DB_NAME:-shop-db}
    ports:
      - "127.0.0.1:${DB_PORT:-5432}:5432"
    networks: [back]
networks:
  back:
    ipam:
      config:
        - subnet: ${BACK_SUBNET:-10.85.0}.0/24
`

// worktreesSubnet is what BACK_SUBNET is in the second working tree.
const worktreesSubnet = "10.25.11"

// worktreesDemo runs the demo: line by line, in a directory that changes with cd.
type worktreesDemo struct {
	dir      string
	portlint func(dir string, args ...string) result
	docker   func(dir string, args ...string) string // nil: what docker says is left as the README has it
}

// TestReadmeWorktrees runs the demo without an engine: what portlint prints is compared, what docker prints is not.
func TestReadmeWorktrees(t *testing.T) {
	for _, port := range []int{8080, 5432} {
		if !fakes.Unused(port, 1) {
			t.Skipf("this machine has something at port %d", port)
		}
	}
	if inContainer() {
		t.Skip("in a container portlint says more than the README shows")
	}
	for _, subnet := range []string{"10.85.0.0/24", worktreesSubnet + ".0/24"} {
		for _, own := range dockerapi.Subnets(&lint.Host{}) {
			if own.Bits() > 0 && own.Overlaps(netip.MustParsePrefix(subnet)) {
				t.Skipf("this machine has %s", own)
			}
		}
	}
	state := t.TempDir()
	d := newWorktreesDemo(t, state)
	d.portlint = func(dir string, args ...string) result {
		var stdout, stderr bytes.Buffer
		code := execute(context.Background(), args, run.Process{
			Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": state}, Dir: dir, Stdout: &stdout, Stderr: &stderr,
		})
		said := strings.ReplaceAll(stderr.String(), "portlint: not checked: engine: there is no socket \"/no/engine.sock\"\n", "")
		return result{code, stdout.String(), said}
	}
	readme := readReadme(t)
	current := worktreesBlock.ReplaceAllStringFunc(readme, func(block string) string {
		now := "```console worktrees\n" + d.run(t, worktreesBlock.FindStringSubmatch(block)[1]) + "```\n"
		if now != block && !*update {
			t.Errorf("the README shows\n%s\nand the program says (-update writes it)\n%s", block, now)
		}
		return now
	})
	if *update {
		rewrite(t, filepath.Join(root, "README.md"), current)
	}
}

// TestEngineWorktrees runs the demo with real containers: both working trees are up at once and answer.
func TestEngineWorktrees(t *testing.T) {
	realEngines(t, func(t *testing.T, e realEngine) {
		state := t.TempDir()
		t.Setenv("XDG_STATE_HOME", state)
		d := newWorktreesDemo(t, state)
		d.portlint = func(dir string, args ...string) result { return e.portlint(t, dir, args...) }
		d.docker = func(dir string, args ...string) string { return e.composeIn(t, dir, args...) }
		first := d.dir
		t.Cleanup(func() {
			for _, dir := range []string{first, d.dir} {
				e.composeIn(t, dir, "down", "-t", "0")
			}
		})
		block := worktreesBlock.FindStringSubmatch(readReadme(t))[1]
		if now := d.run(t, block); now != block {
			t.Errorf("the README shows\n%s\nand now it is\n%s", block, now)
		}
		for _, at := range []string{"127.0.0.1/8080", "127.0.0.1/5432", "127.0.0.1/" + portOf("WEB_PORT"), "127.0.0.1/" + portOf("DB_PORT")} {
			if out, err := e.command("bash", "-c", "exec 3<>/dev/tcp/"+at).CombinedOutput(); err != nil {
				t.Errorf("%s does not answer: %v\n%s", at, err, out)
			}
		}
		for dir, want := range map[string]string{first: "shop-db running\nshop-web-1 running\n", d.dir: "shop-db-login running\nshop-login-web-1 running\n"} {
			if out := e.composeIn(t, dir, "ps", "--format", "{{.Name}} {{.State}}"); out != want {
				t.Errorf("%s: %s", dir, out)
			}
			if r := e.portlint(t, dir, "check"); r.code != run.ExitClean {
				t.Errorf("%s: exit %d\n%s%s", dir, r.code, r.stdout, r.stderr)
			}
		}
	})
}

// composeIn runs docker compose in a directory, as somebody who works there.
func (e realEngine) composeIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := e.command(os.Getenv("PORTLINT_TEST_COMPOSE"), args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = dir, e.docker(), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("docker compose %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// portOf is what /home/anna/shop-login would be given where nothing is in the way.
func portOf(name string) string {
	got, _ := (&pick.Picker{Seed: "/home/anna/shop-login"}).Pick(pick.Request{Key: name}, func(uint16) string { return "" })
	return fmt.Sprint(got.First)
}

// newWorktreesDemo makes the repository, and writes the ports of /home/anna/shop-login into the record: the directory of a
// test has another name each time, and so it would have other ports.
func newWorktreesDemo(t *testing.T, state string) *worktreesDemo {
	t.Helper()
	base := compose.RealPath(t.TempDir())
	d := &worktreesDemo{dir: filepath.Join(base, "shop")}
	testdir.Write(t, filepath.Join(d.dir, "compose.yaml"), worktreesProject)
	testdir.Write(t, filepath.Join(d.dir, ".gitignore"), ".env\n")
	testdir.Git(t, d.dir, "init", "-q")
	testdir.Git(t, d.dir, "add", ".")
	testdir.Git(t, d.dir, "commit", "-qm", "x")
	second := filepath.Join(base, "shop-login")
	if err := os.Mkdir(second, 0o755); err != nil {
		t.Fatal(err)
	}
	store := leases.Store{Dir: filepath.Join(state, "portlint"), Now: time.Now}
	warning, err := store.Update(context.Background(), func(p *leases.Tx) error {
		for _, name := range []string{"WEB_PORT", "DB_PORT"} {
			port, err := run.ParsePort(portOf(name))
			if err != nil {
				return err
			}
			p.Give(leases.Lease{First: port, Last: port, Tenant: leases.Tenant{Dir: second, Project: "shop-login", Key: name}})
		}
		p.GiveText(leases.TextLease{Value: worktreesSubnet, Texts: []leases.Text{{Kind: "subnet", Text: worktreesSubnet + ".0/24"}},
			Tenant: leases.Tenant{Dir: second, Project: "shop-login", Key: "BACK_SUBNET"}})
		return nil
	})
	if warning != nil || err != nil {
		t.Fatal(warning, err)
	}
	return d
}

// run runs the lines of a block that begin with "$ ", and returns the block with what they print.
func (d *worktreesDemo) run(t *testing.T, block string) string {
	t.Helper()
	var out strings.Builder
	known := false // whether what follows is printed already
	for line := range strings.Lines(block) {
		command, is := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ ")
		if !is {
			if !known {
				out.WriteString(line)
			}
			continue
		}
		out.WriteString(line)
		words := strings.Fields(command)
		known = true
		switch {
		case words[0] == "cd":
			d.dir = filepath.Join(d.dir, words[1])
		case words[0] == "git":
			testdir.Git(t, d.dir, words[1:]...)
		case words[0] == "portlint":
			r := d.portlint(d.dir, words[1:]...)
			out.WriteString(r.stdout + r.stderr)
		case d.docker == nil:
			known = false
		default:
			out.WriteString(d.docker(d.dir, words[2:]...))
		}
	}
	return out.String()
}
