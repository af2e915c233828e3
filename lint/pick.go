package lint

import (
	"fmt"
	"hash/fnv"
	"iter"
	"net/netip"
)

// PickRange is where ports are picked from when nothing else is said, inclusive: below the ports that Linux, macOS and
// Windows give to outgoing connections, above nearly everything that people choose by hand.
var PickRange = Ports{First: 20000, Last: 32767}

// Wish asks for host ports.
type Wish struct {
	// Key is what asks, unique within its checkout and the same on every day, such as a variable's name: the search
	// begins where it says.
	Key    string
	Near   uint16     // the search begins here instead and goes up; 0: where Key says
	Width  int        // ports in a row; 0 means 1
	Protos []string   // over which they should be free; none means tcp
	HostIP netip.Addr // where; the zero Addr means all addresses of both families
}

// Ports is how many ports in a row the request asks for.
func (w Wish) Ports() int { return max(w.Width, 1) }

// Endpoints are the sockets that the engine would bind for the request at a lowest port.
func (w Wish) Endpoints(first uint16) []Endpoint {
	protos := w.Protos
	if len(protos) == 0 {
		protos = []string{"tcp"}
	}
	var out []Endpoint
	for _, proto := range protos {
		b := Binding{Proto: proto, HostIP: w.HostIP}
		for i := range w.Ports() {
			out = append(out, b.Endpoints(Network{}, first+uint16(i))...)
		}
	}
	return out
}

// Picked is the answer to a request.
type Picked struct {
	First uint16 // the lowest port
	Skips []Skip // what was passed over on the way, in that order
}

// Skip is a port, or several in a row, that was passed over.
type Skip struct {
	Ports
	Why string // such as "browsers refuse it"
}

// String writes the skip as "8081: browsers refuse it".
func (s Skip) String() string { return s.Ports.String() + ": " + s.Why }

// Picker chooses host ports that are likely to stay free. The same request gets the same answer as long as nothing on its
// way changes.
type Picker struct {
	Ground
	Seed string // the checkout, so that two of them begin their searches apart
}

// Pick goes through the candidates for a request, takes the first that try has nothing against, and reports whether there is
// one. try is asked for the lowest of the ports and says why they can't be had, "" when they can. Of a range that somebody
// chose the ports that are registered for a program come last.
func (p *Picker) Pick(w Wish, try func(first uint16) string) (Picked, bool) {
	got, ok := p.round(w, try, w.Near == 0)
	if !ok && p.Within.Known() && w.Near == 0 {
		got, ok = p.round(w, try, false)
	}
	return got, ok
}

// round is one visit of all candidates.
func (p *Picker) round(w Wish, try func(first uint16) string, unregistered bool) (Picked, bool) {
	var got Picked
	for first := range p.candidates(w) {
		port, why := p.shut(w, first, unregistered)
		if why == "" {
			port, why = first, try(first)
		}
		if why == "" {
			got.First = first
			return got, true
		}
		got.skip(port, why)
	}
	return got, false
}

// shut finds the first of the ports that something speaks against, and what that is.
func (p *Picker) shut(w Wish, first uint16, unregistered bool) (uint16, string) {
	for i := range w.Ports() {
		port := first + uint16(i)
		why := p.Shut(port)
		if why == "" && unregistered && registered[port] {
			why = "it is registered with IANA for a program"
		}
		if why != "" {
			return port, why
		}
	}
	return 0, ""
}

// skip notes why a port was passed over; neighbours with one reason are one note.
func (p *Picked) skip(port uint16, why string) {
	if n := len(p.Skips); n > 0 {
		switch last := &p.Skips[n-1]; {
		case last.Why == why && last.Contains(port):
			return
		case last.Why == why && int(last.Last)+1 == int(port):
			last.Last = port
			return
		}
	}
	p.Skips = append(p.Skips, Skip{PortsFrom(port, 1), why})
}

// candidates are the lowest ports that may answer a request: from Near up and then from 1024 up, or all of the range from a
// place that the seed and the key choose, in steps that keep the next ones apart.
func (p *Picker) candidates(w Wish) iter.Seq[uint16] {
	low, high := p.pickRange()
	if w.Near != 0 {
		return upwards(int(w.Near), w.Ports())
	}
	return func(yield func(uint16) bool) {
		n := high - low + 1 - (w.Ports() - 1)
		if n <= 0 {
			return
		}
		h := fnv.New64a()
		_, _ = fmt.Fprintf(h, "%s\x00%s", p.Seed, w.Key) // a hash never fails
		at, step := int(h.Sum64()%uint64(n)), stride(n)
		for range n {
			if !yield(uint16(low + at)) {
				return
			}
			at = (at + step) % n
		}
	}
}

func (p *Picker) pickRange() (low, high int) {
	if p.Within.Known() {
		return int(p.Within.First), int(p.Within.Last)
	}
	return int(PickRange.First), int(PickRange.Last)
}

func upwards(near, width int) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for port := near; port+width-1 <= 65535; port++ {
			if !yield(uint16(port)) {
				return
			}
		}
		for port := 1024; port < near && port+width-1 <= 65535; port++ {
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
