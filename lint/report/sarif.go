package report

import (
	"cmp"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// writeSARIF writes the findings as a SARIF 2.1.0 log, which code scanning services read.
func writeSARIF(w io.Writer, r Report) error { return writeSARIFWith(w, r, lint.RuleNamed) }

// writeSARIFWith takes the rules as a function, so that a test does not depend on the list of all rules.
func writeSARIFWith(w io.Writer, r Report, ruleNamed func(string) (lint.Rule, bool)) error {
	r = r.rooted()
	rules := r.rulesFound()
	names := r.fingerprints()
	results := []sarifResult{}
	for i, f := range r.Findings {
		result := r.sarifResult(f)
		result.RuleIndex = slices.Index(rules, f.Rule)
		result.Fingerprints = map[string]string{"portlintFinding/v1": names[i]}
		results = append(results, result)
	}

	driver := sarifDriver{
		Name: toolName, Version: r.Version, SemanticVersion: semantic(r.Version), URI: homepage,
		Rules: each(rules, func(name string) sarifRule { return newSARIFRule(name, ruleNamed) }),
	}

	return encode(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:        sarifTool{Driver: driver},
			Invocations: []sarifInvocation{{Successful: true, Notifications: each(r.NotChecked, r.sarifNotification)}},
			BaseIDs: map[string]sarifBase{sourceRoot: {
				Description: sarifText{Text: "The root of the repository, or the directory that portlint ran in."}}},
			ColumnKind: "unicodeCodePoints",
			Results:    results,
		}},
	})
}

// semantic is a version without its v, "" when it follows no https://semver.org.
func semantic(version string) string {
	const pattern = `^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`
	if !regexp.MustCompile(pattern).MatchString(version) {
		return ""
	}
	return version[1:]
}

// rulesFound are the rules that have findings, by name.
func (r Report) rulesFound() []string {
	names := each(r.Findings, func(f lint.Finding) string { return f.Rule })
	slices.Sort(names)
	return slices.Compact(names)
}

func newSARIFRule(name string, ruleNamed func(string) (lint.Rule, bool)) sarifRule {
	out := sarifRule{ID: name, Name: pascalCase(name), Help: sarifText{Text: "Run `portlint explain " + name + "` for the rule's page."}}
	if rule, ok := ruleNamed(name); ok {
		out.Short, out.Full = &sarifText{Text: rule.Summary}, &sarifText{Text: rule.Summary}
		out.Default = &sarifConfiguration{Level: sarifLevel(rule.Severity)}
		out.Properties = &sarifRuleProperties{
			Precision: sarifPrecision(rule.Certainty), Problem: sarifProblem(rule.Severity), Tags: []string{"compose", "ports"},
		}
	}
	return out
}

// pascalCase is how the standard wants the readable name of a rule: DuplicatePort.
func pascalCase(name string) string {
	words := strings.Split(name, "-")
	return strings.Join(each(words, func(w string) string { return strings.ToUpper(w[:min(1, len(w))]) + w[min(1, len(w)):] }), "")
}

func sarifLevel(s lint.Severity) string {
	switch s {
	case lint.Off:
		return "none"
	case lint.Info:
		return "note"
	default:
		return s.String()
	}
}

// sarifPrecision is GitHub's word for how sure a rule is.
func sarifPrecision(c lint.Certainty) string {
	if c == lint.Certain {
		return "very-high"
	}
	return "medium"
}

// sarifProblem is GitHub's word for the severity of a rule that is not about security.
func sarifProblem(s lint.Severity) string {
	if s == lint.Error || s == lint.Warning {
		return s.String()
	}
	return "recommendation"
}

func (r Report) sarifResult(f lint.Finding) sarifResult {
	out := sarifResult{RuleID: f.Rule, Level: sarifLevel(f.Severity), Message: sarifText{Text: strings.Join(r.Message(f), "\n")},
		Properties: sarifProperties{Certainty: f.Certainty.String(), Project: f.Project, Service: f.Service, Owner: r.jsonOwner(f.Owner),
			Contexts: f.Contexts}}
	if at := r.anchor(f); at.file != "" {
		// GitHub shows no result without a line.
		region := cmp.Or(newSARIFRegion(at), &sarifRegion{StartLine: 1})
		out.Locations = []sarifLocation{{Physical: sarifPhysical{Artifact: newSARIFArtifact(at.file), Region: region}}}
	}

	for _, o := range f.Related {
		if !o.Span.Known() {
			continue
		}
		at := r.place(o.Span)
		out.Related = append(out.Related, sarifLocation{ID: len(out.Related) + 1, Message: &sarifText{Text: Escape(o.Message)},
			Physical: sarifPhysical{Artifact: newSARIFArtifact(at.file), Region: newSARIFRegion(at)}})
	}

	for _, fix := range f.Fixes {
		if len(fix.Edits) > 0 {
			out.Fixes = append(out.Fixes, r.sarifFix(fix))
		}
	}

	return out
}

// newSARIFRegion is nil when lines are not known.
func newSARIFRegion(at place) *sarifRegion {
	if !at.exact {
		return nil
	}
	length := at.end.Offset - at.start.Offset
	return &sarifRegion{StartLine: at.start.Line, StartColumn: at.start.Column, EndLine: at.end.Line,
		EndColumn: at.end.Column, ByteOffset: &at.start.Offset, ByteLength: &length}
}

// sarifFix is a fix with one change per file.
func (r Report) sarifFix(f lint.Fix) sarifFix {
	out := sarifFix{Description: sarifText{Text: Escape(f.Title)}}
	for _, e := range f.Edits {
		file := newSARIFArtifact(r.Path(e.Span.File))
		if n := len(out.Changes); n == 0 || out.Changes[n-1].Artifact != file {
			out.Changes = append(out.Changes, sarifChange{Artifact: file})
		}
		last := &out.Changes[len(out.Changes)-1]
		last.Replacements = append(last.Replacements, r.sarifReplacement(e))
	}
	return out
}

func (r Report) sarifReplacement(e lint.Edit) sarifReplacement {
	length := e.Span.End - e.Span.Start
	out := sarifReplacement{Deleted: sarifRegion{ByteOffset: &e.Span.Start, ByteLength: &length}}
	if region := newSARIFRegion(r.place(e.Span)); region != nil {
		out.Deleted = *region
	}

	if e.New != "" {
		out.Inserted = &sarifText{Text: e.New}
	}

	return out
}

// sarifNotification says what was not checked.
func (r Report) sarifNotification(b lint.Blind) sarifNotification {
	out := sarifNotification{Level: "warning", Message: sarifText{Text: Escape("not checked: " + b.Subject() + ": " + b.Why)}}
	if at := r.place(b.Span); at.file != "" {
		out.Locations = []sarifLocation{{Physical: sarifPhysical{Artifact: newSARIFArtifact(at.file), Region: newSARIFRegion(at)}}}
	}
	return out
}
