package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// maxNotChecked is how many reasons, and how many things for one reason, the summary names.
const maxNotChecked = 4

// tally counts what a report holds.
type tally struct {
	Errors, Warnings, Infos int
	Projects, Ports         int
}

func (r Report) tally() tally {
	n := tally{Projects: len(r.Projects)}
	for _, p := range r.Projects {
		n.Ports += len(p.Bindings())
	}
	for _, f := range r.Findings {
		switch f.Severity {
		case lint.Error:
			n.Errors++
		case lint.Warning:
			n.Warnings++
		default:
			n.Infos++
		}
	}
	return n
}

func (t *textPrinter) summary() {
	n := t.tally()
	t.put(bold, t.outcome(n)+":")
	t.put(plain, " "+scope(n))
	if t.Suppressed > 0 {
		t.put(plain, fmt.Sprintf(", %s suppressed", count(t.Suppressed, "finding")))
	}
	t.end()
	for _, line := range t.notChecked() {
		t.put(yellow, "not checked:")
		t.put(plain, " "+line)
		t.end()
	}
}

// outcome is the first half of the last line: what was found.
func (t *textPrinter) outcome(n tally) string {
	switch {
	case len(t.Findings) > 0:
		return "found " + enumerate(counts(n))
	case n.Projects == 0:
		return "nothing to check"
	case t.Verdict == Conflict || t.Verdict == Maybe:
		return "nothing to show"
	case t.Verdict == Unknown || len(t.NotChecked) > 0:
		return "no conflicts in what could be checked"
	default:
		return "no conflicts"
	}
}

func counts(n tally) []string {
	var out []string
	for _, c := range []struct {
		n    int
		noun string
	}{{n.Errors, "error"}, {n.Warnings, "warning"}, {n.Infos, "info"}} {
		if c.n > 0 {
			out = append(out, count(c.n, c.noun))
		}
	}
	return out
}

// scope is the second half of the last line: what was looked at.
func scope(n tally) string {
	if n.Projects == 0 {
		return "no projects"
	}
	return count(n.Ports, "port") + " in " + count(n.Projects, "project")
}

// count says "no ports", "1 port", "2 ports".
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}

// enumerate says "a", "a and b", "a, b and c".
func enumerate(things []string) string {
	last := len(things) - 1
	if last < 1 {
		return strings.Join(things, "")
	}
	return strings.Join(things[:last], ", ") + " and " + things[last]
}

// notChecked says what could not be looked at, one line per reason.
func (r Report) notChecked() []string {
	var whys []string
	whats := map[string][]string{}
	for _, b := range r.NotChecked {
		if whats[b.Why] == nil {
			whys = append(whys, b.Why)
		}
		if !slices.Contains(whats[b.Why], r.blind(b)) {
			whats[b.Why] = append(whats[b.Why], r.blind(b))
		}
	}
	var lines []string
	for i, why := range whys {
		if i == maxNotChecked && len(whys) > maxNotChecked+1 {
			return append(lines, fmt.Sprintf("%d more, see --format json", len(whys)-i))
		}
		lines = append(lines, enumerate(few(whats[why]))+": "+why)
	}
	return lines
}

func (r Report) blind(b lint.Blind) string {
	if !b.Span.Known() {
		return b.What
	}
	return b.What + " (" + r.place(b.Span).String() + ")"
}

func few(things []string) []string {
	if len(things) <= maxNotChecked {
		return things
	}
	return append(slices.Clone(things[:maxNotChecked-1]), fmt.Sprintf("%d more", len(things)-maxNotChecked+1))
}
