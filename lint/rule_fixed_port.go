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

		f := it.finding(fmt.Sprintf("%s of %q is fixed", it.Want(), it.Service.Name), it.Want()+" is fixed")
		f.note(NoteWhy, "moving it means editing this file")
		f.Fixes = p.freePortFixes(it)
		p.Report(f)
	}
}

// freePortFixes make a literal host port a variable, none where that can't be written.
func (p *Pass) freePortFixes(it Item) []Fix {
	b := it.Head()
	name := p.suggester.name(p.Project, it)
	text := withDefault(name, b.Text)
	edits, ok := it.replace(text)
	if !ok {
		return nil
	}
	edits = sortEdits(append(edits, p.exampleEdits(it, name, b.Text, false)...))
	return []Fix{{Title: "write " + text, Safety: Safe, Edits: edits, Moves: []Move{it.named(name)}}}
}
