package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/relocate"
	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// tellMade says what one fix did: which services it moved, each move once, or what else it wrote.
func (r *fixRun) tellMade(m relocate.Applied, fixed, moved string, reported map[lint.Move]bool) {
	moves := slices.DeleteFunc(slices.Clone(m.Fix.Moves), func(m lint.Move) bool { return m.From == m.To || m.From == 0 || m.To == 0 })
	for i, move := range moves {
		if reported[move] {
			continue
		}
		reported[move] = true
		service, span := m.Before.PortOf(move.Item)
		elsewhere := ""
		if i == 0 { // of a fix with several moves once
			elsewhere = r.writtenElsewhere(m, span.File)
		}
		run.Logf(r.Stderr, "%s %s: %q from %s to %s%s%s [%s]", moved, r.place(m.Before.Projects.Sources, span), service,
			lint.PortsFrom(move.From, move.Width), lint.PortsFrom(move.To, move.Width), projectsOf(m, move), elsewhere, m.Finding.Rule)
	}
	if len(moves) == 0 {
		run.Logf(r.Stderr, "%s %s: %s%s [%s]", fixed, r.at(m.Before.Projects.Sources, m.Finding), m.Fix.Title, r.writtenElsewhere(m, m.Finding.Span.File), m.Finding.Rule)
	}
}

// writtenElsewhere are the lines that a fix writes into other files than the one of which it was told: of an env file the variables that it
// gets, of any other the place.
func (r *fixRun) writtenElsewhere(m relocate.Applied, file string) string {
	var all []string
	for _, e := range m.Fix.Edits {
		if e.Span.File == file {
			continue
		}
		written := r.place(m.Before.Projects.Sources, e.Span)
		if lines := variableLine().FindAllString(e.New, -1); len(lines) > 0 {
			written = lint.AndList(lines) + " in " + run.Relative(r.Dir, e.Span.File)
		} else if value, err := strconv.Atoi(e.New); err == nil {
			written = strconv.Itoa(value) + " at " + written
		}
		if !slices.Contains(all, written) {
			all = append(all, written)
		}
	}

	switch more := len(all) - maxWritten; {
	case len(all) == 0:
		return ""
	case more > 0:
		return fmt.Sprintf(", with %s and %d more", strings.Join(all[:maxWritten], ", "), more)
	}
	return ", with " + lint.AndList(all)
}

// variableLine is a line of an env file that gives a variable a value, also one in a comment.
var variableLine = lazyexp.New(`(?m)^(?:# ?)?[A-Za-z_][A-Za-z0-9_]*=\S*$`)

// projectsOf names the projects that a move concerns, "" when it is one: they have the item and read a file of the fix.
func projectsOf(m relocate.Applied, move lint.Move) string {
	all := slices.Clone(m.Before.Projects.All)
	for _, o := range m.Others {
		all = append(all, o.Loaded)
	}
	var names []string
	for _, p := range find.WithoutParts(all) {
		has := func(b *lint.Binding) bool { return b.Entry == move.Item }
		reads := func(e lint.Edit) bool { return p.Sources[e.Span.File] != nil || p.Project.EnvFile == e.Span.File }
		moves := slices.ContainsFunc(p.Project.Bindings(), has) && slices.ContainsFunc(m.Fix.Edits, reads)
		if name := fmt.Sprintf("%q", p.Project.Label()); moves && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch more := len(names) - maxWritten; {
	case len(names) < 2:
		return ""
	case more > 0:
		return fmt.Sprintf(" in projects %s and %d more", strings.Join(names[:maxWritten], ", "), more)
	}
	return " in projects " + lint.AndList(names)
}

// at is the place of a finding for people.
func (r *fixRun) at(sources lint.Sources, f lint.Finding) string {
	if !f.Span.Known() {
		return f.Project
	}
	return r.place(sources, f.Span)
}

func (r *fixRun) place(sources lint.Sources, span lint.Span) string {
	p := sources.Position(span.File, span.Start)
	return fmt.Sprintf("%s:%d:%d", run.Relative(r.Dir, span.File), p.Line, p.Column)
}
