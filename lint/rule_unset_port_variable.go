package lint

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/portlint/portlint/lint/envfile"
	"github.com/portlint/portlint/lint/lazyexp"
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
		if address, port, ok := glued(b.Text); ok && it.Publishes() {
			p.reportGlued(it, address, port)
		}
		e, alone := parseExpression(b.Text) // with text around it the host port would not be empty
		demanded := strings.HasSuffix(e.Operator, "?")
		if b.Refusal != "" && it.Publishes() {
			p.reportRefusal(it)
			continue
		}
		random := b.From.Kind == Unset && alone
		if !random || demanded || !it.Publishes() {
			continue
		}
		f := it.finding(unsetHeadlines([]string{b.Var})...)
		f.note(NotePossible, fmt.Sprintf("%s; the engine would pick a random host port for %q", p.nothingGives(b), it.Service.Name))
		f.Related = p.unused(b)
		f.Fixes = append(p.fixesOfUnused(it), p.defaultFix(it, e)...)
		p.Report(f)
	}
}

// unsetHeadlines name variables without a value.
func unsetHeadlines(names []string) []string {
	if len(names) == 1 {
		return []string{fmt.Sprintf("${%s} has no value", names[0]), "this variable has no value"}
	}
	return []string{fmt.Sprintf("%s have no value", listed(names)), "these variables have no value"}
}

// nothingGives says that a variable has no value, or that the one that a file gives it does not count.
func (p *Pass) nothingGives(b *Binding) string {
	switch b.From.Unused.Kind {
	case InExample:
		return fmt.Sprintf("only an example gives ${%s} a value", b.Var)
	case InContainer:
		return fmt.Sprintf("an env_file gives ${%s} to the container alone", b.Var)
	default:
		return fmt.Sprintf("nothing gives ${%s} a value", b.Var)
	}
}

// unused points at a value of the variable of a host port that Compose does not use for it.
func (p *Pass) unused(b *Binding) []Related {
	g := b.From.Unused
	what := ""
	switch g.Kind {
	case InExample:
		what = fmt.Sprintf("%s is %s in the example", b.Var, g.Text)
	case InContainer:
		what = fmt.Sprintf("%s is %s in the container", b.Var, g.Text)
	case HiddenByShell:
		what = fmt.Sprintf("%s comes from the shell and hides %s", b.Var, g.At(p.Project.Dir))
	default:
		return nil
	}

	related := Related{Message: what, Span: g.Span}
	if g.Text == "" { // the line is not to be shown
		related.Span = b.Span()
	}

	return []Related{related}
}

// fixesOfUnused take the value of an example to where Compose reads it.
func (p *Pass) fixesOfUnused(it Item) []Fix {
	b := it.Head()
	g, file := b.From.Unused, p.Project.EnvFile
	if g.Kind != InExample || file == "" || filepath.Dir(file) != filepath.Dir(g.Span.File) {
		return nil
	}

	example, name := filepath.Base(g.Span.File), filepath.Base(file)
	text, there := p.Project.EnvTexts[file]
	if !there {
		return []Fix{advise(fmt.Sprintf("copy %s to %s", example, name))}
	}
	shown, _ := ParsePorts(g.Text)
	if shown.Width() != len(it.Bindings) {
		return []Fix{advise(fmt.Sprintf("set %s=%s in %s, as %s shows it", b.Var, g.Text, name, example))}
	}
	to, ok := p.suggester.suggestSame(b.Port, shown.First, len(it.Bindings))
	if !ok {
		return nil
	}
	value := PortsFrom(to, len(it.Bindings)).String()
	return []Fix{{Title: fmt.Sprintf("set %s=%s in %s, as %s shows it", b.Var, value, name, example), Safety: Unsafe,
		Edits: []Edit{envEdit(file, envfile.SetChange(text, b.Var, value, ""))}}}
}

// reportRefusal reports an item that Compose refuses as long as nothing gives its variables a value.
func (p *Pass) reportRefusal(it Item) {
	b := it.Head()
	f := it.finding(unsetHeadlines(b.Unset)...)
	f.note(NotePossible, fmt.Sprintf("without a value docker compose refuses this port of %q: %s", it.Service.Name, b.Refusal))
	f.Fixes = []Fix{advise(fmt.Sprintf("give %s a default or a value in .env", listed(b.Unset)))}
	p.Report(f)
}

// namesAddress finds variables that are meant to hold an address.
var namesAddress = lazyexp.New(`(?i)(^|_)(IP|IPV4|IPV6|ADDR|ADDRESS|HOST|BIND|LISTEN|INTERFACE)(_|$)`)

// glued are the two expressions that a host port is made of without a colon between them, where the first one is meant to hold
// an address and is empty unless somebody sets it.
func glued(text string) (address, port Expression, ok bool) {
	address, ok = ScanExpression(text)
	mayBeEmpty := ok && address.Rest == "" && !address.replaces()
	if !mayBeEmpty || !namesAddress().MatchString(address.Name) {
		return address, port, false
	}
	port, ok = ScanExpression(text[len(address.Text):])
	return address, port, ok
}

// partFix is what to do about an address and a port that are glued together.
func partFix(address, port Expression) Fix {
	return advise(fmt.Sprintf("write a colon between the two, and a default for the address: ${%s:-0.0.0.0}:%s", address.Name, port.Text))
}

// reportGlued reports an address and a port without a colon between them, which goes well as long as nobody gives an address.
func (p *Pass) reportGlued(it Item, address, port Expression) {
	f := it.finding(fmt.Sprintf("%s runs into the port", address.Text), "an address runs into the port")
	f.note(NotePossible, fmt.Sprintf("%s and %s of %q stand side by side: a value of %s must end with a colon", address.Text, port.Text,
		it.Service.Name, address.Name))
	f.Severity = Info
	f.Fixes = []Fix{partFix(address, port)}
	p.Report(f)
}

// defaultFix gives the variable a default: the value that a file shows, else the container port, or one near it where that
// is used already.
func (p *Pass) defaultFix(it Item, e Expression) []Fix {
	b := it.Head()
	last := it.Bindings[0].Target
	for _, o := range it.Bindings {
		last = max(last, o.Target)
	}
	first := last - uint16(len(it.Bindings)-1)
	if shown, err := ParsePorts(b.From.Unused.Text); err == nil && shown.Width() == len(it.Bindings) {
		first, last = shown.First, shown.Last
	}
	byHand := []Fix{{Title: fmt.Sprintf("give %s a default or a value in .env", b.Var), Safety: Manual}}
	plain, known := e.Name == b.Var && e.Operator == "", first != 0 && first <= last
	if !plain || !known {
		return byHand
	}
	to, ok := p.suggester.suggestSame(b.Port, first, len(it.Bindings))
	if !ok {
		return byHand
	}
	text := withDefault(e.Name, PortsFrom(to, len(it.Bindings)).String())
	edits, ok := it.replace(text)
	if !ok {
		return byHand
	}
	return []Fix{{Title: "write " + text, Safety: Unsafe, Edits: edits}}
}
