package lint

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/portlint/portlint/lint/subnet"
)

// networkFate is what `up` does about a network of the project.
type networkFate int

const (
	networkMade     networkFate = iota // there is none
	networkRenamed                     // there is an own one under another name: made before that one goes
	networkReplaced                    // there is an own one with other subnets: that one goes first
	networkStays                       // there is an own one, which is as the files say or stays as it is
	networkReused                      // somebody else's has its name, and is used with the subnets that it has
	networkExternal
)

// neededNetwork is a network that a service is on which `up` looks at, be it with no replica: only those are made.
// Source: compose pkg/compose/reconcile.go, reconcileNetworks; observed_state.go, discoverUnmanagedNetworks and selectNetwork;
// compose-go types/project.go, WithoutUnnecessaryResources. Compose 5.4 and newer: see [Pass.checkNetworkInUse].
type neededNetwork struct {
	*ProjectNetwork
	fate     networkFate
	found    *EngineNetwork // that is renamed, replaced, kept or used; nil where there is none
	stranger *EngineNetwork // of one that is renamed: somebody else's that has the new name already
}

// addNetworks finds the networks that `up` needs, and what becomes of them; h is nil when only files are read.
func (plan *Plan) addNetworks(p *Project, h *Host) {
	needed := map[string]bool{}
	for _, s := range p.Services {
		for _, on := range s.Networks {
			needed[on.Network] = needed[on.Network] || plan.selected[s.Name]
		}
	}

	for i := range p.Networks {
		if n := &p.Networks[i]; needed[n.Key] {
			plan.networks = append(plan.networks, plan.networkNeeded(n, h))
		}
	}
}

func (plan *Plan) networkNeeded(n *ProjectNetwork, h *Host) neededNetwork {
	if h != nil && h.Engine.KeepsIPv6() && !n.IPv6 {
		one := *n
		one.IPv6 = true
		n = &one
	}
	own := h.ownNetwork(plan.project, n)
	named := h.Network(n.Name.Text)
	switch {
	case n.External && named == nil:
		return neededNetwork{ProjectNetwork: n, fate: networkExternal, found: h.networkOfID(n.Name.Text)}
	case n.External:
		return neededNetwork{ProjectNetwork: n, fate: networkExternal, found: named}
	case own != nil && own.Name != n.Name.Text:
		return neededNetwork{ProjectNetwork: n, fate: networkRenamed, found: own, stranger: named}
	case own != nil && own.Compared && !n.hasSubnetsOf(own):
		return neededNetwork{ProjectNetwork: n, fate: networkReplaced, found: own}
	case own != nil:
		return neededNetwork{ProjectNetwork: n, fate: networkStays, found: own}
	case named != nil:
		return neededNetwork{ProjectNetwork: n, fate: networkReused, found: named}
	}
	return neededNetwork{ProjectNetwork: n, fate: networkMade}
}

// networkOfID is a network by its whole id, which Compose takes for the name of an external one.
func (h *Host) networkOfID(id string) *EngineNetwork {
	if h == nil || id == "" {
		return nil
	}
	i := slices.IndexFunc(h.Networks, func(n EngineNetwork) bool { return n.ID == id })
	if i < 0 {
		return nil
	}
	return &h.Networks[i]
}

// ownNetwork is the network that Compose knows by its labels as one of the project: of several the one of that name, else the
// first by name.
func (h *Host) ownNetwork(project string, n *ProjectNetwork) *EngineNetwork {
	if h == nil {
		return nil
	}
	var own *EngineNetwork
	for i := range h.Networks {
		o := &h.Networks[i]
		ours := o.Project != "" && o.Project == project && o.Key == n.Key
		if ours && (own == nil || o.Name == n.Name.Text) {
			own = o
		}
	}
	return own
}

// hasSubnetsOf reports whether the files ask for the very subnets that a network has; without any, for whichever it has.
func (n *ProjectNetwork) hasSubnetsOf(o *EngineNetwork) bool {
	asked := n.requests()
	if len(asked) == 0 {
		return true
	}
	return len(asked) == len(o.Subnets) && !slices.ContainsFunc(asked, func(r subnetRequest) bool {
		return !slices.ContainsFunc(o.Subnets, func(k ExistingSubnet) bool { return k.Prefix == r.Prefix && k.Range == r.Range })
	})
}

// subnetRequest is a subnet that the files ask for.
type subnetRequest struct {
	subnet.Request
	network *ProjectNetwork
	value   Value // of `subnet`
}

// requests are the subnets that the files ask for, as far as they are known and the engine keeps them.
func (n *ProjectNetwork) requests() []subnetRequest {
	if n.External || !n.asksEngine() {
		return nil
	}

	var out []subnetRequest
	for _, s := range n.Subnets {
		prefix, err := netip.ParsePrefix(s.Subnet.Text)
		if err != nil || !n.asks(s) {
			continue
		}
		part, _ := netip.ParsePrefix(s.Range.Text) // most have none
		out = append(out, subnetRequest{subnet.Request{Driver: n.Driver, Prefix: prefix.Masked(), Range: part.Masked()}, n, s.Subnet})
	}
	return out
}

// toMake are the subnets that the engine is asked for.
func (n neededNetwork) toMake() []subnetRequest {
	if n.fate > networkReplaced {
		return nil
	}
	return n.requests()
}

// inForce are the subnets of a network that is this project's in the end, as the files have them.
func (n neededNetwork) inForce() []subnetRequest {
	if n.fate > networkStays {
		return nil
	}
	return n.requests()
}

// label is the network for people.
func (n *ProjectNetwork) label() string { return n.Key }

// keepsSubnets says how sure it is that a network of the engine still has its subnets when another one of the project is made.
func (plan *Plan) keepsSubnets(o *EngineNetwork, h *Host) Certainty {
	i := slices.IndexFunc(plan.networks, func(n neededNetwork) bool { return n.found == o })
	switch {
	case i < 0 || plan.networks[i].fate > networkReplaced:
		return Certain
	case plan.networks[i].fate == networkRenamed && len(h.attached(o)) > 0: // its containers are stopped first, which takes longer
		return Certain
	}
	return Possible
}

// attached are the containers on a network, running or not, by name.
func (h *Host) attached(o *EngineNetwork) []*Container {
	var out []*Container
	for i := range h.Containers {
		if c := &h.Containers[i]; slices.Contains(c.Networks, o.Name) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *Container) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
