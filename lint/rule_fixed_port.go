package lint

import "fmt"

var fixedPort = Rule{
	Name: "fixed-port", Severity: Info, Certainty: Certain,
	Summary: "a literal host port that nobody can move without editing the file",
	Check:   checkFixedPort,
}

func checkFixedPort(p *Pass) {
	for _, it := range p.Project.Items() {
		b := it.Head()
		if b.From.Kind != Literal || !b.Port.Known() || !it.Written() || !it.Publishes() || !isLiteral(b.Text) {
			continue
		}
		f := it.finding(fmt.Sprintf("%s of %q is fixed; moving it means editing this file", it.Want(), it.Service.Name))
		text := withDefault(p.advice.name(p.Project, it), it.Ports())
		if edits, ok := it.replace(text); ok {
			f.Fixes = []Fix{{Title: "write " + text, Safety: Safe, Edits: edits}}
		}
		p.Report(f)
	}
}
