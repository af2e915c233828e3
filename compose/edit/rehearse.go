package edit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// Target is one project that edits must not harm: how it is read, and what was read.
type Target struct {
	Options compose.Options
	Loaded  compose.Loaded
	Other   bool // nobody asked for it: its files are edited only where they are those of another target
}

// Rehearse is one round of fixes, without writing: for each finding, the most severe first, the first fix that is at
// least as safe as most and can be proved. Each set of edits is loaded with every project that may read the files, and
// must leave it as it was but for the host ports that the fixes name. A fix that meets one made already is refused:
// what is still to be mended is found again in the next round. The error is for what has nothing to do with a fix.
func Rehearse(ctx context.Context, targets []Target, findings []lint.Finding, most lint.Safety) (Plan, error) {
	r := &rehearsal{ctx: ctx, targets: targets, files: map[string]*original{}}
	for _, t := range targets {
		r.subjects = append(r.subjects, &subject{target: t})
	}
	all := candidates(findings, most)
	for pending := all; len(pending) > 0; {
		chosen, later := r.choose(pending)
		if err := r.accept(chosen); err != nil {
			return Plan{}, err
		}
		pending = slices.DeleteFunc(append(later, chosen...), func(c *candidate) bool { return c.done() })
	}
	return r.plan(all)
}

// rehearsal is what one round knows.
type rehearsal struct {
	ctx      context.Context
	targets  []Target
	subjects []*subject
	files    map[string]*original // that a fix wants to edit
	accepted []*candidate
	names    map[string][]string // under which projects read files, by path without links
}

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
	places  map[string]bool // see rehearsal.seeing
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

// choose takes the candidates whose fixes can be made together; what meets one of them waits, and what meets a fix
// that is made already is refused.
func (r *rehearsal) choose(pending []*candidate) (chosen, later []*candidate) {
	for _, c := range pending {
		for !c.done() {
			why := r.gate(c.fix())
			later := why == "" && r.meets(c, r.accepted)
			if later {
				why = "another fix changes the same place"
			}
			if why == "" {
				break
			}
			c.refuse(why)
			c.refused[len(c.refused)-1].Later = later
		}
		switch {
		case c.done():
		case r.meets(c, chosen):
			later = append(later, c)
		default:
			chosen = append(chosen, c)
		}
	}
	return chosen, later
}

// meets reports whether a fix can't be made together with others: it changes the same bytes, or gives a new variable
// of the same name another value where one project sees both.
func (r *rehearsal) meets(c *candidate, others []*candidate) bool {
	for _, o := range others {
		for _, a := range c.fix().Edits {
			if slices.ContainsFunc(o.fix().Edits, a.ConflictsWith) {
				return true
			}
		}
		for _, a := range c.fix().Moves {
			differs := func(b lint.Move) bool { return a.Var != "" && a.Var == b.Var && a.To != b.To }
			if slices.ContainsFunc(o.fix().Moves, differs) && r.seenTogether(c, o) {
				return true
			}
		}
	}
	return false
}

// seenTogether reports whether two fixes change one file, or files of one project or of one project directory.
func (r *rehearsal) seenTogether(a, b *candidate) bool {
	first := r.seeing(a)
	for place := range r.seeing(b) {
		if first[place] {
			return true
		}
	}
	return false
}

// seeing are the files that a fix changes and the directories of the projects that have read them.
func (r *rehearsal) seeing(c *candidate) map[string]bool {
	if c.places != nil {
		return c.places
	}
	c.places = filesOf([]*candidate{c})
	for _, t := range r.targets {
		for _, e := range c.fix().Edits {
			if _, ok := t.Loaded.Sources[e.Span.File]; ok {
				c.places[t.Loaded.Project.Dir] = true
			}
		}
	}
	return c.places
}

// accept makes fixes that hold together, and refuses those that do not hold by themselves.
func (r *rehearsal) accept(set []*candidate) error {
	if len(set) == 0 {
		return nil
	}
	failing, why, err := r.prove(append(slices.Clone(r.accepted), set...), filesOf(set))
	switch {
	case err != nil:
		return err
	case why == "":
		r.accepted = append(r.accepted, set...)
		for _, c := range set {
			c.made = true
		}
		return nil
	case len(set) == 1:
		set[0].refuse(why)
		return nil
	}
	var apart, suspects []*candidate
	for _, c := range set {
		if slices.ContainsFunc(failing, func(s *subject) bool { return s.reads(filesOf([]*candidate{c})) }) {
			suspects = append(suspects, c)
		} else {
			apart = append(apart, c)
		}
	}
	half := (len(suspects) + 1) / 2
	return errors.Join(r.accept(apart), r.accept(suspects[:half]), r.accept(suspects[half:]))
}

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
func (r *rehearsal) edited(set []*candidate) (texts map[string][]byte, why string) {
	edits := map[string][]lint.Edit{}
	for _, c := range set {
		for _, e := range c.fix().Edits {
			edits[e.Span.File] = append(edits[e.Span.File], e)
		}
	}
	texts = map[string][]byte{}
	for file, list := range edits {
		text, err := lint.Apply(r.files[file].text, list)
		if err != nil {
			return nil, err.Error()
		}
		texts[file] = text
	}
	return texts, ""
}

// plan is the outcome.
func (r *rehearsal) plan(all []*candidate) (Plan, error) {
	texts, why := r.edited(r.accepted)
	if why != "" {
		return Plan{}, errors.New(why)
	}
	var p Plan
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		was := r.files[file]
		p.Changes = append(p.Changes, Change{File: file, Old: was.text, New: texts[file], Created: was.missing})
	}
	for _, c := range all {
		if c.made {
			p.Made = append(p.Made, Made{Finding: c.finding, Fix: c.fix()})
		} else {
			p.Refused = append(p.Refused, c.refused[0])
		}
	}
	return p, nil
}

// read finds a file as the projects see it: laid over, or on the disk.
func (r *rehearsal) read(file string) *original {
	if !filepath.IsAbs(file) {
		return &original{refused: "standard input cannot be edited"}
	}
	for _, t := range r.targets {
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
