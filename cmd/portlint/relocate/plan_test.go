package relocate

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/envfile"
)

// load reads a project whose file has some text, in an environment.
func load(t *testing.T, text string, env map[string]string) compose.Loaded {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return loadIn(t, dir, env)
}

func loadIn(t *testing.T, dir string, env map[string]string) compose.Loaded {
	t.Helper()
	l, err := run.LoadOne(context.Background(), run.Process{}, compose.Options{Dir: dir, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestPlanTakesBack gives the variables of a project, in rounds, to ports that each is said to move alone, and keeps those of which
// Compose says so, too.
func TestPlanTakesBack(t *testing.T) {
	for _, c := range []struct {
		name, ports string
		env         map[string]string
		width       int
		want        string // what is set in the end
	}{
		{name: "a default", ports: `"${P:-8080}:80"`, want: "P=21000"},
		{name: "a value", ports: `"${P}:80"`, env: map[string]string{"P": "8080"}, want: "P=21000"},
		{name: "two services", ports: `"${P:-8080}:80", "127.0.0.2:${P:-8080}:81"`, want: "P=21000"},
		{name: "as many as containers", ports: `"${P:-8080}:80"`, width: 3, want: "P=21000-21002"},
		{name: "a range", ports: `"${P:-8080-8082}:80-82"`, want: "P=21000-21002"},
		{name: "an address too", ports: `"${P:-127.0.0.1:8080}:80"`, want: "P=127.0.0.1:21000"},
		{name: "an address of IPv6 too", ports: `"${P:-[::1]:8080}:80"`, want: "P=[::1]:21000"},
		{name: "a part of the number", ports: `"80${P:-80}:80"`},
		{name: "the end of a range", ports: `"8000-${P:-8002}:80"`},
		{name: "the container port too", ports: `"${P:-8080}:${P:-8080}"`},
		{name: "one that is right beside one that is not", ports: `"${P:-8080}:80", "80${Q:-90}:81"`, want: "P=21000"},
		{name: "one in the default of another one", ports: `"${P:-8080}:80", "${Q:-${P:-8080}}:81/udp"`, want: "P=21000 Q=21100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := "services: {web: {image: a, ports: [" + c.ports + "]}}\n"
			before := load(t, text, c.env)
			var plan Plan
			vars, _ := freeport.PortVars(before.Project)
			for i, v := range vars {
				plan.Add(PortsOfVariable(v, c.width).At(uint16(21000 + 100*i)))
			}
			for repeat := true; repeat; {
				env := maps.Clone(c.env)
				if env == nil {
					env = map[string]string{}
				}
				maps.Copy(env, plan.Values())
				now := loadIn(t, before.Project.Dir, env)
				if repeat = plan.TakeBack(before, now); !repeat {
					if err := plan.Prove(before, now); err != nil {
						t.Error(err)
					}
				}
			}

			var got []string
			for _, name := range slices.Sorted(maps.Keys(plan.Values())) {
				got = append(got, name+"="+plan.Values()[name])
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, v := range vars {
				if !plan.Tried(v.Name) {
					t.Errorf("%s counts as not tried", v.Name)
				}
			}
		})
	}
}

// TestOverrideMovesAlone reads the project with the file that moves numbers in it: the ports have moved, the file tells them
// by binding, and any other difference of the ports is an error.
func TestOverrideMovesAlone(t *testing.T) {
	before := load(t, `services:
  web: {image: a, ports: ["8080:80", "8080:80/udp", "9000-9002:90-92", "${P:-7000}:70", "1"]}
  other: {image: a, ports: ["6000:60"]}
`, nil)
	items := before.Project.Service("web").Items()
	var plan Plan
	plan.Add(PortsOfItems(items[0].OnePort(), 1).At(21000))
	plan.Add(PortsOfItems(items[2:3], 3).At(22000))
	v, _ := freeport.PortVarOf(before.Project, "P")
	plan.Add(PortsOfVariable(v, 1).At(23000))
	plan.Add(PortsOfItems(items[3:4], 1).At(24000)) // which beats the variable

	w := run.Process{Env: map[string]string{"XDG_STATE_HOME": t.TempDir()}}
	o, err := NewOverride(w, before, plan.Fixed())
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string) compose.Loaded {
		options := compose.Options{Dir: before.Project.Dir, Env: plan.Values(), Files: []string{before.Project.Files[0], o.Path},
			Overlay: map[string][]byte{o.Path: []byte(text)}}
		l, err := run.LoadOne(context.Background(), w, options)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}

	now := read(string(o.Text))
	if err := plan.Prove(before, now); err != nil {
		t.Error(err)
	}
	var got []string
	for _, b := range now.Project.Bindings() {
		got = append(got, b.Service+" "+b.Want())
	}
	slices.Sort(got)
	want := "[other 6000/tcp web 21000/tcp web 21000/udp web 22000/tcp web 22001/tcp web 22002/tcp web 24000/tcp web a tcp port that the engine picks]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}

	wrong := read(strings.Replace(string(o.Text), "22001", "22009", 1))
	if err := plan.Prove(before, wrong); err == nil || !strings.Contains(err.Error(), "services.web.ports[3].published") {
		t.Errorf("another port than that which was meant: %v", err)
	}
}

// TestEditsKeepTheFirstText has one file changed twice, one made, and one that stays empty.
func TestEditsKeepTheFirstText(t *testing.T) {
	dir := t.TempDir()
	env := filepath.Join(dir, ".env")
	if err := os.WriteFile(env, []byte("A=1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var e Edits
	for _, v := range []envfile.Var{{Name: "A", Value: "2"}, {Name: "B", Value: "3"}} {
		if err := e.setLine(env, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.SetBlock(filepath.Join(dir, "empty.env"), "empty.env", nil, nil); err != nil {
		t.Fatal(err)
	}
	more := e.with(edit.Change{File: filepath.Join(dir, "new"), New: []byte("n\n"), Created: true})
	if len(e.Changes()) != 1 || len(more.Changes()) != 2 {
		t.Errorf("%d changes, and %d with one more", len(e.Changes()), len(more.Changes()))
	}
	if err := more.Write(run.Process{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(env)
	if err != nil || string(text) != "A=2\nB=3\n" {
		t.Errorf("%q %v", text, err)
	}
	if err := more.Write(run.Process{Dir: dir}); err == nil || !strings.Contains(err.Error(), `cannot write ".env": it was changed meanwhile`) {
		t.Errorf("written twice: %v", err)
	}
}

// TestSlotsOfPorts: what is one port asks for one number, at all addresses that it has.
func TestSlotsOfPorts(t *testing.T) {
	project := load(t, `services:
  web: {image: a, ports: ["${WEB:-80}:80", "127.0.0.1:9000-9002:53/udp", "8080:1/tcp", "8080:1/udp"]}
`, nil).Project
	var got []string
	for _, it := range project.Items() {
		s := PortsOfItems(it.OnePort(), it.Width())
		if v, ok := freeport.PortVarOf(project, it.Head().Var); ok {
			s = PortsOfVariable(v, 1)
		}
		got = append(got, fmt.Sprintf("%s %d+%d %v", s.request.Key, s.first, s.request.Width, s.request.Protos))
	}
	want := "[WEB 80+1 [tcp] web/53/udp 9000+3 [udp] web/1/tcp 8080+1 [tcp udp] web/1/tcp 8080+1 [tcp udp]]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	for _, it := range project.Items() {
		for i, at := range PlacesOf(it) {
			if at.Binding(project) != it.Bindings[i] {
				t.Errorf("%+v is another binding", at)
			}
		}
	}
	if b := (Place{"gone", 0}).Binding(&lint.Project{}); b != nil {
		t.Error(b)
	}
}
