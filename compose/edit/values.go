package edit

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// The first of the ports that variables of a project are set to, and how far apart two of them are.
const (
	otherPort = 30000
	apart     = 101
)

// otherValues are values for the variables of a project's ports that they do not have, in rounds: variables of one item
// are set one after the other, and then together, because one may stand in the default of another. Where Compose refuses
// the project, variables that it demands are set in each round.
func otherValues(loaded compose.Loaded, exact bool) []map[string]string {
	demanded := map[string]string{}
	if !exact {
		demanded = loaded.Required
	}

	bindings := map[lint.Span]*lint.Binding{}
	for _, b := range loaded.Project.Bindings() {
		bindings[b.Entry] = b
	}

	values, round := map[string]string{}, map[string]int{}
	var together [][]string
	for _, item := range loaded.Items {
		var names []string
		for _, e := range lint.Expressions(itemText(loaded, item)) {
			if values[e.Name] == "" {
				values[e.Name] = otherValue(bindings[item], e, len(values))
			}
			if values[e.Name] != "" && !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
		together = append(together, names)
	}

	last := 0
	for _, names := range together {
		for _, name := range names {
			if _, known := round[name]; known {
				continue
			}
			for slices.ContainsFunc(names, func(o string) bool { n, known := round[o]; return known && o != name && n == round[name] }) {
				round[name]++
			}
			round[name] = min(round[name], maxRounds-1)
			last = max(last, round[name])
		}
	}

	return roundsOf(values, round, last, demanded)
}

// maxRounds bounds the rounds for the variables of one item.
const maxRounds = 3

func roundsOf(values map[string]string, round map[string]int, last int, demanded map[string]string) []map[string]string {
	var out []map[string]string
	all := map[string]string{}
	for n := range last + 1 {
		set := map[string]string{}
		for name, r := range round {
			all[name] = values[name]
			if r == n {
				set[name] = values[name]
			}
		}
		if len(set) > 0 {
			out = append(out, set)
		}
	}

	if len(out) > 1 {
		out = append(out, all)
	}
	if len(demanded) == 0 {
		return out
	}

	out = append(out, map[string]string{})
	for _, set := range out {
		for name, value := range demanded {
			if set[name] == "" {
				set[name] = value
			}
		}
	}
	return out
}

// maxItem bounds the text of an item that is read for variables.
const maxItem = 4096

// itemText is the text of an item, "" where it is out of all proportion.
func itemText(loaded compose.Loaded, item lint.Span) string {
	src := loaded.Sources[item.File]
	inside := src != nil && item.Start <= item.End && item.End <= len(src.Text)
	if !inside || item.End-item.Start > maxItem {
		return ""
	}
	return string(src.Text[item.Start:item.End])
}

// otherValue is the n-th value that a variable of an item may have, of the kind that it has now: a port, a range, an
// address, or both; "" where it has none of these. There is no binding of an item that another one replaces.
func otherValue(b *lint.Binding, e lint.Expression, n int) string {
	if b == nil {
		b = &lint.Binding{}
	}

	first := uint16(otherPort + n*apart%20000)
	port := ports(first, 1)
	if b.Var == e.Name {
		port = ports(first, max(b.Width(), 1))
	}

	address, _ := strings.CutSuffix(b.HostText, b.Text)
	ip := "127.0.0.9"
	if b.HostIP.Is6() {
		ip = "::1"
	}

	switch {
	case b.HostText == e.Text && b.HostIP.IsValid():
		return lint.HostPort(b.HostIP, port)
	case strings.Contains(address, e.Text):
		return ip
	case e.Rest == "", e.Operator == ":+", e.Operator == "+", e.Operator == "?", e.Operator == ":?":
		return port
	}

	if _, err := netip.ParseAddr(e.Rest); err == nil {
		return ip
	}

	low, high, isRange := strings.Cut(e.Rest, "-")
	ports := isPort(low) && (!isRange || isPort(high))
	if !ports && !strings.Contains(e.Rest, "$") {
		return "" // a protocol, a mode
	}
	return port
}

func isPort(text string) bool {
	var port uint16
	var rest string
	n, _ := fmt.Sscanf(text, "%d%s", &port, &rest)
	return n == 1
}
