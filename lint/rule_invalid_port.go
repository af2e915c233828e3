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
			Message: fmt.Sprintf("%q cannot publish %s: %s", bad.Service, bad.quoted(), bad.Reason)}
		if !bad.Span.Known() {
			f.Span = bad.Entry
		}
		if bad.ByEngine && !bad.Active {
			f.Certainty, f.Profiles = Possible, bad.Profiles
		}
		if bad.Since != "" {
			f.Certainty = Possible
		}
		if bad.Since != "" {
			f.Message += fmt.Sprintf(" (engine %s and newer refuse it)", bad.Since)
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
	if n := len(text); n > 1 && (text[0] == '"' || text[0] == '\'') && text[0] == text[n-1] {
		text = text[1 : n-1]
	}
	if strings.HasPrefix(text, "{") { // a mapping is quotation enough
		return text
	}
	return strconv.Quote(text)
}
