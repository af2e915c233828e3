package compose

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// TestDefects reads projects that Compose refuses: the reason is Compose's, the place the best there is, and the ports
// that can be read are there.
func TestDefects(t *testing.T) {
	tests := map[string]struct {
		files string
		want  []string // FILE:LINE:COL text: reason begins with
		ports int
	}{
		"not YAML":       {"-- compose.yaml --\nservices:\n  a: [\n", []string{`compose.yaml:3:1 : failed to parse compose.yaml`}, 0},
		"tab":            {"-- compose.yaml --\nservices:\n\ta: {}\n", []string{"compose.yaml:2:1 \t: failed to parse compose.yaml"}, 0},
		"empty":          {"-- compose.yaml --\n", []string{`compose.yaml:1:1 : empty compose file`}, 0},
		"a text":         {"-- compose.yaml --\nhello\n", []string{`compose.yaml:1:1 : top-level object must be a mapping`}, 0},
		"a list":         {"-- compose.yaml --\n- a\n", []string{`compose.yaml:1:1 : top-level object must be a mapping`}, 0},
		"unknown key":    {"-- compose.yaml --\nservices:\n  a: {image: a, colour: red, ports: [\"1:1\"]}\n", []string{`compose.yaml:2:17 colour: validating compose.yaml: services.a`}, 1},
		"unknown at top": {"-- compose.yaml --\nfoo: 1\nservices:\n  a: {image: a, ports: [\"1:1\"]}\n", []string{`compose.yaml:1:1 foo: validating compose.yaml: additional properties 'foo'`}, 1},
		"key twice": {"-- compose.yaml --\nservices:\n  a:\n    image: a\n    ports: [\"1:1\"]\n    image: b\n",
			[]string{`compose.yaml:5:5 image: b: failed to parse compose.yaml`}, 1},
		"service twice": {"-- compose.yaml --\nservices:\n  a: {image: a, ports: [\"1:1\"]}\n  a: {image: a, ports: [\"2:2\"]}\n",
			[]string{`compose.yaml:3:3 a: {image: a, ports: ["2:2"]}: failed to parse compose.yaml`}, 2},
		"no image":          {"-- compose.yaml --\nservices:\n  a: {ports: [\"1:1\"]}\n", []string{`compose.yaml:2:3 a: service "a" has neither an image nor a build`}, 1},
		"undefined network": {"-- compose.yaml --\nservices:\n  a: {image: a, networks: [n], ports: [\"1:1\"]}\n", []string{`compose.yaml:2:28 n: service "a" refers to undefined network n`}, 1},
		"undefined service": {"-- compose.yaml --\nservices:\n  a: {image: a, depends_on: [b], ports: [\"1:1\"]}\n", []string{`compose.yaml:2:30 b: service "a" depends on undefined service "b"`}, 1},
		"missing include": {"-- compose.yaml --\ninclude: [no.yaml]\nservices:\n  a: {image: a, ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:1:11 no.yaml: open no.yaml: no such file`}, 1},
		"missing extends": {"-- compose.yaml --\nservices:\n  a: {image: a, extends: {file: no.yaml, service: x}, ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:2:33 no.yaml: open no.yaml: no such file`}, 1},
		"missing env_file": {"-- compose.yaml --\nservices:\n  a: {image: a, env_file: no.env, ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:2:27 no.env: env file no.env not found`}, 1},
		"several missing env files": {"-- compose.yaml --\nservices:\n  c: {image: c, env_file: y.env, ports: [\"1:1\"]}\n  b: {image: b, env_file: [x.env]}\n  a: {image: a, env_file: [x.env]}\n  d: {image: d, env_file: z.env, profiles: [p]}\n",
			[]string{`compose.yaml:3:28 x.env: env file x.env not found`, `compose.yaml:2:27 y.env: env file y.env not found`}, 1},
		"several undefined networks": {"-- compose.yaml --\nservices:\n  a: {image: a, networks: [m, n], depends_on: [c, b], ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:2:51 b: service "a" depends on undefined service "b"`, `compose.yaml:2:48 c: service "a" depends on undefined service "c"`,
				`compose.yaml:2:28 m: service "a" refers to undefined network m`, `compose.yaml:2:31 n: service "a" refers to undefined network n`}, 1},
		"missing env_file beside another fault": {"-- compose.yaml --\nservices:\n  b: {image: b, env_file: [\"${D:-/none}/x.env\"]}\n  a: {image: a, networks: [n], ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:2:3 b: env file /none/x.env not found`, `compose.yaml:3:28 n: service "a" refers to undefined network n`}, 1},
		"a reason without a name": {"-- compose.yaml --\nservices:\n  a: {image: a}\n  b: {image: b, healthcheck: {test: [run]}}\n",
			[]string{`compose.yaml:3:3 b: healthcheck.test must start`}, 0},
		"include circle": {"-- compose.yaml --\ninclude: [b.yaml]\nservices:\n  a: {image: a, ports: [\"1:1\"]}\n-- b.yaml --\ninclude: [compose.yaml]\n",
			[]string{`b.yaml:1:11 compose.yaml: include cycle detected`}, 1},
		"extends circle": {"-- compose.yaml --\nservices:\n  a: {image: a, extends: b, ports: [\"1:1\"]}\n  b: {extends: a}\n",
			[]string{`compose.yaml:2:3 a: Circular reference`}, 2},
		"dependency circle": {"-- compose.yaml --\nservices:\n  b: {image: a, depends_on: [a]}\n  a: {image: a, depends_on: [b], ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:3:3 a: dependency cycle detected: a -> b -> a`}, 1},
		"required variable": {"-- compose.yaml --\nservices:\n  a: {image: \"${I:?set it}\", container_name: \"${N:?too}\", ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:2:30 container_name: error while interpolating services.a.container_name: required variable N`, `compose.yaml:2:7`}, 1},
		"v1": {"-- compose.yaml --\nweb:\n  image: a\n  ports: [\"1:1\"]\n", []string{`compose.yaml:1:1 web: validating compose.yaml: additional properties 'web'`}, 1},
		"bad service name": {"-- compose.yaml --\nservices:\n  a: {image: x, ports: [\"1:1\"]}\n  my 日本: {image: my 日本}\n",
			[]string{`compose.yaml:3:3 my 日本: validating compose.yaml: services additional properties`}, 1},
		"template": {"-- compose.yaml --\nservices:\n  a:\n    image: {{ x }}\n", []string{`compose.yaml:3:13 { x }}: failed to parse`}, 0},
		"several unknown keys": {"-- compose.yaml --\nservices:\n  b: {image: a, shape: 1, colour: red}\n  a: {image: a, size: 3}\n",
			[]string{`compose.yaml:3:17 size: validating`, `compose.yaml:2:27 colour: validating`, `compose.yaml:2:17 shape: validating`}, 0},
		"several without image": {"-- compose.yaml --\nservices:\n  b: {}\n  a: {networks: [n]}\n  c: {image: c, networks: [m]}\n",
			[]string{`compose.yaml:3:3 a: service "a" has neither`, `compose.yaml:2:3 b: service "b" has neither`, `compose.yaml:4:28 m: service "c" refers`}, 0},
		"several bad volumes": {"-- compose.yaml --\nservices:\n  b: {image: b, volumes: [\":/b\"]}\n  a: {image: a, volumes: [\":/a\"]}\n",
			[]string{`compose.yaml:3:27 ":/a": invalid spec`, `compose.yaml:2:27 ":/b": invalid spec`}, 0},
		"several missing files": {"-- compose.yaml --\ninclude: [n.yaml, m.yaml]\nservices:\n  b: {image: b, extends: nobody}\n",
			[]string{`compose.yaml:1:11 n.yaml: open n.yaml`, `compose.yaml:1:19 m.yaml: open m.yaml`, `compose.yaml:3:26 nobody: cannot extend`}, 0},
		"name of an empty variable": {"-- compose.yaml --\nname: shop\nservices:\n  a: {image: a, ports: [\"1:1\"]}\n---\nname: ${N}\n",
			[]string{`compose.yaml:5:7 ${N}: project name must not be empty`}, 1},
		"name without a letter": {"-- compose.yaml --\nname: 日本\nservices:\n  a: {image: a, ports: [\"1:1\"]}\n",
			[]string{`compose.yaml:1:7 日本: project name must not be empty`}, 1},
		"alias to nothing": {"-- compose.yaml --\nservices:\n  a: *nothing\n", []string{`compose.yaml`}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := testdir.Layout(t, tt.files)
			l, err := Load(t.Context(), Options{Dir: dir, Env: map[string]string{}})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(l.Project.Bindings()); got != tt.ports {
				t.Errorf("%d ports, want %d", got, tt.ports)
			}
			var got []string
			for _, d := range l.Project.Defects {
				pos := l.Sources.Position(d.Span.File, d.Span.Start)
				got = append(got, fmt.Sprintf("%s:%d:%d %s: %s", filepath.Base(d.Span.File), pos.Line, pos.Column,
					l.Sources.Text(d.Span), d.Reason))
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got  %s\nwant %s", got[i], want)
				}
			}
		})
	}
}

// TestHostile reads what is no Compose file at all, or made to take for ever, in bounded time and memory.
func TestHostile(t *testing.T) {
	aliases := "x0: &x0 {ports: [\"1:1\"]}\n"
	for i := range 40 {
		aliases += fmt.Sprintf("x%d: &x%d {a: *x%d, b: *x%d, <<: [*x%d, *x%d]}\n", i+1, i+1, i, i, i, i)
	}
	includes := ""
	for i := range 30 {
		includes += fmt.Sprintf("-- c%d.yaml --\ninclude: [c%d.yaml, {path: [c%d.yaml, empty.yaml]}]\n", i, i+1, i+1)
	}
	tests := map[string]string{
		"aliases of aliases": "-- compose.yaml --\n" + aliases + "services: {a: *x40}\n",
		"list of aliases":    "-- compose.yaml --\nx: &a [" + strings.Repeat("\"1:1\",", 1000) + "]\ny: &b [" + strings.Repeat("*a,", 1000) + "]\nservices: {a: {image: a, ports: *b}}\n",
		"includes twice":     includes + "-- c30.yaml --\nservices: {a: {image: a}}\n-- empty.yaml --\nx-a: 1\n-- compose.yaml --\ninclude: [c0.yaml]\n",
		"deep":               "-- compose.yaml --\n" + strings.Repeat("[", 20000) + "\n",
		"many ports":         "-- compose.yaml --\nservices: {a: {image: a, ports: [\"1-65535:1-65535\"]}}\n",
		"binary":             "-- compose.yaml --\n\x00\x01\xff\xfe\n",
		"UTF-16":             "-- compose.yaml --\n\xff\xfes\x00:\x00 \x001\x00\n",
		"extends nothing":    "-- compose.yaml --\nservices: {a: {extends: {file: base.yaml}, ports: [\"1:1\"]}}\n-- base.yaml --\nservices: {b: {image: a}}\n",
		"itself":             "-- compose.yaml --\nservices: &s {a: {image: a, x-a: *s, ports: [\"1:1\"]}}\n",
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, files), Static: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(l.Project.Defects) == 0 && len(l.Project.Bindings()) == 0 && name != "includes twice" {
				t.Error("nothing is said")
			}
		})
	}
}

// TestUnreadable wants an error that names the file for what can't be read at all.
func TestUnreadable(t *testing.T) {
	dir := testdir.Layout(t, "-- sub/x --\n")
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, 50<<20); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"none.yaml":  "no such file or directory",
		"sub":        "it is a directory, expected a file",
		"large.yaml": "larger than 4 MiB",
	} {
		_, err := Load(t.Context(), Options{Dir: dir, Files: []string{name}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	if _, err := Load(t.Context(), Options{Dir: dir, Files: []string{"-"}, Stdin: strings.NewReader(strings.Repeat(" ", MaxFile+1))}); err == nil {
		t.Error("standard input without end is read")
	}
	if os.Getuid() != 0 {
		closed := filepath.Join(dir, "closed.yaml")
		if err := os.WriteFile(closed, nil, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(t.Context(), Options{Dir: dir, Files: []string{closed}}); err == nil {
			t.Error("a file without permission is read")
		}
	}
}

// FuzzLoad reads any text: it never panics, and spans stay inside the file.
func FuzzLoad(f *testing.F) {
	f.Add("services: {a: {image: a, ports: [\"${X:-8080}:80\", {target: 80, published: 1}, 1-2:3-4]}}\n")
	f.Add("services:\r\n  a: &a\r\n    image: 日本\r\n    ports:\r\n      - >-\r\n        1:1\r\n  b: *a\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		o := Options{Dir: t.TempDir(), Files: []string{"-"}, Stdin: strings.NewReader(text), Static: true}
		l, err := Load(t.Context(), o)
		if err != nil {
			return
		}
		check := func(s lint.Span) {
			if s.File == "-" && (s.Start < 0 || s.End < s.Start || s.End > len(text)) {
				t.Errorf("span %v in a text of %d bytes", s, len(text))
			}
		}
		for _, b := range l.Project.Bindings() {
			check(b.Entry)
			check(b.Port)
			check(b.PortsKey)
		}
		for _, d := range l.Project.Defects {
			check(d.Span)
		}
		for _, i := range l.Project.Invalid {
			check(i.Span)
			check(i.Entry)
		}
	})
}
