package compose

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// doubling are n lines of an env file, each of which has the value of the one before twice.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("A0=xx\n")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "A%d=$A%d$A%[2]d\n", i, i-1)
	}
	return b.String()
}

// TestValuesThatDouble expects that values that double are refused wherever an env file is read: at the file and at the line
// from which on they are too much. Written out they would fill the memory.
func TestValuesThatDouble(t *testing.T) {
	const web = "{image: a, ports: [\"8080:80\"]"
	for name, files := range map[string]string{
		".env":         "-- compose.yaml --\nservices: {web: " + web + "}}\n-- .env --\n",
		"include":      "-- compose.yaml --\ninclude: [{path: b.yaml, env_file: x.env}]\n-- b.yaml --\nservices: {web: " + web + "}}\n-- x.env --\n",
		"its own .env": "-- compose.yaml --\ninclude: [d/b.yaml]\n-- d/b.yaml --\nservices: {web: " + web + "}}\n-- d/.env --\n",
		"env_file":     "-- compose.yaml --\nservices: {web: " + web + ", env_file: [{path: x.env, required: false}]}}\n-- x.env --\n",
		"label_file":   "-- compose.yaml --\nservices: {web: " + web + ", label_file: x.env}}\n-- x.env --\n",
		"COMPOSE_FILE": "-- d/compose.yaml --\nservices: {web: " + web + "}}\n-- .env --\nCOMPOSE_FILE=d/compose.yaml\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := testdir.Layout(t, files+doubling(60))
			l, err := Load(t.Context(), Options{Dir: dir, Env: map[string]string{}})
			said := fmt.Sprint(err)
			if err == nil && len(l.Project.Defects) == 1 {
				said = l.Project.Defects[0].Reason
			}
			line := "line 20: "
			if name == "COMPOSE_FILE" {
				line = "line 21: "
			}
			if !strings.Contains(said, line+errEnvGrows.Error()) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// TestExampleThatDoubles expects that no value is taken from such an example file, and that this is said.
func TestExampleThatDoubles(t *testing.T) {
	dir := testdir.Layout(t, "-- compose.yaml --\nservices: {web: {image: a, ports: [\"${PORT:-8080}:80\"]}}\n-- .env.example --\n"+doubling(60))
	l, err := Load(t.Context(), Options{Dir: dir, Static: true})
	if err != nil || len(l.Project.Defects) > 0 || len(l.Project.Bindings()) != 1 {
		t.Fatal(err, l.Project)
	}
	blind := l.Project.Blind
	if len(blind) != 1 || blind[0].What != filepath.Join(dir, ".env.example") || !strings.HasPrefix(blind[0].Why, "line 20: ") {
		t.Errorf("not looked at: %v", blind)
	}
}

// TestValuesGrowUpToABound expects that values below the bound are taken as they are.
func TestValuesGrowUpToABound(t *testing.T) {
	dir := testdir.Layout(t, "-- compose.yaml --\nservices: {web: {image: \"a${A10}\", ports: [\"8080:80\"]}}\n-- .env --\n"+doubling(11))
	l, err := Load(t.Context(), Options{Dir: dir, Env: map[string]string{}})
	if err != nil || len(l.Project.Defects) > 0 || l.model.Services["web"].Image != "a"+strings.Repeat("x", 2048) {
		t.Error(err, l.Project.Defects)
	}
}

// TestFilesThatVariablesFill expects a bound on what variables make of Compose files.
func TestFilesThatVariablesFill(t *testing.T) {
	text := "services:\n  web:\n    image: a\n    ports: [\"8080:80\"]\n    environment:\n"
	for i := range 3000 {
		text += fmt.Sprintf("      V%d: $A15\n", i)
	}
	dir := testdir.Layout(t, "-- compose.yaml --\n"+text+"-- .env --\n"+doubling(16))
	for _, static := range []bool{false, true} {
		l, err := Load(t.Context(), Options{Dir: dir, Env: map[string]string{}, Static: static})
		if err != nil || len(l.Project.Defects) != 1 || !strings.Contains(l.Project.Defects[0].Reason, errGrows.Error()) {
			t.Errorf("static %v: %v %v", static, err, l.Project.Defects)
		}
	}
}

// TestNestedExpressions expects that hundreds of expressions within each other are refused, and some are not.
func TestNestedExpressions(t *testing.T) {
	for n, refused := range map[int]bool{3: false, 99: false, 101: true, 20_000: true} {
		port := strings.Repeat("${A:-", n) + "8080" + strings.Repeat("}", n)
		dir := testdir.Layout(t, "-- compose.yaml --\nservices: {web: {image: a, ports: [\""+port+":80\"]}}\n")
		l, err := Load(t.Context(), Options{Dir: dir, Env: map[string]string{}})
		if err != nil || (len(l.Project.Defects) > 0) != refused {
			t.Errorf("%d: %v %v", n, err, l.Project.Defects)
		}
		dir = testdir.Layout(t, "-- compose.yaml --\nservices: {web: {image: a, ports: [\"8080:80\"]}}\n-- .env --\nX="+port+"\n")
		_, err = Load(t.Context(), Options{Dir: dir, Env: map[string]string{}})
		if (err != nil) != refused {
			t.Errorf("%d in .env: %v", n, err)
		}
	}
}

// BenchmarkDoubling reads env files of n and 2n lines, of which the values stay below the bound or are refused.
func BenchmarkDoubling(b *testing.B) {
	for _, n := range []int{8, 16, 32, 64, 128} {
		text := []byte(doubling(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				left := growth{maxEnvValues}
				_ = parseEnv(".env", text, nil, map[string]string{}, &left)
			}
		})
	}
}
