package freeport

import (
	"fmt"

	"github.com/portlint/portlint/dockerapi/leases"
	"github.com/portlint/portlint/lint"
)

// AssignedText is a variable that gives names or subnets, and the value that this checkout has for it.
type AssignedText struct {
	TextSlot
	To    string
	Moved string // why it does not keep what it is today, "" when it does
}

// Changed reports whether the value is another one than today's.
func (a AssignedText) Changed() bool { return a.To != a.Value() }

// chooseTexts gives every variable its value, as choosePorts does.
func (p *Picker) chooseTexts(tx *leases.Tx, vars []TextSlot) ([]AssignedText, error) {
	all := make([]AssignedText, len(vars))
	for i, v := range vars {
		all[i] = AssignedText{TextSlot: v, To: v.Value(), Moved: p.againstText(tx, v)}
		if all[i].Moved == "" {
			p.giveText(tx, v, all[i].To)
		}
	}

	for i, v := range vars {
		if all[i].Moved == "" {
			continue
		}
		value, err := p.answerText(tx, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.Variable, err)
		}
		all[i].To = value
		p.giveText(tx, v, value)
	}
	return all, nil
}

// againstText says what speaks against the value of today, "" when nothing does; see stay and against.
func (p *Picker) againstText(tx *leases.Tx, v TextSlot) string {
	old, had := p.leasedText(tx, v.Key())
	ours := had && old.Value == v.Value()
	if v.Origin().Kind == lint.FromDefault && p.around.Linked && !ours {
		return fmt.Sprintf("%s is the default, which the other working trees have too", v.Value())
	}

	today := v.taking(v.With(v.Value()))
	lists := [][]takenText{p.named.machine, p.ownOthers(v)}
	if !ours {
		lists = append(lists, p.named.neighbours)
	}
	if !ours && p.around.Linked {
		lists = append(lists, p.named.siblings)
	}
	if why := firstMet(today, lists...); why != "" {
		return why
	}
	return p.assignedTo(tx, v.Key(), today)
}
