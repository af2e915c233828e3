package lint

import "fmt"

var oneVariableBothSides = Rule{
	Name: "one-variable-both-sides", Severity: Info, Certainty: Certain,
	Summary: "one variable gives the host port and the container port",
	Check:   checkOneVariableBothSides,
	Stack:   checkOneVariableBothSides,
}

func checkOneVariableBothSides(p *Pass) {
	for _, it := range p.Project.Items() {
		b := it.Head()
		whole := isLiteral(b.Text) // one variable for the item, whose default holds both: "${PORTS:-8088:88}"
		both := b.Var != "" && b.Var == b.TargetVar
		if !both || whole || !it.Publishes() {
			continue
		}
		f := it.finding(fmt.Sprintf("${%s} moves both ports", b.Var), "one variable, two ports")
		f.note(NoteWhy, fmt.Sprintf("it is both the host port and the container port of %q; moving the one moves the other", it.Service.Name))
		f.Fixes = p.splitFix(it)
		p.Report(f)
	}
}

// splitFix gives the host port a variable of its own that follows the old one until it is set.
func (p *Pass) splitFix(it Item) []Fix {
	name := p.suggester.name(p.Project, it)
	text := withDefault(name, it.Head().Text)
	if _, one := parseExpression(it.Head().Text); !one {
		return nil
	}

	edits, ok := it.replace(text)
	if !ok {
		return nil
	}

	if it.Written() { // a line that sets the new variable would keep it from following the old one
		edits = sortEdits(append(edits, p.exampleEdits(it, name, it.PortText(), true)...))
	}

	return []Fix{{Title: "write " + text + " on the host side", Safety: Safe, Edits: edits,
		Moves: []Move{it.named(name)}}}
}
