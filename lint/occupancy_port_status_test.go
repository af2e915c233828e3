package lint

import (
	"fmt"
	"strings"
	"testing"
)

// now asks about every port of a project.
func (m *machine) now(p *Project) string {
	want := m.Published([]*Project{p})
	m.Probes = nil
	for _, e := range want {
		probe := Probe{Endpoint: e, Result: Free, Listed: true}
		for _, s := range m.sockets {
			if s.keepsOut(e, m.Engine) {
				probe.Result = InUse
				probe.Holders = append(probe.Holders, s.Holder)
			}
		}
		if m.Engine.Local {
			m.Probes = append(m.Probes, probe)
		}
	}
	var out strings.Builder
	now := m.PortStatuses(p)
	for i := range p.Services {
		for j := range p.Services[i].Bindings {
			b := &p.Services[i].Bindings[j]
			n := now[b]
			fmt.Fprintf(&out, "%s %s silent %t known %t free %d", b.Service, b.Want(), n.Silent, n.Known, n.Free)
			for _, o := range n.Ours {
				fmt.Fprintf(&out, " ours %s", o.Container.Name)
			}
			if len(n.At) > 0 {
				fmt.Fprintf(&out, " at %v", n.At)
			}
			for _, o := range n.Holders {
				fmt.Fprintf(&out, " held %s", o.Short())
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}

func TestNow(t *testing.T) {
	p := project(service("api", "8081:80", "127.0.0.1:8082:82", "9000-9001:90", "91").off(), service("host", "8080:80").net(hostNetwork),
		service("web", "8080:80"))
	m := docker("29.0.1").runs(container("p/web-1", "8080>80"), container("p/api-1", "32768>91"), container("blog/front-1", "8081>80")).
		listens("127.0.0.1:9000/tcp", proc("python3", 812))
	want := `api 8081/tcp silent false known true free 0 held blog-front-1 (blog)
api 127.0.0.1:8082/tcp silent false known true free 1
api 9000-9001/tcp silent false known true free 1 held python3 pid 812
api a tcp port that the engine picks silent false known true free 1 ours p-api-1 at [32768]
host 8080/tcp silent true known true free 0
web 8080/tcp silent false known true free 0 ours p-web-1 at [8080]
`
	if got := m.now(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// what runs on other ports than the files say, and what another checkout runs under the project's name
	p = project(service("api", "8083:80", "8082:80", "127.0.0.1:8084:80", "9000-9001:90"), service("web", "8080:80"))
	p.RunsAs = "p2"
	there := container("p/web-1", "8080>80")
	there.WorkingDir = "/else"
	here := container("p2/api-1", "8092>80", "8093>80", "127.0.0.1:8094>80", "9001>90")
	here.WorkingDir = p.Dir
	want = `api 8083/tcp silent false known true free 1 ours p2-api-1 at [8093]
api 8082/tcp silent false known true free 1 ours p2-api-1 at [8092]
api 127.0.0.1:8084/tcp silent false known true free 1 ours p2-api-1 at [8094]
api 9000-9001/tcp silent false known true free 1 ours p2-api-1 at [9001]
web 8080/tcp silent false known true free 0 held p-web-1 in /else
`
	if got := docker("29.0.1").runs(there, here).now(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	remote := docker("29.0.1").runs(container("blog/front-1", "8081>80"))
	remote.Engine.Local = false
	if got := remote.now(project(service("web", "8080:80", "8081:81"))); got != `web 8080/tcp silent false known false free 1
web 8081/tcp silent false known false free 0 held blog-front-1 (blog)
` {
		t.Errorf("got\n%s", got)
	}
}
