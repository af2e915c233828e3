package freeport

import (
	"context"
	"fmt"
	"slices"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// Assigned is a variable and the ports that this checkout has for it.
type Assigned struct {
	PortVar
	To    uint16 // the lowest
	Moved string // why it does not keep what it gives today, "" when it does
	Skips []pick.Skip
}

// Value is what the variable is to be set to.
func (a Assigned) Value() string { return a.valueFrom(a.To) }

// Assignment is what a checkout is given.
type Assignment struct {
	Naming
	Vars  []Assigned
	Texts []AssignedText
	Gone  []string // what the store has forgotten
}

// Wanted is what a project asks for.
type Wanted struct {
	Project *lint.Project
	Vars    []PortVar
	Texts   []TextSlot
	Pinned  bool   // COMPOSE_PROJECT_NAME gives the project its name
	Against string // why the project can't have the name of today, "" where nothing is known against it
}

// Assign gives every variable ports, names or subnets of this checkout, and the project a name. All of it is one look into the store.
func (p *Picker) Assign(ctx context.Context, want Wanted, host *lint.Host) (Assignment, error) {
	var a Assignment
	err := p.Update(ctx, func(tx *leases.Tx) error {
		if !p.Named { // else no other name helps
			a.Naming = p.ChooseName(tx, want, host)
			p.project = a.Name
		}
		var err error
		a.Gone = p.forget(tx, want.Project)
		if a.Vars, err = p.choosePorts(tx, want.Project, want.Vars); err != nil {
			return err
		}
		a.Texts, err = p.chooseTexts(tx, want.Texts)
		return err
	})
	return a, err
}

// forget drops what the project no longer asks for from the store, and returns its keys.
func (p *Picker) forget(tx *leases.Tx, project *lint.Project) []string {
	asked := map[string]bool{}
	for _, b := range project.Bindings() {
		asked[RequestKey(b)], asked[KeyOf(project.Service(b.Service).Item(b))] = true, true
	}
	for _, t := range project.AllTexts() {
		variable, _, _, _ := t.SplitAtVariable()
		asked[variable], asked[t.Path] = true, true
	}
	return tx.Retain(p.dir, p.project, p.files, func(key string) bool { return asked[key] })
}

// choosePorts gives every variable its ports. What works today stays: a value from outside of the Compose
// files, what the store has, and a default in the first working tree. Only then the others get ports that are nobody's.
func (p *Picker) choosePorts(tx *leases.Tx, project *lint.Project, vars []PortVar) ([]Assigned, error) {
	all := make([]Assigned, len(vars))
	for i, v := range vars {
		all[i] = p.stay(tx, project, v, all[:i])
		if all[i].To != 0 {
			p.give(tx, all[i])
		}
	}

	for i := range all {
		if all[i].To != 0 {
			continue
		}
		got, err := p.pickOne(tx, all[i].Request())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].Name, err)
		}
		all[i].To, all[i].Skips = got.First, got.Skips
		p.give(tx, all[i])
	}

	return all, nil
}

func (p *Picker) give(tx *leases.Tx, a Assigned) {
	if l := p.lease(a.Name, a.To, a.PortCount()); p.Unwritten {
		tx.GiveFor(l, UnwrittenTime)
	} else {
		tx.Give(l)
	}
}

// stay keeps the ports that a variable gives today, where nothing speaks against them. A default of a working tree that
// `git worktree add` made never stays: it is the same in all of them.
func (p *Picker) stay(tx *leases.Tx, project *lint.Project, v PortVar, before []Assigned) Assigned {
	a := Assigned{PortVar: v}
	if !v.Known() {
		a.Moved = "nothing gives it a value"
		return a
	}

	old, had := p.leased(tx, v.Name)
	ours := had && run.PortsOfLease(old) == v.Ports
	switch {
	case v.Origin().Kind == lint.FromDefault && p.around.Linked && !ours:
		a.Moved = fmt.Sprintf("%s is the default, which the other working trees have too", v.valueFrom(v.First))
	default:
		a.Moved = p.against(tx, project, v, before, ours)
	}
	if a.Moved == "" {
		a.To = v.First
	}
	return a
}

// against says what speaks against the ports that a variable gives today, "" when nothing does. The same project in other
// working trees says nothing where ours is the first one, and no file does where the store says that they are ours.
func (p *Picker) against(tx *leases.Tx, project *lint.Project, v PortVar, before []Assigned, ours bool) string {
	var files pick.Exclusions
	if !ours {
		lint.ExcludePublished(&files, p.around.Neighbours...)
	}
	if !ours && p.around.Linked {
		lint.ExcludePublished(&files, p.around.Siblings...)
	}

	for port := range v.All() {
		if why := p.machine.Taken[port]; why != "" {
			return fmt.Sprintf("%d: %s", port, why)
		}
		if why := files.Taken[port]; why != "" {
			return fmt.Sprintf("%d: %s", port, why)
		}
	}

	for _, l := range tx.Leases {
		if !l.OwnedBy(p.dir, p.project) && run.PortsOfLease(l).Overlaps(v.Ports) {
			return fmt.Sprintf("%s: portlint gave it to %s", v.valueFrom(v.First), p.whose(l))
		}
	}
	if why := within(project, v, before); why != "" {
		return why
	}
	why, err := p.tried(v.Request(), v.First)
	if err != nil {
		why = err.Error()
	}
	if why != "" {
		return fmt.Sprintf("%s: %s", v.valueFrom(v.First), why)
	}
	return ""
}

// within says which other port of the project meets those of a variable: a number in its files, or a variable that was
// looked at before. Services of which only one is started may share a port.
func within(project *lint.Project, v PortVar, before []Assigned) string {
	for _, b := range project.Bindings() {
		if b.Var != "" || !v.active {
			continue
		}
		if project.Service(b.Service).Active && v.overlaps(b) {
			return fmt.Sprintf("%s: %q publishes it too", v.valueFrom(v.First), b.Service)
		}
	}

	for _, o := range before {
		if o.To == 0 || !o.active || !v.active {
			continue
		}
		for _, b := range o.Bindings {
			if v.overlaps(b) {
				return fmt.Sprintf("%s: %s has it too", v.valueFrom(v.First), o.Name)
			}
		}
	}

	return ""
}

// overlaps reports whether a binding asks for one of the sockets that the variable's own ask for.
func (v PortVar) overlaps(b *lint.Binding) bool {
	return b.Overlaps(v.Ports) && slices.ContainsFunc(v.Bindings, func(own *lint.Binding) bool { return own.OverlapsAt(v.First, b) })
}
