package freeport

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/fakes"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// checkoutEnv is a machine without an engine, with a state directory of its own, for pickers of several checkouts.
type checkoutEnv struct {
	state  string
	stderr bytes.Buffer
}

func newCheckoutEnv(t *testing.T) *checkoutEnv {
	t.Helper()
	return &checkoutEnv{state: t.TempDir()}
}

// picker reads the project in a directory.
func (s *checkoutEnv) picker(t *testing.T, dir string) *Picker {
	t.Helper()
	w := run.Process{Env: map[string]string{"DOCKER_HOST": "unix:///no/engine.sock", "XDG_STATE_HOME": s.state}, Dir: dir, Stderr: &s.stderr}
	project, err := run.LoadOne(context.Background(), w, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	host := dockerapi.Look(context.Background(), dockerapi.Options{Env: w.Env})
	p, err := NewPicker(context.Background(), w, project.Project, &host)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *checkoutEnv) pick(t *testing.T, dir string, w pick.Request) uint16 {
	t.Helper()
	got, err := s.picker(t, dir).Pick(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	return got.First
}

// publishing is a project that publishes a port.
func publishing(port uint16) string {
	return fmt.Sprintf("name: shop\nservices: {web: {image: a, ports: ['${WEB_PORT:-%d}:80']}}\n", port)
}

func projectDir(t *testing.T, port uint16) string {
	t.Helper()
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), publishing(port))
	return dir
}

// unusedRow is the first of n ports in a row that nobody has, of those that no other package's tests use.
func unusedRow(t *testing.T, n uint16) uint16 {
	t.Helper()
	const first, last = 24000, 24900
	for range 100 {
		if from := first + rand.IntN(last-first); fakes.Unused(from, int(n)) {
			return uint16(from)
		}
	}

	t.Fatalf("no %d ports in a row are free", n)
	return 0
}

func TestPickStaysInACheckout(t *testing.T) {
	s, a, b := newCheckoutEnv(t), projectDir(t, 8080), projectDir(t, 8080)
	w := pick.Request{Key: "WEB_PORT", From: 8080}
	first := s.pick(t, a, w)
	if repeated := s.pick(t, a, w); repeated != first {
		t.Errorf("first %d, then %d", first, repeated)
	}
	if other := s.pick(t, b, w); other == first {
		t.Errorf("two checkouts have %d", other)
	}
	if repeated := s.pick(t, a, pick.Request{Key: "WEB_PORT"}); repeated != first {
		t.Errorf("the record knows %d, and the answer is %d", first, repeated)
	}
	if s.stderr.Len() > 0 {
		t.Error(s.stderr.String())
	}
}

// TestPickWithoutRecord gives the same answer when the record is lost.
func TestPickWithoutRecord(t *testing.T) {
	dir := projectDir(t, 8080)
	w := pick.Request{Key: "WEB_PORT"}
	if a, b := newCheckoutEnv(t).pick(t, dir, w), newCheckoutEnv(t).pick(t, dir, w); a != b {
		t.Errorf("%d, then %d", a, b)
	}
}

// TestPickLeavesWhatIsHeld moves on when somebody has taken the port meanwhile, over the family and protocol in question.
func TestPickLeavesWhatIsHeld(t *testing.T) {
	for _, c := range []struct {
		proto, addr string
		request     pick.Request
	}{
		{"tcp", "127.0.0.1", pick.Request{Key: "K"}},
		{"tcp", "[::1]", pick.Request{Key: "K"}},
		{"udp", "127.0.0.1", pick.Request{Key: "K", Protos: []string{"tcp", "udp"}}},
	} {
		s, dir := newCheckoutEnv(t), projectDir(t, 8080)
		first := s.pick(t, dir, c.request)
		hold(t, fmt.Sprintf("%s:%d/%s", c.addr, first, c.proto))
		second := s.pick(t, dir, c.request)
		if second == first {
			t.Errorf("%s %s: %d is held", c.proto, c.addr, first)
		}
		if repeated := s.pick(t, dir, c.request); repeated != second {
			t.Errorf("%s %s: %d, then %d", c.proto, c.addr, second, repeated)
		}
	}
}

// hold opens a socket until the test is over; a machine without the family skips the test.
func hold(t *testing.T, at string) {
	t.Helper()
	s, err := fakes.Bind(at)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = s.Close() })
}

// TestOwnContainers has a container of the checkout on one port of a range: over the others, and over the other protocol
// of the same one, sockets count.
func TestOwnContainers(t *testing.T) {
	p := newCheckoutEnv(t).picker(t, projectDir(t, 8080))
	loopback := netip.MustParseAddr("127.0.0.1")
	p.own = []lint.Endpoint{{Proto: "tcp", Addr: netip.AddrPortFrom(loopback, 21700)}}
	p.try = func(endpoints []lint.Endpoint) []lint.Probe {
		var probes []lint.Probe
		for _, e := range endpoints {
			probes = append(probes, lint.Probe{Endpoint: e, Result: lint.InUse})
		}
		return probes
	}
	for _, c := range []struct {
		request pick.Request
		taken   bool
	}{
		{pick.Request{HostIP: loopback}, false},
		{pick.Request{HostIP: loopback, Width: 2}, true},
		{pick.Request{HostIP: loopback, Protos: []string{"udp"}}, true},
		{pick.Request{HostIP: netip.MustParseAddr("127.0.0.2")}, true},
	} {
		if why := p.keeps(c.request, 21700); (why != "") != c.taken {
			t.Errorf("%+v is kept: %q", c.request, why)
		}
		v := PortVar{Name: "P", Ports: lint.PortsFrom(21700, c.request.Ports()), Bindings: []*lint.Binding{{Proto: "tcp", HostIP: c.request.HostIP}}}
		if len(c.request.Protos) > 0 {
			v.Bindings[0].Proto = c.request.Protos[0]
		}
		if why := p.against(&leases.Tx{}, &lint.Project{}, v, nil, true); (why != "") != c.taken {
			t.Errorf("%+v stays: %q", c.request, why)
		}
	}
}

func TestPickSaysWhy(t *testing.T) {
	port := unusedRow(t, 2)
	published, excluded := lint.PortsFrom(port, 1), lint.PortsFrom(port+1, 1)
	s, a, b := newCheckoutEnv(t), projectDir(t, port), projectDir(t, port)
	p := s.picker(t, a)
	p.machine.Exclude(excluded, "the neighbour has it")
	p.Exclusions.Exclude(excluded, "the neighbour has it")
	got, err := p.Pick(context.Background(), pick.Request{Key: "WEB_PORT", From: port})
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([]pick.Skip{{Range: published, Why: `service "web" of project "shop" publishes it`}, {Range: excluded, Why: "the neighbour has it"}})
	if !strings.HasPrefix(fmt.Sprint(got.Skips), strings.TrimSuffix(want, "]")) {
		t.Errorf("got %s, want %s", got.Skips, want)
	}
	other, err := s.picker(t, b).Pick(context.Background(), pick.Request{Key: "WEB_PORT", From: got.First})
	if err != nil || len(other.Skips) == 0 || !strings.Contains(other.Skips[0].Why, fmt.Sprintf(`portlint gave it to project "shop" in %q`, compose.RealPath(a))) {
		t.Errorf("%+v %v", other, err)
	}
	_, err = p.Pick(context.Background(), pick.Request{Key: "X", Width: 20000})
	if err == nil || err.Error() != "no free port is left" {
		t.Error(err)
	}
}

// TestPickSeesWorktrees keeps away from what the same project publishes in the other working trees of its repository, and
// other projects in this one.
func TestPickSeesWorktrees(t *testing.T) {
	base, port := compose.RealPath(t.TempDir()), unusedRow(t, 4)
	first, second := filepath.Join(base, "first"), filepath.Join(base, "second")
	testdir.Write(t, filepath.Join(first, "app", "compose.yaml"), publishing(port))
	testdir.Write(t, filepath.Join(first, "tools", "compose.yaml"), fmt.Sprintf("services: {mail: {image: a, ports: ['%d:80']}}\n", port+2))
	testdir.Git(t, first, "init", "-q")
	testdir.Git(t, first, "add", ".")
	testdir.Git(t, first, "commit", "-qm", "x")
	testdir.Git(t, first, "worktree", "add", "-q", second)
	testdir.Write(t, filepath.Join(second, "app", ".env"), fmt.Sprintf("WEB_PORT=%d\n", port+1))
	for dir, want := range map[string]string{
		first: fmt.Sprintf("false [%s]", second), second: fmt.Sprintf("true [%s]", first), base: "false []",
	} {
		c := run.CheckoutOf(dir)
		if got := fmt.Sprint(c.Linked, " ", c.Others); got != want {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
	p := newCheckoutEnv(t).picker(t, filepath.Join(first, "app"))
	for i, want := range []string{
		`service "web" of project "shop" publishes it`, `service "web" of project "shop" publishes it`,
		`service "mail" of project "tools" publishes it`, "",
	} {
		if got := p.Exclusions.Taken[port+uint16(i)]; got != want {
			t.Errorf("%d: %q, want %q", port+uint16(i), got, want)
		}
	}
}

// TestNamesOfContainers takes another name where containers of another directory have the project's, and keeps it where
// they are of this one.
func TestNamesOfContainers(t *testing.T) {
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), publishing(8080))
	p := newCheckoutEnv(t).picker(t, dir)
	for working, want := range map[string]bool{dir: false, "/somewhere/else": true, "": false} {
		host := &lint.Host{Containers: []lint.Container{{Name: "shop-web-1", Project: "shop", WorkingDir: working, State: "exited"}}}
		a, err := p.Assign(context.Background(), Wanted{Project: &lint.Project{Name: "shop", Dir: dir}}, host)
		if err != nil || a.Set != want || (a.Name != "shop") != want {
			t.Errorf("%q: %+v %v", working, a.Naming, err)
		}
	}
}

// TestWithin knows which ports of one project meet.
func TestWithin(t *testing.T) {
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), `services:
  a: {image: a, ports: ["${A:-21080}:80", "${UDP:-21080}:80/udp", "127.0.0.1:${LOCAL:-21090}:80"]}
  b: {image: a, ports: ["127.0.0.2:21090:80", "21091:80"]}
  c: {image: a, profiles: [c], ports: ["${C:-21091}:80"]}
  d: {image: a, ports: ["${D:-21091}:80", "[::1]:${E:-21090}:80"]}
`)
	all, err := run.LoadOne(context.Background(), run.Process{}, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	vars, literals := PortVars(all.Project)
	var got []string
	var before []Assigned
	for _, v := range vars {
		if why := within(all.Project, v, before); why != "" {
			got = append(got, v.Name+" "+why)
		}
		before = append(before, Assigned{PortVar: v, To: v.First})
	}
	if fmt.Sprint(literals, got) != `2 [D 21091: "b" publishes it too]` {
		t.Error(literals, got)
	}
	if w := vars[0].Request(); w.HostIP != (netip.Addr{}) || fmt.Sprint(w.Protos) != "[tcp]" {
		t.Errorf("%+v", w)
	}
}

// TestProjectBesideAnother: a checkout takes over what it was given under another name, but not where a project of that name
// has containers beside it.
func TestProjectBesideAnother(t *testing.T) {
	s, dir, request := newCheckoutEnv(t), t.TempDir(), pick.Request{Key: "WEB_PORT"}
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: job-17\nservices: {web: {image: a, ports: ['${WEB_PORT}:80']}}\n")
	first := s.pick(t, dir, request)
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: a, ports: ['${WEB_PORT}:80']}}\n")
	p := s.picker(t, dir)
	p.beside = map[string]bool{"job-17": true}
	for range 2 {
		if other, err := p.Pick(context.Background(), request); err != nil || other.First == first || len(p.store.Read().Leases) != 2 {
			t.Errorf("beside the other project it has %d, %v, the record %v", other.First, err, p.store.Read().Leases)
		}
		p.beside = nil
	}
}
