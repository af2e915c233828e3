package pick

import (
	"fmt"

	"github.com/portlint/portlint/lint/ports"
)

// LinuxEphemeral are the ports that Linux gives to outgoing connections unless told otherwise.
// Source: net.ipv4.ip_local_port_range.
var LinuxEphemeral = ports.Range{First: 32768, Last: 60999}

// Exclusions is what speaks against giving out host ports on a machine.
type Exclusions struct {
	Within    ports.Range       // only these may be given out; none: all
	Ephemeral ports.Range       // that the system gives to outgoing connections; none: those of Linux
	Reserved  []Reserved        // that the system keeps back
	Taken     map[uint16]string // who has a port or will take it, such as `container "blog-web-1" has it`
}

// Reserved are ports that the system keeps back, inclusive.
type Reserved struct {
	ports.Range
	Why string // such as "Windows keeps 5357-5456 for itself"
}

// Reason says why a host port should not be given out, "" when nothing speaks against it.
func (e *Exclusions) Reason(port uint16) string {
	if who := e.Taken[port]; who != "" {
		return who
	}
	if e.Within.Known() && !e.Within.Contains(port) {
		return fmt.Sprintf("it lies outside %d-%d, the range of the settings", e.Within.First, e.Within.Last)
	}
	if span := e.ephemeral(); span.Contains(port) {
		return fmt.Sprintf("it lies among the ports for outgoing connections, %d-%d", span.First, span.Last)
	}

	for _, k := range e.Reserved {
		if k.Contains(port) {
			return k.Why
		}
	}
	if browserBlocked[port] {
		return "browsers refuse it"
	}
	if s, ok := serviceAt(port); ok {
		return "it belongs to " + s.What
	}
	return ""
}

// First finds the first of several ports that should not be given out, and says why; "" when nothing speaks against any.
func (e *Exclusions) First(of ports.Range) (port uint16, why string) {
	for port := range of.All() {
		if why := e.Reason(port); why != "" {
			return port, why
		}
	}
	return 0, ""
}

func (e *Exclusions) ephemeral() ports.Range {
	if e.Ephemeral.Known() {
		return e.Ephemeral
	}
	return LinuxEphemeral
}

// Nearby is where people look first for another port: the next one; 80 becomes 8080, 443 8443, and a port among those for
// outgoing connections keeps its last four digits below them.
func (e *Exclusions) Nearby(old uint16) uint16 {
	switch {
	case old == 22:
		return 2222
	case old == 25:
		return 2525
	case old < 1024:
		return 8000 + old
	case e.ephemeral().Contains(old):
		return 10000 + old%10000
	case old == 65535:
		return 1024
	default:
		return old + 1
	}
}

// Exclude keeps ports from being given out again. What is known of a port already stays.
func (e *Exclusions) Exclude(taken ports.Range, who string) {
	if e.Taken == nil {
		e.Taken = map[uint16]string{}
	}
	for port := range taken.All() {
		if e.Taken[port] == "" {
			e.Taken[port] = who
		}
	}
}
