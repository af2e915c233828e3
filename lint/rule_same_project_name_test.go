package lint

import (
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
	for _, c := range []struct {
		name string
		c    Container
		want string
	}{
		{"here", from("/p"), ""},
		{"here, written otherwise", from("/p/"), ""},
		{"not known", from(""), ""},
		{"the same files", from("/else", "/p/compose.yaml"), ""},
		{"stopped", stopped, ""},
		{"another project", container("q/web-1"), ""},
		{"elsewhere", from("/src/p", "/src/p/compose.yaml"), "warning possible 1: project \"p\" runs already from /src/p: `up` would recreate its containers, such as \"p-web-1\", not start a second stack\n" +
			"  manual: give this checkout a project name of its own: set COMPOSE_PROJECT_NAME, or run `docker compose -p NAME up`\n"},
	} {
		p, texts := render("/p", service("web", "8080:80"))
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

// TestSameProjectNameElsewhere: the command is for the engine that was asked.
func TestSameProjectNameElsewhere(t *testing.T) {
	p, _ := render("/p", service("web", "8080:80"))
	c := container("p/web-1", "8080>80")
	c.WorkingDir, c.ConfigFiles = "/src/p", []string{"/src/p/compose.yaml"}
	h := docker("29.0.1").runs(c).asked(UpOptions{}, p)
	h.Engine.Flags = []string{"--context", "build1"}
	for _, f := range Run([]*Project{p}, Settings{Host: h}).Findings {
		if f.Rule == "same-project-name" && !strings.HasSuffix(f.Fixes[0].Title, "run `docker --context build1 compose -p NAME up`") {
			t.Errorf("%s", f.Fixes[0].Title)
		}
	}
}
