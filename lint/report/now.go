package report

import (
	"fmt"

	"github.com/portlint/portlint/lint"
)

// Now is who has the host ports at this moment on one machine.
type Now struct {
	Context string // of docker, that names its engine; "" where one engine was asked
	Of      map[*lint.Binding]lint.PortStatus
}

// title is the head of a column.
func (n Now) title() string {
	if n.Context == "" {
		return "NOW"
	}
	return "NOW ON " + Escape(n.Context)
}

// nowState is one of the values of `now.state` in the JSON format of `portlint ports`.
func nowState(n lint.PortStatus) string {
	switch {
	case n.Silent:
		return "not bound"
	case n.Moved:
		return "ours"
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

// nowText says for a column of a table who has a port now, and how many containers of one `up` want it where that is too many.
func nowText(b *lint.Binding, n lint.PortStatus, wanted int) string {
	switch state := nowState(n); {
	case state == "held":
		return lint.AndList(few(each(n.Holders, lint.Owner.Short)))
	case state == "ours":
		return "ours: " + lint.AndList(few(each(n.Ours, func(o lint.Owner) string { return ownName(b, n, o) })))
	case state == "free" && n.Free < b.Width():
		return fmt.Sprintf("%d of %d free", n.Free, b.Width())
	case state == "free" && wanted == 2:
		return "free, wanted twice"
	case state == "free" && wanted > 2:
		return fmt.Sprintf("free, wanted %d times", wanted)
	default:
		return state
	}
}

// wantedByOthers says behind the state of a free port which other projects of the report want it, too.
func (r Report) wantedByOthers(p *lint.Project) func(*lint.Binding, lint.PortStatus) string {
	type port struct {
		number uint16
		proto  string
	}
	type want struct {
		who     string
		binding *lint.Binding
	}
	wants := map[port][]want{}
	for _, o := range r.Projects {
		for i := range o.Services {
			s := &o.Services[i]
			for j := range s.Bindings {
				if b := &s.Bindings[j]; o != p && s.Active && b.Fixed() {
					at := port{b.First, b.Proto}
					wants[at] = append(wants[at], want{o.Label() + "/" + s.Name, b})
				}
			}
		}
	}

	return func(b *lint.Binding, n lint.PortStatus) string {
		if nowState(n) != "free" || !b.Fixed() {
			return ""
		}
		var who []string
		for _, o := range wants[port{b.First, b.Proto}] {
			if b.OverlapsAt(b.First, o.binding) {
				who = append(who, o.who)
			}
		}
		if len(who) == 0 {
			return ""
		}
		return ", wanted by " + lint.AndList(few(who)) + " too"
	}
}

// ownName is a container of the project itself, with the port that it has where the files leave that open or say another.
func ownName(b *lint.Binding, n lint.PortStatus, o lint.Owner) string {
	if (b.Ephemeral() || n.Moved) && o.Local.IsValid() {
		return fmt.Sprintf("%s at %d", o.Container.Name, o.Local.Port())
	}
	return o.Container.Name
}

type jsonNow struct {
	Context string       `json:"context,omitempty"`
	State   string       `json:"state"`
	Ports   []uint16     `json:"ports,omitempty"`
	Holders []*jsonOwner `json:"holders"`
}

// jsonNow is who has a port on the one machine that was asked, or on each of several; both nil where none was.
func (r Report) jsonNow(b *lint.Binding) (one *jsonNow, several []jsonNow) {
	owner := func(o lint.Owner) *jsonOwner { return r.jsonOwner(&o) }
	all := each(r.Now, func(now Now) jsonNow {
		n := now.Of[b]
		return jsonNow{Context: now.Context, State: nowState(n), Ports: n.At, Holders: append(each(n.Ours, owner), each(n.Holders, owner)...)}
	})
	switch {
	case len(all) == 0:
		return nil, nil
	case all[0].Context == "":
		return &all[0], nil
	}

	return nil, all
}
