package lint

import "testing"

func TestRuleUnloadableProject(t *testing.T) {
	checkRule(t, "unloadable-project", []ruleCase{
		{name: "with a hint", services: []*svc{service("web")}, change: func(p *Project) {
			p.Defects = []Defect{{Span: Span{baseFile, 12, 15}, Reason: `mapping key "web" already defined at line 2`, Hint: "rename one of the two"}}
		}, want: `
error certain 2: docker compose refuses this project: mapping key "web" already defined at line 2
  manual: rename one of the two
`},
		{name: "no place", services: []*svc{service("web")}, change: func(p *Project) {
			p.Defects = []Defect{{Reason: "empty compose file"}}
		}, want: `
error certain 1: docker compose refuses this project: empty compose file
`},
		{name: "the data of a test", services: []*svc{service("web")}, change: func(p *Project) {
			p.TestData, p.Defects = true, []Defect{{Reason: "empty compose file"}}
		}, want: `
warning certain 1: docker compose refuses this project: empty compose file
`},
		{name: "none", services: []*svc{service("web")}},
	})
}
