// Package ports is a range of ports: how people write it, how it is printed, and what lies in it.
package ports

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Range is the ports from First to Last, both inclusive; a single port has First == Last. The zero Range holds no port.
type Range struct{ First, Last uint16 }

// Single is the range of one port.
func Single(port uint16) Range { return Range{port, port} }

// From is the range of width ports that begins at first; a width below 1 counts as 1.
func From(first uint16, width int) Range {
	return Range{first, first + uint16(max(width, 1)-1)}
}

// Parse reads "8080" or "8080-8090". "0" is the zero Range.
func Parse(text string) (Range, error) {
	low, high, isRange := strings.Cut(text, "-")
	switch {
	case !isRange:
		high = low
	case low == "" || high == "":
		low = text
	}

	first, err := parsePort(low)
	if err != nil {
		return Range{}, err
	}
	last, err := parsePort(high)
	if err != nil {
		return Range{}, err
	}

	startsAtZero := first == 0 && last > 0
	if last < first || startsAtZero {
		return Range{}, fmt.Errorf("the range %q does not go up from a port above 0", text)
	}
	return Range{first, last}, nil
}

func parsePort(text string) (uint16, error) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a port from 0 to 65535", text)
	}
	return uint16(port), nil
}

// Known reports whether the range holds a port.
func (r Range) Known() bool { return r.First != 0 }

// Width is how many ports the range holds.
func (r Range) Width() int {
	if !r.Known() {
		return 0
	}
	return int(r.Last) - int(r.First) + 1
}

// Contains reports whether a port lies in the range.
func (r Range) Contains(port uint16) bool { return r.Known() && r.First <= port && port <= r.Last }

// Covers reports whether all ports of another range, which holds some, lie in this one.
func (r Range) Covers(o Range) bool { return r.Contains(o.First) && r.Contains(o.Last) }

// Overlaps reports whether both ranges hold some same port.
func (r Range) Overlaps(o Range) bool { return r.Common(o).Known() }

// Common is the range of the ports that both ranges hold.
func (r Range) Common(o Range) Range {
	both := Range{max(r.First, o.First), min(r.Last, o.Last)}
	if !r.Known() || !o.Known() || both.First > both.Last {
		return Range{}
	}
	return both
}

// All goes through the ports of the range, upwards.
func (r Range) All() iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for i := range r.Width() {
			if !yield(r.First + uint16(i)) {
				return
			}
		}
	}
}

// String writes the range as Compose does: "8080" or "8080-8090"; "" for the zero Range.
func (r Range) String() string {
	switch {
	case !r.Known():
		return ""
	case r.First == r.Last:
		return strconv.Itoa(int(r.First))
	default:
		return fmt.Sprintf("%d-%d", r.First, r.Last)
	}
}

// Runs are the ranges that sorted ports make: neighbours are one.
func Runs(sorted []uint16) []Range {
	var runs []Range
	for _, port := range sorted {
		if n := len(runs); n > 0 && int(runs[n-1].Last)+1 >= int(port) {
			runs[n-1].Last = port
			continue
		}
		runs = append(runs, Single(port))
	}
	return runs
}
