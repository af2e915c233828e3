package report

import (
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/portlint/portlint/lint"
)

func TestTableFitsTheTerminal(t *testing.T) {
	f := lint.Finding{Rule: "duplicate-port", Severity: lint.Error, Certainty: lint.Certain, Service: "検索",
		Span: lint.Span{File: "/src/compose.yaml"}, Message: strings.Repeat("words of a message ", 12)}
	r := Report{Dir: "/src", Findings: []lint.Finding{f, f}, Quiet: true}
	widest := func(width int) int {
		r.Width = width
		most := 0
		for _, line := range strings.Split(string(render(t, writeTable, r)), "\n") {
			most = max(most, runewidth.StringWidth(line))
		}
		return most
	}
	for _, width := range []int{90, 100, 120, 200} {
		if got := widest(width); got > width || got < width-20 {
			t.Errorf("%d columns wide on a terminal of %d", got, width)
		}
	}
	if got := widest(0); got < len(f.Message) {
		t.Errorf("%d columns wide without a terminal: the message of %d is wrapped", got, len(f.Message))
	}
}
