package report

import (
	"fmt"

	"github.com/portlint/portlint/lint"
)

// nowState is one of the values of `now.state` in the JSON format of `portlint ports`.
func nowState(n lint.Now) string {
	switch {
	case n.Silent:
		return "not bound"
	case len(n.Holders) > 0 && n.Free == 0:
		return "held"
	case len(n.Ours) > 0:
		return "ours"
	case !n.Known:
		return "not checked"
	default:
		return "free"
	}
}

// nowText says for a column of a table who has a port now.
func nowText(b *lint.Binding, n lint.Now) string {
	switch state := nowState(n); {
	case state == "held":
		return enumerate(few(each(n.Holders, lint.Blocker.Short)))
	case state == "ours":
		return "ours: " + enumerate(few(each(n.Ours, func(o lint.Blocker) string { return ownName(b, o) })))
	case state == "free" && n.Free < b.Width():
		return fmt.Sprintf("%d of %d free", n.Free, b.Width())
	default:
		return state
	}
}

// ownName is a container of the project itself, with the port that it has where the files leave that open.
func ownName(b *lint.Binding, o lint.Blocker) string {
	if b.Ephemeral() && o.Local.IsValid() {
		return fmt.Sprintf("%s at %d", o.Container.Name, o.Local.Port())
	}
	return o.Container.Name
}

type jsonNow struct {
	State   string       `json:"state"`
	Holders []*jsonOwner `json:"holders"`
}

// jsonNow is nil where nobody asked the machine.
func (r Report) jsonNow(b *lint.Binding) *jsonNow {
	n, asked := r.Now[b]
	if !asked {
		return nil
	}
	owner := func(o lint.Blocker) *jsonOwner { return r.jsonOwner(&o) }
	return &jsonNow{State: nowState(n), Holders: append(each(n.Ours, owner), each(n.Holders, owner)...)}
}
