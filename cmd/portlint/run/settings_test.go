package run

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestParseSettings(t *testing.T) {
	text, err := os.ReadFile("../testdata/settings/good_all.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseSettings("x", text)
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{
		Severity: map[string]lint.Severity{"fixed-port": lint.Off, "duplicate-port": lint.Warning},
		Level:    lint.Info, FailOn: lint.Off, Within: lint.Ports{First: 20000, Last: 32767},
		Reserved: map[uint16]bool{8080: true, 9000: true}, exclude: []string{"examples/**"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestSettingsOneDocument: what stands behind the first document would be lost.
func TestSettingsOneDocument(t *testing.T) {
	for text, want := range map[string]string{
		"level: info\n---\nfail-on: never\n": "x:3: expected one document, and another one begins here",
		"level: info\n---\n: [\n":            "x is not valid YAML",
		"---\nlevel: info\n...\n":            "",
		"level: info\n---\n# nothing\n":      "",
	} {
		_, err := ParseSettings("x", []byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestSearched(t *testing.T) {
	base := t.TempDir()
	repo := filepath.Join(base, "repo")
	deep := filepath.Join(repo, "a", "b")
	for _, dir := range []string{filepath.Join(repo, ".git"), deep, filepath.Join(base, "plain", "a")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	plain := filepath.Join(base, "plain")
	for _, c := range []struct {
		name, dir, cwd string
		want           []string
	}{
		{"up to the repository's root", deep, deep, []string{deep, filepath.Join(repo, "a"), repo}},
		{"not past it", deep, base, []string{deep, filepath.Join(repo, "a"), repo}},
		{"up to the working directory", filepath.Join(plain, "a"), plain, []string{filepath.Join(plain, "a"), plain}},
		{"only the project", plain, filepath.Join(plain, "a"), []string{plain}},
	} {
		if got := searched(c.dir, c.cwd); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
