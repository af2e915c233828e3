package edit

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// original is a file as it lies there.
type original struct {
	text    []byte
	missing bool
	refused string // why it may not be edited
}

// candidate is a finding with the fixes that come into question, the present one first.
type candidate struct {
	finding lint.Finding
	fixes   []lint.Fix
	made    bool
	refused []Refused       // those that were tried
	places  map[string]bool // see group.seeing
}

func (c *candidate) done() bool    { return c.made || len(c.fixes) == 0 }
func (c *candidate) fix() lint.Fix { return c.fixes[0] }

// refuse goes on to the next fix.
func (c *candidate) refuse(why string) {
	c.refused = append(c.refused, Refused{Finding: c.finding, Fix: c.fixes[0], Why: why})
	c.fixes, c.places = c.fixes[1:], nil
}

// candidates are the findings with a fix that is safe enough, the most severe first, then by place.
func candidates(findings []lint.Finding, most lint.Safety) []*candidate {
	var all []*candidate
	for _, f := range findings {
		c := &candidate{finding: f}
		for _, fix := range f.Fixes {
			if fix.Safety >= max(most, lint.Unsafe) && len(fix.Edits) > 0 {
				c.fixes = append(c.fixes, fix)
			}
		}
		if len(c.fixes) > 0 {
			all = append(all, c)
		}
	}

	slices.SortStableFunc(all, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.finding.Severity, a.finding.Severity), a.finding.Span.Compare(b.finding.Span))
	})
	return all
}

// filesOf are the files that the fixes of a set change.
func filesOf(set []*candidate) map[string]bool {
	files := map[string]bool{}
	for _, c := range set {
		for _, e := range c.fix().Edits {
			files[e.Span.File] = true
		}
	}
	return files
}

// edited are the texts of the files after the fixes of a set; why they can't be made together, when they can't.
func (g *group) edited(set []*candidate) (texts map[string][]byte, why string) {
	edits := map[string][]lint.Edit{}
	for _, c := range set {
		for _, e := range c.fix().Edits {
			edits[e.Span.File] = append(edits[e.Span.File], e)
		}
	}

	texts = map[string][]byte{}
	for file, list := range edits {
		text, err := lint.Apply(g.files[file].text, list)
		if err != nil {
			return nil, err.Error()
		}
		texts[file] = text
	}

	return texts, ""
}

// read finds a file as the projects see it: laid over, or on the disk.
func (g *group) read(file string) *original {
	if !filepath.IsAbs(file) {
		return &original{refused: "standard input cannot be edited"}
	}

	for _, t := range g.targets {
		if text, ok := t.Options.Overlay[file]; ok {
			return &original{text: text}
		}
	}

	text, err := safefile.Read(file, compose.MaxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &original{missing: true}
	case err != nil:
		return &original{refused: fmt.Sprintf("%q cannot be read", file)}
	}

	return &original{text: text}
}
