package lint

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

var replicasSharePort = Rule{
	Name: "replicas-share-port", Severity: Error, Certainty: Certain,
	Summary:  "a service has more replicas than its host ports can serve",
	Check:    checkReplicasSharePort,
	Stack:    checkReplicasInStack,
	Profiles: true,
}

func checkReplicasSharePort(p *Pass) {
	for _, s := range p.Plan.Starts {
		if s.Replicas < 2 || s.Network.Publishing != Published {
			continue
		}
		if tight := s.tight(); len(tight) > 0 {
			p.reportTight(s, tight)
		}
	}
}

// tight returns the items that can't give every replica a host port. What opens no socket has one for all.
func (s *Service) tight() []Item {
	var tight []Item
	for _, it := range s.Items() {
		b := it.Head()
		if w := b.Width(); w > 0 && w < s.Replicas && len(b.endpoints(s.Network, b.First)) > 0 {
			tight = append(tight, it)
		}
	}
	return tight
}

func (p *Pass) reportTight(s *Service, tight []Item) {
	headlines, cause, effect := tightWords(s, tight[0])
	f := tight[0].finding(headlines...)
	f.note(NoteWhy, cause+"; "+effect)
	switch {
	case s.forSwarm(p.Project) && !slices.ContainsFunc(tight, Item.wrongInSwarm):
		f.Severity, f.Certainty = Warning, Possible
		f.note(NotePossible, "that is right under `docker stack deploy`, and wrong under `docker compose up`")
	case Bound{s, tight[0].Head()}.uncertainty() != "":
		f.Certainty = Possible
		f.note(NotePossible, Bound{s, tight[0].Head()}.uncertainty())
	}

	if s.ReplicasSpan.Known() {
		f.Related = append(f.Related, Related{Message: fmt.Sprintf("%d replicas", s.Replicas), Span: s.ReplicasSpan})
	}

	for _, it := range tight[1:] {
		f.Related = append(f.Related, Bound{s, it.Head()}.equal(it.Want()+" has the same fault"))
	}
	f.Fixes = p.poolFix(s, tight)
	p.Report(f)
}

// wrongInSwarm reports whether replicas don't share the item's ports in a swarm either: a range belongs to no single port there,
// and in mode host a node runs one of them.
func (i Item) wrongInSwarm() bool { return i.Head().Pool() || i.Head().HostMode }

// tightWords says which service has too few host ports, and what comes of it.
func tightWords(s *Service, it Item) (headlines []string, cause, effect string) {
	headlines = []string{fmt.Sprintf("%q has %d replicas on %s", s.Name, s.Replicas, it.Want()), fmt.Sprintf("%d replicas on %s", s.Replicas, it.Want())}
	switch {
	case len(it.Bindings) > 1:
		return headlines, fmt.Sprintf("%s is %d fixed ports, not a pool", it.Want(), len(it.Bindings)), "replica 2 needs the same ones and cannot start"
	case it.Head().Pool():
		return headlines, fmt.Sprintf("that is a pool of %d host ports", it.Width()), fmt.Sprintf("replica %d cannot start", it.Width()+1)
	default:
		return headlines, "that is one host port", "replica 2 cannot start"
	}
}

// forSwarm reports whether the service is meant for `docker stack deploy`, where all replicas share a port.
func (s *Service) forSwarm(p *Project) bool {
	return s.SwarmOnly != "" || slices.ContainsFunc(p.Files, func(f string) bool {
		return strings.Contains(filepath.Base(f), "stack")
	})
}

// poolFix widens every item to a pool of the right size.
func (p *Pass) poolFix(s *Service, tight []Item) []Fix {
	if p.profile != "" {
		return []Fix{advise("publish a pool, or no host port")}
	}

	fix := Fix{Safety: Unsafe}
	var pools []string
	firsts := map[*Binding]uint16{} // the first host port, by the first item of those that are one port
	for _, it := range tight {
		pool, edits, ok := p.widen(it, s.Replicas, firsts)
		if !ok {
			return []Fix{{Title: "publish a pool, or no host port", Safety: Manual}}
		}
		if !slices.Contains(pools, pool) {
			pools = append(pools, pool)
		}
		fix.Edits = addEdits(fix.Edits, edits, it)
	}

	fix.Title = fmt.Sprintf("publish a pool of %d host ports: %s", s.Replicas, listed(pools))
	sortEdits(fix.Edits)
	return []Fix{fix}
}

// widen makes a pool of n host ports out of an item with one port or too small a pool: where it stands, or in the env
// file when a variable gives it.
func (p *Pass) widen(it Item, n int, firsts map[*Binding]uint16) (pool string, edits []Edit, ok bool) {
	b := it.Head()
	if len(it.Bindings) > 1 || p.shared(it) {
		return "", nil, false
	}

	leader := p.leader(it).Head()
	first, ok := firsts[leader]
	if !ok {
		first, ok = p.suggester.widen(b, n)
	}
	if !ok {
		return "", nil, false
	}
	firsts[leader] = first
	m := move{item: it, first: first, width: n}
	if edits, _, ok = p.inEnvFile(m); ok {
		return setting(m, edits[0].Span.File), edits, true
	}
	text := m.text()
	if !isLiteral(b.Text) {
		if text, ok = it.moved(text, "", false); !ok {
			return "", nil, false
		}
	}

	edits, ok = it.replace(text)
	return m.text(), edits, ok
}

// checkReplicasInStack finds services with a port in mode host and more replicas than the swarm has nodes.
func checkReplicasInStack(p *Pass) {
	nodes := p.Host.nodes()
	for _, s := range p.Plan.Starts {
		for _, it := range s.Items() {
			onePerNode := it.Head().HostMode && it.Written()
			fits := s.Global || s.Replicas < 2 || nodes >= s.Replicas
			if !onePerNode || fits {
				continue
			}

			f := it.finding(fmt.Sprintf("%q has %d replicas on %s", p.Plan.swarmName(s), s.Replicas, it.Want()), fmt.Sprintf("%d replicas on %s", s.Replicas, it.Want()))
			const oneEach = "in mode host a node runs one of them"
			if nodes == 0 {
				f.note(NoteWhy, oneEach)
				f.note(NotePossible, fmt.Sprintf("the swarm needs %d nodes", s.Replicas))
				f.Severity, f.Certainty = Warning, Possible
			} else {
				f.note(NoteWhy, fmt.Sprintf("%s; the swarm has %s, so that %d stay pending", oneEach, nodesText(nodes), s.Replicas-nodes))
			}

			if s.ReplicasSpan.Known() {
				f.Related = []Related{{Message: fmt.Sprintf("%d replicas", s.Replicas), Span: s.ReplicasSpan}}
			}
			f.Fixes = []Fix{advise("publish it in mode ingress, which all replicas share, or run one on each node with `mode: global`")}
			p.Report(f)
		}
	}
}

func nodesText(n int) string {
	if n == 1 {
		return "1 node"
	}
	return strconv.Itoa(n) + " nodes"
}
