package lint

import (
	"fmt"
	"slices"
)

var browserBlockedPort = Rule{
	Name: "browser-blocked-port", Severity: Warning, Certainty: Certain,
	Summary: "a published web port that browsers refuse to open",
	Check:   checkBrowserBlockedPort,
	Stack:   checkBrowserBlockedPort,
}

// webPorts are the container ports behind which people expect a page.
var webPorts = map[uint16]bool{
	80: true, 443: true, 3000: true, 4200: true, 5000: true, 5173: true, 8000: true, 8080: true, 8081: true, 8088: true,
	8443: true, 8888: true,
}

func checkBrowserBlockedPort(p *Pass) {
	for _, it := range p.Project.Items() {
		if !it.Publishes() {
			continue
		}
		i := slices.IndexFunc(it.Bindings, (*Binding).blocked)
		if i < 0 {
			continue
		}
		f := it.finding(fmt.Sprintf("browsers refuse to open port %d (ERR_UNSAFE_PORT), where %q publishes its web port %d",
			it.Bindings[i].First, it.Service.Name, it.Bindings[i].Target))
		f.Fixes = p.moveFix([]Item{it})
		p.Report(f)
	}
}

// blocked reports whether the binding publishes a web port where no browser will go.
func (b *Binding) blocked() bool {
	return b.Proto == "tcp" && b.Fixed() && webPorts[b.Target] && browserBlocked[b.First]
}

// browserBlocked are the ports that browsers refuse.
// Source: https://fetch.spec.whatwg.org/#port-blocking
var browserBlocked = set(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
	103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
	526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
	4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080)

func set(ports ...uint16) map[uint16]bool {
	m := make(map[uint16]bool, len(ports))
	for _, p := range ports {
		m[p] = true
	}
	return m
}
