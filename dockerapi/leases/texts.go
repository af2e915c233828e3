package leases

import (
	"cmp"
	"path/filepath"
	"slices"
	"time"
)

// TextLease is a value other than a port that somebody was given: what a variable is set to, or a text of the
// files becomes, and the texts by which a whole engine then knows things.
type TextLease struct {
	Value   string    `json:"value"`
	Texts   []Text    `json:"texts"`
	Dir     string    `json:"dir"`
	Project string    `json:"project,omitempty"`
	Named   bool      `json:"named,omitempty"`
	Files   string    `json:"files,omitempty"`
	Key     string    `json:"key"` // what asked, unique within the project
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until,omitzero"` // when it ends; zero: as long as Dir exists
}

// Text is a text that an engine has once among those of its kind, such as a container name or a subnet.
type Text struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// OwnedBy reports whether a lease is one of a project's in a directory.
func (l TextLease) OwnedBy(dir, project string) bool { return l.Dir == dir && l.Project == project }

func (l TextLease) isFor(dir, project, key string) bool {
	return l.OwnedBy(dir, project) && l.Key == key
}

// TextOf returns the lease of a project in a directory for a key.
func (p *Tx) TextOf(dir, project, key string) (TextLease, bool) {
	i := slices.IndexFunc(p.Texts, func(l TextLease) bool { return l.isFor(dir, project, key) })
	if i < 0 {
		return TextLease{}, false
	}
	return p.Texts[i], true
}

// AdoptText is TextOf for a project that no command named, as Adopt is Of.
func (p *Tx) AdoptText(dir, project, files, key string, beside func(project string) bool) (TextLease, bool) {
	if l, ok := p.TextOf(dir, project, key); ok {
		return l, true
	}

	for i := range p.Texts {
		l := &p.Texts[i]
		ofFiles := l.Dir == dir && l.Files == files && l.Key == key
		if ofFiles && !l.Named && !beside(l.Project) {
			l.Project, p.changed = project, true
			return *l, true
		}
	}
	return TextLease{}, false
}

// RekeyText lets a project's lease be for another key, unless there is one for that.
func (p *Tx) RekeyText(dir, project, key, to string) {
	i := slices.IndexFunc(p.Texts, func(l TextLease) bool { return l.isFor(dir, project, key) })
	if _, had := p.TextOf(dir, project, to); !had && i >= 0 {
		p.Texts[i].Key, p.changed = to, true
	}
}

// GiveText writes a lease down, in the place of the one with the same directory, project and key. Since is kept for the same value,
// and is now otherwise.
func (p *Tx) GiveText(l TextLease) {
	old, had := p.TextOf(l.Dir, l.Project, l.Key)
	l.Since = p.now.UTC().Truncate(time.Second)
	same := had && old.Value == l.Value && slices.Equal(old.Texts, l.Texts)
	if same {
		l.Since = old.Since
	}
	if same && old.Until.IsZero() { // somebody has written it down
		l.Until = old.Until
	}
	unchanged := old.Named == l.Named && old.Files == l.Files && old.Until.Equal(l.Until)
	if same && unchanged {
		return
	}

	p.dropTexts(func(o TextLease) bool { return o.isFor(l.Dir, l.Project, l.Key) })
	p.Texts = append(p.Texts, l)
	slices.SortStableFunc(p.Texts, func(a, b TextLease) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Key, b.Key))
	})
	p.changed = true
}

// GiveTextFor is GiveText for a lease that ends, unless it is one without an end already.
func (p *Tx) GiveTextFor(l TextLease, how time.Duration) {
	l.Until = p.end(how)
	p.GiveText(l)
}

func (p *Tx) dropTexts(gone func(TextLease) bool) {
	n := len(p.Texts)
	p.Texts = slices.DeleteFunc(p.Texts, gone)
	p.changed = p.changed || len(p.Texts) != n
}

// retainTexts is Retain for the texts.
func (p *Tx) retainTexts(dir, project, files string, asked func(key string) bool) (dropped []string) {
	p.dropTexts(func(l TextLease) bool {
		gone := l.OwnedBy(dir, project) && l.Files == files && !asked(l.Key)
		if gone {
			dropped = append(dropped, l.Key)
		}
		return gone
	})
	return dropped
}

func validTexts(texts []TextLease) bool {
	return !slices.ContainsFunc(texts, func(l TextLease) bool {
		return l.Value == "" || l.Key == "" || !filepath.IsAbs(l.Dir)
	})
}
