package edit

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// handMade is a host port that a person made a variable of, as a line of a Compose file.
var handMade = regexp.MustCompile(`^([ \t]*-[ \t]*)(["']?)((?:[0-9.]+:)?)\$\{?([A-Za-z_]+)(?::?-([0-9]+))?\}?(:.*)$`)

// TestRewritesByHand holds rewrites that people made by hand against those of portlint: the same line, up to the name
// and to a default that they wrote elsewhere.
func TestRewritesByHand(t *testing.T) {
	cases := os.Getenv("PORTLINT_CASES")
	if cases == "" {
		t.Skip("PORTLINT_CASES does not name a directory of real conflicts")
	}
	same := 0
	befores, err := filepath.Glob(filepath.Join(cases, "*", "before"))
	must(t, err)
	for _, before := range befores {
		after := filepath.Join(filepath.Dir(before), "after")
		err := filepath.WalkDir(before, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "ml") {
				return err
			}
			rel, _ := filepath.Rel(before, path)
			text, err := os.ReadFile(filepath.Join(after, rel))
			if err == nil {
				same += compareByHand(t, path, text)
			}
			return nil
		})
		must(t, err)
	}
	t.Logf("%d rewrites by hand come out the same", same)
	if same < 3 {
		t.Errorf("only %d rewrites by hand were found", same)
	}
}

// compareByHand counts the ports that people rewrote as portlint does; a port is known by its container side, where
// that stands in the file once.
func compareByHand(t *testing.T, path string, theirs []byte) (same int) {
	t.Helper()
	old, err := os.ReadFile(path)
	must(t, err)
	before, by := handMadeIn(old), handMadeIn(theirs)
	maps.DeleteFunc(by, func(side string, _ [2]string) bool { _, was := before[side]; return was })
	if len(by) == 0 {
		return 0
	}

	dir := filepath.Join(t.TempDir(), "case")
	must(t, os.CopyFS(dir, os.DirFS(filepath.Dir(path))))
	must(t, writable(dir))
	plan := rewriteText(t, dir, old)
	if len(plan.Changes) == 0 {
		return 0
	}
	ours := handMadeIn(plan.Changes[0].New)
	for side, m := range by {
		o, ok := ours[side]
		if !ok {
			continue
		}
		if o[1] != m[1] {
			t.Errorf("%s: by hand the address of %s is %q, not %q", path, side, m[1], o[1])
			continue
		}
		same++
		t.Logf("%s: %s by hand, %s", filepath.Base(filepath.Dir(filepath.Dir(path))), m[0], o[0])
	}
	return same
}

// handMadeIn lists the ports that have a variable: the text and the address by container side.
func handMadeIn(text []byte) map[string][2]string {
	out, twice := map[string][2]string{}, map[string]bool{}
	for _, line := range bytes.Split(text, []byte("\n")) {
		m := handMade.FindSubmatch(bytes.TrimRight(line, "\r"))
		if m == nil {
			continue
		}
		side, _, _ := strings.Cut(string(m[6]), " #")
		side = strings.Trim(side, "\"' ")
		_, seen := out[side]
		twice[side] = twice[side] || seen
		out[side] = [2]string{strings.TrimSpace(string(line)), string(m[3])}
	}
	maps.DeleteFunc(out, func(side string, _ [2]string) bool { return twice[side] })
	return out
}
