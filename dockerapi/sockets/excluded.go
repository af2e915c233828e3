package sockets

import (
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// excluded is a range that Windows keeps back.
type excluded struct {
	lint.Ports
	administered bool // by an administrator, whose programs may still use it
}

// parseExcluded reads the output of "netsh interface ipv4 show excludedportrange". Its words are in the language of
// Windows, so a range is a line of two numbers in order, with "*" behind it or not.
func parseExcluded(out string) []excluded {
	var ranges []excluded
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		administered := len(f) == 3 && f[2] == "*"
		if administered {
			f = f[:2]
		}
		if len(f) != 2 {
			continue
		}
		if ports, ok := parsePair(f); ok {
			ranges = append(ranges, excluded{ports, administered})
		}
	}
	return ranges
}

// parseDynamic reads the output of "netsh interface ipv4 show dynamicport tcp": the two lines that end in a number are
// the first port and how many there are.
func parseDynamic(out string) (lint.Ports, bool) {
	var numbers []int
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) > 0 {
			if n, err := strconv.ParseUint(f[len(f)-1], 10, 16); err == nil {
				numbers = append(numbers, int(n))
			}
		}
	}
	if len(numbers) != 2 {
		return lint.Ports{}, false
	}

	first, width := numbers[0], numbers[1]
	if first == 0 || width == 0 || first+width-1 > 65535 {
		return lint.Ports{}, false
	}
	return lint.PortsFrom(uint16(first), width), true
}
