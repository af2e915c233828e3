package lsp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/creachadair/jrpc2"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/safefile"
)

// document is a text that is open in the editor.
type document struct {
	uri      string // as the editor writes it
	language string
	version  int
	*lint.Source
}

// initialize learns what the editor can do, and says what portlint can.
func (e *editor) initialize(_ context.Context, p initializeParams) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.readOptions(p.Options); err != nil {
		e.phase = uninitialized
		return nil, jrpc2.Errorf(jrpc2.InvalidParams, "initializationOptions: %s", err)
	}
	if dir := p.dir(); dir != "" {
		e.Process.Dir = dir
	}
	e.client = p.Capabilities
	e.client.encoding = agreed(p.Capabilities.General.Encodings)
	out := capabilities{Encoding: e.client.encoding, Sync: syncOptions{OpenClose: true, Change: 2, Save: true}, Hover: true}
	if e.client.Text.Action.Literals != nil {
		out.Actions = &actionKinds{Kinds: []string{quickFix, rewriteKind}}
	}
	return initializeResult{Capabilities: out, Server: serverInfo{Name: "portlint", Version: e.Version}}, nil
}

// dir is the directory that the editor has open, "" when there is none.
func (p *initializeParams) dir() string {
	uris := []string{p.RootURI}
	for _, f := range slices.Backward(p.Folders) {
		uris = slices.Insert(uris, 0, f.URI)
	}
	for _, uri := range uris {
		if path, err := pathOf(uri); err == nil {
			return path
		}
	}
	return p.RootPath
}

// readOptions takes over the settings of the editor.
func (e *editor) readOptions(text json.RawMessage) error {
	if len(text) == 0 {
		return nil
	}
	var o struct {
		Static bool   `json:"static"`
		Level  string `json:"level"`
	}

	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		return err
	}
	flags, err := run.NewOverrides(nil, o.Level, "")
	if err != nil {
		return err
	}
	e.static, e.flags = o.Static, flags
	return nil
}

// initialized asks to be told of the files that change on the disk.
func (e *editor) initialized(context.Context, struct{}) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.client.Workspace.Watch.Dynamic {
		return nil, nil
	}
	globs := []watcher{{"**/*.{yaml,yml}"}, {"**/.env"}, {"**/.env.*"}, {"**/*.env"}}
	subscription := registerParams{[]registration{{ID: "files", Method: "workspace/didChangeWatchedFiles", Options: watchOptions{globs}}}}
	go func() {
		if _, err := e.conn.Callback(e.ctx, "client/registerCapability", subscription); err != nil && e.ctx.Err() == nil {
			e.log(logInfo, fmt.Sprintf("files that change on the disk are read again on the next edit: %s", err))
		}
	}()
	return nil, nil
}

func (e *editor) didOpen(_ context.Context, p openParams) (any, error) {
	path, err := pathOf(p.Document.URI)
	if err != nil {
		return nil, err // a text that is no file belongs to no project
	}
	e.put(path, document{p.Document.URI, p.Document.Language, p.Document.Version, lint.NewSource([]byte(p.Document.Text))})
	e.touch(0, true)
	return nil, nil
}

func (e *editor) didChange(_ context.Context, p changeParams) (any, error) {
	path, doc, open := e.document(p.Document.URI)
	if !open {
		return nil, nil
	}

	for _, c := range p.Changes {
		doc.Source = e.client.encoding.change(doc.Source, c)
	}
	if p.Document.Version != nil {
		doc.version = *p.Document.Version
	}
	e.put(path, doc)
	e.touch(pause, false)
	return nil, nil
}

// pause is how long nobody types before the texts are looked at.
const pause = 150 * time.Millisecond

// change is a text after a change.
func (e encoding) change(src *lint.Source, c textChange) *lint.Source {
	if c.Range == nil {
		return lint.NewSource([]byte(c.Text))
	}
	start, end := e.offset(src, c.Range.Start), e.offset(src, c.Range.End)
	return lint.NewSource(slices.Concat(src.Text[:start], []byte(c.Text), src.Text[max(start, end):]))
}

func (e *editor) didSave(context.Context, documentParams) (any, error) {
	e.touch(0, true)
	return nil, nil
}

func (e *editor) didClose(_ context.Context, p documentParams) (any, error) {
	if path, _, open := e.document(p.Document.URI); open {
		e.mu.Lock()
		e.documents.docs = maps.Clone(e.documents.docs)
		delete(e.documents.docs, path)
		e.mu.Unlock()
		e.touch(0, false)
	}
	return nil, nil
}

// didChangeFiles looks again: which files make a project is known only by reading them.
func (e *editor) didChangeFiles(context.Context, struct{}) (any, error) {
	e.touch(pause, true)
	return nil, nil
}

// put keeps a text. Whoever works on the texts of before is not disturbed.
func (e *editor) put(path string, d document) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.documents.docs = maps.Clone(e.documents.docs)
	e.documents.docs[path] = d
}

// document finds an open text.
func (e *editor) document(uri string) (path string, doc document, open bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.documents.document(uri)
}

// document finds an open text.
func (d openDocuments) document(uri string) (path string, doc document, open bool) {
	path, err := pathOf(uri)
	if err != nil {
		return "", doc, false
	}
	doc, open = d.docs[path]
	return path, doc, open
}

// unsaved are the texts that differ from the disk, by path.
func (d openDocuments) unsaved() map[string][]byte {
	texts := map[string][]byte{}
	for path, doc := range d.docs {
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			continue // a pipe would have to be waited for
		}
		if saved, err := safefile.Read(path, compose.MaxFile); err != nil || !bytes.Equal(saved, doc.Text) {
			texts[path] = doc.Text
		}
	}

	return texts
}
