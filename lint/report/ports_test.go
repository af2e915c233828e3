package report

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"github.com/portlint/portlint/lint"
)

// TestPortsFit: the table of ports is as wide as a terminal, or less, and shows who has a port to the last.
func TestPortsFit(t *testing.T) {
	for _, width := range []int{46, 80, 120} {
		name := fmt.Sprintf("ports-%d.txt", width)
		t.Run(name, func(t *testing.T) {
			r := sample()
			r.Width = width
			blog := lint.Owner{Kind: lint.OwnerContainer, Container: &lint.Container{ID: "b1", Name: "blog-front-1", Project: "blog"}}
			for _, context := range []string{"build1", "build2"} {
				now := Now{Context: context, Of: map[*lint.Binding]lint.PortStatus{}}
				for i, b := range r.Projects[0].Bindings() {
					now.Of[b] = lint.PortStatus{Known: true, Free: 1}
					if i == 1 && context == "build1" {
						now.Of[b] = lint.PortStatus{Known: true, Holders: []lint.Owner{blog}}
					}
				}
				r.Now = append(r.Now, now)
			}

			got := render(t, func(w io.Writer, r Report) error { return Ports(w, r, "table") }, r)
			golden(t, name, got)
			for line := range strings.Lines(string(got)) {
				if wide := runewidth.StringWidth(strings.TrimRight(line, "\n")); wide > width {
					t.Errorf("%d columns on a terminal of %d: %s", wide, width, line)
				}
			}
		})
	}
}
