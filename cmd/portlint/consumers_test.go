package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/testdir"
)

// TestReviewdog gives a real reviewdog the report of a change: it keeps what stands on changed lines, with its place and
// its suggestion. PORTLINT_TEST_REVIEWDOG is its path; .ci/run builds one.
func TestReviewdog(t *testing.T) {
	reviewdog := os.Getenv("PORTLINT_TEST_REVIEWDOG")
	if reviewdog == "" {
		t.Skip("PORTLINT_TEST_REVIEWDOG names no reviewdog")
	}
	dir := t.TempDir()
	demo, err := os.ReadFile(filepath.Join(root, "testdata/demo/compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "shop ü", "compose.yaml")
	testdir.Write(t, file, strings.Replace(string(demo), "API_PORT:-8080", "API_PORT:-8090", 1))
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "a"}} {
		testdir.Git(t, dir, args...)
	}
	testdir.Write(t, file, string(demo))
	for format, input := range map[string]string{
		"rdjson": portlint(t, dir, "check", "--static", "--format", "rdjson", ".").stdout,
		"sarif":  portlint(t, dir, "check", "--static", "--format", "sarif", ".").stdout,
	} {
		for mode, want := range map[string][]string{"added": {"16:10-16:27"}, "nofilter": {"16:10-16:27", "22:10-22:14"}} {
			cmd := exec.Command(reviewdog, "-f="+format, "-reporter=rdjson", "-diff=git -c core.quotePath=false diff HEAD", "-filter-mode="+mode)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := reviewed(t, out); !slices.Equal(got, want) {
				t.Errorf("%s, %s: %q, want %q\n%s", format, mode, got, want, out)
			}
		}
	}
}

// reviewed are the ranges that reviewdog comments on, as LINE:COLUMN-LINE:COLUMN.
func reviewed(t *testing.T, out []byte) []string {
	t.Helper()
	type position struct{ Line, Column json.Number }
	type span struct{ Start, End position }
	var result struct {
		Diagnostics []struct {
			Location struct {
				Path  string
				Range span
			}
			Suggestions []struct{ Text string }
		}
	}
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var all []string
	for _, d := range result.Diagnostics {
		if d.Location.Path != "shop ü/compose.yaml" || len(d.Suggestions) == 0 {
			t.Errorf("%+v", d)
		}
		r := d.Location.Range
		all = append(all, string(r.Start.Line+":"+r.Start.Column+"-"+r.End.Line+":"+r.End.Column))
	}
	return all
}

// TestGitLab runs what the GitLab example of the pages runs, and looks for the reports that it names.
func TestGitLab(t *testing.T) {
	type job struct {
		Script    []string
		Artifacts struct {
			When    string
			Reports map[string]string
		}
	}
	for _, block := range anyYAMLBlock.FindAllStringSubmatch(docs(t)[filepath.Join(root, ".github/docs/ci.md")], -1) {
		var jobs map[string]job
		if !strings.Contains(block[1], "codequality:") {
			continue
		}
		if err := yaml.Unmarshal([]byte(block[1]), &jobs); err != nil {
			t.Fatal(err)
		}
		gitlab, dir := jobs["portlint"], t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "testdata/demo"))); err != nil {
			t.Fatal(err)
		}
		command := gitlab.Script[len(gitlab.Script)-1]
		if r := replayCommand(t, dir, command); r.code != run.ExitFindings || gitlab.Artifacts.When != "always" || len(gitlab.Artifacts.Reports) != 2 {
			t.Errorf("%s: exit code %d, artifacts %+v\n%s", command, r.code, gitlab.Artifacts, r.stderr)
		}
		for kind, file := range gitlab.Artifacts.Reports {
			if text, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.Contains(string(text), "duplicate-port") {
				t.Errorf("%s: %v\n%s", kind, err, text)
			}
		}
		return
	}
	t.Error("no page has an example for GitLab")
}
