package dockerapi

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/swarm"

	"github.com/portlint/portlint/lint"
)

// TestUnreadPorts: a port that the engine names and portlint can't read is a blind spot, and never free.
func TestUnreadPorts(t *testing.T) {
	const inspected = `{"Id":"b2","State":{"Status":"exited"},"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"BINDING"}]}}}`
	for name, c := range map[string]struct {
		running, binding, services string
		project                    string
		what, want                 string // "" for no blind spot
	}{
		"an address":          {running: "0.0.0.0.0", what: blindEngine, want: `the engine named a port of "a" that can't be read: "0.0.0.0.0:8080->80/tcp"`},
		"a good address":      {running: "127.0.0.1"},
		"an own binding":      {binding: "80800", project: "shop", what: blindEngine, want: `the engine named a port of "b" that can't be read: ":80800->80/tcp"`},
		"a stranger's":        {binding: "9000-8000", what: blindStopped, want: `the engine named a port of "b" that can't be read: ":9000-8000->80/tcp"`},
		"nonsense":            {binding: "http", what: blindStopped, want: `the engine named a port of "b" that can't be read: ":http->80/tcp"`},
		"the engine picks":    {binding: ""},
		"the engine picks, 0": {binding: "0"},
		"a range":             {binding: "8000-8010"},
		"a service":           {services: "70000", what: blindSwarm, want: `the swarm named a port of "api" that can't be read: 70000`},
		"a good service":      {services: "30000"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, func(f *fake) {
				f.headers["Swarm"] = "active/manager"
				f.bodies["/containers/json"] = `[{"Id":"a1","Names":["/a"],"State":"running","Ports":[{"IP":"` + c.running + `","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}]},
					{"Id":"b2","Names":["/b"],"State":"exited","Labels":{"com.docker.compose.project":"shop"}}]`
				f.bodies["/containers/b2/json"] = strings.Replace(inspected, "BINDING", c.binding, 1)
				if c.services != "" {
					f.bodies["/services"] = `[{"ID":"s","Spec":{"Name":"api"},"Endpoint":{"Ports":[{"Protocol":"tcp","TargetPort":80,"PublishedPort":` + c.services + `}]}}]`
				}
			})
			h := lookWithin(t, Options{Host: "unix://" + f.socket, Project: c.project})
			got := slices.DeleteFunc(slices.Clone(h.Blind), func(b lint.Blind) bool { return !strings.Contains(b.Why, "can't be read") })
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("%+v", got)
			case c.want != "" && (len(got) != 1 || got[0].What != c.what || got[0].Why != c.want):
				t.Errorf("\n got %+v\nwant %q: %q", got, c.what, c.want)
			}
		})
	}
}

// FuzzEngineAnswers reads any answer: it never panics, and each port that the engine names is known or said to be unread.
func FuzzEngineAnswers(f *testing.F) {
	f.Add(`[{"Id":"a","Names":["/a","/x/y"],"State":"running","Ports":[{"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"}],
		"Labels":{"com.docker.compose.project":"p","com.docker.compose.project.config_files":"a,b"},"NetworkSettings":{"Networks":{"n":null}}}]`,
		`{"Id":"a","State":{"ExitCode":1,"StartedAt":"2026-01-01T00:00:00Z"},"HostConfig":{"NetworkMode":"n","RestartPolicy":{"Name":"always"},
		"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"1-2"}],"x":[null]}}}`,
		`[{"Spec":{"Name":"s","EndpointSpec":{"Ports":[{"PublishedPort":70000}]},"Mode":{"Replicated":{"Replicas":3}}}}]`,
		`[{"Name":"n","Options":{"com.docker.network.bridge.host_binding_ipv4":"127.0.0.1"}}]`)
	f.Add(`[{}]`, `{}`, `[{}]`, `[{}]`)
	f.Fuzz(func(t *testing.T, list, inspected, services, networks string) {
		var containers []container.Summary
		var full container.InspectResponse
		var swarmServices []swarm.Service
		var summaries []network.Summary
		_ = json.Unmarshal([]byte(list), &containers) // what can't be decoded is the client's to refuse; the rest is read
		_ = json.Unmarshal([]byte(inspected), &full)
		_ = json.Unmarshal([]byte(services), &swarmServices)
		_ = json.Unmarshal([]byte(networks), &summaries)

		all, _ := containersOf(containers, lint.Engine{Name: []string{"Docker Engine", lint.PodmanName}[len(list)%2]})
		if len(all) != len(containers) {
			t.Fatalf("%d of %d containers", len(all), len(containers))
		}
		for i := range all {
			c := &all[i]
			known, unread := listedPorts(containers[i].Ports, lint.Engine{})
			for _, p := range containers[i].Ports {
				if p.PublicPort != 0 && len(unread) == 0 && !slices.ContainsFunc(known, func(k lint.PublishedPort) bool { return k.Addr.Port() == p.PublicPort }) {
					t.Errorf("%+v is lost", p)
				}
			}
			checkPorts(t, append(slices.Clone(c.Bound), c.Wanted...))
			unread = fill(c, &full, &lint.Host{Networks: networksOf(summaries, nil, lint.Engine{})})
			checkPorts(t, c.Wanted)
			if full.ContainerJSONBase != nil && full.HostConfig != nil {
				checkNoneLost(t, c, full.HostConfig, unread)
			}
		}
		_, _ = swarmPorts(swarmServices)
	})
}

// checkNoneLost demands that a port that is asked for is known or unread, except where the engine drops or picks it.
func checkNoneLost(t *testing.T, c *lint.Container, host *container.HostConfig, unread []string) {
	t.Helper()
	if m := host.NetworkMode; m.IsHost() || m.IsNone() || m.IsContainer() {
		return
	}
	for target, bindings := range host.PortBindings {
		for _, b := range bindings {
			if !enginePicks(b.HostPort) && len(unread) == 0 && len(c.Wanted) == 0 {
				t.Errorf("%q of %q is lost", b.HostPort, target)
			}
		}
	}
}

func checkPorts(t *testing.T, ports []lint.PublishedPort) {
	t.Helper()
	for _, p := range ports {
		if !p.Addr.IsValid() || p.Addr.Port() == 0 || p.Last != 0 && p.Last < p.Addr.Port() {
			t.Errorf("%+v", p)
		}
	}
}
