package lint

import (
	"fmt"
	"slices"
	"testing"
)

// TestWantedTimes: how often one `up` asks for a port, whatever the profiles of other ones ask for.
func TestWantedTimes(t *testing.T) {
	for _, c := range []struct {
		name     string
		services []*svc
		want     string
	}{
		{"once", []*svc{service("a", "80:80"), service("b", "81:80")}, "[]"},
		{"twice", []*svc{service("a", "80:80"), service("b", "127.0.0.1:80:80"), service("c", "81:80")}, "[a:2 b:2]"},
		{"in one service", []*svc{service("a", "80:80", "80:81")}, "[a:2 a:2]"},
		{"replicas", []*svc{service("a", "80:80").scaled(3)}, "[a:3]"},
		{"none of it", []*svc{service("a", "80:80"), service("b", "80:80").scaled(0)}, "[]"},
		{"a profile beside", []*svc{service("a", "80:80"), service("b", "80:80").in("p")}, "[a:2 b:2]"},
		{"alternatives", []*svc{service("a", "80:80").in("p"), service("b", "80:80").in("q")}, "[]"},
		{"alternatives beside", []*svc{service("a", "80:80"), service("b", "80:80").in("p"), service("c", "80:80").in("q")}, "[a:2 b:2 c:2]"},
		{"addresses", []*svc{service("a", "127.0.0.1:80:80"), service("b", "127.0.0.2:80:80")}, "[]"},
		{"pools and picks", []*svc{service("a", "80-81:80"), service("b", "80-81:80"), service("c", "80"), service("d", "80")}, "[]"},
		{"nothing bound", []*svc{service("a", "80:80"), service("b", "80:80").net(hostNetwork)}, "[]"},
	} {
		var got []string
		for b, n := range project(c.services...).WantedTimes() {
			got = append(got, fmt.Sprintf("%s:%d", b.Service, n))
		}
		slices.Sort(got)
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
