package lint

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/envfile"
	"github.com/portlint/portlint/lint/ports"
)

// Binding is one published port of a service, as Compose sends it to the engine: host address and ports to one
// container port. A range of equal length on both sides is as many bindings as it has ports, with the same Entry.
type Binding struct {
	Service string
	Proto   string     // "tcp", "udp" or "sctp"
	HostIP  netip.Addr // the zero Addr: not written, all addresses
	Ports              // host ports; none: the engine picks one; more than one: any one of them
	Target  uint16     // container port; 0: not known
	// HostMode: `mode: host`, which only a swarm reads: published on the nodes that run a task, not on every node.
	HostMode      bool
	ignoredHostIP netip.Addr // the host IP as written, of a stack: a swarm publishes on all addresses
	Unknown       bool       // the host side rests on a variable whose value nothing gives; First and Last are 0 then

	// Unset are the variables of the item that nothing gives a value, sorted; Refusal is what Compose says of the item where
	// they are empty, "" when it takes it.
	Unset   []string
	Refusal string

	Text      string // the host port as written, such as "8080" or "${WEB_PORT:-8080}"; "" when not written
	HostText  string // the whole host side as written, with its address, such as "127.0.0.1:${PORT}"
	Var       string // the variable that gives the host port; "" for a literal
	TargetVar string // the variable that gives the container port; "" for a literal
	From      Origin // where the value of the host port comes from
	Label     string // what the file calls the port: `name` of the long syntax, else a short comment beside the item

	Entry Span  // the whole item
	Port  Span  // the host port's own text, Text; zero when there is none or it can't be cut out
	Style Style // how the item is written
	Layer Layer // which file or service brought it

	// PortsKey is the key text `ports` above the item, in the item's own file, where its colon follows at once; zero
	// when it is not known, quoted, has a tag already, or the list comes through an alias.
	PortsKey Span
	// Lines are the whole lines of the item, line end included, when nothing else but its dash and its comment stands
	// on them; zero otherwise, and for the last item of a list, which can't be deleted alone.
	Lines Span
	// Block are the whole lines of `ports:` and its list, line end included, when nothing else stands on them and the
	// service keeps another key; zero otherwise.
	Block Span

	// Repeated are the items before this one that publish exactly the same, in the same service: Compose takes all of them for one port,
	// and the last one counts.
	Repeated []*Binding
}

// Origin tells where the value of a host port comes from.
type Origin struct {
	Kind OriginKind
	File string // the env file, for FromEnvFile and FromExample; absolute
	// Unused is another value of the variable: for FromShell the one of an env file that the shell hides, for Unset one
	// that Compose does not take.
	Unused UnusedValue
}

// OriginKind is one of the values of `valueFrom` in the JSON format.
type OriginKind int

// The origins, in the order in which they win.
const (
	Literal     OriginKind = iota // written in the Compose file itself
	FromShell                     // the process environment
	FromEnvFile                   // .env or --env-file
	FromDefault                   // the default of ${X:-default}
	FromExample                   // an example file beside, in --static only
	Unset                         // nothing gives a value
	FromProject                   // the project's own name, as in ${COMPOSE_PROJECT_NAME}
)

// String returns the value of `valueFrom`; for a file, the file's path.
func (o Origin) String() string {
	switch o.Kind {
	case Literal:
		return "literal"
	case FromShell:
		return "shell"
	case FromDefault:
		return "default"
	case FromEnvFile, FromExample:
		return o.File
	case FromProject:
		return "project"
	default:
		return "unset"
	}
}

// Style is what an edit of the item must keep.
type Style struct {
	Long  bool // the long syntax, a mapping with `published`
	Quote byte // '"', '\'' or 0 for a plain scalar: of the item, or of the value of `published`
	Flow  bool // the scalar stands in [ ] or { }, where a plain one may not hold braces
}

// Layer is one writer in the merge: a later one has the higher Order.
type Layer struct {
	Order   int
	Kind    string // "file", "override", "include", "extends" or "document"
	Service string // the key under which it writes, another one than the service's for "extends"; "" when not known
}

// Fixed reports whether the binding asks for exactly one known host port.
func (b *Binding) Fixed() bool { return b.Width() == 1 }

// Pool reports whether the binding asks for any one port of a range.
func (b *Binding) Pool() bool { return b.Width() > 1 }

// Ephemeral reports whether the engine picks the host port.
func (b *Binding) Ephemeral() bool { return !b.Known() && !b.Unknown }

// Span is the most exact place of the host port: its own text, else the item.
func (b *Binding) Span() Span {
	if b.Port.Known() {
		return b.Port
	}
	return b.Entry
}

// endpoints returns the sockets that the engine would bind for host port p: with no host IP those of [Engine.Addresses], or
// the network's own address; none of a family that it does not bind, nor for a protocol without sockets.
func (b *Binding) endpoints(n Network, p uint16) []Endpoint {
	if !n.binder.binds(b.Proto) {
		return nil
	}

	addrs := n.binder.addresses(b.HostIP)
	if n.v4Only && len(addrs) > 1 {
		addrs = addrs[:1]
	}
	if n.HostIP != "" && !b.HostIP.IsValid() {
		if ip, err := netip.ParseAddr(n.HostIP); err == nil && ip.Unmap() != netip.IPv4Unspecified() {
			addrs = []netip.Addr{ip.Unmap()}
		}
	}
	addrs = slices.DeleteFunc(addrs, func(a netip.Addr) bool { return n.noIPv4 && a.Is4() || n.noIPv6 && a.Is6() })

	out := make([]Endpoint, len(addrs))
	for i, a := range addrs {
		out[i] = Endpoint{Proto: b.Proto, Addr: netip.AddrPortFrom(a, p)}
	}

	return out
}

// Want names the host side as people say it: "8080/tcp", "127.0.0.1:8080/tcp", "8080-8090/tcp", "${WEB_PORT}/tcp".
func (b *Binding) Want() string {
	port := b.PortText()
	if b.HostIP.IsValid() {
		if port == "" {
			port = "0"
		}
		return HostPort(b.HostIP, port) + "/" + b.Proto
	}
	if port == "" {
		return "a " + b.Proto + " port that the engine picks"
	}
	return port + "/" + b.Proto
}

// PortText is the host port or range as text: "8080", "8080-8090", the expression when the value is unknown, "" when the
// engine picks.
func (b *Binding) PortText() string {
	if b.Unknown {
		return b.Text
	}
	return b.Ports.String()
}

// HostPort writes an address and a port the way Compose does, with brackets around an IPv6 address.
func HostPort(ip netip.Addr, port string) string {
	if ip.Is6() {
		return "[" + ip.String() + "]:" + port
	}
	return ip.String() + ":" + port
}

// Ports is a range of host ports, both ends inclusive; the zero Ports holds none.
type Ports = ports.Range

// ParsePorts reads "8080" or "8080-8090". "0" is the zero Ports.
func ParsePorts(text string) (Ports, error) { return ports.Parse(text) }

// PortsFrom are width ports that begin at first; a width below 1 counts as 1.
func PortsFrom(first uint16, width int) Ports { return ports.From(first, width) }

// RunsOf are the ranges that sorted ports make: neighbours are one.
func RunsOf(sorted []uint16) []Ports { return ports.Runs(sorted) }

// runs writes sorted ports as "80", "80-82" or "80, 443".
func runs(sorted []uint16) string {
	var parts []string
	for _, r := range RunsOf(sorted) {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, ", ")
}

// EnvLine is the line of an env file, from 1, that gives a variable its value: the last one that does, 0 when none does.
func EnvLine(text []byte, name string) int {
	start, _, found := envfile.Find(text, name)
	if !found {
		return 0
	}
	return NewSource(text).Position(start).Line
}

// UnusedValue is a value that an env file gives a variable, and that Compose does not use for a host port.
type UnusedValue struct {
	Kind UnusedKind
	Text string // the value where it is a port or a range of ports, else ""
	line int    // of the file, from 1
	Span Span   // the value
}

// UnusedKind says why Compose does not use a value.
type UnusedKind int

// The reasons: the shell's value hides it, the file is an example, or it is an `env_file`, which only a container gets.
const (
	NothingUnused UnusedKind = iota
	HiddenByShell
	InExample
	InContainer
)

// FindUnused finds the value that counts for a variable in the text of an env file.
func FindUnused(kind UnusedKind, file string, text []byte, name string) (UnusedValue, bool) {
	start, end, found := envfile.Find(text, name)
	if !found {
		return UnusedValue{}, false
	}

	g := UnusedValue{Kind: kind, line: NewSource(text).Position(start).Line, Span: Span{file, start, end}}
	if value := string(text[start:end]); numeric(value) {
		g.Text = value
	}
	return g, true
}

// At names the place of the value, and the value where it is a port, as seen from a directory.
func (g UnusedValue) At(dir string) string {
	at := g.Span.File
	if rel, err := filepath.Rel(dir, at); err == nil && filepath.IsLocal(rel) {
		at = filepath.ToSlash(rel)
	}
	at = fmt.Sprintf("%s:%d", at, g.line)
	if g.Text != "" {
		at += " (" + g.Text + ")"
	}

	return at
}
