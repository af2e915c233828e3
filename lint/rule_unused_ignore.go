package lint

import (
	"fmt"
	"slices"
	"strings"
)

// UnusedIgnore is the name of the rule about comments that take nothing away.
const UnusedIgnore = "unused-ignore"

// unusedIgnoreRule has no check: Run alone knows which ignores were used.
var unusedIgnoreRule = Rule{
	Name: UnusedIgnore, Severity: Warning, Certainty: Certain,
	Summary: "an ignore comment that matches nothing, or gives no reason",
}

// unusedIgnores reports the comments that are wrong, and those that match nothing although they could.
func unusedIgnores(projects []*Project, ignores []Ignore, used map[Span]bool, settings Settings) []Finding {
	severity, set := settings.Severity[UnusedIgnore]
	if !set {
		severity = unusedIgnoreRule.Severity
	}
	if severity == Off {
		return nil
	}
	var found []Finding
	for _, g := range ignores {
		message := g.fault()
		matched := used[g.Span] || g.open(projects, settings) || g.idle(projects, settings.Up)
		if message == "" && !matched {
			message = fmt.Sprintf("this ignore matches nothing; no %s is found here", strings.Join(g.Rules, " or "))
		}
		if message != "" {
			f := Finding{Rule: UnusedIgnore, Severity: severity, Certainty: Certain, Span: g.Span, Message: message}
			f.fit()
			found = append(found, f)
		}
	}

	return found
}

// fault says what is wrong with the comment itself, "" when nothing is.
func (g Ignore) fault() string {
	switch {
	case len(g.Rules) == 0:
		return "this ignore names no rule; expected `portlint:ignore RULE reason`"
	case g.Reason == "":
		return fmt.Sprintf("this ignore gives no reason; expected `portlint:ignore %s REASON`", strings.Join(g.Rules, ","))
	}

	for _, name := range g.Rules {
		if _, ok := RuleNamed(name); !ok {
			return fmt.Sprintf("this ignore names an unknown rule %q", name)
		}
	}
	return ""
}

// open reports whether the comment names a rule that this run could not apply: one that is off, that compares projects
// where there is only one, or that asks the machine: it may match on another one. Of a stack most rules say nothing.
func (g Ignore) open(projects []*Project, settings Settings) bool {
	return slices.ContainsFunc(g.Rules, func(name string) bool {
		severity, set := settings.Severity[name]
		rule, _ := RuleNamed(name)
		off := set && severity == Off
		ofMachine := rule.Live || rule.LiveToo
		noneToCompare := rule.CheckAll != nil && !several(projects) || rule.Twice && settings.Second == nil
		if settings.Up.Stack || off {
			return true
		}
		return ofMachine || noneToCompare
	})
}

// idle reports whether the comment covers only services that `up` does not start, of which most rules say nothing.
func (g Ignore) idle(projects []*Project, up UpOptions) bool {
	idle := false
	for _, p := range projects {
		selected := up.selects(p)
		for i := range p.Services {
			s := &p.Services[i]
			if !g.touches(s) {
				continue
			}
			if selected[s.Name] && s.Replicas > 0 {
				return false
			}
			idle = true
		}
	}
	return idle
}

// touches reports whether the comment covers the service's key, one of its items, or what decides on its ports.
func (g Ignore) touches(s *Service) bool {
	return g.Covers.Contains(s.Span) || g.Covers.Contains(s.ReplicasSpan) || g.Covers.Contains(s.Network.Span) ||
		slices.ContainsFunc(s.Bindings, func(b Binding) bool {
			return g.Covers.Contains(b.Entry) || g.Covers.Contains(b.Port)
		})
}

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
			return r.entry.Known() && (g.Covers.Contains(r.Span) || g.Covers.Contains(r.entry))
		})
}
