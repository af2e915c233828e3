package lint

import (
	"fmt"
	"strings"
)

var unsetPortVariable = Rule{
	Name: "unset-port-variable", Severity: Warning, Certainty: Possible,
	Summary: "a host port rests on a variable that nothing gives a value",
	Check:   checkUnsetPortVariable,
	Stack:   checkUnsetPortVariable,
}

func checkUnsetPortVariable(p *Pass) {
	for _, it := range p.Project.Items() {
		b := it.Head()
		e, alone := parseExpression(b.Text) // with text around it the host port would not be empty
		demanded := strings.HasSuffix(e.Operator, "?")
		if b.From.Kind != Unset || !alone || demanded || !it.Publishes() {
			continue
		}
		f := it.finding(fmt.Sprintf("nothing gives ${%s} a value; the engine would pick a random host port for %q", b.Var,
			it.Service.Name))
		f.Fixes = p.defaultFix(it, e)
		p.Report(f)
	}
}

// defaultFix gives the variable the container port as its default, or one near it where that is used already.
func (p *Pass) defaultFix(it Item, e Expression) []Fix {
	b := it.Head()
	last := it.Bindings[0].Target
	for _, o := range it.Bindings {
		last = max(last, o.Target)
	}
	first := last - uint16(len(it.Bindings)-1)
	byHand := []Fix{{Title: fmt.Sprintf("give %s a default or a value in .env", b.Var), Safety: Manual}}
	if first == 0 || last < first || e.Name != b.Var || e.Operator != "" {
		return byHand
	}
	to, ok := p.advice.keep(b.Port, first, len(it.Bindings))
	if !ok {
		return byHand
	}
	text := withDefault(e.Name, rangeText(to, to+uint16(len(it.Bindings)-1)))
	edits, ok := it.replace(text)
	if !ok {
		return byHand
	}
	return []Fix{{Title: "write " + text, Safety: Unsafe, Edits: edits}}
}
