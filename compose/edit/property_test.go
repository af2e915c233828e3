package edit

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// author writes random Compose files in all the ways in which people write ports.
type author struct {
	*rand.Rand
	next    int // host ports that no item has yet
	anchors int
}

func (a *author) one(of ...string) string { return of[a.IntN(len(of))] }

func (a *author) file() []byte {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range 1 + a.IntN(3) {
		fmt.Fprintf(&b, "  %s:\n    image: app\n    ports:", a.one("web", "db-main", "1st", "x.y", "PORT")+fmt.Sprint(i))
		if a.IntN(4) == 0 {
			b.WriteString(a.flow() + "\n")
			continue
		}
		b.WriteString(a.one("", " # why", "\t# tab") + "\n")
		for range 1 + a.IntN(4) {
			b.WriteString(a.block())
		}
	}
	text := b.String()
	if a.IntN(3) == 0 {
		text = strings.TrimSuffix(text, "\n")
	}
	if a.IntN(3) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(a.one("", "", "\ufeff") + text)
}

// short is an item without quotes.
func (a *author) short() string {
	width := a.IntN(3)
	host := a.next
	a.next += width + 1
	ports := fmt.Sprint(host)
	target := fmt.Sprint(1 + a.IntN(9000))
	if width > 0 {
		ports = fmt.Sprintf("%d-%d", host, host+width)
		if a.IntN(2) == 0 {
			target = fmt.Sprintf("%d-%d", 100, 100+width)
		}
	}
	return a.one("", "", "127.0.0.1:", "[::1]:") + a.one("", "", "", "0") + ports + ":" + target + a.one("", "", "/tcp", "/udp", "/sctp")
}

func (a *author) anchor() string {
	if a.IntN(5) > 0 {
		return ""
	}
	a.anchors++
	return fmt.Sprintf("&a%d ", a.anchors)
}

func (a *author) quoted(s string) string {
	q := a.one(`"`, `"`, `'`)
	if q == `"` && a.IntN(8) == 0 {
		s = strings.Replace(s, ":", `\x3a`, 1)
	}
	return q + s + q
}

func (a *author) block() string {
	comment := a.one("", "", " # 8080:80", "\t# a tab", "   ")
	switch s := a.short(); a.IntN(6) {
	case 0:
		if !strings.HasPrefix(s, "[") {
			return "      -   " + a.anchor() + s + comment + "\n"
		}
		fallthrough
	case 1, 2:
		return "      - " + a.anchor() + a.quoted(s) + comment + "\n"
	case 3:
		return "      - >-\n        " + s + "\n"
	case 4:
		return "      - " + a.anchor() + a.longFlow() + comment + "\n"
	default:
		a.next++
		value := a.one(`%d`, `"%d"`, `'%d'`, `!!str %d`)
		return fmt.Sprintf("      - target: %d\n        published: "+value+comment+"\n        protocol: %s\n", 1+a.IntN(9000), a.next-1, a.one("tcp", "udp"))
	}
}

func (a *author) longFlow() string {
	a.next++
	return fmt.Sprintf(a.one("{target: %[1]d, published: %[2]d}", `{"published": "%[2]d", target: %[1]d}`, "{published: %[2]d,target: %[1]d}"),
		1+a.IntN(9000), a.next-1)
}

func (a *author) flow() string {
	var items []string
	for range 1 + a.IntN(3) {
		if s := a.short(); a.IntN(2) == 0 && !strings.HasPrefix(s, "[") {
			items = append(items, s)
		} else {
			items = append(items, a.one(a.quoted(s), a.longFlow()))
		}
	}
	return " [" + strings.Join(items, a.one(", ", ",\n      ")) + "]" + a.one("", " # flow")
}

func TestRandomRewrites(t *testing.T) {
	made, refused := 0, map[string]int{}
	for seed := range uint64(150) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 3)), next: 8000}
		text := a.file()
		plan := rewriteText(t, t.TempDir(), text)
		if t.Failed() {
			t.Fatalf("seed %d:\n%q", seed, text)
		}
		made += len(plan.Made)
		for _, r := range plan.Refused {
			refused[r.Why]++
		}
	}
	if made < 500 || len(refused) > 0 {
		t.Errorf("%d made, refused: %v", made, refused)
	}
}

func FuzzRewrite(f *testing.F) {
	for seed := range uint64(20) {
		f.Add((&author{Rand: rand.New(rand.NewPCG(seed, 4)), next: 8000}).file())
	}
	f.Add([]byte("services: {a: {image: x, ports: [\"${A:-1}${B:-2}:3\", 4:5, *x]}}"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) { rewriteText(t, dir, text) })
}

// rewriteText rewrites every literal host port of a file and asks compose-go alone what has changed: nothing at first,
// and with every variable set only host ports.
func rewriteText(t *testing.T, dir string, text []byte) Plan {
	t.Helper()
	path := filepath.Join(dir, "compose.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	o := compose.Options{Dir: dir, Files: []string{path}, Env: map[string]string{}}
	loaded, err := compose.Load(context.Background(), o)
	if err != nil {
		return Plan{}
	}
	found := lint.Run([]*lint.Project{loaded.Project}, lint.Settings{Severity: map[string]lint.Severity{"fixed-port": lint.Error}}).Findings
	var fixed []lint.Finding
	for _, f := range found {
		if f.Rule == "fixed-port" {
			fixed = append(fixed, f)
		}
	}
	plan, err := PlanFixes(context.Background(), []Target{{Options: o, Loaded: loaded}}, fixed, lint.Safe)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Changes) == 0 {
		return plan
	}
	before, err := composeAlone(text, path, nil)
	if err != nil {
		return plan // what is kept of a project that Compose refuses, only portlint knows
	}
	after, err := composeAlone(plan.Changes[0].New, path, nil)
	if err != nil || !bytes.Equal(marshalled(t, before), marshalled(t, after)) {
		t.Errorf("compose-go loads another project, %v:\n%s", err, Unified(plan.Changes, dir))
	}
	env := map[string]string{}
	for i, m := range plan.Made {
		env[m.Fix.Moves[0].Var] = ports(uint16(30000+10*i), m.Fix.Moves[0].Width)
	}
	moved, err := composeAlone(plan.Changes[0].New, path, env)
	if err != nil {
		t.Fatalf("with %v: %v", env, err)
	}
	if n := differing(before, moved); n < len(plan.Made) {
		t.Errorf("%d fixes moved %d ports:\n%s", len(plan.Made), n, plan.Changes[0].New)
	}
	for _, p := range []*types.Project{before, moved} {
		for name := range p.Services {
			for i := range p.Services[name].Ports {
				p.Services[name].Ports[i].Published = ""
			}
		}
	}
	if !bytes.Equal(marshalled(t, before), marshalled(t, moved)) {
		t.Errorf("the variables change more than host ports:\n%s", plan.Changes[0].New)
	}
	return plan
}

// differing counts the ports with another host port.
func differing(a, b *types.Project) int {
	n := 0
	for name, s := range a.Services {
		for i, p := range s.Ports {
			if i < len(b.Services[name].Ports) && b.Services[name].Ports[i].Published != p.Published {
				n++
			}
		}
	}
	return n
}

func composeAlone(text []byte, path string, env map[string]string) (*types.Project, error) {
	details := types.ConfigDetails{WorkingDir: filepath.Dir(path), Environment: env,
		ConfigFiles: []types.ConfigFile{{Filename: path, Content: text}}}
	return loader.LoadWithContext(context.Background(), details, func(o *loader.Options) { o.SetProjectName("p", true) })
}

func marshalled(t *testing.T, p *types.Project) []byte {
	t.Helper()
	text, err := p.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
