package lint

import "testing"

func TestRulePausedContainer(t *testing.T) {
	paused := func(name string, ports ...string) Container {
		c := container(name, ports...)
		c.State = "paused"
		return c
	}
	const said = `
error certain 2: [paused-container] a container of "web" is paused
  why: Podman neither stops nor starts a container that is paused
  manual: let it go on: docker unpause p-web-1
`
	web := func() []*svc { return on(service("web", "8080:80")) }
	checkLive(t, []liveCase{
		{name: "made anew", services: web(), machine: podman("4.3.1").runs(paused("p/web-1", "8081>80")), want: VerdictRefused, says: said},
		{name: "unchanged", services: web(), machine: podman("5.4.2").runs(paused("p/web-1", "8080>80")), want: VerdictRefused, says: said},
		{name: "on Docker", services: web(), machine: docker("29.0.1").runs(paused("p/web-1", "8081>80")), want: VerdictClear, says: "-"},
		{name: "with podman-compose", services: web(), up: UpOptions{PodmanCompose: true}, machine: podman("5.4.2").runs(paused("p/web-1", "8081>80")), want: VerdictClear, says: "-"},
		{name: "not asked for", services: on(service("web", "8080:80"), service("db")), up: UpOptions{Services: []string{"db"}},
			machine: podman("5.4.2").runs(paused("p/web-1", "8081>80")), want: VerdictClear, says: "-"},
		{name: "an orphan", services: web(), machine: podman("5.4.2").runs(paused("p/old-1")), want: VerdictClear, says: "-"},
		{name: "of another project", services: web(), machine: podman("5.4.2").runs(paused("q/web-1", "8081>80")), want: VerdictClear, says: "-"},
	})
}
