package lint

import (
	"fmt"
	"testing"
)

func TestRuleMissingExternal(t *testing.T) {
	const missing = `error certain: network "n" does not exist | why: it is external, and the engine has none of the name "x"`
	for _, c := range []struct {
		name   string
		change func(*Project)
		on     *machine
		want   string
		answer Verdict
	}{
		{"missing", networks("n external as=x"), docker("29.0.1"), missing, VerdictRefused},
		{"there", networks("n external as=x"), docker("29.0.1").network("x"), "", VerdictClear},
		{"there by its id", networks("n external as=0123456789abcdef"), docker("29.0.1").network("x").with(func(m *machine) { m.Networks[0].ID = "0123456789abcdef" }), "", VerdictClear},
		{"no replica", func(p *Project) { networks("n external as=x")(p); p.Services[0].Replicas = 0 }, docker("29.0.1"), missing, VerdictRefused},
		{"not used", func(p *Project) { networks("m external as=x", "n")(p) }, docker("29.0.1"), "", VerdictClear},
		{"of a profile that is off", func(p *Project) { networks("n external as=x")(p); p.Services[0].Active = false }, docker("29.0.1"), "", VerdictClear},
		{"in a swarm", networks("n external as=x"), docker("29.0.1").with(func(m *machine) { m.Nodes = 1 }),
			`warning possible: network "n" does not exist | why: it is external, and the engine has none of the name "x" | possible: another node of its swarm may have it`, VerdictPossible},
		{"networks not listed", networks("n external as=x"), docker("29.0.1").with(func(m *machine) { m.NetworksNotListed = true }), "", VerdictUnknown},
		{"a volume", func(p *Project) {
			networks("n")(p)
			p.Services[0].Volumes = []string{"v"}
			p.Volumes = []ProjectVolume{{Key: "v", Name: literal("data"), External: true}}
		}, docker("29.0.1").with(func(m *machine) { m.MissingVolumes = map[string]bool{"data": true} }), `error certain: volume "v" does not exist | why: it is external, and the engine has none of the name "data"`, VerdictRefused},
		{"a volume that is there", func(p *Project) {
			networks("n")(p)
			p.Services[0].Volumes = []string{"v"}
			p.Volumes = []ProjectVolume{{Key: "v", Name: literal("data"), External: true}}
		}, docker("29.0.1"), "", VerdictClear},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := project(servicesOn("a")...)
			c.change(p)
			got := ""
			for _, f := range Run([]*Project{p}, Settings{Host: &c.on.Host}).Findings {
				if f.Rule == "missing-external" {
					got = fmt.Sprintf("%s %s: %s", f.Severity, f.Certainty, summary(f))
				}
			}
			if answer := VerdictOf([]*Project{p}, &c.on.Host, UpOptions{}, nil); got != c.want || answer != c.answer {
				t.Errorf("%s: %s\nwant %s: %s", answer, got, c.answer, c.want)
			}
		})
	}
}

// TestUnlistedNetworks: what needs the networks of an engine that did not list them is not clear, and is named.
func TestUnlistedNetworks(t *testing.T) {
	for _, c := range []struct{ network, want string }{
		{"n 10.1.0.0/24", "whether its subnet is free is not known"},
		{"n as=x", "whether somebody has its name is not known"},
		{"n external as=x", "whether it is there is not known"},
		{"n", ""},
	} {
		p := project(servicesOn("a")...)
		networks(c.network)(p)
		h := &docker("29.0.1").with(func(m *machine) { m.NetworksNotListed = true }).Host
		blind, answer := h.UnlistedNetworks([]*Project{p}, UpOptions{}), VerdictOf([]*Project{p}, h, UpOptions{}, nil)
		switch {
		case c.want == "" && (len(blind) > 0 || answer != VerdictClear):
			t.Errorf("%s: %s, %v", c.network, answer, blind)
		case c.want != "" && (len(blind) != 1 || blind[0].Why != "the engine did not tell its networks: "+c.want || blind[0].What != `network "n"` || answer != VerdictUnknown):
			t.Errorf("%s: %s, %v", c.network, answer, blind)
		}
	}
}
