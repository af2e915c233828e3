package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "github.com/portlint/portlint"
	root   = "../.." // of the repository, seen from here
)

// arrows are the packages of this module that each package may import.
var arrows = map[string][]string{
	"cmd/portlint":          {"cmd/portlint/diagnose", "cmd/portlint/fakes", "cmd/portlint/freeport", "cmd/portlint/lsp", "cmd/portlint/plugin", "cmd/portlint/relocate", "cmd/portlint/run", "cmd/portlint/up", "compose", "compose/edit", "compose/find", "compose/testdir", "dockerapi", "dockerapi/leases", "lint", "lint/lazyexp", "lint/machine", "lint/pick", "lint/reach", "lint/refusal", "lint/report", "lint/safefile"},
	"cmd/portlint/diagnose": {"cmd/portlint/run", "dockerapi", "lint", "lint/refusal", "lint/report"},
	"cmd/portlint/freeport": {"cmd/portlint/fakes", "cmd/portlint/run", "compose", "compose/testdir", "dockerapi", "dockerapi/leases", "lint", "lint/pick", "lint/subnet"},
	"cmd/portlint/lsp":      {"cmd/portlint/run", "compose", "compose/edit", "compose/find", "compose/recognize", "lint", "lint/report", "lint/safefile"},
	"cmd/portlint/plugin":   {"cmd/portlint/diagnose", "cmd/portlint/run", "cmd/portlint/up", "compose", "dockerapi", "lint", "lint/lazyexp", "lint/refusal", "lint/report", "lint/safefile"},
	"cmd/portlint/relocate": {"cmd/portlint/freeport", "cmd/portlint/run", "compose", "compose/edit", "compose/find", "lint", "lint/envfile", "lint/pick", "lint/safefile"},
	"cmd/portlint/run":      {"compose", "compose/edit", "compose/find", "compose/testdir", "dockerapi", "dockerapi/leases", "lint", "lint/machine", "lint/pick", "lint/report", "lint/safefile"},
	"cmd/portlint/up":       {"cmd/portlint/diagnose", "cmd/portlint/freeport", "cmd/portlint/relocate", "cmd/portlint/run", "compose", "compose/edit", "compose/testdir", "dockerapi", "dockerapi/leases", "lint", "lint/reach", "lint/refusal", "lint/report", "lint/safefile"},
	"compose":               {"compose/corpustest", "compose/disk", "compose/mention", "compose/recognize", "compose/syntax", "compose/testdir", "compose/valid", "lint", "lint/lazyexp", "lint/safefile"},
	"compose/corpustest":    {},
	"compose/disk":          {"lint", "lint/safefile"},
	"compose/edit":          {"compose", "compose/corpustest", "compose/testdir", "lint", "lint/safefile"},
	"compose/find":          {"compose", "compose/disk", "compose/recognize", "compose/testdir", "lint", "lint/safefile"},
	"compose/mention":       {"compose/disk", "compose/recognize", "compose/syntax", "lint", "lint/lazyexp"},
	"compose/recognize":     {"compose/syntax", "lint/lazyexp"},
	"compose/syntax":        {"lint"},
	"compose/testdir":       {},
	"compose/valid":         {},
	"dockerapi":             {"dockerapi/sockets", "lint", "lint/client", "lint/desktop", "lint/subnet", "lint/lazyexp", "lint/safefile"},
	"dockerapi/leases":      {"lint/safefile"},
	"dockerapi/sockets":     {"lint", "lint/keeper", "lint/pick"},
	"lint":                  {"lint/client", "lint/desktop", "lint/envfile", "lint/keeper", "lint/lazyexp", "lint/names", "lint/pick", "lint/ports", "lint/subnet"},
	"lint/client":           {},
	"lint/desktop":          {},
	"lint/envfile":          {"lint/lazyexp"},
	"lint/keeper":           {},
	"lint/lazyexp":          {},
	"lint/machine":          {"lint", "lint/keeper"},
	"lint/names":            {},
	"lint/pick":             {"lint/ports"},
	"lint/ports":            {},
	"lint/reach":            {"lint", "lint/names"},
	"lint/refusal":          {"lint/client", "lint/lazyexp"},
	"lint/report":           {"lint", "lint/machine", "lint/pick", "lint/reach", "lint/refusal"},
	"lint/safefile":         {},
	"lint/subnet":           {},

	"cmd/portlint/fakes":         {},
	"cmd/portlint/fakes/program": {"cmd/portlint/fakes"},
}

// ofTests are the packages that nothing but tests may import.
var ofTests = map[string]bool{"cmd/portlint/fakes": true, "cmd/portlint/fakes/program": true, "compose/corpustest": true, "compose/testdir": true}

// stdlibOnly are the packages that no third-party module may enter but for tests.
var stdlibOnly = map[string]bool{"compose/valid": true, "lint": true, "lint/client": true, "lint/desktop": true, "lint/envfile": true, "lint/keeper": true, "lint/lazyexp": true, "lint/machine": true, "lint/names": true, "lint/pick": true, "lint/ports": true, "lint/refusal": true, "lint/subnet": true}

// modules are the third-party modules that may be imported, each with its reason.
var modules = map[string]string{
	"github.com/aymanbagabas/go-udiff":   "the hunks of a diff",
	"github.com/bmatcuk/doublestar/v4":   "the globs of exclude and of .gitignore, with **",
	"github.com/containerd/errdefs":      "what an error of the engine means",
	"github.com/compose-spec/compose-go": "decides what a Compose project is",
	"github.com/creachadair/jrpc2":       "JSON-RPC 2.0 and the framing of the Language Server Protocol; go.lsp.dev/protocol stands still since 2022",
	"github.com/docker/cli":              "docker contexts, ssh connections and plugins, as the docker CLI has them",
	"github.com/docker/docker":           "the engine's API",
	"github.com/gofrs/flock":             "one writer at a time, on every system",
	"github.com/olekukonko/tablewriter":  "the table format, and the list of host ports",
	"github.com/sirupsen/logrus":         "compose-go's logger, to silence it",
	"github.com/spf13/cobra":             "commands, help and completion",
	"github.com/spf13/pflag":             "the flag sets of cobra",
	"github.com/tailscale/hujson":        "docker's config.json, so that an edit keeps every other byte",
	"go.yaml.in/yaml/v4":                 "yaml nodes with positions, the parser that compose-go uses",
	"golang.org/x/sync":                  "errgroup",
	"golang.org/x/sys":                   "the kernel's sockets where package syscall has no name for them",
	"golang.org/x/term":                  "whether an output is a terminal, and how wide",
	"github.com/mattn/go-runewidth":      "how wide a rune is on a terminal, for the caret and what a screen has room for",
}

// testModules may be imported by tests alone.
var testModules = map[string]string{
	"github.com/creack/pty":                 "a terminal for the prompt of up, as people have one",
	"github.com/rogpeppe/go-internal":       "testscript",
	"github.com/santhosh-tekuri/jsonschema": "outputs against their JSON schemas",
	"github.com/owenrumney/go-sarif/v3":     "a second opinion on SARIF",
}

func TestImports(t *testing.T) {
	used := map[string]bool{}
	drawn := map[[2]string]bool{}
	for file, imports := range importsOf(t) {
		dir := path.Dir(file)
		test := strings.HasSuffix(file, "_test.go") || ofTests[dir]
		if _, ok := arrows[dir]; !ok {
			t.Errorf("%s: package %q has no place in the list of arrows", file, dir)
		}
		for _, imported := range imports {
			if why := refuse(dir, imported, test); why != "" {
				t.Errorf("%s: imports %q: %s", file, imported, why)
			}
			used[moduleOf(imported)] = true
			drawn[[2]string{dir, strings.TrimPrefix(imported, module+"/")}] = true
		}
	}
	for dir, list := range arrows {
		for _, imported := range list {
			if !drawn[[2]string{dir, imported}] {
				t.Errorf("the arrow from %q to %q is on the list, but no file of the one imports the other", dir, imported)
			}
		}
	}
	for _, list := range []map[string]string{modules, testModules} {
		for m := range list {
			if !used[m] {
				t.Errorf("the module %q is on the list, but nothing imports it", m)
			}
		}
	}
}

// TestNothingNeedsTemplates: a template may call any method by its name. Where one is used, the linker keeps all methods of all types,
// and the program is a sixth larger.
func TestNothingNeedsTemplates(t *testing.T) {
	for file, imports := range importsOf(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		if slices.Contains(imports, "text/template") || slices.Contains(imports, "html/template") {
			t.Errorf("%s imports a package of templates", file)
		}
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{".SetUsageTemplate(", ".SetHelpTemplate(", ".SetVersionTemplate(", "hooks.ParseTemplate("} {
			if bytes.Contains(text, []byte(call)) {
				t.Errorf("%s: %s makes a template", file, call)
			}
		}
	}
}

// refuse says why a package may not import another, "" when it may.
func refuse(dir, imported string, test bool) string {
	if own, ok := strings.CutPrefix(imported, module+"/"); ok {
		if ofTests[own] && !test {
			return "this package is for tests alone"
		}
		if own == dir && test || slices.Contains(arrows[dir], own) {
			return ""
		}
		return "no such arrow in the architecture"
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return ""
	}
	if stdlibOnly[dir] && !test {
		return "this package takes the standard library only"
	}
	m := moduleOf(imported)
	if modules[m] != "" || test && testModules[m] != "" {
		return ""
	}
	return "the module is not on the list with a reason"
}

// moduleOf is the listed module that a package belongs to, "" when there is none.
func moduleOf(imported string) string {
	for _, list := range []map[string]string{modules, testModules} {
		for m := range list {
			if imported == m || strings.HasPrefix(imported, m+"/") {
				return m
			}
		}
	}
	return ""
}

// importsOf maps each Go file of the repository, with slashes, to what it imports.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && (base == "testdata" || name != root && strings.HasPrefix(base, ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(base, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(rel)], err = fileImports(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func fileImports(name string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var imports []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		imports = append(imports, imported)
	}
	return imports, nil
}
