package main

import (
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// conflictRules are the rules whose findings make `docker compose up` fail with a port conflict.
var conflictRules = map[string]bool{
	"duplicate-port": true, "replicas-share-port": true, "port-in-use": true, "reserved-port": true,
	"unusable-ports": true, "invalid-port": true, "racing-ports": true,
}

// verdict answers for all projects together, whatever severities the settings give to the rules: a rule that is off
// does not make a conflict go away.
func verdict(projects []*lint.Project, blind []lint.Blind) report.Verdict {
	answer := report.Clear
	if len(blind) > 0 || unread(projects) {
		answer = report.Unknown
	}
	for _, f := range lint.Run(projects, lint.Settings{}).Findings {
		switch {
		case !conflictRules[f.Rule]:
		case f.Certainty == lint.Certain:
			return report.Conflict
		case f.Certainty == lint.Possible && answer == report.Clear:
			answer = report.Maybe
		}
	}
	return answer
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
