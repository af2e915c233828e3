// Package refusal reads what engines, the programs that open ports for them, and any other program say when a port is refused, and
// what engines and Compose say when they refuse the name of a container.
package refusal

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/lazyexp"
)

// Refusal is one refusal of a host port or of a name, as an engine, what opens ports for it, or Compose words it.
type Refusal struct {
	Kind Kind
	By   Refuser
	// Addr is the host address that the text names; zero when it names none. With Allocated it is the address of the
	// entry that holds the port, which need not be the one that was asked for (engine 28.3).
	Addr        netip.Addr
	First, Last uint16 // the host port, or the range of which every port was tried; 0 when the text names none
	Proto       string // "tcp", "udp", "sctp"; "" when the text does not say
	Container   string // the container that was being started, "" when the text does not say
	Service     string // its service, "" when the text does not say
	Holder      string // the swarm service that has the port, "" when the text does not say
	Name        string // of a container, a network or a volume, of the kinds that are about one; "" when the text does not say
	Program     string // with ByProgram, whose words they are; "" for words that many programs have
	Host        string // the name in place of an address, as "localhost"; "" for none
	Path        string // with SocketFile, the file; "" when the text does not say
	moves       bool   // the program takes another port by itself, and goes on
	// NoContainer: with InTheWay, no container of the same engine has the port: it compares all addresses by itself. Engines up to 28.2
	// leave it to the kernel where a container has the port on another address.
	NoContainer bool
	Raw         string // the words that say so, as one line
}

// Kind says why a host port was refused.
type Kind int

// The kinds of refusals.
const (
	Allocated      Kind = iota // a container of the same engine has the port
	InTheWay                   // a socket that is not in the engine's books has the port
	AllTaken                   // every port of a range is taken
	Forbidden                  // the system keeps the port for itself and nobody listens: a range that Windows excludes
	Privileged                 // the user of the engine may not open so low a port
	NotHere                    // the host address is not an address of the machine
	BadRange                   // no range of ports
	NoProtocol                 // the machine's kernel does not have the protocol
	Unreasoned                 // refused without a reason
	DoublyOpened               // RootlessKit has opened the same port before
	SwarmHas                   // a swarm service has the port
	NoNode                     // no node of the swarm has the port free
	NoPool                     // Podman takes no range for one port
	TimedOut                   // docker-proxy did not say in time whether it has the port
	Unpublishable              // the network mode publishes no ports
	NoAnswer                   // who opens the ports did not answer: about no port
	ObjectExists               // a network object that is there already: about no port
	NameTaken                  // a container has the name
	NameTwice                  // two services of one project have the name
	NameScaled                 // several containers of one service would have the name
	SocketFile                 // the address is a file, which is there already: about no port
	SubnetTaken                // a network has a part of the subnet
	NoSubnet                   // the engine has no subnet left to give by itself
	AddressTaken               // the fixed address of a container is taken
	AddressOutside             // a fixed address is in no subnet of its network
	NetworkTaken               // a network of that name is not the project's
	NetworkMissing             // an external network is not there
	VolumeMissing              // an external volume is not there
)

// String is the name of the kind in the JSON format of `portlint explain`.
func (k Kind) String() string {
	return [...]string{"allocated", "in-use", "all-taken", "forbidden", "privileged", "not-local", "bad-range", "no-protocol",
		"unknown", "opened-before", "swarm", "no-node", "no-pool", "timed-out", "unpublishable", "no-answer", "object-exists", "name-taken", "name-twice", "name-scaled", "socket-file",
		"subnet-taken", "no-subnet", "address-taken", "address-outside", "network-taken", "network-missing", "volume-missing"}[k]
}

// Refuser says which program refused.
type Refuser int

// The programs that refuse ports.
const (
	ByEngine     Refuser = iota // the Docker engine itself, its docker-proxy, or Compose
	ByDesktop                   // Docker Desktop, on the desktop's own system
	ByRootless                  // RootlessKit, for a rootless Docker engine
	ByPodman                    // Podman
	ByWindowsHNS                // the network service of Windows, for Windows containers
	ByPodmanDNS                 // aardvark-dns, Podman's DNS server for a network of containers
	BySwarm                     // the manager of a swarm
	BySynology                  // the container manager of a Synology NAS
	ByProgram                   // any other program, which wanted the port for itself
)

// String is the name of the refuser in the JSON format of `portlint explain`.
func (r Refuser) String() string {
	return [...]string{"engine", "desktop", "rootlesskit", "podman", "windows", "podman-dns", "swarm", "synology", "program"}[r]
}

// Parse finds the refusals of host ports in what an engine, docker or Compose printed, each once, in their order:
// with or without colours, prefixes, progress lines and JSON around them, and broken into lines anywhere. What containers
// print into the output of an attached `docker compose up` is left out.
func Parse(text string) []Refusal {
	var found []Refusal
	for _, e := range enginesRefusals(plainText(text)) {
		found = addRefusal(found, e.Refusal)
	}
	return found
}

// inText is a refusal and where its words begin.
type inText struct {
	Refusal
	start int
}

// enginesRefusals are the refusals of engines in a plain text, in their order.
func enginesRefusals(text string) []inText {
	letters, places := squeeze(text)
	var found []inText
	end := 0
	for _, m := range matches(letters) {
		before := letters[end:m.start]
		r := m.refusal
		r.By = cmp.Or(r.By, refuser(before))
		container, service := starting(before)
		r.Container, r.Service = container, cmp.Or(r.Service, service)
		r.Raw = strings.Join(strings.Fields(text[places[m.start]:places[m.end-1]+1]), " ")
		found = append(found, inText{r, places[m.start]})
		end = m.end
	}

	return found
}

// squeeze leaves all white space away, because a line may be broken in the middle of a word, and says where in the text
// each byte stands.
func squeeze(text string) (letters string, places []int) {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; c != ' ' && c != '\n' && c != '\t' {
			out, places = append(out, c), append(places, i)
		}
	}
	return string(out), places
}

var (
	ansiSequence = lazyexp.New("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\^_])")
	containerLog = lazyexp.New(`(?m)^[A-Za-z0-9][A-Za-z0-9_.-]* +\| .*$`)
	lineEnds     = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	escapes      = strings.NewReplacer(`\u003e`, ">", `\u003c`, "<", `\"`, `"`, `\n`, "\n", `\t`, " ")
)

// plainText takes away what surrounds an error: terminal sequences, the output of containers, the escapes of JSON.
func plainText(text string) string {
	return escapes.Replace(containerLog().ReplaceAllString(lineEnds.Replace(ansiSequence().ReplaceAllString(text, "")), ""))
}

// addRefusal keeps a refusal once. The same words can be printed with and without the name of the container.
func addRefusal(list []Refusal, r Refusal) []Refusal {
	for i := range list {
		known := &list[i]
		ofOther := known.Container != "" && r.Container != "" && known.Container != r.Container
		if ofOther || !known.sameCause(r) {
			continue
		}
		known.Container, known.Service = cmp.Or(known.Container, r.Container), cmp.Or(known.Service, r.Service)
		return list
	}
	return append(list, r)
}

func (r Refusal) sameCause(o Refusal) bool {
	if r.Kind == NameScaled && r.Service != o.Service {
		return false
	}
	r.Container, r.Service, r.Raw = o.Container, o.Service, o.Raw
	return r == o
}

// wording is one refusal found in a text.
type wording struct {
	start, end int
	refusal    Refusal
}

// matches are the wordings in a text by their place, without those inside of others.
func matches(letters string) []wording {
	var all []wording
	for _, w := range slices.Concat(wordings, networkWordings) {
		for _, at := range w.words().FindAllStringSubmatchIndex(letters, -1) {
			if r, ok := w.read(letters, at); ok {
				all = append(all, wording{at[0], at[1], r})
			}
		}
	}

	slices.SortStableFunc(all, func(a, b wording) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	var out []wording
	for i, m := range all {
		inside := len(out) > 0 && m.start < out[len(out)-1].end
		if !inside && !(i+1 < len(all) && m.explainedBy(all[i+1])) {
			out = append(out, m)
		}
	}

	return out
}

// explainedBy reports whether the next wording says why: Docker Desktop names the port that it opens, and then passes on
// the words of the system.
func (m wording) explainedBy(next wording) bool {
	return m.refusal.Kind == Unreasoned && next.start-m.end <= len(":") && next.refusal.First == m.refusal.First
}

// refuser reads who refuses from the words before a wording: the last ones, unless another error begins after them.
func refuser(before string) Refuser {
	last, by := strings.LastIndex(before, "rrorresponsefromdaemon"), ByEngine
	for words, who := range map[string]Refuser{
		"PortManager.AddPort": ByRootless, "rootlessport": ByPodman, "pastafailed": ByPodman, "cannotlistenonthe": ByPodman,
		"ortsarenotavailable": ByDesktop, "exposingport": ByDesktop,
	} {
		if at := strings.LastIndex(before, words); at > last {
			last, by = at, who
		}
	}
	return by
}

var (
	onEndpoint   = lazyexp.New(`(?:on|create)endpoint([A-Za-z0-9_.-]+?)(?:\([0-9a-f]+\)|onnetwork)`)
	startService = lazyexp.New(`Cannotstartservice([A-Za-z0-9_.-]+):`)
)

// starting reads which container was being started from the words before a wording.
func starting(before string) (container, service string) {
	if m := onEndpoint().FindAllStringSubmatch(before, -1); m != nil {
		container = m[len(m)-1][1]
	}
	if m := startService().FindAllStringSubmatch(before, -1); m != nil {
		service = m[len(m)-1][1]
	}
	return container, service
}
