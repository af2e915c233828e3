package lint

import (
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint/pick"
)

var osServicePort = Rule{
	Name: "os-service-port", Severity: Info, Certainty: Latent,
	Summary: "a host port that an operating system's own service takes",
	Check:   checkOSServicePort,
}

func checkOSServicePort(p *Pass) {
	type key struct {
		service string
		port    uint16
	}
	done := map[key]bool{}
	for _, it := range p.Project.Items() {
		for _, s := range pick.SystemServices() {
			k := key{it.Service.Name, s.Port}
			if !it.Publishes() || done[k] || !it.bindsPortOf(s) {
				continue
			}
			done[k] = true
			f := it.finding(fmt.Sprintf("%d/%s of %q may be taken", s.Port, it.Head().Proto, it.Service.Name), fmt.Sprintf("%d/%s may be taken", s.Port, it.Head().Proto))
			f.note(NoteLatent, "it belongs to "+s.What)
			f.Fixes = []Fix{{Title: s.Advice, Safety: Manual}}
			p.Report(f)
		}
	}
}

// bindsPortOf reports whether the item binds the port of a system service where the service listens.
func (i Item) bindsPortOf(s pick.SystemService) bool {
	b := i.Head()
	fixed := slices.ContainsFunc(i.Bindings, func(b *Binding) bool { return b.Fixed() && b.First == s.Port })
	if !fixed || !slices.Contains(s.Protos, b.Proto) {
		return false
	}

	ends := b.endpoints(i.Service.Network, s.Port)
	return slices.ContainsFunc(ends, func(e Endpoint) bool {
		return e.Addr.Addr().IsUnspecified() || e.Addr.Addr() == s.Addr
	})
}
