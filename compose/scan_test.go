package compose

import (
	"fmt"
	"slices"
	"testing"

	"github.com/portlint/portlint/compose/testdir"
)

// TestIgnores reads the comments that silence a rule, and what each of them speaks of.
func TestIgnores(t *testing.T) {
	dir := testdir.Layout(t, `-- compose.yaml --
services:
  a:
    ports:
      - "1:1" # portlint:ignore duplicate-port,fixed-port a reason here
      # portlint:ignore fixed-port

      # another comment
      - "2:2"
      - "3:3 # portlint:ignore x y"
      - 4:4#portlint:ignore x y
    command: |
      # portlint:ignore x y

      echo # portlint:ignore x y
    user: 'it''s # portlint:ignore x y' # portlint:ignore unused-ignore z
`)
	l, err := Load(t.Context(), Options{Dir: dir, Static: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ig := range l.Project.Ignores {
		got = append(got, fmt.Sprintf("%q %q %q", ig.Rules, ig.Reason, l.Sources.Text(ig.Covers)))
	}
	want := []string{
		"[\"duplicate-port\" \"fixed-port\"] \"a reason here\" \"      - \\\"1:1\\\" # portlint:ignore duplicate-port,fixed-port a reason here\"",
		"[\"fixed-port\"] \"\" \"      - \\\"2:2\\\"\"",
		"[\"unused-ignore\"] \"z\" \"    user: 'it''s # portlint:ignore x y' # portlint:ignore unused-ignore z\"",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
