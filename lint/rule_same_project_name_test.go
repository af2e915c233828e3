package lint

import (
	"slices"
	"strings"
	"testing"
)

func TestRuleSameProjectName(t *testing.T) {
	from := func(dir string, files ...string) Container {
		c := container("p/web-1", "8080>80")
		c.WorkingDir, c.ConfigFiles = dir, files
		return c
	}
	stopped := from("/else").stopped("exited", "no")
	once, linked, gone := from("/else"), from("/link"), from("/gone")
	once.OneOff, linked.RealDir, gone.DirState = true, "/real", DirGone
	says := func(does string) string {
		return "warning possible 1: `up` may take over \"p\"\n  possible: it would " + does + ", such as \"p-web-1\", not start a second stack\n" +
			"  manual: give this checkout a name and ports of its own\n  manual: the same for one run\n"
	}
	for _, c := range []struct {
		name string
		c    Container
		want string
	}{
		{"here", from("/p"), ""},
		{"here, written otherwise", from("/p/"), ""},
		{"not known", from(""), ""},
		{"the same files", from("/else", "/p/compose.yaml"), ""},
		{"one that run started", once, ""},
		{"here, by a link", linked, ""},
		{"a directory that is gone", gone, ""},
		{"standard input, which is another text each time", from("/src/p", "-"), says("recreate the containers of /src/p")},
		{"stopped", stopped, says("take the stopped containers of /else")},
		{"another project", container("q/web-1"), ""},
		{"elsewhere", from("/src/p", "/src/p/compose.yaml"), says("recreate the containers of /src/p")},
	} {
		p, texts := render("/p", service("web", "8080:80"))
		p.RealDir = "/real"
		if slices.Equal(c.c.ConfigFiles, []string{"-"}) {
			p.Files = c.c.ConfigFiles
		}
		var got []Finding
		for _, f := range Run([]*Project{p}, Settings{Host: docker("29.0.1").runs(c.c, c.c).asked(UpOptions{}, p)}).Findings {
			if f.Rule == "same-project-name" {
				got = append(got, f)
			}
		}
		if say(texts, got) != c.want {
			t.Errorf("%s: %s", c.name, say(texts, got))
		}
	}
}

// TestSameProjectNameFromCaller: no env file changes a name that the command line gives. The command is for the engine that was asked.
func TestSameProjectNameFromCaller(t *testing.T) {
	p, _ := render("/p", service("web", "8080:80"))
	p.NameFromCaller = true
	c := container("p/web-1", "8080>80")
	c.WorkingDir, c.ConfigFiles = "/src/p", []string{"/src/p/compose.yaml"}
	h := docker("29.0.1").runs(c).asked(UpOptions{}, p)
	h.Engine.Client.Flags = []string{"--context", "build1"}
	said := 0
	for _, f := range Run([]*Project{p}, Settings{Host: h}).Findings {
		if f.Rule != "same-project-name" {
			continue
		}
		said++
		if len(f.Fixes) != 1 || !strings.HasSuffix(f.Fixes[0].Title, "run `docker --context build1 compose -p NAME up`") {
			t.Errorf("%+v", f.Fixes)
		}
	}
	if said != 1 {
		t.Errorf("said %d times", said)
	}
}
