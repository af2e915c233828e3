package report

import (
	"cmp"
	"io"
	"strings"

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

// writeGitLab writes the findings, and what was not checked, as a Code Quality report, the part of the Code Climate format that GitLab reads.
func writeGitLab(w io.Writer, r Report) error {
	r = r.rooted()
	issues := []gitlabIssue{}
	names := r.fingerprints()
	for i, f := range r.Findings {
		issues = append(issues, gitlabIssue{
			Description: strings.Join(r.Message(f), "\n"), CheckName: f.Rule, Fingerprint: names[i], Severity: gitlabSeverity(f.Severity),
			Location: newGitLabLocation(r.anchor(f)),
		})
	}

	for _, s := range r.unplacedBlinds() {
		at := r.place(s.span)
		issues = append(issues, gitlabIssue{
			Description: Escape(s.text), CheckName: notCheckedName, Fingerprint: digest(notCheckedName, at.file, s.text),
			Severity: gitlabSeverity(lint.Info), Location: newGitLabLocation(at),
		})
	}

	return encode(w, issues)
}

// newGitLabLocation always has a path and a line, because the format insists on them.
func newGitLabLocation(at place) gitlabLocation {
	return gitlabLocation{Path: cmp.Or(at.file, "."), Lines: gitlabLines{Begin: at.line(), End: at.end.Line}}
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
