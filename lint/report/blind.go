package report

import (
	"fmt"
	"slices"

	"github.com/portlint/portlint/lint"
)

// notCheckedName stands for the name of a rule where a format shows blind spots among findings.
const notCheckedName = "not-checked"

// maxNotChecked is how many reasons for each engine, and how many things for one reason, the summary names.
const maxNotChecked = 4

// unplacedBlind is a blind spot as the formats show it that have no list of their own for them.
type unplacedBlind struct {
	text string
	span lint.Span // zero when it is not about one place
}

// unplacedBlinds lists what could not be looked at: each place by itself, the others together by reason.
func (r Report) unplacedBlinds() []unplacedBlind {
	var out []unplacedBlind
	whys, whats := byReason(r.NotChecked, func(b lint.Blind) string {
		if b.Span.Known() {
			return ""
		}
		return b.Subject()
	})
	for _, why := range whys {
		out = append(out, unplacedBlind{text: "not checked: " + lint.AndList(whats[why]) + ": " + why})
	}

	for _, b := range r.NotChecked {
		s := unplacedBlind{text: "not checked: " + b.Subject() + ": " + b.Why, span: b.Span}
		if b.Span.Known() && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}

	return out
}

// notChecked says what could not be looked at, one line per reason; where only findings are wanted, without what does not
// decide.
func (r Report) notChecked() []string {
	spots := r.NotChecked
	if r.Quiet {
		spots = slices.DeleteFunc(slices.Clone(spots), func(b lint.Blind) bool { return b.AfterUp })
	}
	whys, whats := byReason(spots, r.blind)
	most := maxNotChecked * max(1, len(r.Engines))
	var lines []string
	for i, why := range whys {
		if i == most && len(whys) > most+1 {
			return append(lines, fmt.Sprintf("%d more, see --format json", len(whys)-i))
		}
		lines = append(lines, lint.AndList(few(whats[why]))+": "+why)
	}

	return lines
}

// byReason groups blind spots, each named once, in the order in which the reasons appear. One without a name is left out.
func byReason(blind []lint.Blind, name func(lint.Blind) string) (whys []string, whats map[string][]string) {
	whats = map[string][]string{}
	for _, b := range blind {
		what := name(b)
		if what == "" || slices.Contains(whats[b.Why], what) {
			continue
		}
		if whats[b.Why] == nil {
			whys = append(whys, b.Why)
		}
		whats[b.Why] = append(whats[b.Why], what)
	}
	return whys, whats
}

func (r Report) blind(b lint.Blind) string {
	if !b.Span.Known() {
		return b.Subject()
	}
	return b.Subject() + " (" + r.place(b.Span).String() + ")"
}

func few(things []string) []string {
	if len(things) <= maxNotChecked {
		return things
	}
	return append(slices.Clone(things[:maxNotChecked-1]), fmt.Sprintf("%d more", len(things)-maxNotChecked+1))
}
