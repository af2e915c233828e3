package lint

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/lint/envfile"
)

// move is one item with the host port that it should have.
type move struct {
	item        Item
	first       uint16
	width       int  // how many host ports in a row; 0: as many as the item has
	newVariable bool // a variable of its own, although it has one
}

// text is the new host port or range.
func (m move) text() string { return m.ports().String() }

func (m move) ports() Ports {
	width := m.width
	if width == 0 {
		width = m.item.Width()
	}
	return PortsFrom(m.first, width)
}

// moveFix moves the later items to host ports that nothing in sight uses: by edits when all of them can be edited, else
// in words. What stays keeps its variable for itself. Where a variable gives a host port already, the first fix sets it
// in the env file, and another one changes the default in the file; the other way round where people are yet to make
// their env file out of an example.
func (p *Pass) moveFix(later []Item, stays ...Item) []Fix {
	moves, ok := p.movesOf(later, stays)
	if !ok {
		return nil
	}

	var fixes []Fix
	ways := [][]way{{p.inEnvFile, p.inFile}, {p.inFile, p.inEnvFile}}
	if p.awaitsEnvFile() {
		slices.Reverse(ways)
	}
	var byHand []move
	for _, ways := range ways {
		fix, left := moveBy(moves, ways)
		byHand = left
		if len(fix.Edits) > 0 && !slices.ContainsFunc(fixes, func(f Fix) bool { return slices.Equal(f.Edits, fix.Edits) }) {
			fixes = append(fixes, fix)
		}
	}

	if len(byHand) > 0 {
		fixes = append(fixes, Fix{Title: p.advise(byHand), Kind: FixMoves, Safety: Manual})
	}

	return fixes
}

// awaitsEnvFile reports whether there is an example for an env file that is not there: a new one with nothing but a port
// would keep people from copying it.
func (p *Pass) awaitsEnvFile() bool {
	return p.Project != nil && len(p.Project.Examples) > 0 && p.Project.EnvTexts[p.Project.EnvFile] == nil
}

// movesOf finds a new host port for each item, and for those that are one port with it.
func (p *Pass) movesOf(later, stays []Item) ([]move, bool) {
	var moves []move
	for _, it := range later {
		if slices.ContainsFunc(moves, func(m move) bool { return m.item.Head() == it.Head() }) {
			continue
		}

		whole := append([]Item{it}, p.partners(it, stays)...)
		newVariable := it.sharesVariable(stays)
		for _, part := range whole {
			to, ok := p.suggester.move(p.leader(part))
			if !ok {
				return nil, false
			}
			moves = append(moves, move{item: part, first: to, newVariable: newVariable})
		}

		stays = append(stays, whole...)
	}
	return moves, true
}

// partners are the other items that are one port with an item, and of which none stays.
func (p *Pass) partners(it Item, stays []Item) []Item {
	var out []Item
	for _, o := range p.items(it.Service) {
		stay := slices.ContainsFunc(stays, func(s Item) bool { return s.Head() == o.Head() })
		if o.Head() != it.Head() && !stay && p.together(it, o) {
			out = append(out, o)
		}
	}
	return out
}

// items are the items of a service, made once in a Run.
func (p *Pass) items(s *Service) []Item {
	items, known := p.suggester.items[s]
	if !known {
		items = s.Items()
		p.suggester.items[s] = items
	}
	return items
}

// together reports whether two items of a service are one port over two protocols or on two addresses, and are written
// so that one variable gives both.
func (p *Pass) together(a, b Item) bool {
	sameWay := a.Head().Var == b.Head().Var && isLiteral(a.Head().Text) == isLiteral(b.Head().Text)
	samePort := a.Written() && a.portPair() == b.portPair()
	if p.Project == nil || !samePort || !sameWay {
		return false
	}
	return p.suggester.name(p.Project, a) == p.suggester.name(p.Project, b)
}

// way writes a move in one of the places where it can be written.
type way func(move) ([]Edit, Move, bool)

// moveBy writes each move in the first way that there is, and returns those for which there is none.
func moveBy(moves []move, ways []way) (fix Fix, left []move) {
	fix.Safety, fix.Kind = Unsafe, FixMoves
	var set []string
	var published []move
	for _, m := range moves {
		found := false
		for _, way := range ways {
			edits, done, ok := way(m)
			if found = ok; ok {
				fix.Edits, fix.Moves = addEdits(fix.Edits, edits, m.item), append(fix.Moves, done)
				if file := edits[0].Span.File; file == m.item.Head().Entry.File {
					published = append(published, m)
				} else if s := setting(m, file); !slices.Contains(set, s) {
					set = append(set, s)
				}
				break
			}
		}

		if !found {
			left = append(left, m)
		}
	}

	if fix.Edits = sortEdits(fix.Edits); len(published) > 0 {
		set = append(set, title(published))
	}
	fix.Title = listed(set)
	return fix, left
}

// value is what the variable of the item must be: with the address, where it gives that, too.
func (m move) value() string {
	b := m.item.Head()
	if e, one := parseExpression(b.HostText); one && e.Name == b.Var && b.HostIP.IsValid() {
		return HostPort(b.HostIP, m.text())
	}
	return m.text()
}

// setting says what is set in an env file.
func setting(m move, file string) string {
	return fmt.Sprintf("set %s=%s in %s", m.item.Head().Var, m.value(), filepath.Base(file))
}

// leader is the first item of the service that is one port with an item, so that both move to one port.
func (p *Pass) leader(it Item) Item {
	for _, o := range p.items(it.Service) {
		if p.together(it, o) {
			return o
		}
	}
	return it
}

// sharesVariable reports whether another item has the same variable, so that a new default would not part them.
func (i Item) sharesVariable(others []Item) bool {
	return i.Head().Var != "" && slices.ContainsFunc(others, func(o Item) bool { return o.Head().Var == i.Head().Var })
}

// addEdits adds the edits of an item. Another item may have made those of other places already; two equal edits of one
// item would be one item twice, and stay for [doable] to see.
func addEdits(edits, more []Edit, it Item) []Edit {
	for _, e := range more {
		if it.Head().Entry.Contains(e.Span) || !slices.Contains(edits, e) {
			edits = append(edits, e)
		}
	}
	return edits
}

// inFile writes a move where the item stands: a literal becomes a variable, a default changes.
func (p *Pass) inFile(m move) ([]Edit, Move, bool) {
	if p.Project == nil || p.shared(m.item) {
		return nil, Move{}, false
	}

	b, name := m.item.Head(), p.suggester.name(p.Project, m.item)
	edits, ok := m.item.rewritten(m.text(), name, m.newVariable)
	done := Move{Item: b.Entry, From: b.First, To: m.first, Width: m.item.Width(), Var: b.Var}
	if m.newVariable || isLiteral(b.Text) {
		done.Var, done.New = name, true
		edits = append(edits, p.exampleEdits(m.item, name, m.text(), false)...)
	} else {
		shown := p.Project.shownEdits(m)
		ok = ok || b.From.Kind == FromExample && m.item.followsVariable() && len(shown) > 0
		edits = append(append(edits, p.Project.followers(m)...), shown...)
	}

	return edits, done, ok
}

// shownEdits changes the value that the example files show for the variable of an item, where it is the item's.
func (p *Project) shownEdits(m move) []Edit {
	var edits []Edit
	for _, file := range p.Examples {
		if value, ok := envfile.Value(p.EnvTexts[file], m.item.Head().Var); ok && value == m.item.PortText() {
			edits = append(edits, envEdit(file, envfile.SetChange(p.EnvTexts[file], m.item.Head().Var, m.text(), "")))
		}
	}
	return edits
}

// followers are the edits of the other places that have the default of the item's variable in a URL of this machine.
func (p *Project) followers(m move) []Edit {
	b := m.item.Head()
	var edits []Edit
	for _, o := range p.Mentions {
		says := o.Var == b.Var && o.Port == b.First
		if says && b.Fixed() && m.item.Width() == 1 {
			edits = append(edits, Edit{Span: o.Span, New: m.text()})
		}
	}
	return edits
}

// inEnvFile writes a move where the variable of the item gets its value: in the env file that sets it, or in the one
// where the project's variables are set. Nothing there helps where the environment of the process sets it.
func (p *Pass) inEnvFile(m move) ([]Edit, Move, bool) {
	b := m.item.Head()
	byVariable := !m.newVariable && m.item.followsVariable()
	if p.Project == nil || !byVariable || p.shared(m.item) {
		return nil, Move{}, false
	}

	file := p.Project.EnvFile
	if b.From.Kind == FromEnvFile {
		file = b.From.File
		if value, ok := envfile.Value(p.Project.EnvTexts[file], b.Var); !ok || value != m.item.PortText() {
			return nil, Move{}, false // an address and a port, or a variable of its own
		}
	}
	if file == "" {
		return nil, Move{}, false
	}
	edit := envEdit(file, envfile.SetChange(p.Project.EnvTexts[file], b.Var, m.text(), ""))
	return []Edit{edit}, Move{Item: b.Entry, From: b.First, To: m.first, Width: m.item.Width(), Var: b.Var}, true
}

// followsVariable reports whether the host port is what one variable says, wherever a file may say it.
func (i Item) followsVariable() bool {
	e, one := parseExpression(i.Head().Text)
	kind := i.Head().From.Kind
	inAFile := kind == FromEnvFile || kind == FromDefault || kind == FromExample
	itsOwnValue := one && e.Name == i.Head().Var && !e.replaces()
	return inAFile && itsOwnValue && i.whole()
}

// exampleEdits shows a new variable in the example file of the item's directory, else of the project's: as a line that
// sets it, and in a comment where that line would do more than give the port once the example was copied. Items that have
// one variable are shown in one line.
func (p *Pass) exampleEdits(it Item, name, value string, commented bool) []Edit {
	file, quiet := p.exampleBeside(it.Head().Entry.File)
	if file == "" {
		return nil
	}

	words := fmt.Sprintf("host port%s of %s", it.ordinal(), it.definedIn())
	if it.Service.portPairs() > 1 {
		words += fmt.Sprintf(" for %d", it.Head().Target)
	}
	return []Edit{p.suggester.showVariable(p.Project, file, envfile.Var{Name: name, Value: value}, words, commented || quiet)}
}

// exampleBeside is the example file of the directory of a file, else of the project, "" where there is none; quiet: a new
// variable is only shown there, because a line that sets it would do more.
func (p *Pass) exampleBeside(file string) (example string, quiet bool) {
	if file == "-" {
		return "", false
	}
	for _, dir := range []string{filepath.Dir(file), p.Project.Dir} {
		for _, example := range p.Project.Examples {
			if filepath.Dir(example) == dir {
				return example, p.Project.Quiet[example] || len(p.Project.Defects) > 0
			}
		}
	}
	return "", false
}

// example is a variable that an example file shows.
type example struct {
	file string
	envfile.Var
}

// showVariable is the edit of an example file that shows a variable, the same one for everything that has it.
func (a *suggester) showVariable(p *Project, file string, v envfile.Var, words string, commented bool) Edit {
	key := example{file, v}
	if edit, known := a.shown[key]; known {
		return edit
	}

	edit := envEdit(file, envfile.SetChange(p.EnvTexts[file], v.Name, v.Value, words))
	if commented {
		edit = envEdit(file, envfile.ShowChange(p.EnvTexts[file], v.Name, v.Value, words))
	}
	a.shown[key] = edit
	return edit
}

// ordinal tells the host ports of one container port apart: " 2" for the second one.
func (i Item) ordinal() string {
	before := map[portPair]bool{}
	for _, o := range i.Service.Items() {
		if o.portPair() == i.portPair() {
			break
		}
		if o.Head().Target == i.Head().Target && o.Written() {
			before[o.portPair()] = true
		}
	}
	if len(before) == 0 {
		return ""
	}
	return fmt.Sprintf(" %d", len(before)+1)
}

func title(moves []move) string {
	var services, parts []string
	ports, several := map[string][]string{}, map[string]bool{}
	for _, m := range moves {
		name := m.item.Service.Name
		several[name] = several[name] || m.ports().Width() > 1
		if !slices.Contains(services, name) {
			services = append(services, name)
		}
		if !slices.Contains(ports[name], m.text()) {
			ports[name] = append(ports[name], m.text())
		}
	}

	for _, name := range services {
		what := "host port"
		if len(ports[name]) > 1 || several[name] {
			what = "host ports"
		}
		parts = append(parts, fmt.Sprintf("%q on %s %s", name, what, listed(ports[name])))
	}

	return "publish " + listed(parts)
}

// advise says in words what an edit can't do, each thing once.
func (p *Pass) advise(moves []move) string {
	var parts, sharing []string
	free, several := map[string][]string{}, map[string]bool{} // new host ports, by service
	for _, m := range moves {
		if p.Project != nil && p.shared(m.item) {
			if name := m.item.Service.Name; !slices.Contains(sharing, name) {
				sharing = append(sharing, name)
			}
			continue
		}

		part := p.adviseOne(m)
		if part == "" && m.ports().Width() > 1 {
			several[m.item.Service.Name] = true
		}
		if part == "" && !slices.Contains(free[m.item.Service.Name], m.text()) {
			free[m.item.Service.Name] = append(free[m.item.Service.Name], m.text())
		} else if part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}

	if len(sharing) > 0 {
		verb := "shares"
		if len(sharing) > 1 {
			verb = "share"
		}
		parts = append(parts, fmt.Sprintf("write this item in one service only: %s %s it through `extends` or an alias", quoted(sharing), verb))
	}

	for _, service := range slices.Sorted(maps.Keys(free)) {
		what := "a host port of its own, such as "
		if len(free[service]) > 1 || several[service] {
			what = "other host ports, such as "
		}
		parts = append(parts, fmt.Sprintf("give %q %s%s", service, what, listed(free[service])))
	}

	return listed(parts)
}

// adviseOne says where the host port of an item is written, "" when that is the item itself.
func (p *Pass) adviseOne(m move) string {
	b := m.item.Head()
	switch {
	case m.newVariable: // its variable is another's
		return ""
	case b.From.Kind == Literal && len(m.item.Repeated()) > 0:
		return fmt.Sprintf("list %s of %q in one place only, and on host port %s there", m.item.Want(), m.item.Service.Name, m.text())
	case b.From.Kind == FromEnvFile:
		return setting(m, b.From.File)
	case b.From.Kind == FromExample:
		return setting(m, ".env")
	case b.From.Unused.Kind == HiddenByShell:
		return fmt.Sprintf("unset %s, or set %[1]s=%s in the environment", b.Var, m.value())
	case b.From.Kind == FromShell:
		return fmt.Sprintf("set %s=%s in the environment", b.Var, m.value())
	}
	return ""
}
