package lint

import "slices"

// applyIgnores takes away what an ignore comment with a reason speaks of, and reports the comments that match nothing,
// have no reason or name no rule.
func applyIgnores(projects []*Project, found []Finding, settings Settings) Result {
	ignores := allIgnores(projects)
	used := map[Span]bool{}
	var res Result
	for _, f := range found {
		silenced := false
		for _, g := range ignores {
			if g.silences(f) {
				silenced, used[g.Span] = true, true
			}
		}
		if silenced {
			res.Suppressed = append(res.Suppressed, f)
		} else {
			res.Findings = append(res.Findings, f)
		}
	}
	res.Findings = dedupe(append(res.Findings, unusedIgnores(projects, ignores, used, settings)...))
	return res
}

func allIgnores(projects []*Project) []Ignore {
	var all []Ignore
	seen := map[Span]bool{}
	for _, p := range projects {
		for _, g := range p.Ignores {
			if !seen[g.Span] {
				seen[g.Span] = true
				all = append(all, g)
			}
		}
	}
	return all
}

// silences reports whether the comment has a reason, names the rule and covers the finding, its item, or an equal place.
func (g Ignore) silences(f Finding) bool {
	if g.Reason == "" || !slices.Contains(g.Rules, f.Rule) {
		return false
	}
	return g.Covers.Contains(f.Span) || f.Binding != nil && g.Covers.Contains(f.Binding.Entry) ||
		slices.ContainsFunc(f.Related, func(r Related) bool {
			return r.Entry.Known() && (g.Covers.Contains(r.Span) || g.Covers.Contains(r.Entry))
		})
}

// RuleNamed finds a rule.
func RuleNamed(name string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}
