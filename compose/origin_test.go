package compose

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// TestOriginsEqualCompose makes projects at random, with override files, several documents, extends, include, merge
// keys, !reset and !override, and writes a name of its own into every port as an `x-origin` key. compose-go carries
// that key through every merge, so it says itself where each final port was written.
func TestOriginsEqualCompose(t *testing.T) {
	checked, seeds := 0, 100
	if os.Getenv("PORTLINT_TEST_LONG") != "" {
		seeds = 300
	}

	for seed := range uint64(seeds) {
		g := &generator{rand: rand.New(rand.NewPCG(seed, 1))}
		dir := testdir.Layout(t, g.project())
		r, err := newReader(Options{Dir: dir, Env: map[string]string{}})
		if err != nil {
			t.Fatal(err)
		}
		project, _, err := r.load(t.Context())
		if err != nil && strings.Contains(err.Error(), "Circular reference") {
			continue // services of the same name in two files, which compose-go takes for a circle
		}
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, g.text.String())
		}
		r.read(t.Context())
		loaded := Loaded{Project: r.project, Sources: r.sources()}
		for name, s := range project.Services {
			var want []string
			for _, p := range s.Ports {
				want = append(want, fmt.Sprint(p.Extensions["x-origin"]))
			}
			got := origins(loaded, name)
			checked += len(got)
			if !slices.Equal(got, want) {
				t.Errorf("seed %d: ports of %s come from %v, Compose says %v\n%s", seed, name, got, want, g.text.String())
			}
		}
		if t.Failed() {
			return
		}
	}
	if checked < seeds*4/3 {
		t.Errorf("only %d ports were checked", checked)
	}
}

var originKey = regexp.MustCompile(`x-origin: (o\d+)`)

func origins(l Loaded, service string) []string {
	var out []string
	for _, b := range l.Project.Service(service).Bindings {
		m := originKey.FindStringSubmatch(l.Sources.Text(b.Entry))
		if m == nil {
			m = []string{"", "no origin in " + l.Sources.Text(b.Entry)}
		}
		if b.Port != (lint.Span{}) && strings.Trim(l.Sources.Text(b.Port), `"`) != b.PortText() {
			m[1] += " cut out as " + l.Sources.Text(b.Port)
		}
		out = append(out, m[1])
	}
	return out
}

// generator writes one random project as txtar.
type generator struct {
	rand *rand.Rand
	text strings.Builder
	n    int
}

func (g *generator) maybe() bool { return g.rand.IntN(3) == 0 }

func (g *generator) project() string {
	g.file("compose.yaml", g.maybe(), "a", "b", "c")
	if g.maybe() {
		g.text.WriteString("---\n")
		g.services(true, "a", "b")
	}
	if g.maybe() {
		g.file("compose.override.yaml", false, "a", "b")
	}
	g.file("other.yaml", false, "a", "b", "d")
	if g.maybe() {
		g.text.WriteString("---\n")
		g.services(true, "a", "b", "d")
	}
	g.file("inc.yaml", false, "a", "e")
	return g.text.String()
}

func (g *generator) file(name string, include bool, services ...string) {
	fmt.Fprintf(&g.text, "-- %s --\n", name)
	if name != "compose.override.yaml" {
		fmt.Fprintf(&g.text, "x-base: &base\n  image: app\n%s", g.ports("  ", g.maybe()))
	}
	if include {
		g.text.WriteString("include: [inc.yaml]\n")
	}
	g.services(name == "compose.override.yaml", services...)
}

func (g *generator) services(over bool, names ...string) {
	fmt.Fprintf(&g.text, "services:%s\n", []string{"", "", "", "", "", "", "", "", " !override"}[g.rand.IntN(9)])
	for i, name := range names {
		fmt.Fprintf(&g.text, "  %s:%s\n    image: app\n", name, []string{"", "", "", "", " !override"}[g.rand.IntN(5)])
		switch {
		case over:
		case g.maybe():
			g.text.WriteString("    <<: *base\n")
		case g.maybe() && i > 0:
			fmt.Fprintf(&g.text, "    extends: %s\n", names[i-1])
		case g.maybe() && len(names) == 3 && names[2] == "c":
			fmt.Fprintf(&g.text, "    extends: {file: other.yaml, service: %s}\n", []string{"a", "b", "d"}[g.rand.IntN(3)])
		}
		g.text.WriteString(g.ports("    ", over || g.maybe()))
	}
}

// ports writes a list in which every entry names itself.
func (g *generator) ports(indent string, tags bool) string {
	var b strings.Builder
	n := g.rand.IntN(3)
	if n == 0 {
		return ""
	}
	tag := ""
	if tags {
		tag = []string{"", "", " !override", " !reset"}[g.rand.IntN(4)]
	}
	fmt.Fprintf(&b, "%sports:%s\n", indent, tag)
	for range n {
		g.n++
		item := []string{"", "", "", "", "!override ", "!reset ", "!custom "}[g.rand.IntN(7)]
		fmt.Fprintf(&b, "%s  - %s{target: %d, published: %s, x-origin: o%d}\n", indent, item, 80+g.rand.IntN(2),
			[]string{`"8080"`, `"8081"`, "8080"}[g.rand.IntN(3)], g.n)
	}
	return b.String()
}
