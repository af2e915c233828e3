package sockets

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/portlint/portlint/lint"
)

// parseReserved reads Linux's list of reserved ports, such as "8080,9148-9150".
func parseReserved(s string) []lint.KeptRange {
	var kept []lint.KeptRange
	for _, part := range strings.Split(strings.TrimSpace(s), ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.ParseUint(from, 10, 16)
		last, err2 := strconv.ParseUint(to, 10, 16)
		if err1 == nil && err2 == nil && first > 0 && first <= last {
			kept = append(kept, lint.KeptRange{First: uint16(first), Last: uint16(last),
				Why: fmt.Sprintf("this machine reserves %s (ip_local_reserved_ports)", part)})
		}
	}
	return kept
}
