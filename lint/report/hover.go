package report

import (
	"fmt"
	"strings"

	"github.com/portlint/portlint/lint"
)

// Hover describes a `ports` item for an editor, as Markdown or as plain text: what it publishes, where the value comes
// from, and, where Now was asked, who has the port at this moment and how to free it.
func Hover(r Report, item lint.Item, markdown bool) string {
	h := hoverText{markdown: markdown}
	h.title(fmt.Sprintf("%s of %q", item.Want(), item.Service.Name))
	h.line(target(item))
	if value := r.hoverValue(item.Head()); value != "" {
		h.line(value)
	}

	if !item.Service.Active {
		h.line(fmt.Sprintf("not started by docker compose up: %s", active(*item.Service)))
	}

	for _, b := range item.Bindings {
		r.hoverNow(&h, item, b)
	}

	return h.String()
}

// target says which container ports the item leads to.
func target(item lint.Item) string {
	first, last := item.Head(), item.Bindings[len(item.Bindings)-1]
	switch {
	case first.Target == 0:
		return "container port not known"
	case first.Target == last.Target:
		return "container port " + containerPort(first)
	default:
		return fmt.Sprintf("container ports %d-%d/%s", first.Target, last.Target, first.Proto)
	}
}

// hoverValue says where the value of a host port comes from, "" for one that is plainly written.
func (r Report) hoverValue(b *lint.Binding) string {
	name := b.Var
	if name == "" {
		name = "the value"
	}

	switch b.From.Kind {
	case lint.FromShell:
		said := name + " comes from the environment in which the editor was started"
		if b.From.Unused.Kind == lint.HiddenByShell {
			said += ", and hides " + b.From.Unused.At(r.Dir)
		}
		return said
	case lint.FromDefault:
		return fmt.Sprintf("%s is not set: the default of %s", name, b.Text)
	case lint.FromEnvFile, lint.FromExample:
		at := r.Path(b.From.File)
		if line := lint.EnvLine(r.envText(b.From.File), b.Var); line > 0 {
			at = fmt.Sprintf("%s:%d", at, line)
		}
		return name + " comes from " + at
	case lint.Unset:
		switch b.From.Unused.Kind {
		case lint.InExample:
			return name + " is set in an example alone, " + b.From.Unused.At(r.Dir)
		case lint.InContainer:
			return name + " is set for the container alone, " + b.From.Unused.At(r.Dir)
		}
		return name + " is not set anywhere"
	default:
		return ""
	}
}

// envText is the text of an env file of the projects.
func (r Report) envText(file string) []byte {
	for _, p := range r.Projects {
		if text, ok := p.EnvTexts[file]; ok {
			return text
		}
	}
	return nil
}

// wanted says how many containers of one `up` ask for a port, 0 where one does.
func (r Report) wanted(b *lint.Binding) int {
	most := 0
	for _, p := range r.Projects {
		most = max(most, p.WantedTimes()[b])
	}
	return most
}

// hoverNow says who has the port of one binding now.
func (r Report) hoverNow(h *hoverText, item lint.Item, b *lint.Binding) {
	if len(r.Now) == 0 {
		return
	}

	n := r.Now[0].Of[b]
	name := "now"
	if len(item.Bindings) > 1 {
		name = b.PortText()
	}
	if state := nowState(n); state != "held" {
		h.line(name + ": " + nowText(b, n, r.wanted(b)))
		if state == "not checked" {
			for _, blind := range few(each(r.NotChecked, func(b lint.Blind) string { return b.Subject() + ": " + b.Why })) {
				h.line(blind)
			}
		}
		return
	}

	for _, same := range alike(n.Holders) {
		h.line(name + ": " + same[0].Sentence())
		for _, w := range same[0].Written(b.First, b.Proto) {
			if w.Span.Known() {
				h.line(w.Message + ": " + r.place(w.Span).String())
			}
		}

		if fix := same[0].Free(); fix.Command != "" {
			h.line(fix.Title + ":")
			h.code(fix.Command)
		} else if fix.Title != "" {
			h.line(fix.Title)
		}
	}
}

// hoverText is a text of paragraphs, in which nothing that a file, a label or a process says is markup.
type hoverText struct {
	markdown bool
	parts    []string
}

func (h *hoverText) title(text string) {
	h.line(text)
	if h.markdown {
		h.parts[0] = "**" + h.parts[0] + "**"
	}
}

func (h *hoverText) line(text string) {
	text = Escape(text)
	if h.markdown {
		text = escapeMarkdown(text)
	}
	h.parts = append(h.parts, text)
}

// code adds a command. Indented, it can't end the block that it stands in.
func (h *hoverText) code(text string) { h.parts = append(h.parts, "    "+Escape(text)) }

func (h *hoverText) String() string {
	if h.markdown {
		return strings.Join(h.parts, "\n\n")
	}
	return strings.Join(h.parts, "\n")
}

// escapeMarkdown takes the meaning from every character that may have one. Source: CommonMark 0.31, 2.4: any ASCII
// punctuation may be escaped.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]()<>#+!|~&$", r) || r == '-' && b.Len() == 0 {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
