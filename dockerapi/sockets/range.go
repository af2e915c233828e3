package sockets

import "github.com/portlint/portlint/lint"

// parsePair reads the first and the last port out of two fields, as in "32768	60999".
func parsePair(fields []string) (lint.Ports, bool) {
	if len(fields) != 2 {
		return lint.Ports{}, false
	}
	ports, err := lint.ParsePorts(fields[0] + "-" + fields[1])
	return ports, err == nil && ports.Known()
}
