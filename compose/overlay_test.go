package compose

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// everywhere is a project in which compose-go reads files of every kind by itself.
const everywhere = `
-- proj/compose.yaml --
include:
  - path: ../inc/compose.yaml
    env_file: ../inc/ports.env
services:
  web:
    extends: {file: ../base.yaml, service: base}
    ports: ["${WEB_PORT:-8080}:80"]
    env_file: [.env, web.env]
    develop: {watch: [{path: ./src, action: rebuild}]}
    build: .
-- proj/.env --
A=1
-- proj/web.env --
B=1
-- proj/src/x --
-- base.yaml --
services:
  base:
    image: app
    ports: ["7000:70"]
    volumes: ["./data:/data"]
-- inc/compose.yaml --
services:
  db: {image: db, ports: ["${DB_PORT}:5432"], env_file: db.env}
-- inc/ports.env --
DB_PORT=5432
-- inc/db.env --
C=1
`

// edits are changes of single files of everywhere, "" for a file that is not there.
var edits = map[string]string{
	"proj/compose.yaml": "services: {web: {image: app, ports: ['1:1'], extends: {file: ../base.yaml, service: base}}}",
	"proj/.env":         "A=2\nWEB_PORT=8081\n",
	"proj/web.env":      "B=2\n",
	"base.yaml":         "services: {base: {image: app, ports: ['7001:70'], volumes: ['./other:/data']}}",
	"inc/compose.yaml":  "services: {db: {image: db, ports: ['5433:5432']}}",
	"inc/ports.env":     "DB_PORT=5434\n",
	"inc/db.env":        "C=2\n",
}

// TestOverlayIsTheDisk lays edits over a project and then makes them: Compose must see the same twice.
func TestOverlayIsTheDisk(t *testing.T) {
	for first, text := range edits {
		for second := range edits {
			if second < first {
				continue
			}
			root := testdir.Layout(t, everywhere)
			o := Options{Dir: filepath.Join(root, "proj"), Env: map[string]string{}, Overlay: map[string][]byte{
				filepath.Join(root, filepath.FromSlash(first)):  []byte(text),
				filepath.Join(root, filepath.FromSlash(second)): []byte(edits[second]),
			}}
			plain := o
			plain.Overlay = nil
			before := shapeOf(t, plain)
			over := shapeOf(t, o)
			if d, _ := before.Differences(over); len(d) == 0 {
				t.Errorf("%s and %s: the overlay changes nothing", first, second)
			}
			for path, text := range o.Overlay {
				if err := os.WriteFile(path, text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if d, why := over.Differences(shapeOf(t, plain)); len(d)+len(why) > 0 {
				t.Errorf("%s and %s: overlay and disk differ in %q, %q", first, second, d, why)
			}
		}
	}
}

// TestOverlayCreates lays an env file over a directory that has none.
func TestOverlayCreates(t *testing.T) {
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	for _, compose := range []string{
		"services: {web: {image: app, ports: ['${P:-8080}:80']}}",
		"services: {web: {image: app, ports: ['${P:-8080}:80'], env_file: .env}}",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(compose), 0o600); err != nil {
			t.Fatal(err)
		}
		o := Options{Dir: dir, Env: map[string]string{}, Overlay: map[string][]byte{filepath.Join(dir, ".env"): []byte("P=8081\n")}}
		loaded, err := Load(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		b := loaded.Project.Bindings()[0]
		if b.First != 8081 || b.From.File != filepath.Join(dir, ".env") || len(loaded.Project.Defects) > 0 {
			t.Errorf("%s: %+v, %+v", compose, b, loaded.Project.Defects)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("left behind: %q, %v", left, err)
		}
	}
}

// TestOverlayBehindAnAbsolutePath finds what stands behind $PWD, and refuses to look past the overlay.
func TestOverlayBehindAnAbsolutePath(t *testing.T) {
	dir := testdir.Layout(t, `
-- compose.yaml --
services: {web: {image: app, env_file: "${PWD}/.env"}}
-- .env --
A=1
-- absolute/compose.yaml --
`)
	env := filepath.Join(dir, ".env")
	o := Options{Dir: dir, Env: map[string]string{"PWD": dir}, Overlay: map[string][]byte{env: []byte("A=2\n")}}
	loaded, err := Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if a := loaded.model.Services["web"].Environment["A"]; a == nil || *a != "2" {
		t.Errorf("Compose reads %v past the overlay", a)
	}
	text := "services: {web: {image: app, env_file: " + env + "}}"
	o.Dir = filepath.Join(dir, "absolute")
	if err := os.WriteFile(filepath.Join(o.Dir, "compose.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(t.Context(), o); err == nil {
		t.Error("Compose reads past the overlay, and nobody knows")
	}
}

// TestOverlayOfRandomProjects does the same as TestOverlayIsTheDisk with override files, documents, merge keys, resets.
func TestOverlayOfRandomProjects(t *testing.T) {
	for seed := range uint64(40) {
		g := &generator{rand: rand.New(rand.NewPCG(seed, 2))}
		dir := testdir.Layout(t, g.project())
		o := Options{Dir: dir, Env: map[string]string{}, Overlay: map[string][]byte{}}
		for _, name := range []string{"compose.yaml", "compose.override.yaml", "other.yaml", "inc.yaml"} {
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if err == nil && g.maybe() {
				o.Overlay[path] = bytes.ReplaceAll(text, []byte("8080"), []byte("8090"))
			}
		}
		over := shapeOf(t, o)
		for path, text := range o.Overlay {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o.Overlay = nil
		if d, why := over.Differences(shapeOf(t, o)); len(d)+len(why) > 0 {
			t.Errorf("seed %d: overlay and disk differ in %q, %q\n%s", seed, d, why, g.text.String())
		}
	}
}

func shapeOf(t *testing.T, o Options) Shape {
	t.Helper()
	loaded, err := Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	shape, err := loaded.Shape()
	if err != nil {
		t.Fatal(err)
	}
	return shape
}
