package lsp

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/compose/find"
	"github.com/portlint/portlint/compose/recognize"
	"github.com/portlint/portlint/lint"
)

// openDocuments is what an answer rests on: the open texts, by path, and the machine as it was when a file was last opened or saved.
type openDocuments struct {
	generation int // counts the changes of anything
	docs       map[string]document
	machine    *lint.Host        // nil before it was asked, and in static
	others     map[uint16]string // ports that no suggestion takes, with who has them
}

// analysis is what is known of the open texts at one moment.
type analysis struct {
	openDocuments
	run.Run
	troubles map[string]error // why an open text could not be checked, by path
}

// touch plans a run after a delay, in place of one that waits or is under way. live asks the machine as well.
func (e *editor) touch(delay time.Duration, live bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop()
	ctx, stop := context.WithCancel(e.ctx)
	e.stop = stop
	e.documents.generation++
	e.wantLive = (e.wantLive || live) && !e.static
	go func() {
		defer stop()
		select {
		case <-ctx.Done():
		case <-time.After(delay):
			e.run(ctx)
		}
	}()
}

// run says what the texts say, and then, when the machine is to be asked, what that says of them.
func (e *editor) run(ctx context.Context) {
	defer func() {
		if v := recover(); v != nil {
			e.brokeDown(v)
		}
	}()

	now, err := e.current(ctx)
	if err != nil {
		return // it was stopped: another run follows
	}
	e.publish(now)
	e.mu.Lock()
	live := e.wantLive
	e.mu.Unlock()
	if live && e.askMachine(ctx, now) == nil {
		if now, err = e.current(ctx); err == nil {
			e.publish(now)
		}
	}
}

// current is what is known of the texts as they are now. It fails only when it is stopped.
func (e *editor) current(ctx context.Context) (*analysis, error) {
	e.mu.Lock()
	d, last := e.documents, e.last
	e.mu.Unlock()
	if last != nil && last.generation == d.generation {
		return last, nil
	}
	now, err := e.read(ctx, d)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.last == nil || e.last.generation < d.generation {
		e.last = now
	}
	return now, nil
}

// read finds the projects of the open texts, reads them with these texts in place of the disk's, and applies the rules.
func (e *editor) read(ctx context.Context, d openDocuments) (*analysis, error) {
	now := &analysis{openDocuments: d, troubles: map[string]error{}}
	now.Settings = run.NewSettingsFinder(e.Dir, e.flags)
	now.Settings.Confined = e.static
	options, err := e.projects(ctx, now)
	if err != nil {
		return nil, err
	}
	if now.Projects, err = run.Load(ctx, e.Process, e.Flags, options); err != nil {
		return nil, err
	}
	now.unreadable(e.Process)
	now.Projects.All = slices.DeleteFunc(now.Projects.All, now.unsettled)
	if now.SettingsByFile, err = run.NewSettingsByFile(now.Projects, now.Settings); err != nil {
		return nil, err
	}
	now.Host, now.Taken = d.machine, d.others
	if now.Host != nil {
		now.Projects.PlaceProjects(now.Host)
	}
	now.RunRules(now.Taken)
	return now, ctx.Err()
}

// projects finds the projects that the open texts belong to.
func (e *editor) projects(ctx context.Context, now *analysis) ([]compose.Options, error) {
	base, err := e.Flags.Options(e.Process, e.static)
	if err != nil {
		return nil, err
	}
	base.Overlay = now.unsaved()
	var saved []string
	var all []compose.Options
	for _, path := range slices.Sorted(maps.Keys(now.docs)) {
		info, err := os.Stat(path)
		switch {
		case err == nil && info.Mode().IsRegular():
			saved = append(saved, path)
		case errors.Is(err, os.ErrNotExist) && now.docs[path].isCompose(path):
			alone := base
			alone.Dir, alone.Files, alone.Standalone = filepath.Dir(path), []string{path}, true
			all = append(all, alone)
		}
	}

	found, err := find.Projects(ctx, base, saved, now.Settings.Excludes)
	if err != nil {
		return nil, err
	}

	for _, o := range found.Projects {
		if doc, open := now.alone(o); !open || doc.isCompose(o.Files[0]) {
			all = append(all, o)
		}
	}
	return all, nil
}

// alone is the open text that is a project by itself.
func (d openDocuments) alone(o compose.Options) (document, bool) {
	if !o.Standalone || len(o.Files) != 1 {
		return document{}, false
	}
	doc, open := d.docs[o.Files[0]]
	return doc, open
}

// isCompose reports whether a text that no project reads is one by itself: people open YAML files of all kinds.
func (d document) isCompose(path string) bool {
	languages := []string{"dockercompose", "yaml.docker-compose", "docker-compose"}
	return slices.Contains(languages, d.language) || recognize.IsName(filepath.Base(path)) && recognize.IsText(filepath.Base(path), d.Text)
}

// unreadable keeps, by open text, why a project could not be read.
func (now *analysis) unreadable(w run.Process) {
	for _, u := range now.Projects.Unread {
		for path := range now.docs {
			if u.What == run.Relative(w.Dir, path) || u.What == run.Relative(w.Dir, filepath.Dir(path)) {
				now.troubles[path] = errors.New(u.Why)
			}
		}
	}
}

// unsettled reports whether the settings of a project can't be read.
func (now *analysis) unsettled(p compose.Loaded) bool {
	_, err := now.Settings.Project(p.Project.Dir)
	for path := range now.docs {
		if err != nil && p.Sources[path] != nil {
			now.troubles[path] = err
		}
	}
	return err != nil
}

// patience is how long an engine may take to answer; then it is not known.
const patience = 2 * time.Second

// askMachine asks the machine about the projects. What it says is used from then on; it fails when it was stopped.
func (e *editor) askMachine(ctx context.Context, now *analysis) error {
	timed, stop := context.WithTimeout(ctx, e.Within(patience))
	defer stop()

	o := run.Run{Projects: now.Projects.Clone(), Settings: run.NewSettingsFinder(e.Dir, e.flags), SettingsByFile: now.SettingsByFile, Host: &lint.Host{}}
	if len(o.Projects.All) > 0 {
		o.Host = o.Projects.ProbeMachine(timed, o.Up)
		o.VerifySuggestions(timed)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.documents.generation != now.generation {
		return context.Canceled
	}
	e.documents.machine, e.documents.others, e.wantLive = o.Host, o.Taken, false
	e.documents.generation++
	o.Settings = now.Settings
	e.last = &analysis{openDocuments: e.documents, Run: o, troubles: now.troubles}
	e.tellBlind(o.Host.Blind)
	return nil
}

// tellBlind says what could not be looked at, when that is news.
func (e *editor) tellBlind(all []lint.Blind) {
	var lines []string
	for _, b := range all {
		lines = append(lines, run.Escape("not checked: "+b.What+": "+b.Why))
	}
	if text := strings.Join(lines, "\n"); text != e.said {
		e.said = text
		if text != "" {
			go e.log(logInfo, text)
		}
	}
}
