package report

import (
	"cmp"
	"fmt"
	"path/filepath"

	"github.com/portlint/portlint/lint"
)

// place is a span as people and other programs count it.
type place struct {
	file  string // as Report.Path names it; "" when not known
	exact bool   // start and end are known; otherwise the file as a whole is meant
	start lint.Position
	end   lint.Position // exclusive
}

// place finds lines and columns of a span. Those of a file that was not read are not guessed.
func (r Report) place(s lint.Span) place {
	p := place{file: r.Path(s.File)}
	src, read := r.Sources[s.File]
	if !read || s.Start == 0 && s.End == 0 {
		return p
	}
	p.exact = true
	p.start, p.end = src.Position(s.Start), src.Position(max(s.Start, s.End))
	return p
}

// anchor is the place of a finding for the formats that insist on a file: the first file of its project when the
// finding has none.
func (r Report) anchor(f lint.Finding) place {
	p := r.place(f.Span)
	if p.file != "" {
		return p
	}

	for _, project := range r.Projects {
		if project.Label() == f.Project {
			p.file = r.firstFile(project)
			return p
		}
	}

	return p
}

func (r Report) firstFile(p *lint.Project) string {
	if len(p.Files) == 0 {
		return ""
	}
	return r.Path(p.Files[0])
}

// Path names a file as seen from Dir, with slashes: relative when it is below, or when that is shorter.
func (r Report) Path(file string) string {
	rel, err := filepath.Rel(r.Dir, file)
	relative := r.Dir != "" && err == nil
	shorter := !r.below && len(rel) < len(file)
	if !relative || !filepath.IsLocal(rel) && !shorter {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// rooted is the report for other programs: they want paths from the repository's root, and none that leads out of it.
func (r Report) rooted() Report {
	r.Dir, r.below = cmp.Or(r.Root, r.Dir), true
	return r
}

// String writes the place as "FILE:LINE:COLUMN", which editors and problem matchers know; line 1 stands for a file as
// a whole.
func (p place) String() string {
	file := p.file
	if file == "-" {
		file = "<stdin>"
	}
	return fmt.Sprintf("%s:%d:%d", file, p.line(), max(p.start.Column, 1))
}

// line is the first line, 1 for a file as a whole.
func (p place) line() int { return max(p.start.Line, 1) }
