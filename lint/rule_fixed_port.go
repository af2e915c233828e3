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
		literal := b.From.Kind == Literal && b.Port.Known() && isLiteral(b.Text)
		if !literal || !it.Written() || !it.Publishes() {
			continue
		}

		f := it.finding(fmt.Sprintf("%s of %q is fixed; moving it means editing this file", it.Want(), it.Service.Name))
		name := p.suggester.name(p.Project, it)
		text := withDefault(name, b.Text)
		if edits, ok := it.replace(text); ok {
			edits = sortEdits(append(edits, p.exampleEdits(it, name, b.Text, false)...))
			f.Fixes = []Fix{{Title: "write " + text, Safety: Safe, Edits: edits, Moves: []Move{it.named(name)}}}
		}

		p.Report(f)
	}
}
