package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

func TestNoFormatHidesBlindSpots(t *testing.T) {
	r := Report{Dir: "/src", Quiet: true, NotChecked: []lint.Blind{{What: "sockets", Why: "no permission"}}}
	for name, format := range Formats {
		if out := string(render(t, format, r)); !strings.Contains(out, "sockets") || !strings.Contains(out, "no permission") {
			t.Errorf("%s does not say what was not checked:\n%s", name, out)
		}
	}
}

func TestSpotsKeepTheirPlaces(t *testing.T) {
	at := lint.Span{File: "/src/a.yaml", Start: 1, End: 2}
	r := Report{NotChecked: []lint.Blind{
		{What: "a", Why: "remote", Span: at}, {What: "engine", Why: "files only"}, {What: "a", Why: "remote", Span: at},
		{What: "sockets", Why: "files only"},
	}}
	want := []unplacedBlind{{text: "not checked: engine and sockets: files only"}, {text: "not checked: a: remote", span: at}}
	if got := r.unplacedBlinds(); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestNotCheckedIsGroupedByReason(t *testing.T) {
	var r Report
	for _, what := range []string{"a", "b", "a", "c", "d", "e"} {
		r.NotChecked = append(r.NotChecked, lint.Blind{What: what, Why: "remote"})
	}
	if got := r.notChecked(); len(got) != 1 || got[0] != "a, b, c and 2 more: remote" {
		t.Errorf("got %q", got)
	}
	for _, why := range []string{"1", "2", "3", "4"} {
		r.NotChecked = append(r.NotChecked, lint.Blind{What: "x", Why: why})
	}
	if got := r.notChecked(); len(got) != 5 || got[4] != "x: 4" {
		t.Errorf("got %q", got)
	}
	r.NotChecked = append(r.NotChecked, lint.Blind{What: "x", Why: "5"})
	if got := r.notChecked(); len(got) != 5 || got[4] != "2 more, see --format json" {
		t.Errorf("got %q", got)
	}
}
