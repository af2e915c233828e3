// Package lint decides whether the host ports of a Compose project can be bound by `docker compose up`.
//
// It is pure: packages compose and dockerapi look at the world and fill a [Project], [Run] applies the [Rules] and
// returns findings, package lint/report prints them. Nothing here reads a file, a clock or an environment.
package lint

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Project is what Compose would load: after merge, profiles and interpolation.
type Project struct {
	Name  string // Compose's project name
	Title string // the name for people where Name is made of variables, such as "${APP}"; "" for Name
	// NameFromCaller: the name is that of the command line or of the process environment, which no env file changes.
	NameFromCaller bool
	Dir            string // the project directory, absolute
	RealDir        string // Dir without links; "" where nobody looked
	// RunsAs is the name under which containers of this checkout are, because an earlier run gave them another one than
	// Name; "" where there are none.
	RunsAs   string
	Files    []string // the top Compose files in merge order, absolute; "-" is standard input
	Profiles []string // that are on
	// Compatibility: --compatibility or COMPOSE_COMPATIBILITY is on, and Compose names containers as its first version did, such as p_web_1.
	Compatibility bool
	TestData      bool             // a directory on the way to it is named as those for the data of tests are
	Services      []Service        // sorted by name
	Networks      []ProjectNetwork // sorted by key, the default one included where a service is on it
	Volumes       []ProjectVolume  // sorted by key
	Defects       []Defect         // why Compose would refuse the project; empty when it would not
	Invalid       []InvalidPort
	Mentions      []Mention
	NameMentions  []NameMention // in the order of their places
	Ignores       []Ignore
	Addresses     []AddressMention // in the subnets of the project
	// Taken are the variable names that the project already uses somewhere: in its files, its .env files or the
	// environment of a container.
	Taken map[string]bool
	// EnvFile is the file in which a variable of the project gets its value: the last one named by --env-file, else
	// the project's .env, which need not be there; "" when Compose reads neither.
	EnvFile string
	// Examples are the files that show what an env file may hold, one for each directory of the project that has some.
	Examples []string
	// Quiet are those of Examples whose lines a container would get too, once the example was copied: a new variable is
	// only shown there, in a comment.
	Quiet map[string]bool
	// EnvTexts are the texts of EnvFile, of Examples and of each env file that gives a host port its value, by path; a
	// file that is not there has none.
	EnvTexts map[string][]byte
	// Blind lists what could not be looked at.
	Blind []Blind
}

// SecondCheckout is a project as `portlint assign` would let another checkout of it be.
type SecondCheckout struct {
	Project *Project          // read from the same files, with a name and values of its own; nil where it can't be read
	Refused string            // why it can't
	Host    *Host             // the machine, with what its sockets say of the ports of Project; nil where only files are read
	Stays   map[string]string // the variables that no value of an env file changes alone, with why
}

// Label is the project's name for people.
func (p *Project) Label() string { return cmp.Or(p.Title, p.Name) }

// Service returns the service of that name, nil when there is none.
func (p *Project) Service(name string) *Service {
	i, ok := slices.BinarySearchFunc(p.Services, name, func(s Service, name string) int { return cmp.Compare(s.Name, name) })
	if !ok {
		return nil
	}
	return &p.Services[i]
}

// Network returns the network of that key, nil when there is none.
func (p *Project) Network(key string) *ProjectNetwork {
	i, ok := slices.BinarySearchFunc(p.Networks, key, func(n ProjectNetwork, key string) int { return cmp.Compare(n.Key, key) })
	if !ok {
		return nil
	}
	return &p.Networks[i]
}

// OwnSubnets are the subnets that the files give to networks of the project's own.
func (p *Project) OwnSubnets() (all []netip.Prefix) {
	for _, n := range p.Networks {
		for _, s := range n.Subnets {
			if prefix, err := netip.ParsePrefix(s.Subnet.Text); err == nil && !n.External {
				all = append(all, prefix.Masked())
			}
		}
	}
	return all
}

// Bindings returns the bindings of all services, active or not, in the order of the services.
func (p *Project) Bindings() []*Binding {
	var all []*Binding
	for i := range p.Services {
		for j := range p.Services[i].Bindings {
			all = append(all, &p.Services[i].Bindings[j])
		}
	}
	return all
}

// Service is one service of a project.
type Service struct {
	Name          string
	Span          Span     // its key in the last file that writes it
	Active        bool     // `up` without service names starts it: no profile, or one that is on
	Profiles      []string // as written
	Replicas      int      // containers that `up` starts; 0 means none
	ReplicasSpan  Span     // the value of scale or deploy.replicas; zero when neither is written
	ContainerName Value    // `container_name`
	Image         Value    // `image`
	Builds        bool     // it has a `build`, and Image is the tag of what that makes
	// Reaches are the containers that it needs by name: in network_mode, pid, ipc, volumes_from and external_links.
	Reaches  []Reach
	Links    []Link
	Provider bool // something else than the engine provides it: it has no containers
	// SwarmOnly names what says that the service is meant for `docker stack deploy`, such as "deploy.endpoint_mode";
	// "" when nothing does.
	SwarmOnly   string
	Global      bool     // deploy.mode: global, a task on every node of a swarm
	Constrained bool     // deploy.placement.constraints: not every node of a swarm will do
	DependsOn   []string // services that are started first, by name; links and shared namespaces included
	Awaits      []string // of DependsOn, those that have ended for good by then, by name
	Network     Network
	Networks    []Attachment // by key; none with `network_mode`
	Volumes     []string     // the keys of the project's volumes that it uses, sorted
	Paths       []Value      // of the machine, absolute in the files, that it mounts and may write to, each once
	Bindings    []Binding
}

// Reach is a container that a service needs by its name.
type Reach struct {
	Name string // of the container
	Key  string // of the service, such as "network_mode"
	Span Span   // the whole value
}

// Link is a container in `links` or `external_links`.
type Link struct {
	Service string // whose, "" for a container of somebody else
	Key     string // of the service, such as "links"
	Span    Span   // the whole value
}

// Attachment is a network of the project that a service is on.
type Attachment struct {
	Network string // its key
	IPv4    Value  // `ipv4_address`
	IPv6    Value  // `ipv6_address`
}

// ProjectNetwork is one network of a project, whether a service is on it or not.
type ProjectNetwork struct {
	Key      string
	Span     Span  // its key in the last file that writes it; zero for a default network that no file writes
	Name     Value // on the engine: as written, else the project's name with the key
	External bool
	Driver   string // "" where none is written, which means bridge
	IPAM     string // `ipam.driver`, "" where none is written
	NoIPv4   bool   // enable_ipv4: false
	IPv6     bool   // enable_ipv6
	Internal bool   // no way out of it
	Subnets  []Subnet
}

// Subnet is one entry of `ipam.config`. What is not written is the zero Value.
type Subnet struct {
	Subnet, Range, Gateway Value
	Reserved               map[string]Value // `aux_addresses`, by host name
}

// ProjectVolume is one volume of a project, whether a service uses it or not.
type ProjectVolume struct {
	Key      string
	Span     Span  // its key in the last file that writes it
	Name     Value // on the engine: as written, else the project's name with the key
	External bool
	Device   Value // where its driver has the data: `driver_opts.device`
}

// Value is a text of a Compose file other than a port that a whole engine knows by that text, such as the name of a container:
// what Compose makes of it, and where it is written. The zero Value is not written.
type Value struct {
	Text    string // "" where it rests on a variable that nothing gives a value
	Title   string // Text for people where that is made of variables whose values the files do not tell, such as "${APP}-web"; "" for Text
	Written string // as the file has it, with its variables
	Var     string // the first variable in it; "" for a literal
	From    Origin // where the value of that variable comes from
	Span    Span   // with its quotes
	Inside  Span   // the bytes of Written; zero where they can't be cut out
	Style   Style
	Layer   Layer // which file or service brought it
}

// SplitAtVariable splits the text at the one variable in it: what stands before and after the variable's value. There is none in a literal, where
// several variables make the text, where the variable gives another text than its value, and where it is the project's name.
func (v Value) SplitAtVariable() (name, before, after string, ok bool) {
	at := strings.IndexByte(v.Written, '$')
	if at < 0 || v.Text == "" || v.FollowsProject() {
		return "", "", "", false
	}

	e, isVariable := ScanExpression(v.Written[at:])
	before, after = v.Written[:at], v.Written[at+len(e.Text):]
	isOnly := isVariable && !strings.Contains(after, "$")
	fits := len(v.Text) > len(before)+len(after) && strings.HasPrefix(v.Text, before) && strings.HasSuffix(v.Text, after)
	if !isOnly || e.replaces() || !fits {
		return "", "", "", false
	}
	return e.Name, before, after, true
}

// FollowsProject reports whether the text is made of the project's name, so that another name gives another text.
func (v Value) FollowsProject() bool {
	return slices.ContainsFunc(Expressions(v.Written), func(e Expression) bool { return e.Name == "COMPOSE_PROJECT_NAME" })
}

// Composed reports whether the text is made of variables, and SplitAtVariable can't tell which part of it is the value of one.
func (v Value) Composed() bool {
	_, _, _, isSplit := v.SplitAtVariable()
	return strings.Contains(v.Written, "$") && !isSplit
}

// Label is the value for people.
func (v Value) Label() string { return cmp.Or(v.Title, v.Text) }

// Literal reports whether only an edit of the file can change the value.
func (v Value) Literal() bool { return v.Text != "" && v.From.Kind == Literal && v.Var == "" }

// EngineText is a text of a project that its engine knows by that text, whichever project it is of.
type EngineText struct {
	Path    string // the same in every reading of the project, such as "services.web.container_name"
	Kind    NameKind
	Service string // whose name or address it is; "" for a text of a network or a volume
	Network string // the key of the network that it is about, else ""
	Volume  string // the key of the volume that it names, else ""
	Entry   int    // of `ipam.config`, where it stands in one
	Key     string // the last word of Path
	Value
}

// EngineTexts are the container names of the project, the names of its own networks and volumes, and their subnets with the addresses
// in them, all that are written.
func (p *Project) EngineTexts() []EngineText {
	var all []EngineText
	add := func(t EngineText, path string) {
		if t.Value.Span.Known() {
			t.Path = path + "." + t.Key
			all = append(all, t)
		}
	}

	for _, s := range p.Services {
		if s.Provider {
			continue
		}
		path := "services." + s.Name
		add(EngineText{Kind: NameOfContainer, Service: s.Name, Key: "container_name", Value: s.ContainerName}, path)
		for _, on := range s.Networks {
			path := path + ".networks." + on.Network
			add(EngineText{Kind: NameOfAddress, Service: s.Name, Network: on.Network, Key: "ipv4_address", Value: on.IPv4}, path)
			add(EngineText{Kind: NameOfAddress, Service: s.Name, Network: on.Network, Key: "ipv6_address", Value: on.IPv6}, path)
		}
	}
	for _, n := range p.Networks {
		if n.External {
			continue
		}
		add(EngineText{Kind: NameOfNetwork, Network: n.Key, Key: "name", Value: n.Name}, "networks."+n.Key)
		for i, s := range n.Subnets {
			path := fmt.Sprintf("networks.%s.ipam.config[%d]", n.Key, i)
			add(EngineText{Kind: NameOfSubnet, Network: n.Key, Entry: i, Key: "subnet", Value: s.Subnet}, path)
			add(EngineText{Kind: NameOfAddress, Network: n.Key, Entry: i, Key: "ip_range", Value: s.Range}, path)
			add(EngineText{Kind: NameOfAddress, Network: n.Key, Entry: i, Key: "gateway", Value: s.Gateway}, path)
			for _, name := range slices.Sorted(maps.Keys(s.Reserved)) {
				add(EngineText{Kind: NameOfAddress, Network: n.Key, Entry: i, Key: name, Value: s.Reserved[name]}, path+".aux_addresses")
			}
		}
	}
	for _, v := range p.Volumes {
		if !v.External {
			add(EngineText{Kind: NameOfVolume, Volume: v.Key, Key: "name", Value: v.Name}, "volumes."+v.Key)
		}
	}
	return all
}

// impliedTexts are the names that Compose makes of the project's where the files write none: of the first container of each service,
// and of networks.
func (p *Project) impliedTexts() []EngineText {
	var all []EngineText
	for _, s := range p.Services {
		if !s.Provider && !s.ContainerName.Span.Known() {
			all = append(all, EngineText{Path: "services." + s.Name + ".container_name", Kind: NameOfContainer, Service: s.Name, Key: "container_name",
				Value: Value{Text: p.containerNameOf(s.Name, 1)}})
		}
	}
	for _, n := range p.Networks {
		if !n.External && !n.Name.Span.Known() {
			all = append(all, EngineText{Path: "networks." + n.Key + ".name", Kind: NameOfNetwork, Network: n.Key, Key: "name", Value: Value{Text: n.Name.Text}})
		}
	}
	return all
}

// AllTexts are the EngineTexts and the impliedTexts.
func (p *Project) AllTexts() []EngineText { return append(p.EngineTexts(), p.impliedTexts()...) }

// Implied reports whether it is Compose that makes the text, and no file has it.
func (t EngineText) Implied() bool { return !t.Span.Known() }

// Publishing says what the engine does with the ports of a service.
type Publishing int

// The three outcomes of publishing: bound on the host, silently not bound, refused at create.
const (
	Published Publishing = iota
	Ignored
	Refused
)

// Network is the part of a service's networks that decides what becomes of its ports.
type Network struct {
	Publishing Publishing
	Why        string // for Ignored and Refused: what in the file says so, such as "network_mode: host"
	Span       Span   // where that is written; zero when it is not one place
	// Silent: Ignored is for the network's kind, which is internal or has a driver without ports; not every engine does so.
	Silent bool
	Host   bool // the container has no network but the machine's own: what it opens is open there
	// HostIP is the address that a port without host IP is bound to, from the network's host_binding_ipv4 option;
	// "" means 0.0.0.0 and [::].
	HostIP string
	// Varies says why the engine's version decides whether ports are bound at all, such as "gateway mode routed";
	// "" when it does not.
	Varies string
	// lost names a container of the service that an earlier start left without its network; `up` may start it as it is,
	// and then it binds nothing. "" when there is none. Only a plan with an engine knows.
	lost string
	// mustBind says that lost is no excuse, see [UpOptions].
	mustBind bool
	Name     string // the publishing network's name on the engine; "" when not known
	IPv6     bool   // the files ask for IPv6 on it
	binder   binder // who opens its sockets
	v4Only   bool   // the engine binds a port without host IP for IPv4 only
	noIPv6   bool   // the engine binds no IPv6 address at all, and says nothing
	noIPv4   bool   // the same of IPv4
	// routedIPv4 and routedIPv6 say that the network's gateway mode for the family is "routed".
	routedIPv4, routedIPv6 bool
}

// routed is the reason of Network.Varies for a network whose gateway mode for IPv4 is "routed".
const routed = "the network's gateway mode is routed: engine 27 and newer bind no host port for IPv4, older ones do"

// Defect is one reason for which Compose would refuse a project.
type Defect struct {
	Span   Span
	Reason string // Compose's own words, one line
	Hint   string // what to do, "" when nothing is certain
}

// InvalidPort is a `ports` item that Compose or the engine refuses.
type InvalidPort struct {
	Service  string
	Active   bool
	Profiles []string // of the service
	Span     Span     // the wrong part, or the whole item
	Entry    Span     // the whole item
	Text     string   // the item as written
	Reason   string   // what is wrong, and what was expected
	Replaced string   // the obvious correction of the text of Span, "" when there is none
	Since    string   // the first engine version that refuses it, such as "29.2"; "" for Compose and for every engine
	// ByEngine: Compose takes it, and the engine refuses the container, which another service does not notice.
	ByEngine bool
}

// Mention is a place outside `ports` that names a host port.
type Mention struct {
	Span  Span   // the number itself
	Port  uint16 // the number
	Kind  string // what names it: "URL", "address", "advertised listener", ".env", "forwardPorts"
	Var   string // the variable whose default the number is, as in http://localhost:${WEB_PORT:-8080}; "" for a plain number
	Quiet bool   // its line may hold a password, and is not shown
}

// NameMention is a place other than `container_name` that needs a container of the project by its name.
type NameMention struct {
	Span  Span   // the name itself
	Name  string // of the container
	Kind  string // what names it: "docker exec", "URL", "address", "host name"
	Quiet bool   // its line may hold a password, and is not shown
}

// AddressMention is a place of the project's files that names an address in one of its subnets, other than that subnet and the
// fixed addresses of services.
type AddressMention struct {
	Span Span // the address itself
	IP   netip.Addr
}

// Blind is something that portlint could not look at. It is never turned into "free".
type Blind struct {
	What    string // such as "include https://example.com/x.git"
	Why     string // such as "remote files are not fetched"
	Span    Span   // where it is written; zero when nowhere
	Context string // of docker, where several engines are asked and it is about one of them; else ""
	// AfterUp: it is about what happens once the containers run, and decides over no verdict.
	AfterUp bool
}

// decides reports whether it decides over the verdict.
func (b Blind) decides() bool { return !b.AfterUp }

// Subject is what a blind spot is about in words, such as "sockets on build1".
func (b Blind) Subject() string {
	if b.Context == "" {
		return b.What
	}
	return b.What + " on " + b.Context
}

// Ignore is one `# portlint:ignore RULE[,RULE] reason` comment.
type Ignore struct {
	Span   Span     // the comment
	Rules  []string // as written
	Reason string   // "" is a fault
	Covers Span     // the line that it speaks of
}
