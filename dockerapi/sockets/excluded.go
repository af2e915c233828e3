package sockets

import (
	"strconv"
	"strings"
)

// portRange is first to last port, both inclusive.
type portRange struct{ first, last uint16 }

func (r portRange) has(port uint16) bool { return r.first <= port && port <= r.last }

// parseExcluded reads the output of "netsh interface ipv4 show excludedportrange". Its words are in the language of
// Windows, so a range is a line of two numbers in order, with "*" behind it or not.
func parseExcluded(out string) []portRange {
	var ranges []portRange
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) == 3 && f[2] == "*" {
			f = f[:2]
		}
		if len(f) != 2 {
			continue
		}
		if first, last, ok := parsePair(f[0] + " " + f[1]); ok {
			ranges = append(ranges, portRange{first, last})
		}
	}
	return ranges
}

// parseDynamic reads the output of "netsh interface ipv4 show dynamicport tcp": the two lines that end in a number are
// the first port and how many there are.
func parseDynamic(out string) (first, last uint16, ok bool) {
	var numbers []int
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 0 {
			if n, err := strconv.ParseUint(f[len(f)-1], 10, 16); err == nil {
				numbers = append(numbers, int(n))
			}
		}
	}
	if len(numbers) != 2 || numbers[0] == 0 || numbers[1] == 0 || numbers[0]+numbers[1]-1 > 65535 {
		return 0, 0, false
	}
	return uint16(numbers[0]), uint16(numbers[0] + numbers[1] - 1), true
}
