package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestWanted(t *testing.T) {
	h := &Host{Containers: []Container{container("p/up-1", "9000>90")}}
	p := project(service("up", "9000:90"), service("a", "8080:80"), service("b", "127.0.0.1:5000-5001:80/udp", "80"), service("c", "[::]:7000:70", "10.0.0.1:1:1"))
	var got []string
	for _, e := range h.EndpointsNeeded([]*Project{p, p}, UpOptions{}) {
		got = append(got, e.String())
	}
	want := "0.0.0.0:8080/tcp 10.0.0.1:1/tcp 127.0.0.1:7000/tcp [::]:7000/tcp [::]:8080/tcp 127.0.0.1:5000/udp 127.0.0.1:5001/udp"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestLocate(t *testing.T) {
	other, texts := render("/blog", service("web", "8080:80", "9000-9005:90", "70", "127.0.0.1:6000:60"))
	c := container("blog/web-1", "8080>80", "9003>90", "32768>70", "127.0.0.1:6000>60", "1234>12")
	c.Locate(other)
	var got []string
	for _, p := range c.Bound {
		got = append(got, fmt.Sprintf("%d=%s", p.Addr.Port(), strings.Trim(texts["/blog/compose.yaml"][p.Span.Start:p.Span.End], `"`)))
	}
	want := "8080=8080 8080=8080 9003=9000-9005 9003=9000-9005 32768= 32768= 6000=6000 1234= 1234="
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestALocatedHolderIsShown(t *testing.T) {
	other, _ := render("/blog", service("web", "8080:80"))
	c := container("blog/web-1", "8080>80")
	c.Locate(other)
	p := project(service("web", "8080:80"))
	f := Run([]*Project{p}, Settings{Host: docker("29.0.1").runs(c).asked(UpOptions{}, p)}).Findings[0]
	if len(f.Related) != 1 || f.Related[0].Span != other.Services[0].Bindings[0].Span() || f.Related[0].Message != `8080/tcp of "web" in project "blog"` {
		t.Errorf("%+v", f.Related)
	}
	if f.Owner == nil || f.Owner.Kind != OwnerContainer || f.Owner.Container.Name != "blog-web-1" || f.Owner.Span != f.Related[0].Span {
		t.Errorf("%+v", f.Owner)
	}
}

// TestLocateMoved: a port that a container has in place of another one is written where that one is, if that is one place.
func TestLocateMoved(t *testing.T) {
	for _, c := range []struct {
		name, has string
		items     []string
		want      []int // the item of the service, from 0; -1: not known
	}{
		{"as written", "8080>80", []string{"8080:80"}, []int{0}},
		{"moved", "8081>80", []string{"9090:81", "8080:80"}, []int{1}},
		{"another container port", "8081>82", []string{"8080:80"}, []int{-1}},
		{"another address", "8081>80", []string{"127.0.0.1:8080:80"}, []int{-1}},
		{"one of two", "8081>80", []string{"8081:80", "8090:80"}, []int{0}},
		{"both of two, in their order", "8082>80 8091>80", []string{"8090:80", "8081:80"}, []int{1, 0}},
		{"one for two", "8082>80", []string{"8090:80", "8081:80"}, []int{-1}},
	} {
		p := project(service("web", c.items...))
		one := container("p/web-1", strings.Fields(c.has)...)
		one.Locate(p)
		at := map[uint16]Span{}
		for _, b := range one.Bound {
			at[b.Addr.Port()] = b.Span
		}
		for i, port := range slices.Sorted(maps.Keys(at)) {
			want := Span{}
			if c.want[i] >= 0 {
				if want = p.Services[0].Bindings[c.want[i]].Span(); !want.Known() {
					t.Fatal("the test does not know where its ports are written")
				}
			}
			if at[port] != want {
				t.Errorf("%s: %d at %v, want %v", c.name, port, at[port], want)
			}
		}
	}
}

// TestOnePort: which items of a service are one port.
func TestOnePort(t *testing.T) {
	for _, c := range []struct {
		items []string
		want  string // how many are one port with each
	}{
		{[]string{"127.0.0.1:8080:80", "[::1]:8080:80"}, "[2 2]"},
		{[]string{"53:53", "53:53/udp", "54:53"}, "[2 2 1]"},
		{[]string{"127.0.0.1:8080:80", "8080:80"}, "[1 1]"}, // the engine can't bind both
		{[]string{"127.0.0.1:8080:80", "[::1]:8080:81"}, "[1 1]"},
		{[]string{"80"}, "[1]"},
	} {
		var got []int
		for _, it := range project(service("web", c.items...)).Services[0].Items() {
			got = append(got, len(it.OnePort()))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%q: %v, want %s", c.items, got, c.want)
		}
	}
}

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
