package lint

import (
	"fmt"
	"slices"
	"strings"
)

const unusedIgnore = "unused-ignore"

// applyIgnores takes away what an ignore comment with a reason speaks of, and reports the comments that match nothing,
// have no reason or name no rule.
func applyIgnores(projects []*Project, found []Finding, settings Settings) Result {
	ignores := allIgnores(projects)
	used := map[Span]bool{}
	var res Result
	for _, f := range found {
		if i := slices.IndexFunc(ignores, func(g Ignore) bool { return g.silences(f) }); i >= 0 {
			used[ignores[i].Span] = true
			res.Suppressed++
			continue
		}
		res.Findings = append(res.Findings, f)
	}
	rule, ok := RuleNamed(unusedIgnore)
	severity := rule.Severity
	if s, set := settings.Severity[unusedIgnore]; set {
		severity = s
	}
	if !ok || severity == Off {
		return res
	}
	for _, g := range ignores {
		if used[g.Span] {
			continue
		}
		res.Findings = append(res.Findings, Finding{Rule: unusedIgnore, Severity: severity, Certainty: Certain,
			Span: g.Span, Message: g.fault()})
	}
	res.Findings = dedupe(res.Findings)
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

// silences reports whether the comment has a reason, names the rule and covers the line of the finding or of its item.
func (g Ignore) silences(f Finding) bool {
	if g.Reason == "" || !slices.Contains(g.Rules, f.Rule) {
		return false
	}
	return g.Covers.Contains(f.Span) || f.Binding != nil && g.Covers.Contains(f.Binding.Entry)
}

func (g Ignore) fault() string {
	switch {
	case len(g.Rules) == 0:
		return "this ignore names no rule, expected `portlint:ignore RULE reason`"
	case g.Reason == "":
		return fmt.Sprintf("this ignore of %s gives no reason, expected `portlint:ignore RULE reason`", strings.Join(g.Rules, ","))
	}
	for _, name := range g.Rules {
		if _, ok := RuleNamed(name); !ok {
			return fmt.Sprintf("this ignore names an unknown rule %q", name)
		}
	}
	return fmt.Sprintf("this ignore matches nothing: no %s is found here", strings.Join(g.Rules, " or "))
}

// RuleNamed finds a rule.
func RuleNamed(name string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}
