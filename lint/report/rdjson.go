package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint"
)

// The types below are reviewdog's DiagnosticResult. Source: reviewdog proto/rdf/reviewdog.proto.

type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	Related     []rdRelated    `json:"relatedLocations,omitempty"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

// rdPosition counts bytes from 1, with the byte order mark: consumers cut the line by it.
type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdCode struct {
	Value string `json:"value"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

type rdRelated struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
}

// writeRDJSON writes the findings, and what was not checked, in the Reviewdog Diagnostic Format.
func writeRDJSON(w io.Writer, r Report) error {
	r = r.rooted()
	return encode(w, rdResult{
		Source:      rdSource{Name: toolName, URL: homepage},
		Diagnostics: append(each(r.Findings, r.rdDiagnostic), each(r.unplacedBlinds(), r.rdBlind)...),
	})
}

// rdBlind says what was not checked.
func (r Report) rdBlind(s unplacedBlind) rdDiagnostic {
	return rdDiagnostic{
		Message: Escape(s.text), Severity: "INFO", Code: rdCode{Value: notCheckedName},
		Location: rdLocation{Path: cmp.Or(r.Path(s.span.File), "."), Range: r.rdRange(s.span)},
	}
}

func (r Report) rdDiagnostic(f lint.Finding) rdDiagnostic {
	d := rdDiagnostic{
		Message: strings.Join(r.Message(f), "\n"), Severity: strings.ToUpper(f.Severity.String()), Code: rdCode{Value: f.Rule},
		Location: rdLocation{Path: r.anchor(f).file, Range: r.rdRange(f.Span)},
	}
	for _, o := range f.Related {
		if o.Span.Known() {
			d.Related = append(d.Related, rdRelated{Message: Escape(o.Message),
				Location: rdLocation{Path: r.Path(o.Span.File), Range: r.rdRange(o.Span)}})
		}
	}

	for _, fix := range f.Fixes {
		if s, ok := r.rdSuggestion(fix, f.Span.File); ok {
			d.Suggestions = append(d.Suggestions, s)
		}
	}

	return d
}

// rdRange is nil when lines are not known.
func (r Report) rdRange(s lint.Span) *rdRange {
	at := r.place(s)
	if !at.exact {
		return nil
	}
	src := r.Sources[s.File]
	return &rdRange{Start: rdPositionOf(src, at.start), End: rdPositionOf(src, at.end)}
}

func rdPositionOf(src *lint.Source, p lint.Position) rdPosition {
	start, _ := src.Line(p.Line)
	if p.Line == 1 {
		start = 0
	}
	return rdPosition{Line: p.Line, Column: p.Offset - start + 1}
}

// rdSuggestion is the part of a fix in the file of the finding, as one replacement: reviewdog offers each suggestion
// alone.
func (r Report) rdSuggestion(f lint.Fix, file string) (rdSuggestion, bool) {
	edits := slices.DeleteFunc(slices.Clone(f.Edits), func(e lint.Edit) bool { return e.Span.File != file })
	if len(edits) == 0 {
		return rdSuggestion{}, false
	}

	whole := lint.Span{File: file, Start: edits[0].Span.Start, End: edits[len(edits)-1].Span.End}
	where := r.rdRange(whole)
	if where == nil || r.Sources[file].Private {
		return rdSuggestion{}, false
	}
	return rdSuggestion{Range: *where, Text: replace(r.Sources[file].Text, whole, edits)}, true
}
