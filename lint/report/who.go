package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// Who writes who has host ports, for `portlint who`: as "text" for people or as "json".
func Who(w io.Writer, r Report, uses []lint.PortUse, format string) error {
	switch format {
	case "text":
		t := newTextPrinter(r)
		t.uses(uses)
		if blind := t.notChecked(); len(blind) > 0 {
			t.end()
			t.blindSpots(blind)
		}
		return t.flush(w)
	case "json":
		return r.whoJSON(w, uses)
	default:
		return fmt.Errorf("unknown format %q for who, expected text or json", format)
	}
}

// LostStacks writes the stacks whose directories are gone, for `portlint who --orphans`: as "text" for people or as "json".
func LostStacks(w io.Writer, r Report, stacks []lint.LostStack, format string) error {
	if format == "json" {
		return encode(w, jsonWho{Version: jsonVersion, Tool: r.jsonTool(), Ports: []jsonPortUse{}, Stacks: each(stacks, newJSONStack), NotChecked: each(r.NotChecked, newJSONBlind)})
	}

	t := newTextPrinter(r)
	for i, s := range stacks {
		if i > 0 {
			t.end()
		}
		t.put(plain, lint.Fitting(s.Headlines(), 0))
		t.end()
		t.labelledLine("gone", s.Gone())
		if ports := s.Ports(); len(ports) > 0 {
			t.labelledLine("ports", strings.Join(ports, ", "))
		}
		if volumes := s.Volumes(); len(volumes) > 0 {
			t.labelledLine("volumes", strings.Join(volumes, ", "))
		}
		t.fix(s.Free(), true, lint.Span{})
	}
	if len(stacks) == 0 {
		t.put(plain, "no stack is seen whose directory is gone")
		t.end()
	}
	if blind := t.notChecked(); len(blind) > 0 {
		t.end()
		t.blindSpots(blind)
	}
	return t.flush(w)
}

// uses says who has each port that is worth a line, and of each range how many nobody has.
func (t *textPrinter) uses(uses []lint.PortUse) {
	var before *lint.PortUse
	shown := map[int]bool{} // with an earlier one
	for i := range uses {
		u := &uses[i]
		if !u.Untold() && !shown[i] {
			if before != nil && (t.tall(*u) || t.tall(*before)) {
				t.end()
			}
			t.use(rowFrom(uses, i, shown))
			before = u
		}

		more := slices.ContainsFunc(uses[i+1:], func(next lint.PortUse) bool { return next.Within == u.Within })
		if u.Within.Known() && !more {
			if before != nil && t.tall(*before) {
				t.end()
			}
			t.others(uses, u.Within)
			before = u
		}
	}
}

// portRow is a port, or ports in a row of one range of which the same is to be said. Its holders are those of all.
type portRow struct {
	lint.PortUse
	ports lint.Ports
}

// rowFrom is the row that starts with a port; what else is in it counts as told.
func rowFrom(uses []lint.PortUse, start int, shown map[int]bool) portRow {
	first := uses[start]
	row := portRow{first, lint.PortsFrom(first.Port, 1)}
	if !first.Within.Known() || !ofHoldersAlone(first) {
		return row
	}

	row.Holders = slices.Clone(first.Holders)
	says := whatIsSaid(first.Holders)
	for i := start + 1; i < len(uses); i++ {
		u := uses[i]
		switch {
		case u.Within != first.Within || u.Proto != first.Proto || u.Port <= row.ports.Last:
			continue
		case u.Port != row.ports.Last+1 || !ofHoldersAlone(u) || !slices.Equal(whatIsSaid(u.Holders), says):
			return row
		}
		row.Holders = append(row.Holders, u.Holders...)
		row.ports.Last, shown[i] = u.Port, true
	}
	return row
}

// ofHoldersAlone reports whether nothing is to be said of a port but who has it.
func ofHoldersAlone(u lint.PortUse) bool {
	return len(u.Holders) > 0 && len(u.Waiting)+len(u.Moves)+u.Transient == 0
}

// whatIsSaid is what is told of the holders of a port, apart from their addresses.
func whatIsSaid(holders []lint.Owner) []string {
	var all []string
	for _, b := range holders {
		if s := socketText(b); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// others counts the ports of a range that nobody has.
func (t *textPrinter) others(uses []lint.PortUse, within lint.Ports) {
	free, known := map[uint16]bool{}, true
	for _, u := range uses {
		if u.Within != within {
			continue
		}
		nobody, seen := u.Free()
		known = known && (seen || len(u.Holders) > 0)
		if _, asked := free[u.Port]; !asked {
			free[u.Port] = true
		}
		free[u.Port] = free[u.Port] && (nobody || !seen) && len(u.Holders) == 0
	}

	left := 0
	for _, is := range free {
		if is {
			left++
		}
	}
	outcome := "free"
	if !known {
		outcome = "perhaps free: nobody that portlint can see has them"
	}
	t.put(bold, within.String())
	t.put(plain, fmt.Sprintf(": %d of %s %s %s", left, count(len(free), "port"), isAre(left), outcome))
	t.end()
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// tall reports whether a port takes more than a line.
func (t *textPrinter) tall(u lint.PortUse) bool { return len(u.Holders)+len(u.Waiting) > 0 }

// use says all that is known of a port.
func (t *textPrinter) use(u portRow) {
	name, is := u.ports.String()+"/"+u.Proto, isAre(u.ports.Width())
	for i, same := range alike(u.Holders) {
		if i > 0 {
			t.end()
		}
		t.holder(name, is, same[0])
		t.sockets(same)
		if i == 0 && u.Transient > 0 {
			t.line(passing(same[0], u.Transient))
		}
		for _, said := range same[0].Background() {
			t.line(said)
		}

		if fix := same[0].Free(); fix.Title != "" {
			t.fix(fix, true, lint.Span{})
		}
	}
	for _, move := range u.Moves {
		t.fix(move, false, lint.Span{})
		t.hunks(move.Edits, lint.Span{})
	}

	_, known := u.Free()
	excluded := known && len(u.Holders) == 0 && u.Probe.Result == lint.Excluded
	if excluded || !t.tall(u.PortUse) {
		text, why := u.Outcome()
		t.put(bold, name)
		t.put(plain, " "+text)
		t.end()
		t.labelledLine("why", why)
		if u.Transient > 0 {
			t.line(inNobodysWay(u.PortUse))
		}
	}
	if len(u.Waiting) > 0 && !excluded && len(u.Holders) == 0 {
		t.put(bold, name)
		t.put(plain, " "+lint.Fitting(u.LaterHeadlines(), columnsOf(name+" ")))
		t.end()
	}

	for _, b := range u.Waiting {
		t.labelledLine("later", t.noteText(lint.Note{Text: b.StartClause(), Span: b.Span}))
		t.fix(b.Free(), true, lint.Span{})
	}
}

// holder says who has a port: in one short sentence, then to the end.
func (t *textPrinter) holder(name, is string, b lint.Owner) {
	t.put(bold, name)
	t.put(plain, " "+is+" "+b.Headline(columnsOf(name+" "+is+" "), t.Asked))
	t.end()
	t.labelledLine(string(lint.NoteHeldBy), t.noteText(b.HeldBy()))
}

// passing sums up the connections that use the port too.
func passing(b lint.Owner, n int) string {
	if b.Kind == lint.OwnerConnection || b.Kind == lint.OwnerClosing {
		return "with " + count(n, "more connection")
	}
	return "with " + count(n, "connection")
}

// inNobodysWay says what uses a port that can be had all the same.
func inNobodysWay(u lint.PortUse) string {
	live := u.Transient - u.Closing
	var parts []string
	if live > 0 {
		parts = append(parts, count(live, "connection"))
	}
	if u.Closing > 0 {
		parts = append(parts, count(u.Closing, "closing connection")+" (TIME_WAIT)")
	}
	return "in nobody's way: " + lint.AndList(parts)
}

// labelledLine is a line below a headline with a label, none where there is no text.
func (t *textPrinter) labelledLine(label, text string) {
	if text != "" {
		t.labelled(plain, label, text)
		t.end()
	}
}

func (t *textPrinter) line(text string) {
	t.put(plain, "  "+text)
	t.end()
}

// sockets says where one owner's sockets are bound, and what serves them for it.
func (t *textPrinter) sockets(same []lint.Owner) {
	var at, servers []string
	for _, b := range same {
		if b.Local.IsValid() {
			at = append(at, b.Local.String())
		}
		if s := b.Server(); s != "" {
			servers = append(servers, s)
		}
	}

	if len(at) > 0 {
		t.line(does(same[0].State) + lint.AndList(few(at)))
	}

	if len(servers) > 0 {
		t.line("served by " + lint.AndList(few(compact(servers))))
	}
}

// compact drops what was said before.
func compact(texts []string) []string {
	var out []string
	for i, s := range texts {
		if i == 0 || s != texts[i-1] {
			out = append(out, s)
		}
	}
	return out
}

func does(s lint.HolderState) string {
	switch s {
	case lint.Listening:
		return "listening at "
	case lint.Datagram, lint.BoundOnly:
		return "bound at "
	default:
		return "at "
	}
}

// socketText is what is said of one socket, apart from its address.
func socketText(b lint.Owner) string {
	return strings.Join([]string{b.Sentence(), b.Free().Command, b.State.String(), fmt.Sprint(b.Span)}, "\x00")
}

// alike puts the sockets together of which the same is to be said.
func alike(holders []lint.Owner) [][]lint.Owner {
	var out [][]lint.Owner
	at := map[string]int{}
	for _, b := range holders {
		k := socketText(b)
		i, known := at[k]
		if !known {
			i, at[k] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], b)
	}

	return out
}
