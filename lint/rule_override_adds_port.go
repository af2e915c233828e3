package lint

import (
	"fmt"
	"maps"
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

		published := s.Items()
		if !layered(published) {
			continue
		}
		at := byTarget(published)
		for _, it := range published {
			if earlier := it.addsTo(published, at); len(earlier) > 0 {
				p.reportAdded(it, earlier)
			} else if earlier := it.addsRangeTo(published); len(earlier) > 0 {
				p.reportRange(it, earlier)
			}
		}
	}
}

func (p *Pass) reportAdded(it Item, earlier []Item) {
	old := earlier[0]
	where := ""
	if span := old.span(); span.Known() && span.File != it.span().File {
		where = " of " + filepath.Base(span.File)
	}
	f := it.finding(fmt.Sprintf("%s is added to %s", it.Want(), old.Want()), it.Want()+" is added", "this port is added")
	f.note(NoteWhy, fmt.Sprintf("%q publishes both, not the one in the place of %s%s: ports of several layers add up", it.Service.Name, old.Want(), where))
	for _, o := range earlier {
		f.Related = append(f.Related, Related{Message: o.Want() + " stays", Span: o.span()})
	}

	switch {
	case p.Plan.stack != "":
		f.Fixes = []Fix{advise("leave the earlier one out of its file: `docker stack deploy` passes over `!override`")}
	case p.replaces(it):
		f.Fixes = []Fix{overrideFix(it)}
	default:
		f.Fixes = []Fix{advise("write `ports: !override` above all ports that are to stay (needs Compose 2.24.4)")}
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
	f := it.finding(it.Want()+" is added to others", it.Want()+" is added", "this range is added")
	f.note(NoteWhy, fmt.Sprintf("%s of %s %s, for %q: ports of several layers add up", listed(wants), filepath.Base(earlier[0].span().File), verb, it.Service.Name))
	f.Severity = Info
	for _, o := range earlier {
		f.Related = append(f.Related, Related{Message: o.Want() + " stays", Span: o.span()})
	}
	f.Fixes = []Fix{advise("where it is meant in their place, write `ports: !override` (needs Compose 2.24.4)")}
	p.Report(f)
}

// addsRangeTo returns those of the items of its service, from an earlier file, that a range of a later one leaves in place, none for what `extends` brings.
func (i Item) addsRangeTo(items []Item) []Item {
	if i.Width() < 2 || i.Head().Layer.Kind == "extends" {
		return nil
	}

	var earlier []Item
	for _, o := range items {
		inAnotherFile := o.span().Known() && o.span().File != i.span().File && o.Head().Layer.Kind != "extends"
		if i.layeredOn(o) && o.Written() && inAnotherFile {
			earlier = append(earlier, o)
		}
	}

	return earlier
}

// layered reports whether items come from more than one layer.
func layered(items []Item) bool {
	return slices.ContainsFunc(items, func(it Item) bool { return it.Head().Layer.Order != items[0].Head().Layer.Order })
}

// target is a container port.
type target struct {
	port  uint16
	proto string
}

// publication is a binding with the place of its item in a list.
type publication struct {
	item    int
	binding *Binding
}

// byTarget are the bindings of items that have a host port, by container port.
func byTarget(items []Item) map[target][]publication {
	at := map[target][]publication{}
	for i, it := range items {
		for _, b := range it.Bindings {
			if b.Target != 0 && b.First != 0 {
				t := target{b.Target, b.Proto}
				at[t] = append(at[t], publication{i, b})
			}
		}
	}
	return at
}

// addsTo returns those of the items of its service, in order, that come from earlier layers and publish one of its container
// ports on another host port.
func (i Item) addsTo(items []Item, at map[target][]publication) []Item {
	found := map[int]bool{}
	for _, b := range i.Bindings {
		if b.First == 0 {
			continue
		}
		for _, o := range at[target{b.Target, b.Proto}] {
			if other := b.Ports != o.binding.Ports; other && !found[o.item] && i.layeredOn(items[o.item]) {
				found[o.item] = true
			}
		}
	}

	var earlier []Item
	for _, n := range slices.Sorted(maps.Keys(found)) {
		earlier = append(earlier, items[n])
	}

	return earlier
}

// layeredOn reports whether a later file, document or service wrote the item. A key that one file has twice is no layer.
func (i Item) layeredOn(o Item) bool {
	a, b := o.Head(), i.Head()
	twice := a.Layer.Kind == "file" && b.Layer.Kind == "file" && a.Entry.File == b.Entry.File
	return a.Layer.Order < b.Layer.Order && !twice
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
		stays := slices.ContainsFunc(bindings, func(b Binding) bool {
			return b.PortsKey == mine.PortsKey && bindings[i].sameTarget(&b)
		})
		if !stays {
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
