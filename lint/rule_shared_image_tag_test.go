package lint

import "testing"

func TestRuleSharedImageTag(t *testing.T) {
	tagged := func(text, variable string, builds bool) *svc {
		return service("a").with(func(s *Service) {
			s.Builds, s.Image = builds, Value{Text: text, Written: text, Var: variable, Span: Span{baseFile, 10, 15}}
			if variable != "" {
				s.Image.From.Kind = FromDefault
			}
		})
	}
	checkRule(t, "shared-image-tag", []ruleCase{
		{name: "fixed", services: []*svc{tagged("x:1", "", true)}, want: `
info certain 2: image "x:1" is shared
  why: every checkout builds "a" under this tag, runs what another one has built, and overwrites it with ` + "`--build`" + `
  manual: leave ` + "`image`" + ` out, and Compose calls the image after the project, or make its tag a variable
`},
		{name: "a variable", services: []*svc{tagged("x:1", "TAG", true)}},
		{name: "not built", services: []*svc{tagged("x:1", "", false)}},
		{name: "no tag of its own", services: []*svc{service("a").with(func(s *Service) { s.Builds = true })}},
	})
}
