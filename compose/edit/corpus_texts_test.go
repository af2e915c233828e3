package edit

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/corpustest"
	"github.com/portlint/portlint/lint"
)

// textsLeft are the reasons for which container names and subnets of real files stay, each read by a person. A container that another
// one needs by its name would be lost: only people can choose.
var textsLeft = []string{"no fix is offered"}

// textCensus counts what became of the fixed container names and subnets of real files.
type textCensus struct {
	sync.Mutex
	found, made map[string]int      // by rule
	left        map[string][]string // by reason
}

// TestCorpusFixedTexts turns every fixed container name and subnet of thousands of real files into a variable. compose-go itself, reading
// the disk, must load the same project before and after.
func TestCorpusFixedTexts(t *testing.T) {
	corpus := corpustest.Dir(t)
	seen := &textCensus{found: map[string]int{}, made: map[string]int{}, left: map[string][]string{}}
	eachCorpusProject(t, corpus, func(c corpusProject) { c.rewriteTexts(seen) })

	for _, rule := range slices.Sorted(maps.Keys(seen.found)) {
		t.Logf("%s: %d found, %d rewritten and proved", rule, seen.found[rule], seen.made[rule])
	}
	for why, places := range seen.left {
		if t.Logf("%d left: %s", len(places), why); !slices.Contains(textsLeft, why) {
			t.Errorf("nobody has read why these stay: %s: %q", why, places)
		}
	}
	if seen.made["fixed-container-name"] == 0 {
		t.Error("no container name was rewritten")
	}
}

// rewriteTexts fixes what is fixed in one project, and sorts it into made and left.
func (c corpusProject) rewriteTexts(seen *textCensus) {
	o := compose.Options{Dir: c.dir, Profiles: []string{"*"}, Env: map[string]string{}, Standalone: true, Files: c.paths()}
	loaded, err := compose.Load(c.t.Context(), o)
	if err != nil {
		c.t.Errorf("%s: %v", c.name, err)
		return
	}
	found := lint.Run([]*lint.Project{loaded.Project}, lint.Settings{}).Findings
	found = slices.DeleteFunc(found, func(f lint.Finding) bool { return f.Rule != "fixed-container-name" && f.Rule != "fixed-subnet" })
	plan, err := PlanFixes(c.t.Context(), []Target{{Options: o, Loaded: loaded}}, found, lint.Safe)
	if err != nil {
		c.t.Errorf("%s: %v", c.name, err)
		return
	}
	c.checkProject(plan)

	made, why := map[lint.Span]bool{}, map[lint.Span]string{}
	for _, m := range plan.Made {
		made[m.Finding.Span] = true
	}
	for _, r := range plan.Refused {
		why[r.Finding.Span] = general(r.Why)
	}
	seen.Lock()
	defer seen.Unlock()
	for _, f := range found {
		seen.found[f.Rule]++
		switch {
		case made[f.Span]:
			seen.made[f.Rule]++
		case why[f.Span] != "":
			seen.left[why[f.Span]] = append(seen.left[why[f.Span]], c.name)
		default:
			seen.left["no fix is offered"] = append(seen.left["no fix is offered"], c.name)
		}
	}
}
