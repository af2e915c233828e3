package main

import (
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// conflictRules are the rules whose findings make `docker compose up` fail with a port conflict.
var conflictRules = map[string]bool{
	"duplicate-port": true, "replicas-share-port": true, "port-in-use": true, "reserved-port": true, "racing-ports": true,
}

// refusalRules are the rules whose findings make Compose or the engine refuse a service before any port is bound.
var refusalRules = map[string]bool{"unusable-ports": true, "invalid-port": true, "unloadable-project": true}

// verdict answers for all projects together. Neither severities nor ignores count: what is not reported is still there.
func verdict(projects []*lint.Project, blind []lint.Blind) report.Verdict {
	answer := report.Clear
	if len(blind) > 0 || unread(projects) {
		answer = report.Unknown
	}
	for _, f := range lint.Run(withoutIgnores(projects), lint.Settings{}).Findings {
		switch {
		case refusalRules[f.Rule]:
			answer = report.Unknown
		case !conflictRules[f.Rule]:
		case f.Certainty == lint.Certain:
			return report.Conflict
		case f.Certainty == lint.Possible && answer == report.Clear:
			answer = report.Maybe
		}
	}
	return answer
}

func withoutIgnores(projects []*lint.Project) []*lint.Project {
	out := make([]*lint.Project, len(projects))
	for i, p := range projects {
		plain := *p
		plain.Ignores = nil
		out[i] = &plain
	}
	return out
}

// unread reports whether a port or a whole file of the projects could not be read.
func unread(projects []*lint.Project) bool {
	for _, p := range projects {
		if len(p.Defects) > 0 {
			return true
		}
		for _, b := range lint.NewPlan(p).Bound() {
			if b.Binding.Unknown {
				return true
			}
		}
	}
	return false
}
