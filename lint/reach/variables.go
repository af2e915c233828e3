package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/names"
)

// Variable is one variable that tells where a service is reached.
type Variable struct {
	Name      string
	Value     string // a port, a range, an address with one of them, or a URL
	URL       bool
	Service   string
	Container string
	Port      lint.PublishedPort // the lowest where it tells a range
	Last      uint16             // the highest host port, inclusive
}

// Variables tell where the running containers of a project are reached, those of each service in the order of their numbers, on an
// engine whose machine is called host, which has no URL for what only that machine reaches. A port has the name of the variable that gives it, else one after its service, with the container
// port where the service publishes several. The containers of a service with several are numbered, and the first has the plain name too.
func Variables(p *lint.Project, running map[string][]*lint.Container, host string) []Variable {
	w := writer{host: host, set: map[string]string{}, reserved: map[string]bool{}}
	for _, b := range p.Bindings() {
		if name := owned(b); name != "" {
			w.reserved[strings.ToUpper(name)] = true
		}
	}

	for i := range p.Services {
		s := &p.Services[i]
		containers := running[s.Name]
		w.stems = stemsOf(s, containers)
		for j, c := range containers {
			ports := socketsOf(c, s)
			if j == 0 {
				w.container(s, c, ports, "")
			}
			if len(containers) > 1 {
				w.container(s, c, ports, fmt.Sprintf("_%d", cmp.Or(c.Number, j+1)))
			}
		}
	}
	return w.all
}

// writer collects variables.
type writer struct {
	host     string
	all      []Variable
	set      map[string]string // the values by the name in upper case: on Windows WEB_PORT and web_port are one variable
	reserved map[string]bool   // the names that give ports of the project, in upper case
	stems    map[portPair]string
}

// portPair is a port of a container.
type portPair struct {
	target uint16
	proto  string
}

// container adds what tells of the ports of one container. end stands behind each name.
func (w *writer) container(s *lint.Service, c *lint.Container, ports []lint.PublishedPort, end string) {
	named := w.own(s, c, ports, end)
	seen := map[portPair]int{}
	for _, p := range ports {
		pair := portPair{p.Target, p.Proto}
		seen[pair]++
		v := Variable{Service: s.Name, Container: c.Name, Port: p, Last: p.Addr.Port()}
		behind := names.Numbered(seen[pair])
		if !named[p.Addr] {
			v.Value = fmt.Sprint(v.Last)
			w.add(v, nameOf(w.stems[pair], "PORT")+end+behind)
		}

		if scheme(p) != "" && !OnlyThere(p, w.host) {
			v.Value, v.URL = At(p, w.host), true
			w.add(v, nameOf(w.urlStem(s, pair), "URL")+end+behind)
		}
	}
}

// own adds the variables of the project that give ports of the container, and tells which ports those are for themselves.
func (w *writer) own(s *lint.Service, c *lint.Container, ports []lint.PublishedPort, end string) map[netip.AddrPort]bool {
	byName, address := map[string][]lint.PublishedPort{}, map[string]netip.Addr{}
	var order []string
	from := bindingsOf(s, ports)
	for _, p := range ports {
		b := from[p]
		if b == nil || owned(b) == "" {
			continue
		}
		if byName[b.Var] == nil {
			order = append(order, b.Var)
		}
		byName[b.Var] = append(byName[b.Var], p)
		if holdsAddress(b) {
			address[b.Var] = p.Addr.Addr()
		}
	}

	named := map[netip.AddrPort]bool{}
	for _, name := range order {
		row := rowOf(byName[name])
		if !row.Known() {
			continue
		}
		v := Variable{Service: s.Name, Container: c.Name, Port: byName[name][0], Last: row.Last, Value: row.String()}
		if ip := address[name]; ip.IsValid() {
			v.Value = lint.HostPort(ip, row.String())
		}
		if known, is := w.set[strings.ToUpper(name+end)]; is && known != v.Value {
			continue // another service has it, with another port
		}
		w.put(v, name+end)
		if row.Width() == 1 {
			for _, p := range byName[name] {
				named[p.Addr] = true
			}
		}
	}
	return named
}

// rowOf are ports without a gap, none where there is one.
func rowOf(ports []lint.PublishedPort) lint.Ports {
	var numbers []uint16
	for _, p := range ports {
		numbers = append(numbers, p.Addr.Port())
	}
	slices.Sort(numbers)
	if runs := lint.RunsOf(slices.Compact(numbers)); len(runs) == 1 {
		return runs[0]
	}
	return lint.Ports{}
}

// add adds a variable under a name of ours, with a number behind it where that name means something else.
func (w *writer) add(v Variable, name string) {
	for i := 1; ; i++ {
		numbered := name + names.Numbered(i)
		key := strings.ToUpper(numbered)
		known, is := w.set[key]
		switch {
		case is && known == v.Value:
			return
		case !is && !w.reserved[key]:
			w.put(v, numbered)
			return
		}
	}
}

func (w *writer) put(v Variable, name string) {
	key := strings.ToUpper(name)
	if _, is := w.set[key]; is {
		return
	}
	w.set[key], v.Name = v.Value, name
	w.all = append(w.all, v)
}

// nameOf is a variable's name; a variable can't begin with a digit, so "1panel" gives PORT_1PANEL.
func nameOf(stem, kind string) string {
	if stem[0] >= '0' && stem[0] <= '9' {
		return kind + "_" + stem
	}
	return stem + "_" + kind
}

// urlStem is the service alone where one of its ports has a URL.
func (w *writer) urlStem(s *lint.Service, pair portPair) string {
	urls := 0
	for p := range w.stems {
		if scheme(lint.PublishedPort{Endpoint: lint.Endpoint{Proto: p.proto}, Target: p.target}) != "" {
			urls++
		}
	}
	if urls == 1 {
		return names.Stem(s.Name)
	}
	return w.stems[pair]
}

// stemsOf are the middles of the names of a service's ports, whether it runs or not: the service alone where it publishes one port.
func stemsOf(s *lint.Service, containers []*lint.Container) map[portPair]string {
	stems := map[portPair]string{}
	for _, b := range s.Bindings {
		stems[portPair{b.Target, b.Proto}] = ""
	}
	for _, c := range containers {
		for _, p := range c.Bound {
			stems[portPair{p.Target, p.Proto}] = ""
		}
	}

	for pair := range stems {
		stem := names.Stem(s.Name)
		if len(stems) > 1 {
			stem = fmt.Sprintf("%s_%d", stem, pair.target)
		}
		if _, both := stems[portPair{pair.target, "tcp"}]; both && pair.proto != "tcp" {
			stem += "_" + strings.ToUpper(pair.proto)
		}
		stems[pair] = stem
	}
	return stems
}

// socketsOf are the ports of a container, one for each address that the files ask for: engines before 28 may choose one number for IPv4
// and another one for IPv6, of which the first is meant.
func socketsOf(c *lint.Container, s *lint.Service) []lint.PublishedPort {
	asked, has4 := map[portPair]int{}, map[portPair]bool{}
	for _, b := range s.Bindings {
		asked[portPair{b.Target, b.Proto}]++
	}
	for _, p := range c.Bound {
		if p.Addr.Addr() == netip.IPv4Unspecified() {
			has4[portPair{p.Target, p.Proto}] = true
		}
	}

	return OnePerSocket(slices.DeleteFunc(slices.Clone(c.Bound), func(p lint.PublishedPort) bool {
		pair := portPair{p.Target, p.Proto}
		return asked[pair] == 1 && has4[pair] && p.Addr.Addr() == netip.IPv6Unspecified()
	}))
}

// bindingsOf says which binding of a service has given a port, where there is no doubt: the port may have been moved.
func bindingsOf(s *lint.Service, ports []lint.PublishedPort) map[lint.PublishedPort]*lint.Binding {
	from, used := map[lint.PublishedPort]*lint.Binding{}, map[*lint.Binding]bool{}
	same := func(b *lint.Binding, p lint.PublishedPort) bool { return b.Target == p.Target && b.Proto == p.Proto }
	on := func(b *lint.Binding, p lint.PublishedPort) bool {
		ip := p.Addr.Addr().Unmap()
		return same(b, p) && (b.HostIP.Unmap() == ip || !b.HostIP.IsValid() && ip.IsUnspecified())
	}
	exact := func(b *lint.Binding, p lint.PublishedPort) bool { return on(b, p) && b.Contains(p.Addr.Port()) }

	for _, fits := range []func(*lint.Binding, lint.PublishedPort) bool{exact, on, same} {
		found := map[lint.PublishedPort][]*lint.Binding{}
		claims := map[*lint.Binding]int{}
		for _, p := range ports {
			for i := range s.Bindings {
				if b := &s.Bindings[i]; from[p] == nil && !used[b] && fits(b, p) {
					found[p] = append(found[p], b)
					claims[b]++
				}
			}
		}
		for p, bindings := range found {
			if len(bindings) == 1 && claims[bindings[0]] == 1 {
				from[p], used[bindings[0]] = bindings[0], true
			}
		}
	}
	return from
}

// owned is the variable whose value is the host port of a binding, "" where there is none.
func owned(b *lint.Binding) string {
	e, is := lint.ScanExpression(b.Text)
	whole := is && e.Text == b.Text && !strings.HasSuffix(e.Operator, "+")
	if whole && e.Name == b.Var {
		return b.Var
	}
	return ""
}

// holdsAddress reports whether the variable of a binding holds the host address too, as in HP=127.0.0.1:8080.
func holdsAddress(b *lint.Binding) bool {
	e, is := lint.ScanExpression(b.HostText)
	return is && b.HostIP.IsValid() && e.Name == b.Var
}
