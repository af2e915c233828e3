package freeport

import (
	"context"
	"fmt"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// Update changes the store and says what is wrong with it.
func (p *Picker) Update(ctx context.Context, change func(*leases.Tx) error) error {
	if p.trial != nil {
		return change(p.trial)
	}
	warning, err := p.store.Update(ctx, change)
	if warning != nil {
		p.warn(warning.Error())
	}
	return err
}

// Preview lets the picker choose from here on as it would, without a record of it: somebody is asked first.
func (p *Picker) Preview(w run.Process) {
	now := run.ReadLeases(w)
	if now.Projects == nil {
		now.Projects = map[string]string{}
	}
	p.trial = &now
}

// lease is one of this checkout.
func (p *Picker) lease(key string, first uint16, ports int) leases.Lease {
	return leases.Lease{First: first, Last: lint.PortsFrom(first, ports).Last, Tenant: leases.Tenant{Dir: p.dir, Project: p.project, Named: p.Named, Files: p.files, Key: key}}
}

// leased is what the checkout was given for a key: under whatever name of its project, unless that stands on the command line.
func (p *Picker) leased(tx *leases.Tx, key string) (leases.Lease, bool) {
	if p.Named || p.project == "" {
		return tx.Of(p.dir, p.project, key)
	}
	return tx.Adopt(p.dir, p.project, p.files, key, func(project string) bool { return p.beside[project] })
}

// Inherit lets a variable have what was given to the port in whose place it stands now, unless it has something already.
func (p *Picker) Inherit(ctx context.Context, variable, place string) error {
	return p.Update(ctx, func(tx *leases.Tx) error {
		p.leased(tx, place)
		if _, had := p.leased(tx, variable); !had {
			tx.Rekey(p.dir, p.project, place, variable)
		}
		return nil
	})
}

// shared reports whether somebody else has been given a port of a lease too, as after a change by hand.
func shared(tx *leases.Tx, l leases.Lease) bool {
	return slices.ContainsFunc(tx.Leases, func(o leases.Lease) bool {
		return (!o.OwnedBy(l.Dir, l.Project) || o.Key != l.Key) && run.PortsOfLease(o).Overlaps(run.PortsOfLease(l))
	})
}

func (p *Picker) whose(l leases.Lease) string {
	switch {
	case l.Key == "":
		return fmt.Sprintf("somebody in %q just now", l.Dir)
	case l.OwnedBy(p.dir, p.project):
		return fmt.Sprintf("%q of this checkout", l.Key)
	default:
		return fmt.Sprintf("project %q in %q", l.Project, l.Dir)
	}
}
