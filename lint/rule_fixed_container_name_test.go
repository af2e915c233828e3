package lint

import (
	"strings"
	"testing"
)

// fixedName gives a service a container name that stands in a file of its own, so that edits of it can be seen.
func fixedName(texts map[string]string, s *Service, written string) {
	file := "/p/" + s.Name + ".yaml"
	texts[file] = "container_name: " + written + "\n"
	raw := strings.Trim(written, `"'`)
	start := strings.Index(texts[file], raw)
	v := Value{Text: raw, Written: raw, Span: Span{file, len("container_name: "), len("container_name: ") + len(written)}, Inside: Span{file, start, start + len(raw)}}
	if written != raw {
		v.Style.Quote = written[0]
	}
	s.ContainerName = v
}

func TestRuleFixedContainerName(t *testing.T) {
	for _, c := range []struct {
		name, written string
		change        func(*Project, *Service)
		want          string
	}{
		{"plain", "shop-web", nil, `
info certain 1: name "shop-web" is fixed
  why: a second checkout cannot start beside this one
  safe: write ${SHOP_WEB_NAME:-shop-web}
    container_name: ${SHOP_WEB_NAME:-shop-web}
`},
		{"quoted", `"shop-web"`, nil, `
info certain 1: name "shop-web" is fixed
  why: a second checkout cannot start beside this one
  safe: write ${SHOP_WEB_NAME:-shop-web}
    container_name: "${SHOP_WEB_NAME:-shop-web}"
`},
		{"in braces", "shop-web", func(_ *Project, s *Service) { s.ContainerName.Style.Flow = true }, `
info certain 1: name "shop-web" is fixed
  why: a second checkout cannot start beside this one
  safe: write ${SHOP_WEB_NAME:-shop-web}
    container_name: "${SHOP_WEB_NAME:-shop-web}"
`},
		{"one word", "db", nil, `
info certain 1: container name "db" is fixed
  why: a second checkout cannot start beside this one
  safe: write ${DB_CONTAINER_NAME:-db}
    container_name: ${DB_CONTAINER_NAME:-db}
`},
		{"a variable of the project", "shop-web", func(p *Project, _ *Service) { p.Taken = map[string]bool{"SHOP_WEB_NAME": true} }, `
info certain 1: name "shop-web" is fixed
  why: a second checkout cannot start beside this one
  safe: write ${SHOP_WEB_CONTAINER_NAME:-shop-web}
    container_name: ${SHOP_WEB_CONTAINER_NAME:-shop-web}
`},
		{"a digit", "1panel", nil, `
info certain 1: name "1panel" is fixed
  why: a second checkout cannot start beside this one
  safe: write ${CONTAINER_NAME_1PANEL:-1panel}
    container_name: ${CONTAINER_NAME_1PANEL:-1panel}
`},
		{"needed by its name", "shop-web", func(p *Project, _ *Service) {
			p.Services[0].Reaches = []Reach{{Name: "shop-web", Key: "network_mode"}}
		}, `
info certain 1: name "shop-web" is fixed
  why: a second checkout cannot start beside this one
  manual: write "service:web" in network_mode of "a", which needs the container by its name; then leave container_name out or write ${SHOP_WEB_NAME:-shop-web}
`},
		{"with escapes", `"shop-web"`, func(_ *Project, s *Service) { s.ContainerName.Inside = Span{} }, `
info certain 1: name "shop-web" is fixed
  why: a second checkout cannot start beside this one
  manual: leave container_name out, or make it a variable such as ${SHOP_WEB_NAME:-shop-web}
`},
		{"a variable", "shop-web", func(_ *Project, s *Service) { s.ContainerName.Var, s.ContainerName.From.Kind = "X", FromDefault }, ""},
		{"no container", "shop-web", func(_ *Project, s *Service) { s.Provider = true }, ""},
	} {
		p, texts := render("/p", service("a"), service("web"))
		fixedName(texts, &p.Services[1], c.written)
		if c.change != nil {
			c.change(p, &p.Services[1])
		}
		if got := say(texts, found(t, "fixed-container-name", p)); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s:\n%s", c.name, got)
		}
	}
}

// TestOneNameInTwoProjects: projects of one directory share its .env, and so the variable of a name that both have.
func TestOneNameInTwoProjects(t *testing.T) {
	p, texts := render("/p", service("a"))
	q, _ := render("/p", service("a"))
	r, _ := render("/p", service("a"))
	fixedName(texts, &p.Services[0], "shop-web")
	fixedName(texts, &q.Services[0], "shop-web")
	fixedName(texts, &r.Services[0], "shop.web")
	n := newNaming([]*Project{p, q, r})
	if a, b, c := n.containers(p)["shop-web"], n.containers(q)["shop-web"], n.containers(r)["shop.web"]; a != "SHOP_WEB_NAME" || b != a || c != "SHOP_WEB_NAME_2" {
		t.Errorf("%s %s %s", a, b, c)
	}
}
