package find

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/testdir"
)

// TestFind turns paths into projects, named by their directory and, for a file by itself, the file.
func TestFind(t *testing.T) {
	tests := map[string]struct {
		files   string
		paths   []string
		exclude string
		want    []string
	}{
		"tree": {files: "-- compose.yaml --\n-- a/docker-compose.yml --\n-- a/compose.override.yml --\n-- a/b/compose.dev.yml --\n-- c/x.yaml --\n",
			paths: []string{"."}, want: []string{".", "a", "a/b:compose.dev.yml"}},
		"names": {files: "-- docker_compose.yml --\n-- app.compose.yaml --\n-- test-compose.yml --\n-- Compose.YML --\n-- decomposed.yml --\n-- compose.txt --\n",
			paths: []string{"."}, want: []string{".:Compose.YML", ".:app.compose.yaml", ".:docker_compose.yml", ".:test-compose.yml"}},
		"left out": {files: "-- compose.yaml --\n-- vendor/compose.yaml --\n-- x/node_modules/compose.yaml --\n-- dist/compose.yaml --\n-- .git/HEAD --\n-- .gitignore --\n/dist/\n# c\n",
			paths: []string{"."}, want: []string{"."}},
		"ignored, but named": {files: "-- dist/compose.yaml --\n-- .git/HEAD --\n-- .gitignore --\n/dist/\n", paths: []string{"dist"}, want: []string{"dist"}},
		"gitignore above":    {files: "-- a/b/compose.yaml --\n-- a/c/compose.yaml --\n-- .git/HEAD --\n-- a/.gitignore --\nc\n", paths: []string{"a"}, want: []string{"a/b"}},
		"exclude":            {files: "-- compose.yaml --\n-- ex/compose.yaml --\n", paths: []string{".", "ex/compose.yaml"}, exclude: "ex", want: []string{"."}},
		"override file":      {files: "-- compose.yaml --\n-- compose.override.yaml --\n", paths: []string{"compose.override.yaml", "compose.yaml"}, want: []string{"."}},
		"included file": {files: "-- compose.yaml --\ninclude: [sub/db.yaml]\n-- sub/db.yaml --\n", paths: []string{"sub/db.yaml"},
			want: []string{"."}},
		"extended from a file of its own": {files: "-- compose.dev.yaml --\nservices: {a: {extends: {file: base.yaml, service: b}}}\n-- base.yaml --\n",
			paths: []string{"base.yaml"}, want: []string{".:compose.dev.yaml"}},
		"included from beside": {files: "-- .git/HEAD --\n-- a/compose.yaml --\ninclude: [../parts/db.yaml]\n-- b/compose.yaml --\n-- parts/db.yaml --\n",
			paths: []string{"parts/db.yaml"}, want: []string{"a"}},
		"read from above and beside": {files: "-- .git/HEAD --\n-- compose.yaml --\ninclude: [parts/db.compose.yaml]\n-- parts/db.compose.yaml --\n" +
			"-- z/dev.compose.yaml --\nservices: {a: {extends: {file: ../parts/db.compose.yaml, service: b}}}\n",
			paths: []string{"parts/db.compose.yaml"}, want: []string{".", "z:dev.compose.yaml"}},
		"an env file beside": {files: "-- .git/HEAD --\n-- a/compose.yaml --\ninclude: [{path: ../parts/db.yaml, env_file: ../parts/x.env}]\n-- parts/db.yaml --\n-- parts/x.env --\nP=1\n",
			paths: []string{"parts/x.env"}, want: []string{"a"}},
		"from beside, left out": {files: "-- .git/HEAD --\n-- a/compose.yaml --\ninclude: [../parts/db.yaml]\n-- parts/db.yaml --\n",
			paths: []string{"parts/db.yaml"}, exclude: "a/", want: []string{"parts:db.yaml"}},
		"beside without a repository": {files: "-- a/compose.yaml --\ninclude: [../parts/db.yaml]\n-- parts/db.yaml --\n",
			paths: []string{"parts/db.yaml"}, want: []string{"parts:db.yaml"}},
		".env":                 {files: "-- compose.yaml --\n-- .env --\nP=1\n", paths: []string{".env"}, want: []string{"."}},
		"an emptied .env":      {files: "-- compose.yaml --\n-- .env --\n", paths: []string{".env"}, want: []string{"."}},
		".env of an include":   {files: "-- compose.yaml --\ninclude: [parts/db.yaml]\n-- parts/db.yaml --\n-- parts/.env --\nP=1\n", paths: []string{"parts/.env"}, want: []string{"."}},
		".env of nobody":       {files: "-- .env --\nP=1\n", paths: []string{".env"}},
		"COMPOSE_FILE, tree":   {files: "-- a/one.yaml --\n-- a/two.yaml --\n-- a/.env --\nCOMPOSE_FILE=one.yaml,two.yaml\nCOMPOSE_PATH_SEPARATOR=,\n", paths: []string{"."}, want: []string{"a"}},
		"COMPOSE_FILE, a part": {files: "-- a/one.yaml --\n-- a/two.yaml --\n-- a/.env --\nCOMPOSE_FILE=one.yaml,two.yaml\nCOMPOSE_PATH_SEPARATOR=,\n", paths: []string{"a/two.yaml"}, want: []string{"a"}},
		"other programs": {files: "-- compose.yaml --\n-- .github/workflows/compose.yaml --\non: push\njobs: {up: {steps: []}}\n-- .gitea/workflows/docker-compose.yml --\njobs: {up: {steps: []}}\n" +
			"-- roles/x/tasks/docker-compose.yml --\n# start\n- name: docker\n-- rancher-compose.yml --\nservices: {web: {scale: 1, start_on_create: true}}\n-- k8s/docker-compose.yaml --\napiVersion: v1\n" +
			"-- decompose.yaml --\nservices: {web: {image: nginx}}\n-- chart/compose.yaml --\n{{ if .Values.x }}\nservices: {}\n{{ end }}\n",
			paths: []string{".", ".github/workflows/compose.yaml", "rancher-compose.yml", "chart/compose.yaml"}, want: []string{"."}},
		"stacks of Rancher": {files: "-- a/docker-compose.yml --\nweb:\n  image: a\n-- a/rancher-compose.yml --\nweb:\n  scale: 1\n-- b/docker-compose.yml --\nweb:\n  image: a\n" +
			"-- c/docker-compose.yml --\nservices:\n  web: {image: a}\n-- c/rancher-compose.yml --\nweb:\n  scale: 1\n", paths: []string{"."}, want: []string{"b", "c"}},
		"mistakes": {files: "-- a/compose.yaml --\n# nothing\n-- b/docker-compose.yml --\nservices:\n\tweb: {}\n-- c/compose.dev.yaml --\nservice: {web: {image: a}}\n-- d/compose.yaml --\na: b: c\n" +
			"-- e/docker-compose.v1.yml --\nweb:\n  image: a\n", paths: []string{"."}, want: []string{"a", "b", "c:compose.dev.yaml", "d", "e:docker-compose.v1.yml"}},
		"comments only": {files: "-- compose.yaml --\n-- compose.more.yaml --\n# nothing\nservices:\n", paths: []string{".", "compose.more.yaml"}, want: []string{"."}},
		"an example names the files": {files: "-- a/one.yml --\n-- a/two.yml --\n-- a/default.env --\nFILES=one.yml:two.yml\nCOMPOSE_FILE=${FILES}\n",
			paths: []string{"."}, want: []string{"a:one.yml"}},
		"an example names a missing file": {files: "-- a/one.yml --\n-- a/default.env --\nCOMPOSE_FILE=one.yml:custom.yml\n", paths: []string{"."}},
		"an example adds to the default": {files: "-- compose.yaml --\n-- compose.dev.yaml --\n-- .env.example --\nCOMPOSE_FILE=compose.yaml:compose.dev.yaml\n",
			paths: []string{"."}, want: []string{".:compose.yaml"}},
		"an example leaves the default out": {files: "-- compose.yaml --\n-- dev/app.yaml --\n-- .env.sample --\nCOMPOSE_FILE=dev/app.yaml\n",
			paths: []string{"."}, want: []string{".", ".:app.yaml"}},
		"an example says what Compose does anyway": {files: "-- compose.yaml --\n-- .env.example --\nCOMPOSE_FILE=compose.yaml\n", paths: []string{"."}, want: []string{"."}},
		"an example beside a .env":                 {files: "-- compose.yaml --\n-- .env --\nA=1\n-- one.yaml --\n-- .env.example --\nCOMPOSE_FILE=one.yaml\n", paths: []string{"."}, want: []string{"."}},
		"a file that an example names":             {files: "-- one.yml --\n-- two.yml --\n-- env.example --\nCOMPOSE_FILE=one.yml:two.yml\n", paths: []string{"two.yml"}, want: []string{".:one.yml"}},
		"an ignored .env that names files":         {files: "-- .git/HEAD --\n-- .gitignore --\n.env\n-- a/one.yml --\n-- a/.env --\nCOMPOSE_FILE=one.yml\n", paths: []string{"."}, want: []string{"a"}},
		"a default file that git ignores":          {files: "-- .git/HEAD --\n-- .gitignore --\ncompose.yaml\n-- compose.yaml --\n-- compose.dev.yaml --\n", paths: []string{"."}, want: []string{".:compose.dev.yaml"}},
		"a file by itself":                         {files: "-- stack.yaml --\n", paths: []string{"stack.yaml"}, want: []string{".:stack.yaml"}},
		"twice":                                    {files: "-- compose.yaml --\n", paths: []string{".", "compose.yaml", "."}, want: []string{"."}},
		"link to the directory":                    {files: "-- real/compose.yaml --\n", paths: []string{"link"}, want: []string{"link"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := testdir.Layout(t, strings.NewReplacer(".yaml --\n-", ".yaml --\n"+oneService+"-", ".yml --\n-", ".yml --\n"+oneService+"-", ".YML --\n-", ".YML --\n"+oneService+"-").
				Replace(tt.files+"-- end --\n"))
			if runtime.GOOS != "windows" {
				if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")); err != nil {
					t.Fatal(err)
				}
			} else if name == "link to the directory" {
				t.Skip("links need a privilege")
			}
			found, err := Projects(t.Context(), compose.Options{Dir: dir, Static: true}, tt.paths, func(path string) bool {
				return tt.exclude != "" && strings.Contains(path, filepath.Join(dir, tt.exclude))
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range found.Projects {
				rel, _ := filepath.Rel(dir, o.Dir)
				if len(o.Files) > 0 {
					rel += ":" + filepath.Base(o.Files[0])
				}
				got = append(got, filepath.ToSlash(rel))
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q (%q)", got, tt.want, found.Notes)
			}
		})
	}
}

// TestReaders: a project may read a file by include, extends or env_file, or find it beside its own; a known one is left out, and so
// is what lies behind the bound.
func TestReaders(t *testing.T) {
	dir := testdir.Layout(t, "-- a/compose.yaml --\n"+oneService+"-- a/docker-compose.test.yml --\n"+oneService+"-- b/compose.yaml --\ninclude: [../in.yaml]\n"+
		"-- c/compose.yaml --\nservices: {c: {image: c, env_file: ../a/.env}}\n-- d/compose.yaml --\n"+oneService+"-- in.yaml --\ninclude: [a/compose.yaml]\n")
	known, err := compose.Load(t.Context(), compose.Options{Dir: filepath.Join(dir, "a")})
	if err != nil {
		t.Fatal(err)
	}
	projects, all, err := Below(t.Context(), compose.Options{}, dir, 100)
	if err != nil || !all || len(projects) != 5 {
		t.Fatalf("%d projects, all of them: %v, %v", len(projects), all, err)
	}
	var got []string
	for _, o := range Readers(projects, map[string]bool{filepath.Join(dir, "a", ".env"): true}, []compose.Loaded{known}) {
		got = append(got, filepath.Base(o.Dir))
	}
	if want := []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if runtime.GOOS != "windows" { // links need a privilege there
		for _, link := range []string{"compose.yaml", ".env"} { // one of them leads to a file in question
			if err := os.WriteFile(filepath.Join(dir, "a", ".env"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "d", link)), os.Symlink(filepath.Join(dir, "a", link), filepath.Join(dir, "d", link))); err != nil {
				t.Fatal(err)
			}
			if readers := Readers(projects, map[string]bool{filepath.Join(dir, "a", link): true}, nil); !slices.ContainsFunc(readers, func(o compose.Options) bool { return filepath.Base(o.Dir) == "d" }) {
				t.Errorf("a link to %s is not followed", link)
			}
		}
	}
	if few, all, err := Below(t.Context(), compose.Options{}, dir, 3); err != nil || all || len(few) >= len(projects) {
		t.Errorf("behind the bound: %d projects, all of them: %v, %v", len(few), all, err)
	}
}

// TestTestData: what Compose refuses is told apart below a directory for tests, where the search starts above it.
func TestTestData(t *testing.T) {
	dir := testdir.Layout(t, "-- fixtures/app/testdata/compose.yaml --\nservices: {a: {}}\n-- app/compose.yaml --\nservices: {b: {}}\n")
	for path, want := range map[string]bool{".": true, "fixtures": true, "fixtures/app/testdata": false} {
		found, err := Projects(t.Context(), compose.Options{Dir: filepath.Join(dir, path), Static: true}, []string{"."}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found.Projects {
			l, err := compose.Load(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if inTests := want && filepath.Base(o.Dir) == "testdata"; l.Project.TestData != inTests {
				t.Errorf("%s from %s: %v", o.Dir, path, l.Project.TestData)
			}
		}
	}
}

// TestReadersBound: what was not searched is said.
func TestReadersBound(t *testing.T) {
	dir := testdir.Layout(t, "-- .git/HEAD --\n-- a/compose.yaml --\ninclude: [../z/db.yaml]\n-- b/x --\n-- y/compose.yaml --\ninclude: [../z/db.yaml]\n-- z/db.yaml --\n"+oneService)
	file := filepath.Join(dir, "z", "db.yaml")
	for most, want := range map[int]int{5: 1, 100: 2} {
		f := newFinder(compose.Options{Dir: dir, Static: true}, nil)
		readers, err := f.readersOf(t.Context(), dir, map[string]bool{file: true}, most)
		if err != nil || len(readers[file]) != want || (len(f.Notes) == 0) != (most == 100) {
			t.Errorf("%d entries: %d readers, %q, %v", most, len(readers[file]), f.Notes, err)
		}
	}
}

const oneService = "services: {web: {image: app, ports: [\"${P:-1}:80\"]}}\n"
