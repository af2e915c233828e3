package lint

import (
	"fmt"
	"strings"
	"testing"
)

func TestRuleSharedPort(t *testing.T) {
	many := make([]*Project, 9)
	for i := range many {
		many[i] = projectIn(fmt.Sprintf("/r/lab%d", i), service("web", "8080:80"))
	}
	twice := projectIn("/r/a", service("web", "8080:80"))
	override := projectIn("/r/a", service("web", "8080:80"))
	shared, including := projectIn("/r/db", service("db", "5432:5432")), projectIn("/r/app", service("app"))
	including.Services = append(including.Services, shared.Services[0])
	for _, c := range []struct {
		name     string
		projects []*Project
		want     string
	}{
		{"two", []*Project{projectIn("/r/blog", service("web", "8080:80")), projectIn("/r/shop", service("api", "127.0.0.1:8080:80"))},
			`8080/tcp is published by 2 projects | why: only one of "blog" and "shop" can run at a time (1)`},
		{"many", many, `8080/tcp is published by 9 projects | why: only one of "lab0", "lab1", "lab2", "lab3", "lab4" and 4 more can run at a time (8)`},
		{"ranges", []*Project{projectIn("/r/a", service("x", "5000-5150:5000-5150")), projectIn("/r/b", service("x", "5000-5150:5000-5150"))},
			`5000-5150/tcp is published by 2 projects | why: only one of "a" and "b" can run at a time (1)`},
		{"profile off", []*Project{projectIn("/r/a", service("x", "80:80").off()), projectIn("/r/b", service("x", "80:80"))},
			`80/tcp is published by 2 projects | why: only one of "a" and "b" can run at a time (1)`},
		{"addresses that meet in the middle", []*Project{projectIn("/r/a", service("x", "127.0.0.1:80:80")), projectIn("/r/b", service("x", "80:80")), projectIn("/r/c", service("x", "127.0.0.2:80:80"))},
			`80/tcp is published by 3 projects | why: not all of "a", "b" and "c" can run at a time (2)`},
		{"depends on the engine", []*Project{projectIn("/r/a", service("x", "80:80/udp")), projectIn("/r/b", service("x", "127.0.0.1:80:80/udp"))},
			`80/udp is published by 2 projects | why: "a" and "b" may be unable to run at a time (only engines 28.0 to 28.2 let it pass) (1)`},
		{"one project", []*Project{projectIn("/r/a", service("x", "80:80"), service("y", "80:80"))}, ""},
		{"alternatives of one directory", []*Project{twice, override}, ""},
		{"an included file that is a project too", []*Project{shared, including}, ""},
		{"protocols", []*Project{projectIn("/r/a", service("x", "80:80")), projectIn("/r/b", service("x", "80:80/udp"))}, ""},
		{"addresses", []*Project{projectIn("/r/a", service("x", "127.0.0.1:80:80")), projectIn("/r/b", service("x", "127.0.0.2:80:80"))}, ""},
		{"nothing bound", []*Project{projectIn("/r/a", service("x", "80:80")), projectIn("/r/b", service("x", "80:80").net(hostNetwork))}, ""},
		{"unknown", []*Project{projectIn("/r/a", service("x", "${P}:80")), projectIn("/r/b", service("x", "${P}:80"))}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range found(t, "shared-port", c.projects...) {
				got = append(got, fmt.Sprintf("%s (%d)", withNotes(f), len(f.Related)))
				if sure := !strings.Contains(withNotes(f), "may be"); sure != (f.Certainty == Certain) || f.Shared == 0 {
					t.Errorf("%s, %d shared: %s", f.Certainty, f.Shared, withNotes(f))
				}
			}
			if strings.Join(got, "\n") != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}
