package lint

import "fmt"

var invalidPort = Rule{
	Name: "invalid-port", Severity: Error, Certainty: Certain,
	Summary: "an item that Compose or the engine refuses",
	Check:   checkInvalidPort,
}

func checkInvalidPort(p *Pass) {
	for _, bad := range p.Project.Invalid {
		f := Finding{Service: bad.Service, Span: bad.Span,
			Message: fmt.Sprintf("%q cannot publish %q: %s", bad.Service, bad.Text, bad.Reason)}
		if !bad.Span.Known() {
			f.Span = bad.Entry
		}
		if !bad.Active {
			f.Certainty = Possible
		}
		if bad.Replaced != "" && bad.Span.Known() {
			f.Fixes = []Fix{{Title: fmt.Sprintf("write %s", bad.Replaced), Safety: Unsafe,
				Edits: []Edit{{Span: bad.Span, New: bad.Replaced}}}}
		}
		p.Report(f)
	}
}
