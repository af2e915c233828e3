package lsp

import (
	"maps"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/report"
)

// publish sends the diagnostics of every file that has some, and takes away those of files that have none any more. What
// is said belongs to the texts that it was found in: if one has changed, nothing is sent, and the run after this one says it.
func (e *editor) publish(now *analysis) {
	e.sending.Lock()
	defer e.sending.Unlock()
	e.mu.Lock()
	if e.documents.generation != now.generation {
		e.mu.Unlock()
		return
	}

	messages := e.messages(now)
	e.mu.Unlock()
	for _, m := range messages {
		e.notify("textDocument/publishDiagnostics", m)
	}
}

// messages are what must be sent, by file.
func (e *editor) messages(now *analysis) []publishParams {
	found := e.diagnostics(now)
	gone := maps.Clone(e.published)
	var out []publishParams
	for _, path := range slices.Sorted(maps.Keys(found)) {
		m := publishParams{URI: URIOf(path), Diagnostics: found[path]}
		if doc, open := now.docs[path]; open {
			m.URI, m.Version = doc.uri, &doc.version
		}
		out = append(out, m)
		delete(gone, path)
		e.published[path] = m.URI
	}

	for _, path := range slices.Sorted(maps.Keys(gone)) {
		delete(e.published, path)
		out = append(out, publishParams{URI: gone[path], Diagnostics: []diagnostic{}})
	}
	return out
}

// diagnostics are what is to be said, by file; a text that is open and part of a project has an entry in any case.
func (e *editor) diagnostics(now *analysis) map[string][]diagnostic {
	out := map[string][]diagnostic{}
	for path := range now.docs {
		if now.Projects.Sources[path] != nil || now.reads(path) {
			out[path] = []diagnostic{}
		}
	}

	for _, f := range now.Results.Findings {
		path := now.home(f)
		out[path] = append(out[path], e.diagnostic(now, f))
	}

	for _, b := range now.Projects.Blind() {
		if b.Span.Known() && !now.findsAt(b.Span) {
			out[b.Span.File] = append(out[b.Span.File], diagnostic{Range: e.rangeOf(now, b.Span), Severity: lspSeverity(lint.Info),
				Code: "not-checked", Source: "portlint", Message: run.Escape("not checked: " + b.What + ": " + b.Why)})
		}
	}

	for path, err := range now.troubles {
		out[path] = append(out[path], diagnostic{Severity: lspSeverity(lint.Error), Source: "portlint", Message: run.Escape("not checked: " + err.Error())})
	}
	return out
}

// findsAt reports whether something is found at a place: then it is said there already.
func (now *analysis) findsAt(s lint.Span) bool {
	return slices.ContainsFunc(now.Results.Findings, func(f lint.Finding) bool { return f.Span == s })
}

// reads reports whether a project takes values from an env file.
func (now *analysis) reads(path string) bool {
	return slices.ContainsFunc(now.Projects.Models(), func(p *lint.Project) bool { return p.EnvTexts[path] != nil })
}

// home is the file in which a finding is shown.
func (now *analysis) home(f lint.Finding) string {
	if f.Span.Known() {
		return f.Span.File
	}

	for _, p := range now.Projects.Models() {
		if p.Label() == f.Project && len(p.Files) > 0 {
			return p.Files[0]
		}
	}
	return now.Projects.Models()[0].Files[0]
}

func (e *editor) diagnostic(now *analysis, f lint.Finding) diagnostic {
	r := report.Report{Dir: e.Dir, Sources: now.Projects.Sources}
	d := diagnostic{Range: e.rangeOf(now, f.Span), Severity: lspSeverity(f.Severity), Code: f.Rule, Source: "portlint",
		Message: strings.Join(append(r.Message(f), advice(f)...), "\n")}
	for _, r := range f.Related {
		if e.client.Text.Publish.Related && r.Span.Known() {
			d.Related = append(d.Related, relatedInfo{location{now.uri(r.Span.File), e.rangeOf(now, r.Span)}, run.Escape(r.Message)})
		}
	}
	return d
}

// advice is the first thing that a person must do, none where there is nothing: what portlint itself can do is a code action.
func advice(f lint.Finding) []string {
	for _, fix := range f.Fixes {
		if len(fix.Edits) == 0 {
			return []string{report.FixLine(fix)}
		}
	}
	return nil
}

// uri names a file as the editor does.
func (d openDocuments) uri(path string) string {
	if doc, open := d.docs[path]; open {
		return doc.uri
	}
	return URIOf(path)
}

// rangeOf is the place of a span in the text that it was found in, the beginning of the file where that was not read.
func (e *editor) rangeOf(now *analysis, s lint.Span) textRange {
	if doc, open := now.docs[s.File]; open {
		return e.client.encoding.textRange(doc.Source, s, true)
	}
	src := now.Projects.Sources[s.File]
	for _, p := range now.Projects.Models() {
		if text := p.EnvTexts[s.File]; src == nil && text != nil {
			src = lint.NewSource(text)
		}
	}
	if src == nil {
		return textRange{}
	}
	return e.client.encoding.textRange(src, s, false)
}
