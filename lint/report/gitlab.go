package report

import (
	"io"

	"github.com/portlint/portlint/lint"
)

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end,omitempty"`
}

// GitLab writes the findings as a Code Quality report, the part of the Code Climate format that GitLab reads.
func GitLab(w io.Writer, r Report) error {
	issues := []gitlabIssue{}
	names := r.fingerprints()
	for i, f := range r.Findings {
		at := r.anchor(f)
		if at.File == "" {
			at.File = "." // the format insists on a path
		}
		issues = append(issues, gitlabIssue{
			Description: said(f), CheckName: f.Rule, Fingerprint: names[i], Severity: gitlabSeverity(f.Severity),
			Location: gitlabLocation{Path: at.File, Lines: gitlabLines{Begin: at.line(), End: at.End.Line}},
		})
	}
	return encode(w, issues)
}

func gitlabSeverity(s lint.Severity) string {
	switch s {
	case lint.Error:
		return "major"
	case lint.Warning:
		return "minor"
	default:
		return "info"
	}
}
