package diagnose

import (
	"slices"

	"github.com/portlint/portlint/dockerapi"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// maxAsked bounds the ports of one refusal that are asked about.
const maxAsked = 20

// PortsOf are the ports that a refusal names, with both protocols where it names none.
func PortsOf(r refusal.Refusal) []dockerapi.Port {
	if r.First == 0 || !r.Taken() && r.Kind != refusal.Forbidden {
		return nil
	}
	protos := []string{r.Proto}
	switch r.Proto {
	case "":
		protos = []string{"tcp", "udp"}
	case "sctp":
		return nil
	}

	var ports []dockerapi.Port
	refused := lint.Ports{First: r.First, Last: r.Last}
	for port := range refused.All() {
		if len(ports) >= maxAsked {
			break
		}
		for _, proto := range protos {
			ports = append(ports, dockerapi.Port{Number: port, Proto: proto})
		}
	}

	return ports
}

// WithAll adds those ports that are not there yet.
func WithAll(ports, more []dockerapi.Port) []dockerapi.Port {
	for _, p := range more {
		if !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	return ports
}
