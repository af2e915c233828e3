package lint

import "testing"

func TestRuleUnloadableProject(t *testing.T) {
	checkRule(t, "unloadable-project", []ruleCase{
		{name: "with a hint", services: []*svc{service("web")}, change: func(p *Project) {
			p.Defects = []Defect{{Span: Span{baseFile, 12, 15}, Reason: `mapping key "web" already defined at line 2`, Hint: "rename one of the two"}}
		}, want: `
error certain 2: docker compose refuses this file
  why: mapping key "web" already defined at line 2
  manual: rename one of the two
`},
		{name: "no place", services: []*svc{service("web")}, change: func(p *Project) {
			p.Defects = []Defect{{Reason: "empty compose file"}}
		}, want: `
error certain 1: docker compose refuses this file
  why: empty compose file
`},
		{name: "the data of a test", services: []*svc{service("web")}, change: func(p *Project) {
			p.TestData, p.Defects = true, []Defect{{Reason: "empty compose file"}}
		}, want: `
warning certain 1: docker compose refuses this file
  why: empty compose file
`},
		{name: "every service in a profile that is off", services: []*svc{service("web", "8080:80").off().with(func(s *Service) { s.Profiles = []string{"dev"} })}, want: `
info certain 1: docker compose up starts nothing
  why: every service is in a profile, and none is on; it ends with "no service selected"
  manual: turn one on with --profile: dev
`},
		{name: "a profile on that no service is in", services: []*svc{service("web", "8080:80").off().with(func(s *Service) { s.Profiles = []string{"dev"} })},
			change: func(p *Project) { p.Profiles = []string{"prod"} }, want: `
warning certain 1: docker compose up starts nothing
  why: no service is in a profile that is on; it ends with "no service selected"
  manual: the profiles of this project: dev
`},
		{name: "no services", want: `
info certain 1: docker compose up starts nothing
  why: the project has no services; it ends with "no service selected"
`},
		{name: "one service of two in a profile that is off", services: []*svc{service("web"), service("db").off()}},
		{name: "services of a file that was not read", change: func(p *Project) { p.Blind = []Blind{{What: "other.yaml", Why: "it is remote"}} }},
		{name: "none", services: []*svc{service("web")}},
	})
}
