package report

import (
	"io"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// TestPortsNow: every state of a port, and a process name that wants to rule the terminal.
func TestPortsNow(t *testing.T) {
	ours := lint.Owner{Kind: lint.OwnerContainer, Container: &lint.Container{ID: "s1", Name: "shop-web-1", Project: "shop"}}
	blog := lint.Owner{Kind: lint.OwnerContainer, Container: &lint.Container{ID: "b1", Name: "blog-front-1", Project: "blog"}}
	evil := lint.Owner{Kind: lint.OwnerProcess, Process: lint.Process{Name: evilName, PID: 7}}
	r := Report{Dir: "/src", Projects: []*lint.Project{{Name: "shop", Dir: "/src", Services: []lint.Service{{Name: "web", Active: true, Replicas: 1}}}},
		Now: []Now{{Of: map[*lint.Binding]lint.PortStatus{}}}}
	web := &r.Projects[0].Services[0]
	states := []lint.PortStatus{
		{Known: true, Free: 1}, {}, {Silent: true, Known: true}, {Known: true, Ours: []lint.Owner{ours}},
		{Known: true, Holders: []lint.Owner{blog}}, {Known: true, Holders: []lint.Owner{evil, blog}},
		{Known: true, Free: 1, Holders: []lint.Owner{blog}}, {Known: true, Ours: []lint.Owner{ours}, Holders: []lint.Owner{blog}, Free: 1},
	}
	for i := range states {
		web.Bindings = append(web.Bindings, binding("web", "tcp", uint16(8080+i), 80, lint.Span{}))
	}
	web.Bindings[6].Last++
	for i, n := range states {
		r.Now[0].Of[&web.Bindings[i]] = n
	}
	table := string(render(t, func(w io.Writer, r Report) error { return Ports(w, r, "table") }, r))
	for i, want := range []string{"free", "not checked", "not bound", "ours: shop-web-1", "blog-front-1 (blog)",
		`we\x1b[31mb\u202e\n::error::gotcha pid 7 and blog-front-1 (blog)`, "1 of 2 free", "ours: shop-web-1"} {
		if line := strings.Split(table, "\n")[i+3]; !strings.Contains(line, "80/tcp     "+want+"  ") {
			t.Errorf("no %q in %q", want, line)
		}
	}
	doc := render(t, func(w io.Writer, r Report) error { return Ports(w, r, "json") }, r)
	whole := strings.Replace(string(doc), `"notChecked"`, `"verdict": "clear", "findings": [], "summary": {"errors": 0, "warnings": 0, "infos": 0, "projects": 1, "ports": 8}, "notChecked"`, 1)
	if err := validate(t, compileSchema(t, outputSchema(t)), []byte(whole)); err != nil {
		t.Error(err)
	}
}
