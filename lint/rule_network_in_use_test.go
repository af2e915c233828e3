package lint

import (
	"fmt"
	"testing"
)

func TestRuleNetworkInUse(t *testing.T) {
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
		{"none", "n as=x", docker("29.0.1").network("y of=q/m"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(service("a").onNetworks("n"))
			networks(c.network)(p)
			got := ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.on.Host}).Findings {
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
