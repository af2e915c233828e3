package lint

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestRuleNetworkInUse(t *testing.T) {
	on := func(name, network string) Container {
		c := container(name)
		c.Networks = []string{network}
		return c
	}
	stopped := on("q/b-1", "y")
	stopped.State = "exited"
	stoppedOn := on("q/b-1", "p_n")
	stoppedOn.State = "exited"
	for _, c := range []struct {
		name, network string // of the project
		on            *machine
		want          string
	}{
		{"made by hand", "n 10.1.0.0/24", docker("29.0.1").network("p_n 10.1.0.0/24"),
			`warning possible: network "n" exists already`},
		{"another project's under another key", "n as=x", docker("29.0.1").network("x of=q/m"),
			`warning possible: network "n" exists already`},
		{"another project's under the same key", "n as=x", docker("29.0.1").network("x 10.1.0.0/16 of=q/n"), ""},
		{"the same with other subnets", "n 10.2.0.0/16 as=x", docker("29.0.1").network("x 10.1.0.0/16 of=q/n"),
			`warning possible: network "n" exists already`},
		{"its own", "n as=x", docker("29.0.1").network("x of=p/n"), ""},
		{"external", "n external as=x", docker("29.0.1").network("x of=q/m"), ""},
		{"its own under another name, with an orphan on it", "n as=x", docker("29.0.1").network("y of=p/n").runs(on("p/old-1", "y")),
			`error certain: network "n" can't be made anew: p-old-1`},
		{"its own with another subnet, with somebody else on it", "n 10.1.0.0/24", docker("20.10.24").network("p_n 10.2.0.0/24 of=p/n").runs(on("q/b-1", "p_n")),
			`error certain: network "n" can't be made anew: q-b-1`},
		{"its own under another name, with its own service on it", "n as=x", docker("29.0.1").network("y of=p/n").runs(on("p/a-1", "y")), ""},
		{"its own under another name, with a service on it that is not any more", "n as=x", docker("29.0.1").network("y of=p/n").runs(on("p/c-1", "y")),
			`warning possible: network "n" can't be made anew: p-c-1`},
		{"its own under another name, with a stopped container on it", "n as=x", docker("29.0.1").network("y of=p/n").runs(stopped), ""},
		{"its own as it was, with somebody else on it", "n as=x", docker("29.0.1").network("x of=p/n").runs(on("q/b-1", "x")), ""},
		{"Podman's, with another subnet", "n 10.1.0.0/24", podman("5.4.2").network("p_n 10.2.0.0/24 of=p/n").runs(on("q/b-1", "p_n")),
			`error certain: network "n" can't be made anew: q-b-1`},
		{"Podman's, with another subnet and a service that leaves it", "n 10.1.0.0/24", podman("5.4.2").network("p_n 10.2.0.0/24 of=p/n").runs(on("p/c-1", "p_n")),
			`warning possible: network "n" can't be made anew: p-c-1`},
		{"Podman's, with another subnet and a stopped container", "n 10.1.0.0/24", podman("5.4.2").network("p_n 10.2.0.0/24 of=p/n").runs(stoppedOn),
			`error certain: network "n" can't be made anew: q-b-1`},
		{"Podman's, with another subnet and its own service", "n 10.1.0.0/24", podman("5.4.2").network("p_n 10.2.0.0/24 of=p/n").runs(on("p/a-1", "p_n")), ""},
		{"with another subnet and a stopped container", "n 10.1.0.0/24", docker("29.0.1").network("p_n 10.2.0.0/24 of=p/n").runs(stoppedOn), ""},
		{"Podman's, under another name", "n as=x", podman("5.4.2").network("y of=p/n").runs(on("q/b-1", "y")), `error certain: network "n" can't be made anew: q-b-1`},
		{"none", "n as=x", docker("29.0.1").network("y of=q/m"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(service("a").onNetworks("n"), service("c"))
			networks(c.network)(p)
			got := ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.on.Host}).Findings {
				if f.Rule == "network-in-use" {
					got = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, f.Message)
					if holder := regexp.MustCompile("container \"(.+?)\".* which is on it").FindStringSubmatch(withNotes(f)); holder != nil {
						got += ": " + holder[1]
					}
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestNetworkInUseByCompose: what the Compose that runs `up` makes of a network of the project's name that the project has not made.
func TestNetworkInUseByCompose(t *testing.T) {
	user := container("q/b-1")
	user.Networks = []string{"x"}
	refused, maybe := `error certain: network "n" exists already`, `warning possible: network "n" exists already`
	for _, c := range []struct {
		version [3]int
		network string // of the engine
		want    string
	}{
		{[3]int{}, "x of=q/m", maybe},
		{[3]int{2, 17, 3}, "x of=q/m", ""},
		{[3]int{2, 18, 1}, "x of=q/m", ""},
		{[3]int{2, 19, 0}, "x of=q/m", maybe},
		{[3]int{2, 19, 1}, "x of=q/m", refused},
		{[3]int{2, 39, 4}, "x of=q/m", refused},
		{[3]int{2, 39, 4}, "x", refused},
		{[3]int{5, 2, 0}, "x of=q/m", refused},
		{[3]int{5, 3, 0}, "x of=q/m", maybe},
		{[3]int{5, 4, 0}, "x of=q/m", ""},
		{[3]int{5, 5, 1}, "x", ""},
		{[3]int{2, 39, 4}, "x 10.1.0.0/24 of=q/n", ""},
		{[3]int{}, "x 10.2.0.0/24 of=q/n", maybe},
		{[3]int{2, 29, 7}, "x 10.2.0.0/24 of=q/n", ""},
		{[3]int{2, 39, 4}, "x 10.2.0.0/24 of=q/n", maybe},
		{[3]int{2, 39, 4}, "x 10.2.0.0/24 of=q/n used", `error certain: network "n" can't be made anew`},
		{[3]int{2, 39, 4}, "x 10.2.0.0/24 of=q/n old used", ""},
		{[3]int{5, 5, 1}, "x 10.2.0.0/24 of=q/n used", ""},
	} {
		t.Run(fmt.Sprint(c.version, c.network), func(t *testing.T) {
			p := project(service("a").onNetworks("n"))
			networks("n 10.1.0.0/24 as=x")(p)
			text, used := strings.CutSuffix(c.network, " used")
			m := docker("29.0.1").network(text)
			if used {
				m.runs(user)
			}
			got := ""
			for _, f := range Run([]*Project{p}, Settings{Host: &m.Host, Up: UpOptions{Compose: c.version}}).Findings {
				if f.Rule == "network-in-use" {
					got = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, f.Message)
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestPodmanComposeTakesNetworks: it uses a network of the right name, whoever made it.
func TestPodmanComposeTakesNetworks(t *testing.T) {
	p := project(service("a").onNetworks("n"))
	networks("n")(p)
	for with, want := range map[bool]Verdict{false: VerdictPossible, true: VerdictClear} {
		up := UpOptions{PodmanCompose: with}
		if got := VerdictOf([]*Project{p}, &podman("5.4.2").network("p_n").Host, up, nil); got != want {
			t.Errorf("with podman-compose: %t: %s, want %s", with, got, want)
		}
	}
}

// TestRenamedNetwork: what becomes of a network that has another name in the files than on the engine, by the version of Compose and the engine.
func TestRenamedNetwork(t *testing.T) {
	none := ""
	exists, maybe := `error certain: network "n" exists already`, `warning possible: network "n" exists already`
	renamed, maybeNamed := `error certain: network "n" has another name now`, `warning possible: network "n" has another name now`
	for _, c := range []struct {
		engine   *machine
		version  [3]int
		stranger string
		up       UpOptions
		want     string
	}{
		{docker("29.0.1"), [3]int{5, 5, 1}, "", UpOptions{}, maybeNamed},
		{docker("25.0.6"), [3]int{5, 4, 0}, "", UpOptions{}, maybeNamed},
		{docker("24.0.7"), [3]int{5, 5, 1}, "", UpOptions{}, none},
		{podman("5.4.2"), [3]int{5, 5, 1}, "", UpOptions{}, none},
		{docker("29.0.1"), [3]int{}, "", UpOptions{}, maybeNamed},
		{docker("29.0.1"), [3]int{5, 2, 0}, "", UpOptions{}, none},
		{docker("29.0.1"), [3]int{5, 5, 1}, "", UpOptions{NoRecreate: true}, renamed},
		{docker("29.0.1"), [3]int{5, 5, 1}, "", UpOptions{ForceRecreate: true}, none},
		{docker("29.0.1"), [3]int{5, 5, 1}, "", UpOptions{Services: []string{"c"}}, none},

		{docker("29.0.1"), [3]int{5, 2, 0}, "x", UpOptions{}, exists},
		{docker("29.0.1"), [3]int{2, 39, 4}, "x of=q/m", UpOptions{}, exists},
		{docker("29.0.1"), [3]int{2, 39, 4}, "x of=q/n", UpOptions{}, none},
		{docker("29.0.1"), [3]int{2, 18, 1}, "x", UpOptions{}, none},
		{docker("29.0.1"), [3]int{}, "x", UpOptions{}, maybe},
		{docker("29.0.1"), [3]int{5, 5, 1}, "x", UpOptions{}, maybeNamed},
		{docker("29.0.1"), [3]int{5, 5, 1}, "x", UpOptions{ForceRecreate: true}, none},
		{docker("20.10.24"), [3]int{5, 2, 0}, "x", UpOptions{}, exists},
		{docker("20.10.24"), [3]int{5, 5, 1}, "x", UpOptions{}, exists},
		{docker("20.10.24"), [3]int{5, 5, 1}, "x of=q/n", UpOptions{}, exists},
		{docker("20.10.24"), [3]int{}, "x", UpOptions{}, maybe},
		{docker("25.0.6"), [3]int{5, 5, 1}, "x", UpOptions{ForceRecreate: true}, none},
		{podman("4.3.1"), [3]int{5, 5, 1}, "x", UpOptions{}, exists},
		{podman("5.4.2"), [3]int{5, 5, 1}, "x", UpOptions{}, none},
	} {
		t.Run(fmt.Sprint(c.engine.Engine.Name, c.engine.Engine.Version, c.version, c.stranger, c.up), func(t *testing.T) {
			p := project(service("a").onNetworks("n"), service("c"))
			networks("n as=x")(p)
			ours := container("p/a-1")
			ours.Networks, ours.NetworkMode = []string{"y"}, "y"
			c.engine.network("y of=p/n").runs(ours)
			if c.stranger != "" {
				c.engine.network(c.stranger)
			}
			c.up.Compose = c.version
			got := ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.engine.Host, Up: c.up}).Findings {
				if f.Rule == "network-in-use" {
					got = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, f.Message)
				}
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
