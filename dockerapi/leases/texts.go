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
	Value string `json:"value"`
	Texts []Text `json:"texts"`
	Tenant
}

// Text is a text that an engine has once among those of its kind, such as a container name or a subnet.
type Text struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// TextOf returns the lease of a project in a directory for a key.
func (p *Tx) TextOf(dir, project, key string) (TextLease, bool) {
	return at(p.Texts, find(p.Texts, dir, project, key))
}

// AdoptText is TextOf for a project that no command named, as Adopt is Of.
func (p *Tx) AdoptText(dir, project, files, key string, beside func(project string) bool) (TextLease, bool) {
	return at(p.Texts, adopt(p, p.Texts, dir, project, files, key, beside))
}

// RekeyText lets a project's lease be for another key, unless there is one for that.
func (p *Tx) RekeyText(dir, project, key, to string) { rekey(p, p.Texts, dir, project, key, to) }

// GiveText writes a lease down, in the place of the one with the same directory, project and key. Since is kept for the same value,
// and is now otherwise.
func (p *Tx) GiveText(l TextLease) {
	old, had := p.TextOf(l.Dir, l.Project, l.Key)
	same := had && old.Value == l.Value && slices.Equal(old.Texts, l.Texts)
	l.Tenant = p.term(l.Tenant, old.Tenant, same)
	unchanged := old.Named == l.Named && old.Files == l.Files && old.Until.Equal(l.Until)
	if same && unchanged {
		return
	}

	p.Texts = append(drop(p, p.Texts, func(o TextLease) bool { return o.isFor(l.Dir, l.Project, l.Key) }), l)
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

func validTexts(texts []TextLease) bool {
	return !slices.ContainsFunc(texts, func(l TextLease) bool {
		return l.Value == "" || l.Key == "" || !filepath.IsAbs(l.Dir)
	})
}
