package leases

import (
	"slices"
	"time"
)

// What ports and texts have in common: each of their leases has a tenant.

// OwnedBy reports whether a lease is one of a project's in a directory.
func (t Tenant) OwnedBy(dir, project string) bool { return t.Dir == dir && t.Project == project }

// isFor reports whether it is the one for a key. There is none for "".
func (t Tenant) isFor(dir, project, key string) bool {
	return t.OwnedBy(dir, project) && t.Key == key && key != ""
}

func (t *Tenant) tenant() *Tenant { return t }

// leaseOf is a pointer to a kind of lease.
type leaseOf[T any] interface {
	*T
	tenant() *Tenant
}

// at is a lease of a list; there is none before the first.
func at[T any](all []T, i int) (one T, ok bool) {
	if i < 0 {
		return one, false
	}
	return all[i], true
}

// find is the position of the lease of a project in a directory for a key, -1 when there is none.
func find[T any, L leaseOf[T]](all []T, dir, project, key string) int {
	return slices.IndexFunc(all, func(one T) bool { return L(&one).tenant().isFor(dir, project, key) })
}

// adopt is find for [Tx.Adopt].
func adopt[T any, L leaseOf[T]](p *Tx, all []T, dir, project, files, key string, beside func(project string) bool) int {
	if i := find[T, L](all, dir, project, key); i >= 0 || key == "" {
		return i
	}

	for i := range all {
		t := L(&all[i]).tenant()
		ofFiles := t.Dir == dir && t.Files == files && t.Key == key
		if ofFiles && !t.Named && !beside(t.Project) {
			t.Project, p.changed = project, true
			return i
		}
	}
	return -1
}

// rekey lets a lease be for another key, unless there is one for that.
func rekey[T any, L leaseOf[T]](p *Tx, all []T, dir, project, key, to string) {
	i := find[T, L](all, dir, project, key)
	if i >= 0 && find[T, L](all, dir, project, to) < 0 {
		L(&all[i]).tenant().Key, p.changed = to, true
	}
}

// drop is a list without some of its leases.
func drop[T any](p *Tx, all []T, gone func(T) bool) []T {
	remaining := slices.DeleteFunc(all, gone)
	p.changed = p.changed || len(remaining) != len(all)
	return remaining
}

// retain is a list without what the same Compose files of a project do not ask for any more, and the keys of that.
func retain[T any, L leaseOf[T]](p *Tx, all []T, dir, project, files string, asked func(key string) bool) (remaining []T, dropped []string) {
	remaining = drop(p, all, func(one T) bool {
		t := L(&one).tenant()
		gone := t.OwnedBy(dir, project) && t.Files == files && t.Key != "" && !asked(t.Key)
		if gone {
			dropped = append(dropped, t.Key)
		}
		return gone
	})
	return remaining, dropped
}

// term is a tenant from now on, or since it had the same before. What has no end yet, because somebody has written it down, gets none.
func (p *Tx) term(t, old Tenant, same bool) Tenant {
	t.Since = p.now.UTC().Truncate(time.Second)
	if same {
		t.Since = old.Since
	}
	if same && old.Until.IsZero() {
		t.Until = old.Until
	}
	return t
}
