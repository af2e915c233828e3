package lint

import (
	"cmp"
	"slices"
)

// Settings change what Run reports.
type Settings struct {
	Severity map[string]Severity // by rule; Off silences it, unset keeps the rule's own
	Reserved map[uint16]bool     // host ports that a suggestion must not take
}

// Result is what Run found.
type Result struct {
	Findings   []Finding // by place
	Suppressed int       // findings that an ignore comment took away
}

// Run applies all rules to all projects.
func Run(projects []*Project, settings Settings) Result {
	var found []Finding
	advice := newAdvice(projects, settings.Reserved)
	for _, rule := range Rules {
		severity, set := settings.Severity[rule.Name]
		if set && severity == Off {
			continue
		}
		pass := Pass{Rule: rule, Projects: projects, Reserved: settings.Reserved, advice: advice}
		pass.report = func(f Finding) {
			if set {
				f.Severity = severity
			}
			found = append(found, f)
		}
		run(rule, &pass)
	}
	found = dedupe(found)
	return applyIgnores(projects, found, settings)
}

func run(rule Rule, pass *Pass) {
	if rule.CheckAll != nil {
		rule.CheckAll(pass)
		return
	}
	if rule.Check == nil {
		return
	}
	for _, p := range pass.Projects {
		pass.Project, pass.Plan = p, NewPlan(p)
		rule.Check(pass)
	}
}

// dedupe sorts by place and drops what two projects that share a file both say.
func dedupe(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Span.File, b.Span.File), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(found, func(a, b Finding) bool {
		return a.Rule == b.Rule && a.Span == b.Span && a.Message == b.Message
	})
}
