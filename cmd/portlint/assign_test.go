package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/dockerapi/leases"
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
func (s *checkoutEnv) picker(t *testing.T, dir string) *freeport.Picker {
	t.Helper()
	w := run.Process{Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": s.state}, Dir: dir, Stderr: &s.stderr}
	project, err := run.LoadOne(context.Background(), w, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	host := dockerapi.Look(context.Background(), dockerapi.Options{Env: w.Env})
	p, err := freeport.NewPicker(context.Background(), w, project.Project, &host)
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

// record is what was given out.
func (s *checkoutEnv) record() leases.Tx {
	return run.ReadLeases(run.Process{Env: map[string]string{"XDG_STATE_HOME": s.state}})
}

// assignIn runs assign in a directory, as somebody with a state directory and more environment.
func (s *checkoutEnv) assignIn(t *testing.T, dir string, env map[string]string, args ...string) (stdout, stderr string) {
	t.Helper()
	var out strings.Builder
	s.stderr.Reset()
	w := run.Process{Env: map[string]string{"DOCKER_HOST": noEngine, "XDG_STATE_HOME": s.state}, Dir: dir, Stdout: &out, Stderr: &s.stderr}
	for name, value := range env {
		w.Env[name] = value
	}
	if code := execute(context.Background(), append([]string{"assign"}, args...), w); code != run.ExitClean {
		t.Fatalf("%s: exit %d\n%s", dir, code, s.stderr.String())
	}
	return out.String(), s.stderr.String()
}

// TestAssignWhoKeeps has checkouts of one project in the states in which people have them.
func TestAssignWhoKeeps(t *testing.T) {
	base := compose.RealPath(t.TempDir())
	first, second := filepath.Join(base, "shop"), filepath.Join(base, "shop", ".trees", "login") // inside, as some tools make them
	testdir.Write(t, filepath.Join(first, "compose.yaml"), manyProject)
	testdir.Git(t, first, "init", "-q")
	testdir.Git(t, first, "add", ".")
	testdir.Git(t, first, "commit", "-qm", "x")
	testdir.Git(t, first, "worktree", "add", "-q", second)
	s := newCheckoutEnv(t)
	// the other working tree has the very defaults, and a .env copied from here: that moves nothing in the first one
	testdir.Write(t, filepath.Join(second, ".env"), "WEB_PORT=21080\n")
	out, _ := s.assignIn(t, first, nil, "--write")
	if want := "DB_PORT=21432\nWEB_PORT=21080\n"; out != want {
		t.Errorf("the first working tree has\n%s", out)
	}
	out, said := s.assignIn(t, second, nil, "--write")
	values := assignedPorts([]string{out}, "WEB_PORT", "DB_PORT")
	if values["21080"]+values["21432"] > 0 || len(values) != 2 || !strings.Contains(out, freeport.ProjectNameVar+"=shop-login\n") {
		t.Errorf("the second has\n%s", out)
	}
	if !strings.Contains(said, "portlint: WEB_PORT is ") || strings.Contains(said, "DB_PORT") {
		t.Errorf("of a value that was given by hand it says\n%s", said)
	}
	// a third one with a copied .env moves, and the second does not: the record says whose it is
	third := filepath.Join(base, "third")
	testdir.Git(t, first, "worktree", "add", "-q", "-b", "third", third)
	copied, err := readFileText(filepath.Join(second, ".env"))
	if err != nil {
		t.Fatal(err)
	}
	testdir.Write(t, filepath.Join(third, ".env"), copied)
	if repeated, _ := s.assignIn(t, second, nil); repeated != out {
		t.Errorf("the second had\n%sand now\n%s", out, repeated)
	}
	moved, _ := s.assignIn(t, third, nil)
	if got := assignedPorts([]string{out, moved}, "WEB_PORT", "DB_PORT", freeport.ProjectNameVar); len(got) != 6 || got["shop-third"] != 1 {
		t.Errorf("second\n%sthird\n%s", out, moved)
	}
}

// TestAssignForgets gives a port back that is not asked for any more.
func TestAssignForgets(t *testing.T) {
	s, dir := newCheckoutEnv(t), t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), manyProject)
	s.assignIn(t, dir, nil)
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), strings.Replace(manyProject, "DB_PORT", "DATA_PORT", 1))
	s.assignIn(t, dir, nil)
	var keys []string
	for _, l := range s.record().Leases {
		keys = append(keys, l.Key)
	}
	if fmt.Sprint(keys) != "[WEB_PORT DATA_PORT]" {
		t.Errorf("the record has %s", keys)
	}
}

// TestAssignOtherFiles keeps what other files of the project were given.
func TestAssignOtherFiles(t *testing.T) {
	s, dir := newCheckoutEnv(t), t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), manyProject)
	testdir.Write(t, filepath.Join(dir, "test.yaml"), strings.ReplaceAll(manyProject, "_PORT", "_TEST"))
	s.assignIn(t, dir, nil, "--write")
	first, err := readFileText(filepath.Join(dir, ".env"))
	if err != nil {
		t.Fatal(err)
	}
	s.assignIn(t, dir, nil, "-f", "test.yaml", "--write")
	var keys []string
	for _, l := range s.record().Leases {
		keys = append(keys, l.Key+" "+l.Files)
	}
	slices.Sort(keys)
	if fmt.Sprint(keys) != "[DB_PORT compose.yaml DB_TEST test.yaml WEB_PORT compose.yaml WEB_TEST test.yaml]" {
		t.Errorf("the record has %s", keys)
	}
	both, err := readFileText(filepath.Join(dir, ".env"))
	if head, _, _ := strings.Cut(first, "# portlint: end"); err != nil || !strings.HasPrefix(both, head) {
		t.Errorf(".env was\n%sand is, %v,\n%s", first, err, both)
	}
}

// TestAssignTwoProjects gives two projects of one directory, which can be up at once, ports of their own, each time the same.
func TestAssignTwoProjects(t *testing.T) {
	s, dir := newCheckoutEnv(t), t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), manyProject)
	var outputs []string
	for range 2 {
		for _, args := range [][]string{{"-p", "one"}, {"-p", "two"}, {}} {
			out, _ := s.assignIn(t, dir, nil, args...)
			outputs = append(outputs, out)
		}
	}
	demandDistinct(t, assignedPorts(outputs[:3], "WEB_PORT", "DB_PORT"), 6)
	if !slices.Equal(outputs[:3], outputs[3:]) {
		t.Errorf("first %q, then %q", outputs[:3], outputs[3:])
	}
}

// TestAssignRenamed keeps the ports of a project that gets another name.
func TestAssignRenamed(t *testing.T) {
	s, dir, other := newCheckoutEnv(t), t.TempDir(), t.TempDir()
	for _, d := range []string{other, dir} {
		testdir.Write(t, filepath.Join(d, "compose.yaml"), manyProject)
	}
	s.assignIn(t, other, nil)
	before, _ := s.assignIn(t, dir, nil)
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), strings.Replace(manyProject, "name: shop", "name: store", 1))
	after, _ := s.assignIn(t, dir, nil)
	if _, ports, _ := strings.Cut(before, "\n"); after != ports {
		t.Errorf("before\n%sand after\n%s", before, after)
	}
}

// TestAssignEnvironment has values in the environment, which beats .env.
func TestAssignEnvironment(t *testing.T) {
	s, dir, other := newCheckoutEnv(t), t.TempDir(), t.TempDir()
	for _, d := range []string{dir, other} {
		testdir.Write(t, filepath.Join(d, "compose.yaml"), manyProject)
	}
	if out, _ := s.assignIn(t, dir, map[string]string{"WEB_PORT": "21099", freeport.ProjectNameVar: "mine"}); out != "COMPOSE_PROJECT_NAME=mine\nDB_PORT=21432\nWEB_PORT=21099\n" {
		t.Error(out)
	}
	out, said := s.assignIn(t, other, map[string]string{"WEB_PORT": "21099"}, "--write", "-p", "named")
	if strings.Contains(out, "21099") || strings.Contains(out, freeport.ProjectNameVar) ||
		!strings.Contains(said, "portlint: WEB_PORT is set in the environment too, which beats .env: unset it\n") {
		t.Errorf("%s\n%s", out, said)
	}
}

// TestAssignTracked says when Git would carry the values to everybody.
func TestAssignTracked(t *testing.T) {
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), manyProject)
	testdir.Write(t, filepath.Join(dir, ".env"), "A=1\n")
	testdir.Git(t, dir, "init", "-q")
	s := newCheckoutEnv(t)
	if _, said := s.assignIn(t, dir, nil, "--write"); strings.Contains(said, "Git") {
		t.Error(said)
	}
	testdir.Git(t, dir, "add", ".env")
	if _, said := s.assignIn(t, dir, nil, "--write"); !strings.Contains(said, `portlint: Git tracks ".env": committed, these values would go to every checkout`+"\n") {
		t.Error(said)
	}
}

// TestAssignParts reads a project that includes another one: the same port in both is no conflict.
func TestAssignParts(t *testing.T) {
	dir := t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "include: [web/compose.yaml]\nservices: {x: {image: a}}\n")
	testdir.Write(t, filepath.Join(dir, "web", "compose.yaml"), "services: {web: {image: a, ports: ['${WEB_PORT:-21080}:80']}}\n")
	testdir.Git(t, dir, "init", "-q")
	for _, at := range []string{dir, filepath.Join(dir, "web")} {
		if out, _ := newCheckoutEnv(t).assignIn(t, at, nil); out != "WEB_PORT=21080\n" {
			t.Errorf("%s: %s", at, out)
		}
	}
	// what has the project's name could not be up beside it
	testdir.Write(t, filepath.Join(dir, "compose.prod.yaml"), "services: {web: {image: b, ports: ['${WEB_PORT:-21080}:80']}}\n")
	if out, _ := newCheckoutEnv(t).assignIn(t, dir, nil); out != "WEB_PORT=21080\n" {
		t.Error(out)
	}
}

// TestAssignUsedElsewhere names the place where a variable that changes is handed to a container.
func TestAssignUsedElsewhere(t *testing.T) {
	for value, want := range map[string]string{
		"PORT: ${WEB_PORT}": "compose.yaml:4", `PORT: "${WEB_PORT:-21080}" # inside`: "compose.yaml:4", "PORT: $WEB_PORT": "compose.yaml:4",
		"- PORT=${WEB_PORT}": "compose.yaml:4", "- '${WEB_PORT:-21080}'": "compose.yaml:4", `{PORT: "${WEB_PORT:-21080}", A: b}`: "compose.yaml:4",
		`["--port","${WEB_PORT:-21080}"]`: "compose.yaml:4", `["--port=${WEB_PORT}"]`: "compose.yaml:4", "serve --port $WEB_PORT .": "compose.yaml:4",
		"A: b # not ${WEB_PORT} here": "", "A: ${WEB_PORT_2:-1}${WEB_PORT}": "", "A: ${WEB_PORT}/x": "",
		"URL: http://localhost:${WEB_PORT:-21080}": "", "PORT: ${WEB_PORT_2:-1}": "", "PORT: '3000'": "",
	} {
		dir, key := t.TempDir(), "environment"
		if !strings.Contains(value, ": ") || strings.Contains(value, "--") {
			key = "command"
		}
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services:\n  web:\n    "+key+":\n      "+value+
			"\n    image: a\n    ports:\n      - target: 80\n        published: ${WEB_PORT:-21080}\n")
		s := newCheckoutEnv(t)
		if _, said := s.assignIn(t, dir, nil); strings.Contains(said, "works there") {
			t.Errorf("%s: nothing changes, and it says\n%s", value, said)
		}
		other := t.TempDir()
		if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		_, said := s.assignIn(t, other, nil)
		note := "portlint: ${WEB_PORT} is also used in " + want + "; check that the new port works there\n"
		if strings.Contains(said, "works there") != (want != "") || want != "" && !strings.Contains(said, note) {
			t.Errorf("%s: it says\n%s", value, said)
		}
	}
}

func readFileText(file string) (string, error) {
	text, err := os.ReadFile(file)
	return string(text), err
}

// TestAssignNamedByEnvironment gives a checkout the same ports whether or not the environment names its project, and so does
// what else asks for one.
func TestAssignNamedByEnvironment(t *testing.T) {
	s, dir, request := newCheckoutEnv(t), t.TempDir(), pick.Request{Key: "WEB_PORT"}
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "name: shop\nservices: {web: {image: a, ports: ['${WEB_PORT}:80']}}\n")
	first := s.pick(t, dir, request)
	for _, env := range []map[string]string{nil, {freeport.ProjectNameVar: "mine"}, nil, {freeport.ProjectNameVar: "job-17"}} {
		if out, _ := s.assignIn(t, dir, env); !strings.HasSuffix(out, fmt.Sprintf("WEB_PORT=%d\n", first)) {
			t.Errorf("%v: %s, and it was %d", env, out, first)
		}
		if repeated := s.pick(t, dir, request); repeated != first {
			t.Errorf("after %v it has %d, and had %d", env, repeated, first)
		}
	}
}

// TestAssignKeepsMoved: what up --move gave to a second port of the same place is not forgotten.
func TestAssignKeepsMoved(t *testing.T) {
	s, dir := newCheckoutEnv(t), t.TempDir()
	testdir.Write(t, filepath.Join(dir, "compose.yaml"), "services: {web: {image: a, ports: ['21080:80', '21081:80']}}\n")
	p := s.picker(t, dir)
	all, err := run.LoadOne(context.Background(), run.Process{}, compose.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range all.Project.Items() {
		if _, err := p.Pick(context.Background(), pick.Request{Key: freeport.KeyOf(it)}); err != nil {
			t.Fatal(err)
		}
	}
	before := fmt.Sprint(s.record().Leases)
	s.assignIn(t, dir, nil)
	if after := fmt.Sprint(s.record().Leases); !strings.Contains(before, "#2") || after != before {
		t.Errorf("the record had %v and has %v", before, after)
	}
}

// TestAssignUnwritten: values that were only printed are nobody else's for the time in which one starts with them, and those that were
// written as long as the checkout is there.
func TestAssignUnwritten(t *testing.T) {
	const text = `services: {web: {image: a, container_name: "${SHOP_WEB_NAME:-shop-web}", ports: ["${WEB_PORT:-21080}:80"]}}` + "\n"
	s, first, second := newCheckoutEnv(t), t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		testdir.Write(t, filepath.Join(dir, "compose.yaml"), text)
	}
	until := func(dir string, after time.Duration) (ports, texts, names int) {
		r := leases.Store{Dir: filepath.Join(s.state, "portlint"), Now: func() time.Time { return time.Now().Add(after) }}.Read()
		for _, l := range r.Leases {
			if l.Dir == compose.RealPath(dir) {
				ports++
			}
		}
		for _, l := range r.Texts {
			if l.Dir == compose.RealPath(dir) {
				texts++
			}
		}
		if r.Projects[compose.RealPath(dir)] != "" {
			names++
		}
		return ports, texts, names
	}
	const long = 2 * freeport.UnwrittenTime

	printed, _ := s.assignIn(t, first, nil)
	if other, _ := s.assignIn(t, second, nil, "--write"); strings.Contains(other, "=21080") || strings.Contains(other, "=shop-web\n") {
		t.Errorf("both have the same:\n%s%s", printed, other)
	}
	if ports, texts, names := until(first, 0); ports != 1 || texts != 1 || names != 1 {
		t.Errorf("%d ports, %d texts and %d names of the first", ports, texts, names)
	}
	if ports, texts, names := until(first, long); ports != 0 || texts != 0 || names != 0 {
		t.Errorf("%d ports, %d texts and %d names are the first's for ever, which nobody wrote", ports, texts, names)
	}
	if ports, texts, names := until(second, long); ports != 1 || texts != 1 || names != 1 {
		t.Errorf("%d ports, %d texts and %d names of the second, which were written", ports, texts, names)
	}

	s.assignIn(t, second, nil) // a look at what was written takes nothing back
	if ports, texts, names := until(second, long); ports != 1 || texts != 1 || names != 1 {
		t.Errorf("%d ports, %d texts and %d names of the second", ports, texts, names)
	}
	if written, _ := s.assignIn(t, first, nil, "--write"); written != printed {
		t.Errorf("printed\n%swritten\n%s", printed, written)
	}
	if ports, texts, names := until(first, long); ports != 1 || texts != 1 || names != 1 {
		t.Errorf("%d ports, %d texts and %d names of the first", ports, texts, names)
	}
}
