package lint

import (
	"fmt"
	"slices"
	"strings"
)

// twins groups the bindings of unknown value that are written as the same variable: whatever it holds, they meet.
func twins(bound []Bound) []group {
	at := map[string]int{}
	items := itemSet{}
	var groups []group
	for _, b := range bound {
		if !b.Binding.Unknown || !strings.Contains(b.Binding.HostText, "$") || !items.add(b) {
			continue
		}
		key := b.Binding.HostText + "/" + b.Binding.Proto
		i, ok := at[key]
		if !ok {
			i, at[key] = len(groups), len(groups)
			groups = append(groups, group{clash: clash{certainty: Possible}})
		}
		groups[i].members = append(groups[i].members, b)
	}
	return realTwins(groups)
}

// realTwins keeps the groups that have two, in the order of compareBound.
func realTwins(groups []group) []group {
	groups = slices.DeleteFunc(groups, func(g group) bool { return len(g.members) < 2 })
	for _, g := range groups {
		slices.SortStableFunc(g.members, compareBound)
	}
	return groups
}

func (g group) twinMessage() string {
	names, want := g.services(), g.members[0].Binding.HostText+"/"+g.members[0].Binding.Proto
	switch len(names) {
	case 1:
		return fmt.Sprintf("%q publishes %s twice; whatever value it has, the container cannot start", names[0], want)
	case 2:
		return fmt.Sprintf("%s is published by both %q and %q; whatever value it has, the second container cannot start",
			want, names[0], names[1])
	default:
		return fmt.Sprintf("%s is published by %s; whatever value it has, only one of them can start", want, quoted(names))
	}
}
