package lint

import (
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint/pick"
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
		f := it.finding(fmt.Sprintf("browsers refuse port %d of %q", it.Bindings[i].First, it.Service.Name), fmt.Sprintf("browsers refuse port %d", it.Bindings[i].First))
		f.note(NoteWhy, fmt.Sprintf("%q publishes its web port %d there, and a browser answers with ERR_UNSAFE_PORT", it.Service.Name, it.Bindings[i].Target))
		f.Fixes = p.moveFix([]Item{it})
		p.Report(f)
	}
}

// blocked reports whether the binding publishes a web port where no browser will go.
func (b *Binding) blocked() bool {
	return b.Proto == "tcp" && b.Fixed() && webPorts[b.Target] && pick.BrowserBlocked(b.First)
}
