package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/names"
)

// roles are the words that people use for a container port when a service publishes several.
var roles = map[uint16]string{
	22: "SSH", 2222: "SSH", 25: "SMTP", 53: "DNS", 443: "HTTPS", 465: "SMTPS", 587: "SUBMISSION", 143: "IMAP", 993: "IMAPS",
	110: "POP3", 995: "POP3S", 1025: "SMTP", 4317: "OTLP_GRPC", 4318: "OTLP_HTTP", 7474: "HTTP", 7687: "BOLT",
	8025: "UI", 8123: "HTTP", 8443: "HTTPS", 9443: "HTTPS", 1883: "MQTT", 8883: "MQTTS",
	4190: "SIEVE", 6334: "GRPC", 9300: "TRANSPORT", 61613: "STOMP", 9001: "CONSOLE", 9229: "DEBUG", 15672: "MANAGEMENT", 16686: "UI",
}

// sideRoles are such words for ports that keep the service's plain name where they are what people use of it.
var sideRoles = map[uint16]string{
	20: "FTP_DATA", 21: "FTP", 23: "TELNET", 67: "DHCP", 69: "TFTP", 80: "HTTP", 123: "NTP", 139: "NETBIOS", 161: "SNMP", 389: "LDAP",
	445: "SMB", 514: "SYSLOG", 554: "RTSP", 636: "LDAPS", 853: "DNS_TLS", 873: "RSYNC", 1194: "OPENVPN", 1433: "SQL", 1935: "RTMP",
	2181: "ZOOKEEPER", 2379: "CLIENT", 2380: "PEER", 3306: "MYSQL", 3389: "RDP", 3478: "STUN", 5005: "DEBUG", 5044: "BEATS",
	5060: "SIP", 5222: "XMPP", 5349: "TURNS", 5353: "MDNS", 5432: "POSTGRES", 5671: "AMQPS", 5672: "AMQP", 5900: "VNC", 5901: "VNC",
	6222: "CLUSTER", 6379: "REDIS", 8009: "AJP", 8125: "STATSD", 8222: "MONITORING", 8554: "RTSP", 9090: "METRICS", 9092: "KAFKA",
	9100: "METRICS", 9411: "ZIPKIN", 11211: "MEMCACHED", 12201: "GELF", 24678: "HMR", 27017: "MONGO", 35729: "LIVERELOAD",
	50051: "GRPC", 51820: "WIREGUARD", 61616: "OPENWIRE",
}

// pagePorts are container ports behind which people find the page that a service is there for.
var pagePorts = map[uint16]bool{80: true, 3000: true, 4000: true, 4200: true, 5000: true, 5173: true, 8000: true, 8080: true, 8888: true}

// namingStyle is how the names of a project are built around the part that names the port.
type namingStyle struct{ before, after string }

// namingStyles are the ways that a project may have of its own: two variables of a kind make it the project's, unless more
// are plain.
var namingStyles = []namingStyle{{"FORWARD_", "_PORT"}, {"", "_HOST_PORT"}, {"", "_PORT_HOST"}, {"", "_PUBLISH_PORT"},
	{"", "_PUBLISHED_PORT"}, {"", "_EXTERNAL_PORT"}, {"", "_EXPOSED_PORT"}, {"", "_MAPPED_PORT"}}

var plainStyle = namingStyle{"", "_PORT"}

// onHost is the naming style in which a name says that it is about the host.
func (d namingStyle) onHost() namingStyle {
	return namingStyle{strings.TrimSuffix(d.before, "FORWARD_"), "_HOST_PORT"}
}

func (d namingStyle) matches(name string) bool {
	return strings.HasPrefix(name, d.before) && strings.HasSuffix(name, d.after) && len(name) > len(d.before+d.after)
}

// name builds a variable's name; a variable can't begin with a digit, so "1panel" gives PORT_1PANEL.
func (d namingStyle) name(stem, suffix string) string {
	name := d.before + stem + d.after + suffix
	if name[0] >= '0' && name[0] <= '9' {
		return strings.TrimPrefix(d.after, "_") + "_" + stem + suffix
	}
	return name
}

// naming remembers the names given in one Run: projects that share a directory share its .env, and those that share a
// file share its variables.
type naming struct {
	beside map[string][]*Project // by directory and by file
	named  map[string]string     // the host port or the container name for which a name was given, by directory and name

	siblings siblings
}

// siblings are the variables that the projects have for a host port, by service and container port: projects of other
// directories may have the same.
type siblings map[sibling][]string

type sibling struct {
	service string
	target  uint16
	proto   string
	pool    bool
}

func (i Item) sibling() sibling {
	return sibling{i.definedIn(), i.Head().Target, i.Head().Proto, i.Width() > 1}
}

// nameOf is the one name that all projects have for the port of an item, "" where they differ or have none.
func (s siblings) nameOf(it Item) string {
	names := s[it.sibling()]
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

func siblingsOf(projects []*Project) siblings {
	all := siblings{}
	for _, p := range projects {
		for _, it := range p.Items() {
			b := it.Head()
			if e, one := parseExpression(b.Text); !one || e.Name != b.Var || b.Var == b.TargetVar {
				continue
			}
			if key := it.sibling(); !slices.Contains(all[key], b.Var) {
				all[key] = append(all[key], b.Var)
			}
		}
	}
	return all
}

func newNaming(projects []*Project) *naming {
	n := &naming{beside: map[string][]*Project{}, named: map[string]string{}, siblings: siblingsOf(projects)}
	for _, p := range projects {
		for place := range p.places() {
			n.beside[place] = append(n.beside[place], p)
		}
	}
	return n
}

// places are the directory of a project and the files that its ports come from.
func (p *Project) places() map[string]bool {
	places := map[string]bool{p.Dir: true}
	for _, b := range p.Bindings() {
		if b.Entry.Known() {
			places[b.Entry.File] = true
		}
	}
	return places
}

// taken are the names, in upper case, that the project or one beside it uses.
func (n *naming) taken(p *Project) map[string]bool {
	names, seen := map[string]bool{}, map[*Project]bool{}
	for place := range p.places() {
		for _, o := range n.beside[place] {
			if !seen[o] {
				seen[o] = true
				o.addVariables(names)
			}
		}
	}
	return names
}

// items chooses a variable for the host port of every written item of a project, by the place of the item.
func (n *naming) items(p *Project) map[Span]string {
	namer := namer{style: namingStyleOf(p), siblings: n.siblings, taken: n.taken(p), elsewhere: n.named, dir: p.Dir, named: map[string]bool{}, names: map[Span]string{}, next: map[string]int{}}
	byService := map[*Service][]Item{}
	for _, it := range p.Items() {
		if it.Head().HostText != "" || it.Written() {
			byService[it.Service] = append(byService[it.Service], it)
		}
	}

	for i := range p.Services {
		namer.service(byService[&p.Services[i]])
	}

	return namer.names
}

// addVariables adds the names that the project uses, those of its ports included, in upper case: on Windows WEB_PORT
// and web_port are one variable.
func (p *Project) addVariables(names map[string]bool) {
	for name, is := range p.Taken {
		if is {
			names[strings.ToUpper(name)] = true
		}
	}
	for _, b := range p.Bindings() {
		names[strings.ToUpper(b.Var)], names[strings.ToUpper(b.TargetVar)] = true, true
	}
}

// namingStyleOf is the project's own way of naming ports, judged by the variables that it uses for them.
func namingStyleOf(p *Project) namingStyle {
	used := map[string]string{} // a service by the variable of a host port
	for _, b := range p.Bindings() {
		if b.Var != "" {
			used[b.Var] = b.Service
		}
	}

	prefix := prefixOf(p, used)
	count := map[namingStyle]int{}
	for name := range used {
		count[namingStyleIn(strings.TrimPrefix(name, prefix))]++
	}
	best := plainStyle
	for _, d := range namingStyles {
		if count[d] >= 2 && count[d] >= count[best] {
			best = d
		}
	}

	return namingStyle{prefix + best.before, best.after}
}

// namingStyleIn is the naming style of one name; what fits none is plain.
func namingStyleIn(name string) namingStyle {
	for _, d := range namingStyles {
		if d.matches(name) {
			return d
		}
	}
	return plainStyle
}

// prefixOf is the first word of all variables, such as "WP1_", when several services have it and none is called so.
func prefixOf(p *Project, used map[string]string) string {
	prefix, services := "", map[string]bool{}
	for name, service := range used {
		first, rest, _ := strings.Cut(name, "_")
		if !plainStyle.matches(rest) || prefix != "" && prefix != first+"_" {
			return ""
		}
		prefix, services[service] = first+"_", true
	}

	for _, s := range p.Services {
		if strings.HasPrefix(names.Stem(s.Name)+"_", prefix) {
			return ""
		}
	}
	if len(services) < 2 || prefix == "FORWARD_" {
		return ""
	}
	return prefix
}

type namer struct {
	style namingStyle
	taken map[string]bool // by the project and those beside it
	named map[string]bool // by the namer
	names map[Span]string
	next  map[string]int // by the name without a number: all lower numbers are used

	siblings  siblings          // naming.siblings
	dir       string            // of the project
	elsewhere map[string]string // naming.given
}

// service names the items of one service, literals first: they are the ones that will ask. One port published over two
// protocols or on two addresses keeps one variable, as long as both can have it.
func (n *namer) service(items []Item) {
	stems := stemsOf(items)
	pairs := map[portPair]string{}
	having := map[string][]Item{} // by name
	for _, literal := range []bool{true, false} {
		for _, it := range items {
			if isLiteral(it.Head().Text) != literal {
				continue
			}
			name := pairs[it.portPair()]
			if name == "" || !it.Written() || slices.ContainsFunc(having[name], it.overlaps) {
				name = n.choose(it, stems[it.portPair()])
				pairs[it.portPair()] = name
			}
			having[name] = append(having[name], it)
			n.names[it.Head().Entry] = name
		}
	}
}

// stemsOf is the middle of the name of each port of a service, see namedPorts. Ports that `extends` brings are called
// after the service that they come from.
func stemsOf(items []Item) map[portPair]string {
	var sources []string
	bySource := map[string][]Item{}
	for _, it := range items {
		if bySource[it.definedIn()] == nil {
			sources = append(sources, it.definedIn())
		}
		bySource[it.definedIn()] = append(bySource[it.definedIn()], it)
	}

	stems := map[portPair]string{}
	for _, source := range slices.Backward(sources) {
		named := namedPorts{base: names.Stem(source), stems: map[portPair]string{}}
		named.nameAll(bySource[source])
		maps.Copy(stems, named.stems)
	}

	return stems
}

// namedPorts are the ports that stand under one service. Its plain name is for the port that people use; the others have
// what the file calls them, else the word for their container port, else its number.
type namedPorts struct {
	base  string
	order []portPair
	stems map[portPair]string // "" for one that has none yet
}

func (n *namedPorts) nameAll(items []Item) {
	https := false
	for _, it := range items {
		if _, seen := n.stems[it.portPair()]; !seen {
			n.order = append(n.order, it.portPair())
		}
		n.stems[it.portPair()] = ""
		https = https || roles[it.Head().Target] == "HTTPS"
	}
	if len(n.order) == 1 {
		n.stems[n.order[0]] = n.base
		return
	}

	for _, it := range items {
		role := cmp.Or(roleIn(it.Head().Label), roles[it.Head().Target])
		if role == "" && it.Head().Target == 80 && https {
			role = "HTTP"
		}
		if role != "" && n.stems[it.portPair()] == "" {
			n.stems[it.portPair()] = n.with(role)
		}
	}

	for _, pool := range []bool{false, true} { // a pool's name has another end
		n.nameMain(pool)
	}

	for _, s := range n.order {
		switch {
		case n.stems[s] != "":
		case slices.ContainsFunc(n.order, func(o portPair) bool { return o.target == s.target && n.stems[o] == n.base }):
			n.stems[s] = n.base // another host port of the main one
		case sideRoles[s.target] != "":
			n.stems[s] = n.with(sideRoles[s.target])
		default:
			n.stems[s] = fmt.Sprintf("%s_%d", n.base, s.target)
		}
	}
}

// nameMain gives the plain name to the port that people use, out of those that have no name yet: the one that the service
// is called after, else its page, else the first that has no other purpose.
func (n *namedPorts) nameMain(pool bool) {
	var open []portPair
	for _, s := range n.order {
		switch {
		case (s.host.Width() > 1) != pool:
		case n.stems[s] == n.base:
			return
		case n.stems[s] == "":
			open = append(open, s)
		}
	}

	for _, is := range []func(portPair) bool{
		n.isCalledAfter,
		func(s portPair) bool { return pagePorts[s.target] },
		func(s portPair) bool { return sideRoles[s.target] == "" },
		func(portPair) bool { return true },
	} {
		if i := slices.IndexFunc(open, is); i >= 0 {
			n.stems[open[i]] = n.base
			return
		}
	}
}

// callings are words for what a service is, with the container ports that are meant then.
var callings = map[string][]uint16{
	"DB": {1433, 1521, 3306, 5432, 27017}, "DATABASE": {1433, 1521, 3306, 5432, 27017}, "CACHE": {6379, 11211},
	"RABBIT": {5672}, "BROKER": {1883, 5672, 9092}, "PROMETHEUS": {9090}, "EXPORTER": {9100}, "ETCD": {2379},
}

// isCalledAfter reports whether the service says by its name that a port is what it is there for.
func (n *namedPorts) isCalledAfter(s portPair) bool {
	if role := sideRoles[s.target]; role != "" && strings.Contains(n.base, role) {
		return true
	}

	for word, targets := range callings {
		if strings.Contains(n.base, word) && slices.Contains(targets, s.target) {
			return true
		}
	}
	return false
}

// noRoles are words that say nothing of what a port is for.
var noRoles = strings.Fields("A AN AND ANY CHANGE CONTAINER DEFAULT DISABLED EXTERNAL FIXME FOR HOST IF IN INTERNAL IS MAPPED NEW NO NOT OF OLD ON " +
	"ONLY OPTIONAL OR OUTSIDE PORT PORTS PUBLISHED REQUIRED TCP THE THIS TO TODO UDP USE USED YOUR")

// roleIn is the part of a variable's name that the file's own word for a port makes, "" where it says nothing.
func roleIn(label string) string {
	if label == "" {
		return ""
	}
	role := strings.TrimSuffix(strings.TrimSuffix(names.Stem(label), "_PORTS"), "_PORT")
	if slices.ContainsFunc(strings.Split(role, "_"), func(word string) bool { return slices.Contains(noRoles, word) }) {
		return ""
	}
	return role
}

// with adds a word to the name of the service, where it does not say it already.
func (n *namedPorts) with(role string) string {
	if n.base == role || strings.HasSuffix(n.base, "_"+role) {
		return n.base
	}
	return n.base + "_" + role
}

// portPair is what items must have in common to share a variable.
type portPair struct {
	host   Ports
	target uint16
}

func (i Item) portPair() portPair {
	return portPair{i.Ports(), i.Head().Target}
}

// portPairs is how many of them the items of a service have.
func (s *Service) portPairs() int {
	pairs := map[portPair]bool{}
	for _, it := range s.Items() {
		pairs[it.portPair()] = true
	}
	return len(pairs)
}

// overlaps reports whether one engine can't bind both items, as their lowest host ports tell.
func (i Item) overlaps(o Item) bool {
	return anyOverlap(i.Head().endpoints(i.Service.Network, i.Head().First), o.Head().endpoints(o.Service.Network, o.Head().First))
}

// choose takes the name that the same port has elsewhere, else the naming style's, with HOST where the project uses that one
// already, and a number where it must.
func (n *namer) choose(it Item, stem string) string {
	suffix, d := "", n.style
	if it.Width() > 1 {
		suffix = "_RANGE"
	}
	if name := n.siblings.nameOf(it); name != "" && n.free(name, it) {
		return n.give(name, it)
	}

	if n.taken[strings.ToUpper(d.name(stem, suffix))] {
		d = d.onHost()
	}
	plain, used := d.name(stem, suffix), true
	for i := max(n.next[plain], 1); ; i++ {
		name := d.name(stem, suffix+names.Numbered(i))
		if n.free(name, it) {
			return n.give(name, it)
		}
		if used = used && n.used(name); used {
			n.next[plain] = i + 1
		}
	}
}

// free reports whether nothing has a name, or an item with the same host port in another project of the directory.
func (n *namer) free(name string, it Item) bool {
	port, known := n.elsewhere[n.dir+"\x00"+name]
	return !n.used(name) && (!known || port == it.PortText())
}

// used reports whether the project has a name, or got it.
func (n *namer) used(name string) bool { return n.taken[strings.ToUpper(name)] || n.named[name] }

func (n *namer) give(name string, it Item) string {
	n.named[name], n.elsewhere[n.dir+"\x00"+name] = true, it.PortText()
	return name
}

// containers chooses a variable for each fixed container name of a project.
func (n *naming) containers(p *Project) map[string]string {
	r := names.Request{Taken: n.taken(p), Free: func(variable, name string) bool {
		other, known := n.named[p.Dir+"\x00"+variable]
		return !known || other == name
	}}
	for _, s := range p.Services {
		r.Explicit = r.Explicit || strings.HasSuffix(s.ContainerName.Var, "CONTAINER_NAME")
		if s.ContainerName.Literal() {
			r.Names = append(r.Names, s.ContainerName.Text)
		}
	}

	out := names.Variables(r)
	for name, variable := range out {
		n.named[p.Dir+"\x00"+variable] = name
	}
	return out
}

// networks chooses a variable for the fixed name of each network that a project makes, by the key of the network. One name has one variable.
func (n *naming) networks(p *Project) map[string]string {
	taken, out := n.taken(p), map[string]string{}
	for i := range p.Networks {
		net := &p.Networks[i]
		if net.External || !net.Name.Literal() || !net.Name.Span.Known() {
			continue
		}
		for i := 1; out[net.Key] == ""; i++ {
			variable, value := names.OfNetwork(net.Name.Text, i), "network "+net.Name.Text
			other, known := n.named[p.Dir+"\x00"+variable]
			if !taken[variable] && (!known || other == value) {
				out[net.Key], n.named[p.Dir+"\x00"+variable] = variable, value
			}
		}
	}
	return out
}

// subnets chooses a variable for the fixed subnet of each network of a project, by the key of the network.
func (n *naming) subnets(p *Project) map[string]string {
	taken, out := n.taken(p), map[string]string{}
	for i := range p.Networks {
		net := &p.Networks[i]
		if len(net.requests()) == 0 {
			continue
		}
		stem := names.Stem(net.Key) + "_SUBNET"
		switch {
		case net.Key == "default":
			stem = "SUBNET"
		case stem[0] >= '0' && stem[0] <= '9':
			stem = "SUBNET_" + names.Stem(net.Key)
		}
		for i := 1; out[net.Key] == ""; i++ {
			variable, value := stem+names.Numbered(i), net.requests()[0].value.Text
			other, known := n.named[p.Dir+"\x00"+variable]
			if !taken[variable] && (!known || other == value) {
				out[net.Key], n.named[p.Dir+"\x00"+variable] = variable, value
			}
		}
	}
	return out
}
