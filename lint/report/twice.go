package report

import (
	"fmt"

	"github.com/portlint/portlint/lint"
)

// Twice is the answer about a second checkout of each project.
type Twice struct {
	Verdict lint.Verdict
	Shared  []lint.Finding // what both checkouts have in common, by place
}

type jsonTwice struct {
	Verdict lint.Verdict `json:"verdict"`
	Shared  []jsonShared `json:"shared"`
}

// jsonShared is a name that both checkouts mean the same thing by.
type jsonShared struct {
	Project string `json:"project,omitempty"`
	*jsonName
	jsonPlace
}

func (r Report) jsonTwice() *jsonTwice {
	if r.Twice == nil {
		return nil
	}
	return &jsonTwice{r.Twice.Verdict, each(r.Twice.Shared, func(f lint.Finding) jsonShared {
		return jsonShared{Project: f.Project, jsonName: r.jsonName(f.Name), jsonPlace: r.jsonPlace(f.Span)}
	})}
}

// twice is a line with the answer about a second checkout, where somebody asked about one.
func (t *textPrinter) twice() {
	if t.Twice == nil || len(t.Projects) == 0 {
		return
	}
	t.put(bold, "twice:")
	t.put(plain, " "+t.Twice.sentence(t.Verdict, len(t.Projects)))
	t.end()
}

// sentence says whether a second checkout of all projects runs beside the first, whose own verdict is known.
func (t Twice) sentence(first lint.Verdict, projects int) string {
	here := plural(projects, "this one", "these")
	switch {
	case t.Verdict == lint.VerdictClear:
		return "a second checkout runs beside " + here + t.sharing()
	case t.Verdict == lint.VerdictPossible:
		return "it is not certain that a second checkout runs beside " + here
	case t.Verdict == lint.VerdictUnknown:
		return fmt.Sprintf("whether a second checkout runs beside %s can't be told from what was checked", here)
	case t.Verdict == first:
		return "the first checkout does not start by itself"
	}
	return "a second checkout can't run beside " + here
}

// sharing counts what both have in common.
func (t Twice) sharing() string {
	var kinds []string
	for _, k := range []lint.NameKind{lint.NameOfNetwork, lint.NameOfVolume, lint.NameOfPath, lint.NameOfImage} {
		n := 0
		for _, f := range t.Shared {
			if f.Name != nil && f.Name.Kind == k {
				n++
			}
		}
		if n > 0 {
			kinds = append(kinds, count(n, string(k)))
		}
	}
	if len(kinds) == 0 {
		return ", and shares nothing"
	}
	return ", and shares " + lint.AndList(kinds)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
