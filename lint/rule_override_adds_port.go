package lint

import (
	"fmt"
	"path/filepath"
	"slices"
)

var overrideAddsPort = Rule{
	Name: "override-adds-port", Severity: Warning, Certainty: Certain,
	Summary: "a later file publishes another host port and the earlier one stays",
	Check:   checkOverrideAddsPort,
	Stack:   checkOverrideAddsPort,
}

func checkOverrideAddsPort(p *Pass) {
	for i := range p.Project.Services {
		s := &p.Project.Services[i]
		if s.Network.Publishing != Published {
			continue
		}
		for _, it := range s.Items() {
			if earlier := it.addsTo(); len(earlier) > 0 {
				p.reportAdded(it, earlier)
			} else if earlier := it.addsRangeTo(); len(earlier) > 0 {
				p.reportRange(it, earlier)
			}
		}
	}
}

func (p *Pass) reportAdded(it Item, earlier []Item) {
	old := earlier[0]
	where := ""
	if span := old.Span(); span.Known() && span.File != it.Span().File {
		where = " of " + filepath.Base(span.File)
	}
	f := it.finding(fmt.Sprintf("%q publishes %s besides %s%s, not in its place: ports of several layers add up",
		it.Service.Name, it.Want(), old.Want(), where))
	for _, o := range earlier {
		f.Related = append(f.Related, Related{Message: o.Want() + " stays", Span: o.Span()})
	}
	switch {
	case p.Plan.stack != "":
		f.Fixes = []Fix{advise("leave the earlier one out of its file: `docker stack deploy` passes over `!override`")}
	case p.replaces(it):
		f.Fixes = []Fix{overrideFix(it)}
	default:
		f.Fixes = []Fix{advise("write `ports: !override` above all ports that shall stay (needs Compose 2.24.4)")}
	}
	p.Report(f)
}

// reportRange reports a range of a later file that was perhaps meant in place of what an earlier one publishes: it may as well
// be meant as it is.
func (p *Pass) reportRange(it Item, earlier []Item) {
	wants := make([]string, 0, len(earlier))
	for _, o := range earlier {
		wants = append(wants, o.Want())
	}
	if more := len(wants) - 3; more > 1 {
		wants = append(wants[:3:3], fmt.Sprintf("%d more", more))
	}
	verb := "stay"
	if len(earlier) == 1 {
		verb = "stays"
	}
	f := it.finding(fmt.Sprintf("%q publishes %s, and %s of %s %s: ports of several layers add up", it.Service.Name, it.Want(), listed(wants),
		filepath.Base(earlier[0].Span().File), verb))
	f.Severity = Info
	for _, o := range earlier {
		f.Related = append(f.Related, Related{Message: o.Want() + " stays", Span: o.Span()})
	}
	f.Fixes = []Fix{advise("where it is meant in their place, write `ports: !override` (needs Compose 2.24.4)")}
	p.Report(f)
}

// addsRangeTo returns the items of an earlier file that a range of a later one leaves in place, none for what `extends` brings.
func (i Item) addsRangeTo() []Item {
	if i.Width() < 2 || i.Head().Layer.Kind == "extends" {
		return nil
	}
	var earlier []Item
	for _, o := range i.Service.Items() {
		if i.layeredOn(o) && o.Written() && o.Span().Known() && o.Span().File != i.Span().File && o.Head().Layer.Kind != "extends" {
			earlier = append(earlier, o)
		}
	}
	return earlier
}

// addsTo returns the items of earlier layers that publish the same container port on other host ports.
func (i Item) addsTo() []Item {
	var earlier []Item
	for _, o := range i.Service.Items() {
		if i.layeredOn(o) && o.parts(i) {
			earlier = append(earlier, o)
		}
	}
	return earlier
}

// layeredOn reports whether a later file, document or service wrote the item. A key that one file has twice is no layer.
func (i Item) layeredOn(o Item) bool {
	a, b := o.Head(), i.Head()
	twice := a.Layer.Kind == "file" && b.Layer.Kind == "file" && a.Entry.File == b.Entry.File
	return a.Layer.Order < b.Layer.Order && !twice
}

// parts reports whether two items publish one container port on different host ports.
func (i Item) parts(o Item) bool {
	return slices.ContainsFunc(i.Bindings, func(a *Binding) bool {
		return slices.ContainsFunc(o.Bindings, func(b *Binding) bool {
			return a.sameTarget(b) && a.First != 0 && b.First != 0 && (a.First != b.First || a.Last != b.Last)
		})
	})
}

func (b *Binding) sameTarget(o *Binding) bool {
	return b.Target != 0 && b.Target == o.Target && b.Proto == o.Proto
}

// replaces reports whether the list of the item can be marked to replace the earlier ones and nothing else would be
// lost by it: the list names every container port that an earlier layer publishes.
func (p *Pass) replaces(it Item) bool {
	mine := it.Head()
	if !mine.PortsKey.Known() || p.shared(it) {
		return false
	}
	bindings := it.Service.Bindings
	for i := range bindings {
		if bindings[i].Layer.Order >= mine.Layer.Order {
			continue
		}
		kept := slices.ContainsFunc(bindings, func(b Binding) bool {
			return b.PortsKey == mine.PortsKey && bindings[i].sameTarget(&b)
		})
		if !kept {
			return false
		}
	}
	return true
}

// overrideFix marks the list of the item to replace the lists of earlier layers.
func overrideFix(it Item) Fix {
	key := it.Head().PortsKey
	after := Span{File: key.File, Start: key.End + 1, End: key.End + 1}
	return Fix{Title: "replace the earlier ports with `ports: !override` (needs Compose 2.24.4)", Safety: Unsafe,
		Edits: []Edit{{Span: after, New: " !override"}}}
}
