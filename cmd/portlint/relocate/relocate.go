// Package relocate gives values of a project that somebody else has other ones: host ports, container names, subnets with the addresses
// in them. A kind of value is a type that is a [Slot], and one that is a [Move] and says what it does to a compose.Shape: plans, proofs
// and writers take it as it is, because the value is part of compose.Loaded.EngineShape.
//
// The request is a [Slot]: one value that can be another one, what a variable gives or what stands in a file as a number. [Ports] is
// the slot of host ports that are one port and move together, [Text] that of names, and of a subnet.
//
// The chooser is [freeport.Picker], with the order of lint/pick: a value that nobody has on the machine, in the other checkouts and in
// the record of assigned values, and the same one for a slot every day. Slot.Choose asks it, and answers with a [Move].
//
// The proof is one everywhere: Compose loads the project again, and it is what it was but for the new values. A [Plan] compares for
// values of variables, and takes back the moves that do not hold; [Fixes] has edits of files proved by compose/edit. Both compare by
// compose.Shape: a Move says what it expects of it.
//
// The writers take what was proved: the environment of one run (Plan.Values), lines of the env files ([EnvFiles]), portlint's own
// block in an env file ([Edits.SetBlock]), a last Compose file for one run ([Override]), edits of files ([Edits]). Nothing is written before
// the whole is proved, and then all of it or none.
//
// The callers choose the slots and the writers: `up --move` and `--write` for what is in the way of a start, `assign` for every variable
// of a checkout ([Checkout], and [ReadSecond] for one that is not there), `check --fix` for what the rules found, with the values that
// the rules suggest.
package relocate

import (
	"context"

	"github.com/portlint/portlint/cmd/portlint/freeport"
	"github.com/portlint/portlint/compose"
)

// Slot is one value of a project that can be another one.
type Slot interface {
	// Key names the slot: the same in every reading of the project, and no other slot has it.
	Key() string
	// Choose finds a value that nobody has, the same one for this slot every day.
	Choose(ctx context.Context, p *freeport.Picker) (Move, error)
}

// Move is a slot with its new value.
type Move interface {
	Slot
	// Variable gives the value, "" where no variable does.
	Variable() string
	// Value is what the variable is set to.
	Value() string
	// Expect is a project in which the slot has the new value, and all else is as it was. It takes an EngineShape.
	Expect(s compose.Shape) compose.Shape
	// Part is what the slot gives of a project.
	Part(s compose.Shape) compose.Shape
	// Respelled is the same move with the value written in the next way that it may have to be written, false after the last one.
	Respelled() (Move, bool)
}
