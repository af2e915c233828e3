package sockets

import (
	"context"
	"slices"
	"time"

	"github.com/portlint/portlint/lint"
)

// An engine that starts a container, and another portlint, have a port for some microseconds to try it. Who looks just
// then sees a socket that is no holder. So what may be such a socket is looked at again after a while, and so is a port that
// connections alone have: many last for one answer.

// waiter waits before the round after this one, and reports whether there is another.
type waiter func(ctx context.Context, round int) bool

// pause is the waiter for sockets of others. The last round is for one whose process lost its processor meanwhile.
func pause(ctx context.Context, round int) bool {
	pauses := []time.Duration{2 * time.Millisecond, 10 * time.Millisecond, 40 * time.Millisecond}
	if round >= len(pauses) {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pauses[round]):
		return true
	}
}

// passing reports whether something that was found may be there for a moment only.
func passing(probes []lint.Probe, found [][]row, owners map[row]lint.SocketOwner, round int) bool {
	for i, p := range probes {
		if p.Result == lint.InUse && !slices.ContainsFunc(found[i], row.lasts) {
			return true
		}
		if slices.ContainsFunc(found[i], func(r row) bool { return r.passing(owners[r], round) }) {
			return true
		}
	}
	return false
}

// lasts reports whether a socket is no connection that a program may end at any time.
func (r row) lasts() bool { return r.state != lint.Connection }

// maybeTrial reports whether a socket may be a trial by its state alone.
func (r row) maybeTrial() bool { return r.state == lint.BoundOnly || r.state == lint.Datagram }

// passing reports whether a socket may be a trial: those never listen. A datagram socket looks the same whatever it is
// for; one whose process was found has lived for long, so that one more look is enough.
func (r row) passing(owner lint.SocketOwner, round int) bool {
	switch r.state {
	case lint.BoundOnly:
		return true
	case lint.Datagram:
		return round == 0 || owner.Seen != lint.Known
	}
	return false
}
