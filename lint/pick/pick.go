// Package pick chooses host ports that are likely to stay free: which numbers to avoid, and in which order to try the others.
package pick

import (
	"fmt"
	"hash/fnv"
	"iter"
	"net/netip"

	"github.com/portlint/portlint/lint/ports"
)

// DefaultRange is where ports are picked from when nothing else is said, inclusive: below the ports that Linux, macOS and
// Windows give to outgoing connections, above nearly everything that people choose by hand.
var DefaultRange = ports.Range{First: 20000, Last: 32767}

// Request asks for host ports.
type Request struct {
	// Key is what asks, unique within its checkout and the same on every day, such as a variable's name: the search
	// begins where it says.
	Key    string
	From   uint16     // the search begins here instead and goes up; 0: where Key says
	Width  int        // ports in a row; 0 means 1
	Protos []string   // over which they should be free; none means tcp
	HostIP netip.Addr // where; the zero Addr means all addresses of both families
}

// Ports is how many ports in a row the request asks for.
func (r Request) Ports() int { return max(r.Width, 1) }

// Result is the answer to a request.
type Result struct {
	First uint16 // the lowest port
	Skips []Skip // what was passed over on the way, in that order
}

// Skip is a port, or several in a row, that was passed over.
type Skip struct {
	ports.Range
	Why string // such as "browsers refuse it"
}

// String writes the skip as "8081: browsers refuse it".
func (s Skip) String() string { return s.Range.String() + ": " + s.Why }

// Picker chooses host ports that are likely to stay free. The same request gets the same answer as long as nothing on its
// way changes.
type Picker struct {
	Exclusions
	Seed string // the checkout, so that two of them begin their searches apart
}

// Pick goes through the candidates for a request, takes the first that try has nothing against, and reports whether there is
// one. try is asked for the lowest of the ports and says why they can't be had, "" when they can. Of a range that somebody
// chose the ports that are registered for a program come last.
func (p *Picker) Pick(r Request, try func(first uint16) string) (Result, bool) {
	got, ok := p.round(r, try, r.From == 0)
	if !ok && p.Within.Known() && r.From == 0 {
		got, ok = p.round(r, try, false)
	}
	return got, ok
}

// round is one visit of all candidates.
func (p *Picker) round(r Request, try func(first uint16) string, unregistered bool) (Result, bool) {
	var got Result
	seen := row{picker: p, unregistered: unregistered}
	for first := range p.candidates(r) {
		port, why := seen.reason(int(first), r.Ports())
		if why == "" {
			port, why = first, try(first)
		}
		if why == "" {
			got.First = first
			return got, true
		}
		got.Skip(port, why)
	}
	return got, false
}

// row is what is known of ports in a row, so that a wide request looks at each of them once: nothing speaks against those from
// first to before next, and why, where there is one, against next.
type row struct {
	picker       *Picker
	unregistered bool // ports that are registered for a program are passed over
	first, next  int
	why          string
}

// reason finds the first of so many ports that something speaks against, and what that is.
func (s *row) reason(first, ports int) (uint16, string) {
	if first < s.first || first > s.next {
		s.first, s.next, s.why = first, first, ""
	}

	for ; s.next < first+ports; s.next++ {
		if s.why == "" {
			s.why = s.picker.reason(uint16(s.next), s.unregistered)
		}
		if s.why != "" {
			return uint16(s.next), s.why
		}
	}
	return 0, ""
}

// reason says why a port should not be given out, "" when nothing speaks against it.
func (p *Picker) reason(port uint16, unregistered bool) string {
	why := p.Reason(port)
	if why == "" && unregistered && registered[port] {
		return "it is registered with IANA for a program"
	}
	return why
}

// Skip notes why a port was passed over; neighbours with one reason are one note.
func (r *Result) Skip(port uint16, why string) {
	if n := len(r.Skips); n > 0 {
		switch last := &r.Skips[n-1]; {
		case last.Why == why && last.Contains(port):
			return
		case last.Why == why && int(last.Last)+1 == int(port):
			last.Last = port
			return
		}
	}

	r.Skips = append(r.Skips, Skip{ports.Single(port), why})
}

// candidates are the lowest ports that may answer a request: from From up and then from 1024 up, or all of the range from a
// place that the seed and the key choose, in steps that keep the next ones apart.
func (p *Picker) candidates(r Request) iter.Seq[uint16] {
	low, high := p.searchRange()
	if r.From != 0 {
		return upwards(int(r.From), r.Ports())
	}
	return func(yield func(uint16) bool) {
		n := high - low + 1 - (r.Ports() - 1)
		if n <= 0 {
			return
		}

		h := fnv.New64a()
		_, _ = fmt.Fprintf(h, "%s\x00%s", p.Seed, r.Key) // a hash never fails
		at, step := int(h.Sum64()%uint64(n)), stride(n)
		for range n {
			if !yield(uint16(low + at)) {
				return
			}
			at = (at + step) % n
		}
	}
}

func (p *Picker) searchRange() (low, high int) {
	if p.Within.Known() {
		return int(p.Within.First), int(p.Within.Last)
	}
	return int(DefaultRange.First), int(DefaultRange.Last)
}

func upwards(from, width int) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for port := from; port+width-1 <= 65535; port++ {
			if !yield(uint16(port)) {
				return
			}
		}

		for port := 1024; port < from && port+width-1 <= 65535; port++ {
			if !yield(uint16(port)) {
				return
			}
		}
	}
}

// stride is the smallest step from 97 on that visits all of n places.
func stride(n int) int {
	for step := 97; ; step++ {
		if divisor(step, n) == 1 {
			return step
		}
	}
}

// divisor is the greatest common one.
func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
