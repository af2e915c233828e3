package lint

import (
	"strings"

	"github.com/portlint/portlint/lint/ports"
)

// Ports is a range of host ports, both ends inclusive; the zero Ports holds none.
type Ports = ports.Range

// ParsePorts reads "8080" or "8080-8090". "0" is the zero Ports.
func ParsePorts(text string) (Ports, error) { return ports.Parse(text) }

// PortsFrom are width ports that begin at first; a width below 1 counts as 1.
func PortsFrom(first uint16, width int) Ports { return ports.From(first, width) }

// RunsOf are the ranges that sorted ports make: neighbours are one.
func RunsOf(sorted []uint16) []Ports { return ports.Runs(sorted) }

// runs writes sorted ports as "80", "80-82" or "80, 443".
func runs(sorted []uint16) string {
	var parts []string
	for _, r := range RunsOf(sorted) {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, ", ")
}
