package leases

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Tx is the store while nobody else can change it.
type Tx struct {
	Leases   []Lease              // that still count, by port; change them with the methods alone
	Texts    []TextLease          // that still count, by directory; change them with the methods alone
	Projects map[string]string    // the names of projects by their directories; change them with Name and NameFor alone
	ends     map[string]time.Time // of those names that end, by directory
	now      time.Time
	changed  bool
	frozen   bool // it is not written
}

// prune drops what has ended: by time, or with its directory. A directory that can't be looked at is still there.
func (p *Tx) prune() {
	known := map[string]bool{}
	gone := func(dir string) bool {
		is, asked := known[dir]
		if !asked {
			_, err := os.Stat(dir)
			is = errors.Is(err, fs.ErrNotExist)
			known[dir] = is
		}
		return is
	}
	over := func(until time.Time) bool {
		return !until.IsZero() && (!p.now.Before(until) || until.Sub(p.now) > longest)
	}

	p.Leases = drop(p, p.Leases, func(l Lease) bool { return over(l.Until) || l.Until.IsZero() && gone(l.Dir) })
	p.Texts = drop(p, p.Texts, func(l TextLease) bool { return over(l.Until) || gone(l.Dir) })
	for dir := range p.Projects {
		if over(p.ends[dir]) || gone(dir) {
			delete(p.Projects, dir)
			delete(p.ends, dir)
			p.changed = true
		}
	}
}

// longest is how long a lease with an end may last: a clock that was wrong when it was given does not keep it for ever.
const longest = 24 * time.Hour

// Of returns the lease of a project in a directory for a key.
func (p *Tx) Of(dir, project, key string) (Lease, bool) {
	return at(p.Leases, find(p.Leases, dir, project, key))
}

// Adopt is Of for a project that no command named: what the same Compose files were given under another name of it becomes its
// own, unless a project of that name is beside it.
func (p *Tx) Adopt(dir, project, files, key string, beside func(project string) bool) (Lease, bool) {
	return at(p.Leases, adopt(p, p.Leases, dir, project, files, key, beside))
}

// Rekey lets a project's lease be for another key, unless there is one for that.
func (p *Tx) Rekey(dir, project, key, to string) { rekey(p, p.Leases, dir, project, key, to) }

// Give writes a lease down, in the place of the one with the same directory, project and key. Since is kept for the same ports, and
// is now otherwise.
func (p *Tx) Give(l Lease) {
	old, had := p.Of(l.Dir, l.Project, l.Key)
	l.Tenant = p.term(l.Tenant, old.Tenant, had && old.First == l.First && old.Last == l.Last)
	if had && old == l {
		return
	}

	p.Leases = append(drop(p, p.Leases, func(o Lease) bool { return o.isFor(l.Dir, l.Project, l.Key) }), l)
	slices.SortStableFunc(p.Leases, func(a, b Lease) int { return cmp.Compare(a.First, b.First) })
	p.changed = true
}

// GiveFor is Give for a lease that ends, unless it is one without an end already.
func (p *Tx) GiveFor(l Lease, how time.Duration) {
	l.Until = p.end(how)
	p.Give(l)
}

func (p *Tx) end(how time.Duration) time.Time { return p.now.Add(how).UTC() }

// Retain drops the leases, those of texts too, of a project in a directory that the same Compose files do not ask for any more, and returns
// their keys.
func (p *Tx) Retain(dir, project, files string, asked func(key string) bool) (dropped []string) {
	var texts []string
	p.Leases, dropped = retain(p, p.Leases, dir, project, files, asked)
	p.Texts, texts = retain(p, p.Texts, dir, project, files, asked)
	return append(dropped, texts...)
}

// Name writes down the name of the project of a checkout.
func (p *Tx) Name(dir, project string) {
	if p.Projects[dir] != project || !p.ends[dir].IsZero() {
		p.Projects[dir] = project
		delete(p.ends, dir)
		p.changed = true
	}
}

// NameFor is Name for a name that ends, unless it is one without an end already.
func (p *Tx) NameFor(dir, project string, how time.Duration) {
	if p.Projects[dir] == project && p.ends[dir].IsZero() {
		return
	}
	if p.ends == nil {
		p.ends = map[string]time.Time{}
	}
	p.Projects[dir], p.ends[dir] = project, p.end(how)
	p.changed = true
}
