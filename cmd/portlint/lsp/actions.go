package lsp

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose/edit"
	"github.com/portlint/portlint/lint"
)

// The kinds of portlint's code actions: the fix of what is shown, and of what is below the level that is shown.
const (
	quickFix    = "quickfix"
	rewriteKind = "refactor.rewrite"
)

// codeAction offers the fixes of what was found in a range, each after it was proved on every project that reads the files.
func (e *editor) codeAction(ctx context.Context, p actionParams) (any, error) {
	now, err := e.current(ctx)
	if err != nil {
		return nil, err
	}
	path, doc, open := now.document(p.Document.URI)
	actions := []codeAction{}
	if !open {
		return actions, nil
	}
	from, to := e.client.encoding.offset(doc.Source, p.Range.Start), e.client.encoding.offset(doc.Source, p.Range.End)
	for _, f := range now.Results.All {
		kind, shown := now.kind(f)
		if !findingTouches(f, path, from, to) || !asked(p.Context.Only, kind) {
			continue
		}
		for _, fix := range f.Fixes {
			a, ok := e.action(ctx, now, f, fix)
			if !ok || slices.ContainsFunc(actions, func(o codeAction) bool { return o.Title == a.Title }) {
				continue
			}
			a.Kind = kind
			if shown {
				a.Diagnostics = []diagnostic{e.diagnostic(now, f)}
			}
			actions = append(actions, a)
		}
	}

	return actions, nil
}

// kind is the kind of the actions for a finding, and whether it is shown.
func (now *analysis) kind(f lint.Finding) (kind string, shown bool) {
	if slices.ContainsFunc(now.Results.Findings, f.Same) {
		return quickFix, true
	}
	return rewriteKind, false
}

// asked reports whether the editor asks for a kind: by its name, or by one above it. Without any it takes all.
func asked(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(o string) bool {
		return o == "" || kind == o || strings.HasPrefix(kind, o+".")
	})
}

// findingTouches reports whether a finding, or the item that it is about, meets a range of a file.
func findingTouches(f lint.Finding, path string, from, to int) bool {
	within := func(s lint.Span) bool { return s.File == path && s.Start <= to && from <= s.End }
	return within(f.Span) || f.Binding != nil && within(f.Binding.Entry)
}

// action is a fix as the editor makes it; false when it can't be made, or is not proved.
func (e *editor) action(ctx context.Context, now *analysis, f lint.Finding, fix lint.Fix) (codeAction, bool) {
	if fix.Safety == lint.Manual || !run.NewFixedFiles(edit.Writable).Takes(fix) {
		return codeAction{}, false
	}
	f.Fixes = []lint.Fix{fix}
	plan, err := edit.PlanFixes(ctx, now.Targets([]lint.Finding{f}), []lint.Finding{f}, lint.Unsafe)
	if err != nil || len(plan.Made) != 1 {
		return codeAction{}, false
	}
	made, ok := e.workspaceEdit(now, plan)
	a := codeAction{Title: run.Escape(fix.Title), Preferred: fix.Safety == lint.Safe && e.client.Text.Action.Preferred, Edit: made}
	if fix.Safety == lint.Unsafe {
		a.Title += " (unsafe: changes ports)"
	}
	return a, ok
}

// workspaceEdit is a plan of one fix in the protocol's form; false when the editor has no way to make it.
func (e *editor) workspaceEdit(now *analysis, plan edit.Plan) (workspaceEdit, bool) {
	var out workspaceEdit
	documents := e.client.Workspace.Edit.DocumentChanges
	if !documents {
		out.Changes = map[string][]textEdit{}
	}

	for _, c := range plan.Changes {
		doc, open := now.docs[c.File]
		if open && !bytes.Equal(doc.Text, c.Old) {
			return out, false
		}
		id := documentID{URI: now.uri(c.File)}
		edits := e.textEdits(c, plan.Made[0].Fix, open)
		switch {
		case c.Created && (!documents || !slices.Contains(e.client.Workspace.Edit.Operations, "create")):
			return out, false
		case c.Created:
			out.DocumentChanges = append(out.DocumentChanges, fileCreation{"create", id.URI})
			edits = []textEdit{{Text: string(c.New)}}
		case open:
			id.Version = &doc.version
		}
		if documents {
			out.DocumentChanges = append(out.DocumentChanges, documentEdit{id, edits})
		} else {
			out.Changes[id.URI] = edits
		}
	}

	return out, true
}

// textEdits are the edits of a fix in one file, each once.
func (e *editor) textEdits(c edit.Change, fix lint.Fix, open bool) []textEdit {
	src, out := lint.NewSource(c.Old), []textEdit{}
	for _, one := range fix.Edits {
		made := textEdit{e.client.encoding.textRange(src, one.Span, open), one.New}
		if one.Span.File == c.File && !slices.Contains(out, made) {
			out = append(out, made)
		}
	}
	return out
}
