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
		for _, place := range placesOf(p.sameItems(it)) {
			if place != b.Entry {
				f.Related = append(f.Related, Related{Message: "listed here too", Span: place})
			}
		}

		f.Fixes = p.freePortFixes(it)
		p.Report(f)
	}
}

// freePortFixes make a literal host port a variable, wherever it is written; in words where it is written in several places that can't
// have one text.
func (p *Pass) freePortFixes(it Item) []Fix {
	b, same := it.Head(), p.sameItems(it)
	name, places := p.suggester.name(p.Project, same[0]), len(placesOf(same))
	text := withDefault(name, b.Text)
	fix := Fix{Title: "write " + text, Safety: Safe}
	if places > 1 {
		fix.Title = fmt.Sprintf("write %s in %s that list this port", text, countedPlaces(places))
	}

	for _, o := range same {
		edits, ok := o.replace(text)
		switch {
		case !ok && places > 1:
			return []Fix{advise("list this port in one place only")}
		case !ok:
			return nil
		}
		fix.Edits, fix.Moves = addEdits(fix.Edits, edits, o), append(fix.Moves, o.named(name))
		for _, earlier := range o.Repeated() {
			repeated := earlier.named(name)
			repeated.Repeated = true
			fix.Moves = append(fix.Moves, repeated)
		}
	}

	fix.Edits = sortEdits(append(fix.Edits, p.exampleEdits(same[0], name, b.Text, false)...))
	return []Fix{fix}
}

// countedPlaces says how many places there are, all of them.
func countedPlaces(n int) string {
	if n == 2 {
		return "both places"
	}
	return fmt.Sprintf("all %d places", n)
}
