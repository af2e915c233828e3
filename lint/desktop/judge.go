package desktop

import (
	"fmt"
	"net/netip"
	"slices"
)

// Trial is what a bind like the forwarder's said.
type Trial int

// The results of a trial.
const (
	NotTried Trial = iota
	Free
	InUse
	Denied   // this user may not bind it, or Windows forbids it
	NotLocal // no such address here
)

// Holder is a socket of the desktop system that has the port, on whatever address.
type Holder struct {
	Addr    netip.AddrPort
	V6Only  bool
	Passing bool // a connection, or one that is closing
	Name    string
	Command string
	UID     int // -1 when not known
}

// Seen is what the desktop system shows of one socket that a forwarder would open.
type Seen struct {
	Trial        Trial
	Holders      []Holder
	Listed       bool   // the socket table was read
	Range        string // that Windows keeps for itself and that has the port, "" for none
	Administered bool   // an administrator reserved that range
}

// Outcome is what becomes of a published port.
type Outcome int

// The outcomes.
const (
	Opens      Outcome = iota // nothing is in the way
	NotChecked                // it can't be told from here
	Dead                      // the container runs, and the port leads to somebody else or nowhere
	Fails                     // the engine refuses to start the container
)

// Answer is what was found of one socket.
type Answer struct {
	Outcome Outcome
	Certain bool
	Why     string // what it rests on where it is not certain, or why it was not checked
	Holder  int    // which of the holders is in the way, -1 for none that is known
}

// Judge says what becomes of a socket that the forwarder would open. Sources: xnu in_pcb.c in_pcbbind, in6_pcb.c in6_pcbbind; "Using
// SO_REUSEADDR and SO_EXCLUSIVEADDRUSE" of Windows' documentation; the reports at each row of the table of tests.
func (f *Forwarder) Judge(s Socket, seen Seen) Answer {
	answer := f.judge(s, seen)
	if s.uncertainty != "" && answer.Certain && answer.Outcome != Opens {
		answer.Certain, answer.Why = false, s.uncertainty
	}
	return answer
}

func (f *Forwarder) judge(s Socket, seen Seen) Answer {
	at, own := f.inTheWay(s, seen)
	switch seen.Trial {
	case InUse:
		return f.inUse(seen, at, own)
	case Denied:
		return f.denied(s, seen, at)
	case NotLocal:
		return Answer{f.refusal(), true, "", -1}
	case Free:
		return f.beside(s, seen)
	}

	if at >= 0 {
		return Answer{f.refusal(), false, fmt.Sprintf("the port can't be tried from here, and %s decides", f.Name()), at}
	}

	if answer := f.beside(s, seen); answer.Outcome != Opens {
		return answer
	}
	return Answer{NotChecked, false, fmt.Sprintf("%s opens ports on %s, where this one can't be tried from here", f.Name(), f.Place()), -1}
}

// inTheWay finds a holder that keeps the forwarder's socket out, and one that is the forwarder's own; -1 for none.
func (f *Forwarder) inTheWay(s Socket, seen Seen) (at, own int) {
	at, own = -1, -1
	for i, h := range seen.Holders {
		mayBeOwn := f.System == "linux" && h.Name == "" && h.UID == f.User // whose descriptors only root may see
		switch {
		case h.Passing || !f.refuses(s, h):
		case mayBeOwn || f.IsOwn(h.Name, h.Command) && !f.anotherUser(h):
			own = i
		case at < 0:
			at = i
		}
	}
	return at, own
}

// refusal is what a refusal leads to.
func (f *Forwarder) refusal() Outcome {
	if f.Early {
		return Fails
	}
	return Dead
}

// inUse goes on where the trial says that the port is taken.
func (f *Forwarder) inUse(seen Seen, at, own int) Answer {
	passing := slices.IndexFunc(seen.Holders, func(h Holder) bool { return h.Passing })
	switch {
	case at >= 0 && f.System == "windows" && seen.onlyIPv6(at):
		return Answer{f.refusal(), false, "it has the port for IPv6 alone", at}
	case at >= 0:
		return Answer{f.refusal(), true, "", at}
	case own >= 0 && seen.Holders[own].Name == "":
		return Answer{f.refusal(), false, fmt.Sprintf("it may be %s itself", f.Name()), own}
	case own >= 0:
		why := fmt.Sprintf("%s has it itself, and no container of the engine is known to: something in its virtual machine, or a leftover; a restart of it helps then", f.Name())
		return Answer{f.refusal(), false, why, own}
	case passing >= 0:
		return Answer{f.refusal(), false, "a connection that uses the port goes away by itself", passing}
	}
	return Answer{f.refusal(), false, "a trial says that it is taken, and no table says by whom", -1}
}

// onlyIPv6 reports whether the program of a holder has no socket for IPv4: of one for both families Windows lists two.
func (s Seen) onlyIPv6(at int) bool {
	has := s.Holders[at]
	return has.Addr.Addr().Is6() && !slices.ContainsFunc(s.Holders, func(h Holder) bool { return h.Name == has.Name && h.Addr.Addr().Unmap().Is4() })
}

// denied goes on where this user may not bind the port, which is no conflict by itself.
func (f *Forwarder) denied(s Socket, seen Seen, at int) Answer {
	wildcard := slices.IndexFunc(seen.Holders, func(h Holder) bool { return !h.Passing && h.Addr.Addr().IsUnspecified() })
	byRoot := f.System == "darwin" && wildcard >= 0 && !s.Addr.Addr().IsUnspecified() // who minds no other user
	switch {
	case at >= 0 && !byRoot:
		return Answer{f.refusal(), true, "", at}
	case seen.Administered:
		return Answer{f.refusal(), false, fmt.Sprintf("an administrator reserved %s, which programs of the administrator may still use", seen.Range), -1}
	case seen.Range != "":
		return Answer{f.refusal(), true, "", -1}
	case wildcard >= 0:
		return Answer{f.refusal(), false, "what opens the port may be let beside the one that has all addresses", wildcard}
	case f.System == "windows":
		return Answer{f.refusal(), false, "Windows forbids the port, and neither a program nor a range that it tells of has it", -1}
	}
	return Answer{NotChecked, false, fmt.Sprintf("this user may not bind a port as low as %d at one address, %s may", s.Addr.Port(), f.Name()), -1}
}

// beside goes on where the port can be bound: somebody else may still be reached in its place.
func (f *Forwarder) beside(s Socket, seen Seen) Answer {
	for i, h := range seen.Holders {
		switch {
		case h.Passing || f.IsOwn(h.Name, h.Command) || !f.hides(s, h):
		case f.User == 0 && f.System == "darwin" && h.UID > 0:
			return Answer{NotChecked, false, fmt.Sprintf("it was tried as root, and %s is not root", f.Name()), i}
		default:
			return Answer{Dead, false, fmt.Sprintf("%s goes on to answer %s", nameOr(h), f.meant(h)), i}
		}
	}

	if seen.Administered {
		return Answer{f.refusal(), false, fmt.Sprintf("an administrator reserved %s", seen.Range), -1}
	}
	return Answer{Opens, true, "", -1}
}

func nameOr(h Holder) string {
	if h.Name == "" {
		return "another program"
	}
	return h.Name
}

// meant is what people ask for who reach a holder in place of the container.
func (f *Forwarder) meant(h Holder) string {
	switch a := h.Addr.Addr().Unmap(); {
	case a.IsLoopback():
		return fmt.Sprintf("localhost:%d", h.Addr.Port())
	case a.Is4():
		return "what asks for it by IPv4"
	}
	return h.Addr.String()
}

// hides reports whether a server is reached in place of the forwarder's socket beside it: one of a specific address, or of IPv4 alone
// beside a socket for both families. Another address than loopback hides that alone, which nobody means by localhost.
func (f *Forwarder) hides(s Socket, h Holder) bool {
	has, wants := h.Addr.Addr().Unmap(), s.Addr.Addr().Unmap()
	if !wants.IsUnspecified() {
		return false
	}

	served := s.Dual || has.Is4() == wants.Is4()
	return served && (has.IsLoopback() || has.IsUnspecified() && has != wants)
}

// refuses reports whether a socket keeps the forwarder's out, by the rules of the desktop system.
func (f *Forwarder) refuses(s Socket, h Holder) bool {
	has, wants := h.Addr.Addr().Unmap(), s.Addr.Addr().Unmap()
	bothFamilies := has.Is6() && has.IsUnspecified() && !h.V6Only
	sameFamily := has.Is4() == wants.Is4()
	equal := has == wants || bothFamilies && wants == netip.IPv4Unspecified()
	oneIsWild := has.IsUnspecified() || wants.IsUnspecified()
	sharesFamily := sameFamily || s.Dual || bothFamilies
	overlap := has == wants || oneIsWild && sharesFamily
	oneIsSpecific := !has.IsUnspecified() || !wants.IsUnspecified()

	switch f.System {
	case "darwin": // SO_REUSEADDR for TCP: only an equal address conflicts, but with another user's socket any overlap of a specific one
		strict := f.anotherUser(h) || s.Proto == "udp"
		return equal || overlap && oneIsSpecific && strict
	case "windows": // without an option: beside a specific address the wildcard binds
		return has == wants || f.Kind == WSL && overlap
	}
	return overlap
}

// anotherUser reports whether a socket is of another user, which a forwarder that is not root minds.
func (f *Forwarder) anotherUser(h Holder) bool {
	return f.User > 0 && h.UID >= 0 && h.UID != f.User
}
