package lint

import "testing"

// volume gives a project a volume that all services mount.
func volume(v ProjectVolume) func(*Project) {
	return func(p *Project) {
		v.Key, v.Span = "v", Span{"/p/volumes.yaml", 0, 1}
		p.Volumes = append(p.Volumes, v)
		for i := range p.Services {
			p.Services[i].Volumes = []string{"v"}
		}
	}
}

func TestRuleSharedVolume(t *testing.T) {
	on := []*svc{service("a")}
	named := literal("data")
	named.Span = Span{"/p/volumes.yaml", 3, 7}
	variable := named
	variable.Var, variable.From = "DATA", Origin{Kind: FromDefault}
	checkRule(t, "shared-volume", []ruleCase{
		{name: "a name", services: on, change: volume(ProjectVolume{Name: named}), want: `
info certain 1: volume "v" is shared
  why: it is "data" in every checkout, and a second one uses the same data
  manual: leave ` + "`name`" + ` out, and each project has a volume of its own
`},
		{name: "external", services: on, change: volume(ProjectVolume{Name: literal("v"), External: true}), want: `
info certain 1: volume "v" is external
  why: a second checkout uses the same data
  manual: leave ` + "`external`" + ` out, and each project has a volume of its own
`},
		{name: "its own", services: on, change: volume(ProjectVolume{Name: literal("p_v")})},
		{name: "a variable", services: on, change: volume(ProjectVolume{Name: variable})},
		{name: "an external one by a variable", services: on, change: volume(ProjectVolume{Name: variable, External: true})},
		{name: "nobody mounts it", change: volume(ProjectVolume{Name: named})},
	})
}

// TestSharedPaths: paths of the machine are listed where both checkouts have them, and only where somebody asks about two.
func TestSharedPaths(t *testing.T) {
	path := func(text string) Value { return Value{Text: text, Written: text, Span: Span{"/p/compose.yaml", 3, 7}} }
	with := func(paths, device string) *Project {
		p := project(service("a"))
		p.Services[0].Paths = []Value{path(paths)}
		volume(ProjectVolume{Name: literal("p_v"), Device: path(device)})(p)
		return p
	}
	for _, c := range []struct {
		name          string
		first, second *Project
		want          int
	}{
		{"the same", with("/srv", "/mnt"), with("/srv", "/mnt"), 2},
		{"a share of the network", with("/srv", ":/export"), with("/opt", ":/export"), 1},
		{"others", with("/srv", "/mnt"), with("/opt", "/mnt/b"), 0},
		{"of which nothing is known", with("", ""), with("", ""), 0},
		{"no path", with("/srv", "tmpfs"), with("/opt", "tmpfs"), 0},
		{"that nobody asks about", with("/srv", "/mnt"), nil, 0},
	} {
		settings := Settings{}
		if c.second != nil {
			c.second.Name = "second"
			settings.Second = map[*Project]*SecondCheckout{c.first: {Project: c.second}}
		}
		got := 0
		for _, f := range Run([]*Project{c.first}, settings).Findings {
			if f.Rule == "shared-volume" && f.Name.Kind == NameOfPath && f.Severity == Info {
				got++
			}
		}
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
