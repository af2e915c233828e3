package report

import (
	"fmt"

	"github.com/portlint/portlint/lint"
)

// tally counts what a report holds.
type tally struct {
	errors, warnings, infos int
	projects, ports         int
	shared                  int // host ports that several projects publish
	idle, off               int // projects of which `up` starts nothing; those of them that have services in profiles
}

func (r Report) tally() tally {
	n := tally{projects: len(r.Projects), shared: r.Shared}
	for _, p := range r.Projects {
		n.ports += len(p.Bindings())
		if r.Command == "" && p.Idle() {
			n.idle++
			n.off += min(1, len(p.Services))
		}
	}

	for _, f := range r.Findings {
		switch f.Severity {
		case lint.Error:
			n.errors++
		case lint.Warning:
			n.warnings++
		default:
			n.infos++
		}
	}

	return n
}

// ending sums up, and says what was not checked even where only findings are wanted.
func (t *textPrinter) ending() {
	blind := t.notChecked()
	if len(t.Findings) > 0 && !(t.Quiet && len(blind) == 0) {
		t.end()
	}

	if !t.Quiet {
		t.summary()
		t.twice()
		t.engines()
	}

	t.blindSpots(blind)
}

func (t *textPrinter) blindSpots(lines []string) {
	for _, line := range lines {
		t.put(yellow, "not checked:")
		t.put(plain, " "+line)
		t.end()
	}
}

func (t *textPrinter) summary() {
	n := t.tally()
	t.put(bold, t.outcome(n)+":")
	t.put(plain, " "+scope(n))
	if t.Shared > 0 {
		t.put(plain, fmt.Sprintf(", %s shared by several", count(t.Shared, "port")))
	}

	if n.off > 0 && n.off < n.projects {
		t.put(plain, fmt.Sprintf(", nothing of %s starts without --profile", count(n.off, "project")))
	}

	if t.Suppressed > 0 {
		t.put(plain, fmt.Sprintf(", %s suppressed", count(t.Suppressed, "finding")))
	}

	if hint := t.Fixable.hint(); hint != "" {
		t.put(plain, "; "+hint)
	}
	t.end()
}

// engines tells the answer for each engine, where several were asked.
func (t *textPrinter) engines() {
	if len(t.Engines) == 0 {
		return
	}
	g := grid{header: heads("context", "engine", "at", "verdict")}
	for _, e := range t.Engines {
		g.add(e.Context, e.title(), e.Endpoint, string(e.Verdict))
	}
	_ = g.write(&t.text, 0) // which takes everything
}

// hint names the flags that try to fix findings, "" when none would. It promises nothing: nothing is proved yet.
func (f Fixable) hint() string {
	switch {
	case f.Safe > 0 && f.Unsafe > 0:
		return fmt.Sprintf("%s to try with --fix, %d more with --unsafe-fixes", fixes(f.Safe), f.Unsafe)
	case f.Safe > 0:
		return fixes(f.Safe) + " to try with --fix"
	case f.Unsafe > 0:
		return fixes(f.Unsafe) + " to try with --fix --unsafe-fixes"
	}
	return ""
}

// fixes says "1 fix", "2 fixes".
func fixes(n int) string {
	if n == 1 {
		return "1 fix"
	}
	return fmt.Sprintf("%d fixes", n)
}

// outcome is the first half of the last line: what was found.
func (t *textPrinter) outcome(n tally) string {
	switch {
	case len(t.Findings) > 0:
		return "found " + lint.AndList(counts(n))
	case n.projects == 0:
		return "nothing to check"
	case n.off > 0 && n.off == n.projects:
		return "nothing starts without --profile"
	case n.projects > 0 && n.idle == n.projects:
		return "nothing to start"
	case t.Verdict == lint.VerdictConflict || t.Verdict == lint.VerdictPossible || t.Verdict == lint.VerdictRefused:
		return "nothing to show"
	case t.Verdict == lint.VerdictUnknown || len(t.NotChecked) > 0:
		return "no conflicts in what could be checked"
	case t.Shared > 0:
		return "no conflicts within a project"
	default:
		return "no conflicts"
	}
}

func counts(n tally) []string {
	var out []string
	for _, c := range []struct {
		n    int
		noun string
	}{{n.errors, "error"}, {n.warnings, "warning"}, {n.infos, "info"}} {
		if c.n > 0 {
			out = append(out, count(c.n, c.noun))
		}
	}
	return out
}

// scope is the second half of the last line: what was looked at.
func scope(n tally) string {
	if n.projects == 0 {
		return "no projects"
	}
	return count(n.ports, "port") + " in " + count(n.projects, "project")
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
