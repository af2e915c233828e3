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
