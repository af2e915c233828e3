package lint

import (
	"fmt"
	"strconv"
	"strings"
)

var invalidPort = Rule{
	Name: "invalid-port", Severity: Error, Certainty: Certain,
	Summary: "an item that Compose or the engine refuses",
	Check:   checkInvalidPort,
	Stack:   checkInvalidInStack,
}

func checkInvalidPort(p *Pass) {
	for _, bad := range p.Project.Invalid {
		f := Finding{Service: bad.Service, Span: bad.Span,
			Message: fmt.Sprintf("%q cannot publish %s", bad.Service, bad.quoted()), shorter: []string{fmt.Sprintf("%q cannot publish this item", bad.Service), "this item cannot be published"},
			Notes: []Note{{Label: NoteWhy, Text: bad.Reason}}}
		if !bad.Span.Known() {
			f.Span = bad.Entry
		}

		if bad.ByEngine && !bad.Active {
			f.Certainty, f.Profiles = Possible, bad.Profiles
			f.note(NoteWhen, f.profileFlags())
		}

		if bad.Since != "" {
			f.Certainty = Possible
			f.note(NotePossible, fmt.Sprintf("engine %s and newer refuse it", bad.Since))
		}

		if bad.Replaced != "" && bad.Span.Known() {
			f.Fixes = []Fix{{Title: fmt.Sprintf("write %s", bad.Replaced), Safety: Unsafe,
				Edits: []Edit{{Span: bad.Span, New: bad.Replaced}}}}
		}

		if address, port, ok := glued(strings.Trim(bad.Text, `"'`)); ok && len(f.Fixes) == 0 {
			f.Fixes = []Fix{partFix(address, port)}
		}
		p.Report(f)
	}
}

// quoted is the item as written, in double quotes; an item over several lines is only pointed at.
func (bad InvalidPort) quoted() string {
	text := strings.TrimSpace(bad.Text)
	if strings.Contains(text, "\n") || text == "" {
		return "this item"
	}

	n := len(text)
	if quoted := n > 1 && strings.ContainsRune(`"'`, rune(text[0])); quoted && text[0] == text[n-1] {
		text = text[1 : n-1]
	}
	if strings.HasPrefix(text, "{") { // a mapping is quotation enough
		return text
	}
	return strconv.Quote(text)
}

// checkInvalidInStack finds, beside what Compose refuses, what only `docker stack deploy` refuses in the mapping form: it takes a
// number for `published` and knows no `host_ip`. Source: docker/cli cli/compose/schema, and its interpolation, which makes a
// number of a text with a variable only.
func checkInvalidInStack(p *Pass) {
	checkInvalidPort(p)
	for i := range p.Project.Services {
		for _, it := range p.Project.Services[i].Items() {
			if reason, fix := it.refusedInStack(); reason != "" {
				f := it.finding(fmt.Sprintf("docker stack deploy refuses this port of %q", it.Service.Name), "docker stack deploy refuses this port")
				f.note(NoteWhy, reason)
				f.Fixes = []Fix{advise(fix)}
				p.Report(f)
			}
		}
	}
}

// refusedInStack says why `docker stack deploy` refuses an item, and what to write in its place.
func (i Item) refusedInStack() (reason, fix string) {
	b := i.Head()
	host := i.Ports()
	switch {
	case !b.Style.Long:
		return "", ""
	case b.ignoredHostIP.IsValid():
		return "`host_ip` is no key that it knows", "leave `host_ip` out"
	case host.Width() > 1:
		return fmt.Sprintf("`published` is the range %s, where it takes a single number", i.PortText()), "write the range in the short form"
	case host.Known() && isLiteral(b.Text) && b.Style.Quote != 0:
		return "`published` is a text, where it takes a number", "write the number without quotes"
	}

	return "", ""
}
