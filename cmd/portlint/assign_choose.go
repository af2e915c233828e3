package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// assigned is a variable and the ports that this checkout has for it.
type assigned struct {
	portVar
	to    uint16 // the lowest
	moved string // why it does not keep what it gives today, "" when it does
	skips []pick.Skip
}

// value is what the variable is to be set to.
func (a assigned) value() string { return a.set(a.to) }

// assignment is what a checkout is given.
type assignment struct {
	naming
	vars []assigned
	gone []string // what the book has forgotten
}

// wanted is what a project asks for.
type wanted struct {
	project *lint.Project
	vars    []portVar
	pinned  bool   // the variable gives the project its name
	base    string // the name without that variable
}

// assign gives every variable ports of this checkout, and the project a name. All of it is one look into the book.
func (p *picker) assign(ctx context.Context, want wanted, host *lint.Host) (assignment, error) {
	var a assignment
	err := p.update(ctx, func(page *leases.Page) error {
		if !p.named { // else no other name helps
			a.naming = p.chooseName(page, want, host)
			p.project = a.name
		}
		var err error
		a.gone = p.forget(page, want.project)
		a.vars, err = p.choosePorts(page, want.project, want.vars)
		return err
	})
	return a, err
}

// forget drops what the project no longer asks for from the book, and returns its keys.
func (p *picker) forget(page *leases.Page, project *lint.Project) []string {
	asked := map[string]bool{}
	for _, b := range project.Bindings() {
		asked[wishKey(b)], asked[keyOf(project.Service(b.Service).Item(b))] = true, true
	}
	return page.Retain(p.dir, p.project, p.files, func(key string) bool { return asked[key] })
}

// choosePorts gives every variable its ports. What works today stays: a value from outside of the Compose
// files, what the book has, and a default in the first working tree. Only then the others get ports that are nobody's.
func (p *picker) choosePorts(page *leases.Page, project *lint.Project, vars []portVar) ([]assigned, error) {
	all := make([]assigned, len(vars))
	for i, v := range vars {
		all[i] = p.stay(page, project, v, all[:i])
		if all[i].to != 0 {
			p.give(page, all[i])
		}
	}
	for i := range all {
		if all[i].to != 0 {
			continue
		}
		got, err := p.answer(page, all[i].wish())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].name, err)
		}
		all[i].to, all[i].skips = got.First, got.Skips
		p.give(page, all[i])
	}
	return all, nil
}

func (p *picker) give(page *leases.Page, a assigned) {
	page.Give(p.lease(a.name, a.to, a.ports()))
}

// stay keeps the ports that a variable gives today, where nothing speaks against them. A default of a working tree that
// `git worktree add` made never stays: it is the same in all of them.
func (p *picker) stay(page *leases.Page, project *lint.Project, v portVar, before []assigned) assigned {
	a := assigned{portVar: v}
	if !v.Known() {
		a.moved = "nothing gives it a value"
		return a
	}
	old, had := p.leased(page, v.name)
	ours := had && run.PortsOfLease(old) == v.Ports
	switch {
	case v.origin().Kind == lint.FromDefault && p.sight.Linked && !ours:
		a.moved = fmt.Sprintf("%s is the default, which the other working trees have too", v.set(v.First))
	default:
		a.moved = p.against(page, project, v, before, ours)
	}
	if a.moved == "" {
		a.to = v.First
	}
	return a
}

// against says what speaks against the ports that a variable gives today, "" when nothing does. The same project in other
// working trees says nothing where ours is the first one, and no file does where the book says that they are ours.
func (p *picker) against(page *leases.Page, project *lint.Project, v portVar, before []assigned, ours bool) string {
	var files pick.Exclusions
	if !ours {
		lint.ExcludePublished(&files, p.sight.Neighbours...)
	}
	if !ours && p.sight.Linked {
		lint.ExcludePublished(&files, p.sight.Siblings...)
	}
	for port := range v.All() {
		if why := p.machine.Taken[port]; why != "" {
			return fmt.Sprintf("%d: %s", port, why)
		}
		if why := files.Taken[port]; why != "" {
			return fmt.Sprintf("%d: %s", port, why)
		}
	}
	for _, l := range page.Leases {
		if !l.Asks(p.dir, p.project) && run.PortsOfLease(l).Overlaps(v.Ports) {
			return fmt.Sprintf("%s: portlint gave it to %s", v.set(v.First), p.whose(l))
		}
	}
	if why := within(project, v, before); why != "" {
		return why
	}
	why, err := p.tried(v.wish(), v.First)
	if err != nil {
		why = err.Error()
	}
	if why != "" {
		return fmt.Sprintf("%s: %s", v.set(v.First), why)
	}
	return ""
}

// within says which other port of the project meets those of a variable: a number in its files, or a variable that was
// looked at before. Services of which only one is started may share a port.
func within(project *lint.Project, v portVar, before []assigned) string {
	for _, b := range project.Bindings() {
		s := project.Service(b.Service)
		if b.Var == "" && s.Active && v.active && v.overlaps(b) {
			return fmt.Sprintf("%s: %q publishes it too", v.set(v.First), b.Service)
		}
	}
	for _, o := range before {
		if o.to == 0 || !o.active || !v.active {
			continue
		}
		for _, b := range o.bindings {
			if v.overlaps(b) {
				return fmt.Sprintf("%s: %s has it too", v.set(v.First), o.name)
			}
		}
	}
	return ""
}

// overlaps reports whether a binding asks for one of the sockets that the variable's own ask for.
func (v portVar) overlaps(b *lint.Binding) bool {
	return b.Overlaps(v.Ports) && slices.ContainsFunc(v.bindings, func(own *lint.Binding) bool { return own.OverlapsAt(v.First, b) })
}
