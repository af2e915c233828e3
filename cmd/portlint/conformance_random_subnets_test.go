//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomNetworks are the networks of a random project: which service is on which, and how each is defined.
type randomNetworks struct {
	on      map[string]string // network by service
	defined map[string]string // definition by network
}

// addNetworks gives one situation in three networks with subnets, and others who have some, from numbers of their own: the ports of
// a seed stay what they were.
func (r *random) addNetworks(seed uint64) {
	g := generator{rand.New(rand.NewPCG(seed, 18001))}
	if !g.oneIn(3) {
		return
	}
	r.networks = g.networks(r.now)
	if len(r.earlier) > 0 {
		r.earlierNetworks = g.networks(r.earlier)
		if g.oneIn(2) {
			r.earlierNetworks.defined = r.networks.defined
		}
	}
	for i := range g.IntN(3) {
		r.steps = append(r.steps, fmt.Sprintf("network @-x%d %s %s", i, g.subnet(), g.pick("", "", "", "label:com.docker.compose.project=@-z")))
	}
	if g.oneIn(6) {
		r.steps = append(r.steps, "network @-named "+g.subnet())
	}
}

func (g generator) networks(services []randomService) randomNetworks {
	n := randomNetworks{map[string]string{}, map[string]string{}}
	for _, s := range services {
		if network := g.pick("", "n", "n", "m"); network != "" && s.mode == "" {
			n.on[s.name] = network
		}
	}
	for _, network := range []string{"n", "m"} {
		definition := "{" + fixed(g.subnet())
		if g.oneIn(6) {
			definition += ", name: @-named"
		}
		n.defined[network] = definition + "}"
	}
	return n
}

// subnet is one of few, so that they meet, of which some lie in others.
func (g generator) subnet() string {
	return g.pick("10.18.1.0/24", "10.18.2.0/24", "10.18.3.0/24", "10.18.4.0/24", "10.18.1.128/25", "10.18.2.0/23", "10.18.64.0/18", "10.18.80.0/24")
}

// put puts the services of a file on their networks. Compose reads the name of a network with the project's in it.
func (n randomNetworks) put(text string) string {
	if len(n.on) == 0 {
		return text
	}
	for service, network := range n.on {
		text = strings.Replace(text, "  "+service+": {image: i", fmt.Sprintf("  %s: {image: i, networks: [%s]", service, network), 1)
	}
	text += "networks:\n"
	for _, network := range []string{"n", "m"} {
		text += "  " + network + ": " + strings.ReplaceAll(n.defined[network], "@-named", `"${COMPOSE_PROJECT_NAME}-named"`) + "\n"
	}
	return text
}
