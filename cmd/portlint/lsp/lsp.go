// Package lsp is the language server: what the rules say of the texts that are open in an editor, and the fixes that are proved.
package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"github.com/creachadair/jrpc2"
	"github.com/creachadair/jrpc2/channel"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// Serve serves one editor until it says exit, or closes its end.
func Serve(ctx context.Context, w run.Process, g run.Flags) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	e := newEditor(ctx, w, g)
	e.conn = jrpc2.NewServer(e, &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: maxAtOnce,
		NewContext: func() context.Context { return ctx }})
	e.conn.Start(anyType{channel.LSP(w.Stdin, unclosed{w.Stdout})})
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = e.conn.Wait() // how the other end went away makes no difference
	}()

	select {
	case <-closed:
	case <-e.left:
	case <-ctx.Done():
	}
	if !e.wasShutDown() {
		return run.ExitStatus(1) // as the protocol has it
	}
	return nil
}

// maxAtOnce bounds the messages that are worked on at once: hovers that wait for an engine must not keep a text from
// changing.
const maxAtOnce = 32

// anyType takes messages whatever their Content-Type says: editors spell utf-8 in more than one way.
type anyType struct{ channel.Channel }

// Recv returns the next message.
func (c anyType) Recv() ([]byte, error) {
	text, err := c.Channel.Recv()
	var mismatch *channel.ContentTypeMismatchError
	if errors.As(err, &mismatch) {
		err = nil
	}
	return text, err
}

// unclosed leaves standard output open: the process is about to end anyway.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }

// editor is the conversation with one editor.
type editor struct {
	run.Process
	run.Flags
	ctx     context.Context
	conn    *jrpc2.Server
	methods map[string]jrpc2.Handler
	left    chan struct{} // closed when the editor says exit
	sending sync.Mutex    // held while diagnostics are sent, so that they arrive in order

	mu        sync.Mutex // guards everything below
	phase     phase
	client    abilities
	flags     run.Overrides
	static    bool
	documents openDocuments
	stop      context.CancelFunc // of the run that waits or is under way
	wantLive  bool               // the machine is to be asked
	last      *analysis          // the latest one
	published map[string]string  // by path: the URI that has diagnostics
	pending   map[string]func()  // by request: stops it
	said      string             // the last log message about what was not checked
}

// phase is how far the conversation has come.
type phase int

const (
	uninitialized phase = iota // not initialized
	running
	shutDown
)

func newEditor(ctx context.Context, w run.Process, g run.Flags) *editor {
	w.Stdin, w.Stdout, w.Stderr = nil, io.Discard, io.Discard // the protocol's alone
	w.Silence = nil                                           // an engine may come up while the editor is open
	g.Files, g.ProjectDir = nil, ""                           // the open files say which projects
	e := &editor{Process: w, Flags: g, ctx: ctx, left: make(chan struct{}), stop: func() {}, published: map[string]string{},
		pending: map[string]func(){}, documents: openDocuments{docs: map[string]document{}}}
	e.methods = map[string]jrpc2.Handler{
		"initialized":                     on(e, e.initialized),
		"$/cancelRequest":                 on(e, e.cancelRequest),
		"textDocument/didOpen":            on(e, e.didOpen),
		"textDocument/didChange":          on(e, e.didChange),
		"textDocument/didSave":            on(e, e.didSave),
		"textDocument/didClose":           on(e, e.didClose),
		"workspace/didChangeWatchedFiles": on(e, e.didChangeFiles),
		"textDocument/hover":              on(e, e.hover),
		"textDocument/codeAction":         on(e, e.codeAction),
	}

	return e
}

// Assign finds the handler of a message. It is asked in the order in which messages arrive, so the phase is kept here.
func (e *editor) Assign(ctx context.Context, method string) jrpc2.Handler {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case method == "exit":
		return e.exit
	case e.phase == shutDown:
		return reject(jrpc2.InvalidRequest, "the server was shut down")
	case method == "initialize" && e.phase == running:
		return reject(jrpc2.InvalidRequest, "initialize was sent before")
	case method == "initialize":
		e.phase = running
		return on(e, e.initialize)
	case e.phase == uninitialized:
		return reject(serverNotInitialized, "the first request must be initialize")
	case method == "shutdown":
		e.phase = shutDown
		e.stop()
		return func(context.Context, *jrpc2.Request) (any, error) { return nil, nil }
	}

	handle, req := e.methods[method], jrpc2.InboundRequest(ctx)
	if handle == nil || req.IsNotification() {
		return handle
	}
	return e.stoppable(req.ID(), handle)
}

// stoppable makes a handler that $/cancelRequest can stop from now on.
func (e *editor) stoppable(id string, handle jrpc2.Handler) jrpc2.Handler {
	ctx, stop := context.WithCancel(e.ctx)
	e.pending[id] = stop
	return func(_ context.Context, req *jrpc2.Request) (any, error) {
		defer func() {
			stop()
			e.mu.Lock()
			defer e.mu.Unlock()
			delete(e.pending, id)
		}()
		return handle(ctx, req)
	}
}

// The error codes of the protocol that are not JSON-RPC's own.
const (
	serverNotInitialized = jrpc2.Code(-32002)
	requestCancelled     = jrpc2.Code(-32800)
)

func reject(code jrpc2.Code, why string) jrpc2.Handler {
	return func(context.Context, *jrpc2.Request) (any, error) { return nil, jrpc2.Errorf(code, "%s", why) }
}

// exit ends the conversation.
func (e *editor) exit(context.Context, *jrpc2.Request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	select {
	case <-e.left:
	default:
		close(e.left)
	}
	return nil, nil
}

func (e *editor) wasShutDown() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.phase == shutDown
}

// on makes a handler of a function of a message's parameters. A panic costs that message alone.
func on[P any](e *editor, handle func(context.Context, P) (any, error)) jrpc2.Handler {
	return func(ctx context.Context, req *jrpc2.Request) (answer any, err error) {
		defer func() {
			if v := recover(); v != nil {
				e.brokeDown(v)
				err = jrpc2.Errorf(jrpc2.InternalError, "%s broke down: %v", req.Method(), v)
			}
		}()
		var params P
		if req.HasParams() {
			if err := req.UnmarshalParams(&params); err != nil {
				return nil, jrpc2.Errorf(jrpc2.InvalidParams, "%s: %s", req.Method(), err)
			}
		}
		answer, err = handle(ctx, params)
		if ctx.Err() != nil {
			return nil, jrpc2.Errorf(requestCancelled, "%s was cancelled", req.Method())
		}
		return answer, err
	}
}

// brokeDown tells of a panic.
func (e *editor) brokeDown(v any) {
	e.log(logError, fmt.Sprintf("portlint broke down, please report this: %v\n%s", v, debug.Stack()))
}

// cancelRequest gives up a request.
func (e *editor) cancelRequest(_ context.Context, p cancelParams) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if stop, ok := e.pending[string(p.ID)]; ok {
		stop()
	}
	return nil, nil
}

// log shows a message where the editor keeps those of language servers.
func (e *editor) log(kind int, text string) {
	e.notify("window/logMessage", logParams{Type: kind, Message: text})
}

// notify sends a notification. One that can't be sent has no reader any more.
func (e *editor) notify(method string, params any) { _ = e.conn.Notify(e.ctx, method, params) }
