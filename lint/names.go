package lint

import (
	"fmt"
	"slices"
	"strings"
)

// roles are the words that people use for a container port when a service publishes several.
var roles = map[uint16]string{
	22: "SSH", 2222: "SSH", 25: "SMTP", 53: "DNS", 80: "HTTP", 443: "HTTPS", 465: "SMTPS", 587: "SUBMISSION", 143: "IMAP", 993: "IMAPS",
	110: "POP3", 995: "POP3S", 1025: "SMTP", 4317: "OTLP_GRPC", 4318: "OTLP_HTTP", 7474: "HTTP", 7687: "BOLT",
	8025: "UI", 8123: "HTTP", 8443: "HTTPS", 9443: "HTTPS", 1883: "MQTT", 8883: "MQTTS",
	4190: "SIEVE", 6334: "GRPC", 9300: "TRANSPORT", 61613: "STOMP", 9001: "CONSOLE", 9229: "DEBUG", 15672: "MANAGEMENT", 16686: "UI",
}

// dialect is how the names of a project are built around the part that names the port.
type dialect struct{ before, after string }

// dialects are the ways that a project may have of its own: two variables of a kind make it the project's, unless more
// are plain.
var dialects = []dialect{{"FORWARD_", "_PORT"}, {"", "_HOST_PORT"}, {"", "_PORT_HOST"}, {"", "_PUBLISH_PORT"},
	{"", "_PUBLISHED_PORT"}, {"", "_EXTERNAL_PORT"}, {"", "_EXPOSED_PORT"}, {"", "_MAPPED_PORT"}}

var plainDialect = dialect{"", "_PORT"}

// onHost is the dialect in which a name says that it is about the host.
func (d dialect) onHost() dialect {
	return dialect{strings.TrimSuffix(d.before, "FORWARD_"), "_HOST_PORT"}
}

func (d dialect) matches(name string) bool {
	return strings.HasPrefix(name, d.before) && strings.HasSuffix(name, d.after) && len(name) > len(d.before+d.after)
}

// name builds a variable's name; a variable can't begin with a digit, so "1panel" gives PORT_1PANEL.
func (d dialect) name(stem, suffix string) string {
	name := d.before + stem + d.after + suffix
	if name[0] >= '0' && name[0] <= '9' {
		return strings.TrimPrefix(d.after, "_") + "_" + stem + suffix
	}
	return name
}

// naming remembers the names given in one Run: projects that share a directory share its .env, and those that share a
// file share its variables.
type naming struct {
	near  map[string][]*Project // by directory and by file
	given map[string]string     // the host port for which a name was given, by directory and name
}

func newNaming(projects []*Project) *naming {
	n := &naming{near: map[string][]*Project{}, given: map[string]string{}}
	for _, p := range projects {
		for place := range p.places() {
			n.near[place] = append(n.near[place], p)
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
		for _, o := range n.near[place] {
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
	namer := namer{dialect: dialectOf(p), taken: n.taken(p), elsewhere: n.given, dir: p.Dir, given: map[string]bool{}, names: map[Span]string{}}
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

// dialectOf is the project's own way of naming ports, judged by the variables that it uses for them.
func dialectOf(p *Project) dialect {
	used := map[string]string{} // a service by the variable of a host port
	for _, b := range p.Bindings() {
		if b.Var != "" {
			used[b.Var] = b.Service
		}
	}
	prefix := prefixOf(p, used)
	count := map[dialect]int{}
	for name := range used {
		count[dialectIn(strings.TrimPrefix(name, prefix))]++
	}
	best := plainDialect
	for _, d := range dialects {
		if count[d] >= 2 && count[d] >= count[best] {
			best = d
		}
	}
	return dialect{prefix + best.before, best.after}
}

// dialectIn is the dialect of one name; what fits none is plain.
func dialectIn(name string) dialect {
	for _, d := range dialects {
		if d.matches(name) {
			return d
		}
	}
	return plainDialect
}

// prefixOf is the first word of all variables, such as "WP1_", when several services have it and none is called so.
func prefixOf(p *Project, used map[string]string) string {
	prefix, services := "", map[string]bool{}
	for name, service := range used {
		first, rest, _ := strings.Cut(name, "_")
		if !plainDialect.matches(rest) || prefix != "" && prefix != first+"_" {
			return ""
		}
		prefix, services[service] = first+"_", true
	}
	for _, s := range p.Services {
		if strings.HasPrefix(stem(s.Name)+"_", prefix) {
			return ""
		}
	}
	if len(services) < 2 || prefix == "FORWARD_" {
		return ""
	}
	return prefix
}

type namer struct {
	dialect dialect
	taken   map[string]bool // by the project and those beside it
	given   map[string]bool // by the namer
	names   map[Span]string

	dir       string            // of the project
	elsewhere map[string]string // naming.given
}

// service names the items of one service, literals first: they are the ones that will ask. One port published over two
// protocols or on two addresses keeps one variable, as long as both can have it.
func (n *namer) service(items []Item) {
	sides := map[side]string{}
	for _, it := range items {
		sides[it.side()] = ""
	}
	having := map[string][]Item{} // by name
	for _, literal := range []bool{true, false} {
		for _, it := range items {
			if isLiteral(it.Head().Text) != literal {
				continue
			}
			name := sides[it.side()]
			if name == "" || !it.Written() || slices.ContainsFunc(having[name], it.meets) {
				name = n.choose(it, len(sides) > 1)
				sides[it.side()] = name
			}
			having[name] = append(having[name], it)
			n.names[it.Head().Entry] = name
		}
	}
}

// side is what items must have in common to share a variable.
type side struct{ first, last, target uint16 }

func (i Item) side() side {
	first, last := i.Range()
	return side{first, last, i.Head().Target}
}

// sides is how many of them the items of a service have.
func (s *Service) sides() int {
	sides := map[side]bool{}
	for _, it := range s.Items() {
		sides[it.side()] = true
	}
	return len(sides)
}

// meets reports whether one engine can't bind both items, as their lowest host ports tell.
func (i Item) meets(o Item) bool {
	for _, x := range i.Head().Endpoints(i.Service.Network, i.Head().First) {
		for _, y := range o.Head().Endpoints(o.Service.Network, o.Head().First) {
			if x.Overlaps(y) {
				return true
			}
		}
	}
	return false
}

// choose takes the dialect's name, with HOST where the project uses that one already, and a number where it must.
func (n *namer) choose(it Item, several bool) string {
	stem, suffix, d := stem(it.Keeper()), "", n.dialect
	if role := roles[it.Head().Target]; several && role != "" && stem != role && !strings.HasSuffix(stem, "_"+role) {
		stem += "_" + role
	}
	if it.Width() > 1 {
		suffix = "_RANGE"
	}
	if n.taken[d.name(stem, suffix)] {
		d = d.onHost()
	}
	for i := 1; ; i++ {
		name := d.name(stem, suffix+numbered(i))
		key := n.dir + "\x00" + name
		port, known := n.elsewhere[key]
		if !n.taken[name] && !n.given[name] && (!known || port == it.Ports()) {
			n.given[name], n.elsewhere[key] = true, it.Ports()
			return name
		}
	}
}

func numbered(i int) string {
	if i == 1 {
		return ""
	}
	return fmt.Sprintf("_%d", i)
}

// stem turns a service's name into the part of a variable's name.
func stem(service string) string {
	upper := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, service)
	parts := slices.DeleteFunc(strings.Split(upper, "_"), func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return "SERVICE"
	}
	return strings.Join(parts, "_")
}
