package compose

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/portlint/portlint/compose/testdir"
)

// TestCastsAreComparable: whatever compose-go turns from a text into a number or a boolean, it turns where portlint asks it too, however
// and in whichever file the keys that lead there are written.
func TestCastsAreComparable(t *testing.T) {
	t.Parallel()
	casts := loader.ToOptions(&types.ConfigDetails{}, nil).Interpolate.TypeCastMapping
	if len(casts) < 50 {
		t.Fatalf("compose-go has %d casts", len(casts))
	}

	for path := range casts {
		parts := path.Parts()
		for name, files := range map[string]string{
			"as it is":  nested(parts, "compose.yaml", plain),
			"quoted":    nested(parts, "compose.yaml", strconv.Quote),
			"escaped":   nested(parts, "compose.yaml", escaped),
			"by a tag":  nested(parts, "compose.yaml", func(key string) string { return "!!str " + key }),
			"document":  "-- compose.yaml --\n{}\n---\n" + strings.TrimPrefix(nested(parts, "", plain), "--  --\n"),
			"included":  "-- compose.yaml --\ninclude: [b/b.yaml]\n" + nested(parts, "b/b.yaml", plain),
			"extended":  "-- compose.yaml --\nservices: {x: {extends: {file: b.yaml, service: any}}}\n" + nested(parts, "b.yaml", plain),
			"merged":    "-- compose.yaml --\nx-a: &a\n" + nestedBelow(parts[1:], "  ", plain) + parts[0] + ": {<<: *a}\n",
			"top level": "-- compose.yaml --\n\"" + strings.ReplaceAll(string(path), tree.PathMatchAll, "any") + "\": x\n",
		} {
			r, err := newReader(Options{Dir: testdir.Layout(t, files), Env: map[string]string{}})
			if err != nil {
				t.Fatalf("%s %s: %v", path, name, err)
			}
			if _, remaining := r.castable(casts)[path]; !remaining {
				t.Errorf("%s, %s: left out with\n%s", path, name, files)
			}
		}
	}
}

// TestCastsThatCannotBe: a small project costs few casts, and one of whose files something is not known all of them.
func TestCastsThatCannotBe(t *testing.T) {
	t.Parallel()
	casts := loader.ToOptions(&types.ConfigDetails{}, nil).Interpolate.TypeCastMapping
	for files, want := range map[string]int{
		"-- compose.yaml --\nservices: {web: {image: a, ports: [\"80:80\"]}}\n":            0,
		"-- compose.yaml --\nservices: {web: {image: a, tty: \"true\", init: \"true\"}}\n": 2,
		"-- compose.yaml --\ninclude: [none.yaml]\nservices: {web: {image: a}}\n":          len(casts),
	} {
		r, err := newReader(Options{Dir: testdir.Layout(t, files), Env: map[string]string{}})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(r.castable(casts)); got != want {
			t.Errorf("%d casts, want %d of %d:\n%s", got, want, len(casts), files)
		}
	}
}

// nested is a file in which a text stands at a path, with each key as key writes it.
func nested(parts []string, file string, key func(string) string) string {
	return fmt.Sprintf("-- %s --\n", file) + nestedBelow(parts, "", key)
}

func nestedBelow(parts []string, indent string, key func(string) string) string {
	var b strings.Builder
	for _, part := range parts {
		switch part {
		case tree.PathMatchList:
			fmt.Fprintf(&b, "%s-\n", indent)
		case tree.PathMatchAll:
			fmt.Fprintf(&b, "%sany:\n", indent)
		default:
			fmt.Fprintf(&b, "%s%s:\n", indent, key(part))
		}
		indent += "  "
	}
	return b.String() + indent + "\"1\"\n"
}

func plain(key string) string { return key }

func escaped(key string) string { return fmt.Sprintf(`"\x%02x%s"`, key[0], key[1:]) }
