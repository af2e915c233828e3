package sockets

import (
	"context"
	"fmt"

	"github.com/portlint/portlint/lint/pick"
)

// Reserved are the ports that Windows keeps for itself, of both families and protocols, none when netsh does not tell.
func Reserved(ctx context.Context) []pick.Reserved {
	var reserved []pick.Reserved
	for _, family := range []string{"ipv4", "ipv6"} {
		for _, proto := range []string{"tcp", "udp"} {
			for _, r := range excludedRanges(ctx, family, proto) {
				reserved = append(reserved, pick.Reserved{Range: r.Ports, Why: fmt.Sprintf("Windows keeps %d-%d for itself", r.First, r.Last)})
			}
		}
	}
	return reserved
}
