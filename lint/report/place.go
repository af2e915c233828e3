package report

import (
	"fmt"
	"path/filepath"

	"github.com/portlint/portlint/lint"
)

// place is a span as people and other programs count it.
type place struct {
	File  string // relative to Report.Dir, with slashes; "" when not known
	Exact bool   // Start and End are known; otherwise the file as a whole is meant
	Start lint.Position
	End   lint.Position // exclusive
}

// place finds lines and columns of a span. Those of a file that was not read are not guessed.
func (r Report) place(s lint.Span) place {
	p := place{File: r.path(s.File)}
	src, read := r.Sources[s.File]
	if !read || s.Start == 0 && s.End == 0 {
		return p
	}
	p.Exact = true
	p.Start, p.End = src.Position(s.Start), src.Position(max(s.Start, s.End))
	return p
}

// anchor is the place of a finding for the formats that insist on a file: the first file of its project when the
// finding has none.
func (r Report) anchor(f lint.Finding) place {
	p := r.place(f.Span)
	if p.File != "" {
		return p
	}
	for _, project := range r.Projects {
		if project.Name == f.Project {
			p.File = r.firstFile(project)
			return p
		}
	}
	return p
}

func (r Report) firstFile(p *lint.Project) string {
	if len(p.Files) == 0 {
		return ""
	}
	return r.path(p.Files[0])
}

// path names a file relative to Dir when it is below it, with slashes.
func (r Report) path(file string) string {
	rel, err := filepath.Rel(r.Dir, file)
	if r.Dir == "" || err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// String writes the place as "FILE:LINE:COLUMN", which editors and problem matchers know; line 1 stands for a file as
// a whole.
func (p place) String() string {
	file := p.File
	if file == "-" {
		file = "<stdin>"
	}
	return fmt.Sprintf("%s:%d:%d", file, p.line(), max(p.Start.Column, 1))
}

// line is the first line, 1 for a file as a whole.
func (p place) line() int { return max(p.Start.Line, 1) }
