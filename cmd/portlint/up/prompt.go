package up

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
)

// menu is offers as somebody is asked to choose from them.
type menu struct {
	choices []choice
	useless map[byte]string // why a key is left out
}

// choice is a key, and what it does, in words that stay whole.
type choice struct {
	key  byte
	does []string
}

// menu has a key for each of the offers.
func (o *offers) menu() menu {
	m := menu{useless: map[byte]string{'m': o.move.whyNot, 'w': o.keep.whyNot, 'f': o.noStops}}
	if o.move.whyNot == "" {
		m.add('m', append(listed(o.move.changes), "for", "this", "run")...)
	}
	if o.keep.whyNot == "" {
		does := listed(o.keep.changes)
		if o.move.whyNot == "" && slices.Equal(o.move.changes, o.keep.changes) {
			does = []string{"the", "same"}
		}
		does[len(does)-1] += ","
		m.add('w', append(append(does, "kept", "in"), strings.Fields(lint.AndList(o.keep.files))...)...)
	}

	if o.replaced != "" {
		m.add('r', strings.Fields("replace the containers of "+o.replaced)...)
	} else {
		m.useless['r'] = "r replaces containers of another checkout that has this project's name: there are none"
	}

	if len(o.stops) > 0 {
		var short []string
		for _, stop := range o.stops {
			short = append(short, run.Escape(stop.Short))
		}
		m.add('f', listed(short)...)
	}

	if o.ports {
		m.add('s', "show", "who", "has", "them")
	} else {
		m.useless['s'] = "s shows who has ports: none of them is in the way"
	}
	m.add(abort, "abort")
	return m
}

func (m *menu) add(key byte, does ...string) { m.choices = append(m.choices, choice{key, does}) }

// listed puts commas behind the items of a list but the last.
func listed(items []string) []string {
	out := slices.Clone(items)
	for i := range out[:max(0, len(out)-1)] {
		out[i] += ","
	}
	return out
}

// mostColumns is how wide the choices are, on a terminal that is no narrower.
const mostColumns = 80

// ask asks until somebody chooses one of the offers, and is the key of it. To stop containers takes a yes to the commands, too.
func (o *offers) ask(ctx context.Context, w run.Process, keys *os.File) (byte, error) {
	m := o.menu()
	for {
		key, err := m.pressed(ctx, w, keys)
		if err != nil || key != 'f' {
			return key, err
		}
		if yes, err := confirm(ctx, w, keys, commandsOf(o.stops)+"run this (y or n)? "); err != nil || yes {
			return key, err
		}
	}
}

// pressed is the first of the keys that is pressed.
func (m *menu) pressed(ctx context.Context, w run.Process, keys *os.File) (byte, error) {
	columns := mostColumns
	if width := run.Width(w.Stderr); width > 0 {
		columns = min(columns, width)
	}
	question := m.lines(columns) + m.question()
	for {
		key, err := press(ctx, w, keys, question, letter)
		if err != nil || slices.ContainsFunc(m.choices, func(c choice) bool { return c.key == key }) {
			return key, err
		}
		run.Logf(w.Stderr, "%s", m.refuses(key))
		question = m.question()
	}
}

// lines say what each key does.
func (m *menu) lines(columns int) string {
	var b strings.Builder
	for _, c := range m.choices {
		run.Fill(&b, "  "+string(c.key)+"  ", c.does, columns)
	}
	return b.String()
}

// question names the keys.
func (m *menu) question() string {
	var keys []string
	for _, c := range m.choices {
		keys = append(keys, string(c.key))
	}
	return "what now (" + strings.Join(keys, ", ") + ")? "
}

// refuses says of a key that it is no answer.
func (m *menu) refuses(key byte) string {
	switch {
	case m.useless[key] != "":
		return m.useless[key]
	case key == noLetter:
		return "that key is no answer: press one of the letters, or Escape to abort"
	}
	return strconv.Quote(string(key)) + " is no answer: press one of the letters, or Escape to abort"
}

// commandsOf are the commands of stops, a line each.
func commandsOf(stops []lint.Stopping) string {
	var b strings.Builder
	for _, stop := range stops {
		b.WriteString("  " + run.Escape(lint.ShellLine(stop.Command)) + "\n")
	}
	return b.String()
}

// letter is a key as it is shown.
func letter(key byte) string {
	if key == noLetter {
		return ""
	}
	return string(key)
}

// confirm asks for a yes: every other key is a no.
func confirm(ctx context.Context, w run.Process, keys *os.File, question string) (bool, error) {
	key, err := press(ctx, w, keys, question, func(key byte) string {
		if key == 'y' {
			return "y"
		}
		return "n"
	})
	return key == 'y', err
}

// press asks for a key, and shows it behind the question.
func press(ctx context.Context, w run.Process, keys *os.File, question string, shown func(key byte) string) (byte, error) {
	key, err := oneKey(ctx, keys, w.Stderr, question)
	if err != nil {
		fmt.Fprintln(w.Stderr)
		return 0, err
	}

	fmt.Fprintln(w.Stderr, shown(key))
	return key, nil
}
