package sockets

import (
	"fmt"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/pick"
)

// parseReserved reads Linux's list of reserved ports, such as "8080,9148-9150".
func parseReserved(s string) []pick.Reserved {
	var reserved []pick.Reserved
	for _, part := range strings.Split(strings.TrimSpace(s), ",") {
		if ports, err := lint.ParsePorts(part); err == nil && ports.Known() {
			reserved = append(reserved, pick.Reserved{Range: ports, Why: fmt.Sprintf("this machine reserves %s (ip_local_reserved_ports)", part)})
		}
	}
	return reserved
}
