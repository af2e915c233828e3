package lint

import (
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/envfile"
)

// isLiteral reports whether a host port is written as plain numbers.
func isLiteral(text string) bool { return text != "" && !strings.ContainsAny(text, "${}") }

// withDefault writes a variable with a default.
func withDefault(name, value string) string { return "${" + name + ":-" + value + "}" }

// moved is the host port's text after it moves to value: a literal becomes a variable of that name, a default changes
// where it stands. There is none when the value comes from elsewhere, or when fresh asks for a variable of its own.
func (i Item) moved(value, name string, newVariable bool) (string, bool) {
	b := i.Head()
	if isLiteral(b.Text) || newVariable {
		return withDefault(name, value), name != ""
	}

	e, ok := parseExpression(b.Text)
	hasDefault := ok && (e.Operator == ":-" || e.Operator == "-") && numeric(e.Rest)
	inUse := b.From.Kind == FromDefault || i.shownDefault()
	if !hasDefault || !inUse {
		return "", false
	}
	return "${" + e.Name + e.Operator + value + "}", true
}

// shownDefault reports whether an example file gives the value that is the default, too.
func (i Item) shownDefault() bool {
	e, ok := parseExpression(i.Head().Text)
	return ok && i.Head().From.Kind == FromExample && e.Rest == i.PortText()
}

// rewritten are the edits that write a host port, or the default of its variable, where the item stands.
func (i Item) rewritten(value, name string, newVariable bool) ([]Edit, bool) {
	text, ok := i.moved(value, name, newVariable)
	if !ok {
		return nil, false
	}
	return i.replace(text)
}

// numeric reports whether a default is a port or a range of ports.
func numeric(s string) bool {
	_, err := ParsePorts(s)
	return err == nil
}

// whole reports whether the bindings of the item are all that its text names. Compose drops the one of a range that
// another item gives too, and no text stands for what is left.
func (i Item) whole() bool {
	b := i.Head()
	if !i.Written() {
		return true
	}

	text := b.Text
	if e, ok := parseExpression(text); ok {
		text = e.Rest
	}
	named, err := ParsePorts(text)
	inTheFile := b.From.Kind == Literal || b.From.Kind == FromDefault
	if err == nil && inTheFile && named != i.Ports() {
		return false
	}
	return b.Pool() || len(i.Bindings) == i.Width()
}

// replace are the edits that write another text in the place of the host port's own: where the item stands, and where it is repeated,
// as Compose would take them for two ports otherwise.
func (i Item) replace(text string) ([]Edit, bool) {
	edits, ok := i.replaceHere(text)
	for _, o := range i.Repeated() {
		more, can := o.replaceHere(text)
		ok = ok && can && o.Head().Text == i.Head().Text && o.Ports() == i.Ports()
		edits = append(edits, more...)
	}
	return edits, ok
}

// replaceHere is the edit that writes another text in the place of the host port's own, in the style of the item. There is
// none when that text can't be cut out, is not exactly one literal or one variable, or stands for more than the item.
func (i Item) replaceHere(text string) ([]Edit, bool) {
	b := i.Head()
	_, one := parseExpression(b.Text)
	readable := one || isLiteral(b.Text)
	if !readable || !b.Port.Known() || !i.whole() {
		return nil, false
	}

	edit := Edit{Span: b.Port, New: text}
	braces := b.Style.Quote == 0 && strings.Contains(text, "{")
	if inMapping := b.Style.Long || b.Style.Flow; !braces || !inMapping {
		return []Edit{edit}, true
	}
	around := b.Entry
	if b.Style.Long {
		around = b.Port
	}

	return quote(edit, around), true
}

// quote adds double quotes around a span that holds an edit.
func quote(edit Edit, around Span) []Edit {
	edits := []Edit{edit}
	if around.Start == edit.Span.Start {
		edits[0].New = `"` + edits[0].New
	} else {
		edits = slices.Insert(edits, 0, Edit{Span: Span{around.File, around.Start, around.Start}, New: `"`})
	}

	last := len(edits) - 1
	if around.End == edit.Span.End {
		edits[last].New += `"`
		return edits
	}

	return append(edits, Edit{Span: Span{around.File, around.End, around.End}, New: `"`})
}

// named is what happens to the item when a new variable gives its host ports, with the present ones as default.
func (i Item) named(name string) Move {
	first := i.Ports().First
	return Move{Item: i.Head().Entry, From: first, To: first, Width: i.Width(), Var: name, New: true}
}

// sortEdits puts edits in the order that a fix has them.
func sortEdits(edits []Edit) []Edit {
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Span.Compare(b.Span) })
	return edits
}

// variableFix writes a variable with the present text as its default in the place of a literal value. There is none where its
// bytes can't be cut out.
func (p *Pass) variableFix(v Value, name, words string) (Fix, bool) {
	if v.Inside == (Span{}) || v.Written != v.Text || name == "" {
		return Fix{}, false
	}

	text := withDefault(name, v.Text)
	edits := []Edit{{Span: v.Inside, New: text}}
	if v.Style.Quote == 0 && v.Style.Flow {
		edits = quote(edits[0], v.Inside)
	}

	edits = sortEdits(append(edits, p.exampleOf(v.Span.File, envfile.Var{Name: name, Value: v.Text}, words)...))
	return Fix{Title: "write " + text, Safety: Safe, Edits: edits, Moves: []Move{{Item: v.Span, Name: v.Text, Var: name, New: true}}}, true
}

// exampleOf shows a variable in the example file of a directory, as [Pass.exampleEdits] does.
func (p *Pass) exampleOf(file string, v envfile.Var, words string) []Edit {
	example, quiet := p.exampleBeside(file)
	if example == "" {
		return nil
	}
	return []Edit{p.suggester.showVariable(p.Project, example, v, words, quiet)}
}

// sameItems are the items of the project that must have one text with an item, itself among them, in their order: where one of them is
// written, another one is written or repeated, so that Compose would take the two for two ports.
func (p *Pass) sameItems(it Item) []Item {
	same := p.suggester.same
	if same[p.Project] == nil {
		same[p.Project] = p.Project.repeatedItems()
	}
	if all := same[p.Project][it.Head().Entry]; len(all) > 0 {
		return all
	}
	return []Item{it}
}

// repeatedItems are the items that have to do with one that is repeated, by the place of each of them.
func (p *Project) repeatedItems() map[Span][]Item {
	first := map[Span]Span{} // one place for all that belong together
	var rootOf func(Span) Span
	rootOf = func(s Span) Span {
		if up, known := first[s]; known && up != s {
			return rootOf(up)
		}
		return s
	}

	for i := range p.Services {
		for _, it := range p.Services[i].Items() {
			for _, earlier := range it.Repeated() {
				first[rootOf(it.Head().Entry)] = rootOf(earlier.Head().Entry)
			}
		}
	}

	byRoot, out := map[Span][]Item{}, map[Span][]Item{}
	if len(first) == 0 {
		return out
	}

	items := p.Items()
	for _, it := range items {
		root := rootOf(it.Head().Entry)
		byRoot[root] = append(byRoot[root], it)
	}
	for _, it := range items {
		out[it.Head().Entry] = byRoot[rootOf(it.Head().Entry)]
	}
	return out
}

// placesOf are the places of items and of those that they repeat, in the order of the text.
func placesOf(items []Item) []Span {
	var places []Span
	for _, it := range items {
		for _, entry := range it.entries() {
			if !slices.Contains(places, entry) {
				places = append(places, entry)
			}
		}
	}
	slices.SortFunc(places, Span.Compare)
	return places
}
