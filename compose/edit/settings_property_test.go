package edit

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// household writes random small projects with example files, env files and variables in all the places where people have
// them.
type household struct {
	*rand.Rand
	next int
	dir  string // in which the project is loaded, always the same one
}

func (h *household) one(of ...string) string { return of[h.IntN(len(of))] }

var householdVariables = []string{"PORT", "WEB_PORT", "API_PORT", "WEB_HOST_PORT", "BASE"}

func (h *household) variable() string { return h.one(householdVariables...) }

func (h *household) item() string {
	h.next += 3
	x, y := h.variable(), h.variable()
	switch h.IntN(8) {
	case 0:
		return fmt.Sprintf("${%s:-%d}:80", x, h.next)
	case 1, 2:
		return fmt.Sprintf("${%[1]s:-%[2]d}:${%[1]s:-%[2]d}", x, h.next)
	case 3:
		return fmt.Sprintf("${%s:-${%s:-%d}}:80", x, y, h.next)
	case 4:
		return fmt.Sprintf("%d:${%s:-80}", h.next, x)
	case 5:
		return fmt.Sprintf("127.0.0.1:%d:80/udp", h.next)
	default:
		return fmt.Sprintf("%d:80", h.next)
	}
}

func (h *household) service(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s:\n    image: app\n    ports: [%q", name, h.item())
	for range h.IntN(2) {
		fmt.Fprintf(&b, ", %q", h.item())
	}
	b.WriteString("]\n")
	b.WriteString(h.one("", "", "    env_file: .env\n", "    env_file: [{path: .env, required: false}]\n",
		"    env_file: [{path: app.env, required: false}]\n", "    env_file: [{path: .env.example, required: false}]\n", "    label_file: .env\n"))
	b.WriteString(h.one("", "", "    environment: ["+h.variable()+"]\n", "    environment: {URL: \"http://localhost:${"+h.variable()+":-1}\"}\n",
		"    secrets: [port]\n", "    build: {context: ., args: ["+h.variable()+"]}\n"))
	return b.String()
}

func (h *household) env() string {
	var b strings.Builder
	for range h.IntN(4) {
		b.WriteString(h.one("A=1\n", "# words\n", "\n", "#"+h.variable()+"=1\n", "URL=http://x:${"+h.variable()+"}\n",
			fmt.Sprintf("%s=%d\n", h.variable(), 9000+h.IntN(100))))
	}
	return strings.TrimSuffix(b.String(), h.one("", "\n"))
}

func (h *household) files() map[string]string {
	files := map[string]string{}
	services := "services:\n" + h.service("web")
	if h.IntN(2) == 0 {
		services += h.service("api")
	}
	services += "secrets: {port: {environment: " + h.variable() + "}}\n"
	files["compose.yaml"] = services
	if h.IntN(4) == 0 {
		files["compose.yaml"] = "include: [sub/compose.yaml]\n"
		files["sub/compose.yaml"] = services
		files["sub/"+h.one(".env.example", ".env")] = h.env()
	}
	for _, name := range []string{".env.example", "env.sample", ".env", "app.env"} {
		if h.IntN(3) == 0 {
			files[name] = h.env()
		}
	}
	return files
}

// TestSafeFixesUnderSettings makes every safe fix of random projects. compose-go alone, reading the disk, must load the
// same project before and after: as it is, with each example file copied to .env, the old one and the new one, and with
// each variable set, alone and together with another one.
func TestSafeFixesUnderSettings(t *testing.T) {
	seeds := uint64(10)
	if os.Getenv("PORTLINT_TEST_LONG") != "" {
		seeds = 40
	}

	var made, settings atomic.Int64
	t.Run("seeds", func(t *testing.T) {
		for seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				m, s := fixUnderSettings(t, seed)
				made.Add(m)
				settings.Add(s)
			})
		}
	})
	if m, s := made.Load(), settings.Load(); m < int64(seeds*5/4) || s < int64(seeds*15/2) {
		t.Errorf("only %d fixes were made, compared under %d settings", m, s)
	}
	t.Logf("%d fixes, %d comparisons", made.Load(), settings.Load())
}

// fixUnderSettings makes the safe fixes of the random project of a seed, and counts them and the settings that they were compared under.
func fixUnderSettings(t *testing.T, seed uint64) (made, settings int64) {
	t.Helper()
	h := &household{Rand: rand.New(rand.NewPCG(seed, 9)), next: 8000, dir: t.TempDir()}
	files := h.files()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}

	place(t, dir, files)
	o := compose.Options{Dir: dir, Env: map[string]string{}, Static: h.IntN(2) == 0}
	loaded, err := compose.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}

	found := lint.Run([]*lint.Project{loaded.Project}, lint.Settings{}).Findings
	plan, err := PlanFixes(t.Context(), []Target{{Options: o, Loaded: loaded}}, found, lint.Safe)
	if err != nil {
		t.Fatal(err)
	}

	settings = int64(h.compare(t, dir, files, plan))
	if t.Failed() {
		t.Fatalf("seed %d:\n%s", seed, Unified(plan.Changes, dir))
	}
	return int64(len(plan.Made)), settings
}

func place(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		testdir.Write(t, filepath.Join(dir, name), text)
	}
}

// compare loads the project under every setting, before and after, and counts the settings that it loads under.
func (h *household) compare(t *testing.T, dir string, files map[string]string, plan Plan) int {
	t.Helper()
	after := maps.Clone(files)
	for _, c := range plan.Changes {
		name, _ := filepath.Rel(dir, c.File)
		after[name] = string(c.New)
	}
	count := 0
	for _, copied := range []string{"", ".env.example", "env.sample", "sub/.env.example"} {
		if _, ok := files[copied]; !ok && copied != "" {
			continue
		}
		for _, env := range h.environments(files) {
			was, refused := h.load(t, files, files[copied], copied, env)
			if refused != nil {
				continue
			}
			count++
			for what, text := range map[string]string{"": after[copied], " of before": files[copied]} {
				is, err := h.load(t, after, text, copied, env)
				if err != nil || !bytes.Equal(was, is) {
					t.Errorf("with %q%s as .env and %v (%v):\n%s", copied, what, env, err, Unified([]Change{{File: "project", Old: was, New: is}}, ""))
					return count
				}
			}
		}
	}
	return count
}

// environments set the variables that there are somewhere in the files.
func (h *household) environments(files map[string]string) []map[string]string {
	var known []string
	for _, name := range householdVariables {
		word := regexp.MustCompile(`\b` + name + `\b`)
		if slices.ContainsFunc(slices.Collect(maps.Values(files)), word.MatchString) {
			known = append(known, name)
		}
	}
	all := []map[string]string{{}}
	for i, name := range known {
		all = append(all, map[string]string{name: fmt.Sprint(20000 + i)}, map[string]string{name: fmt.Sprint(20000 + i), h.one(known...): "20100"})
	}
	return all
}

// load is the project as compose-go has it, with an example file copied to the .env beside it.
func (h *household) load(t *testing.T, files map[string]string, text, copied string, env map[string]string) ([]byte, error) {
	t.Helper()
	dir := filepath.Join(h.dir, "p")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	place(t, dir, files)
	if copied != "" {
		place(t, dir, map[string]string{filepath.Join(filepath.Dir(copied), ".env"): text})
	}
	details := types.ConfigDetails{WorkingDir: dir, Environment: maps.Clone(env),
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml")}}}
	if vars, err := dotenv.GetEnvFromFile(env, []string{filepath.Join(dir, ".env")}); err == nil {
		for _, name := range slices.Sorted(maps.Keys(vars)) {
			if _, set := env[name]; !set {
				details.Environment[name] = vars[name]
			}
		}
	}
	project, err := loader.LoadWithContext(context.Background(), details, func(o *loader.Options) { o.SetProjectName("p", true) })
	if err != nil {
		return nil, err
	}
	for name := range project.Services { // of the copy of the example, only what it sets counts
		s := project.Services[name]
		s.EnvFiles = nil
		project.Services[name] = s
	}
	project.Environment = nil
	return project.MarshalJSON()
}
