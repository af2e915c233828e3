package lint

import "fmt"

// message says who meets on which ports, and what becomes of them.
func (g group) message() string {
	names := g.services()
	var said string
	switch {
	case len(names) == 1 && len(g.members) == 2:
		said = g.withinMessage(names[0])
	case len(names) == 1:
		said = fmt.Sprintf("%s is published %d times by %q; the container cannot start", g.want(), len(g.members), names[0])
	case len(names) > 2 || len(g.members) > 2:
		said = fmt.Sprintf("%s is published by %s; not all of them can start", g.want(), quoted(names))
	case g.sameAddress():
		said = fmt.Sprintf("%s is published by both %q and %q; the second container cannot start", g.want(), names[0], names[1])
	default:
		a, b := g.members[0], g.members[1]
		said = fmt.Sprintf("%s of %q and %s of %q overlap; the second container cannot start",
			a.wantOn(g.ports), a.Service.Name, b.wantOn(g.ports), b.Service.Name)
	}
	return said + g.unless()
}

// withinMessage speaks of two bindings of one container.
func (g group) withinMessage(name string) string {
	a, b := g.members[0], g.members[1]
	switch {
	case g.identical() && a.Binding.Style.Long != b.Binding.Style.Long:
		return fmt.Sprintf("%q publishes %s twice, as Compose takes the short and the long form for two ports; "+
			"the container cannot start", name, g.want())
	case g.identical():
		return fmt.Sprintf("%q publishes %s twice; the container cannot start", name, g.want())
	case g.sameAddress():
		return fmt.Sprintf("%q publishes %s for both container port %d and %d; the container cannot start", name, g.want(),
			a.Binding.Target, b.Binding.Target)
	default:
		return fmt.Sprintf("%q publishes both %s and %s, which overlap; the container cannot start", name,
			a.wantOn(g.ports), b.wantOn(g.ports))
	}
}

// identical reports whether a group is one binding written twice.
func (g group) identical() bool {
	a, b := g.members[0], g.members[1]
	return len(g.members) == 2 && a.Service == b.Service && a.Binding.Target == b.Binding.Target && g.sameAddress()
}

// wantOn names the binding's host side with the ports of a group.
func (b Bound) wantOn(ports []uint16) string {
	text := runs(ports) + "/" + b.Binding.Proto
	if !b.Binding.HostIP.IsValid() {
		return text
	}
	return HostPort(b.Binding.HostIP, text)
}

// unless ends a message that is not certain.
func (c clash) unless() string {
	if c.why == "" {
		return ""
	}
	return " (" + c.why + ")"
}

func (g group) crowdMessage() string {
	return fmt.Sprintf("%s is too small for %s, which need %d host ports in it; not all of them can start", g.want(),
		quoted(g.services()), g.need)
}
