package edit

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// view is one way in which a project is loaded before and after the edits.
type view struct {
	target  Target
	options compose.Options
	when    string // "" with the environment as it is
	free    bool   // variables of the environment can be set in it
	before  compose.Shape
	broken  string // why nothing can be proved in it
}

// look makes two views of every project: with the environment as it is and without it. New variables are tried in the
// one that Compose loads, best without the environment.
func (r *rehearsal) look() error {
	for _, t := range r.targets {
		before, err := t.Loaded.Shape()
		asIs := &view{target: t, options: t.Options, before: before}
		if err != nil {
			asIs.broken = err.Error()
		}
		bare := &view{target: t, options: withoutEnv(t.Options), when: " where the environment is empty"}
		r.views = append(r.views, asIs)
		if !t.Options.Static && len(bare.options.Env) == len(t.Options.Env) {
			asIs.free = true
			continue
		}
		if bare.before, err = shape(r.ctx, bare.options); err != nil {
			asIs.free = !t.Options.Static
			continue // without its environment it is no project
		}
		asIs.free = !t.Options.Static && before.Exact() && !bare.before.Exact()
		bare.free = !asIs.free
		r.views = append(r.views, bare)
	}
	return r.ctx.Err()
}

// withoutEnv keeps of the environment what chooses the project, and reads it as `up` does.
func withoutEnv(o compose.Options) compose.Options {
	o.Static = false
	env := map[string]string{}
	for name, value := range o.Env {
		if strings.HasPrefix(name, "COMPOSE_") || name == "PWD" {
			env[name] = value
		}
	}
	o.Env = env
	return o
}

func shape(ctx context.Context, o compose.Options) (compose.Shape, error) {
	loaded, err := compose.Load(ctx, o)
	if err != nil {
		return compose.Shape{}, err
	}
	return loaded.Shape()
}

// reads reports whether the project may read one of the files: it did, or one lies beside its files or is named in them.
func (v *view) reads(files map[string]bool) bool {
	dirs := map[string]bool{v.target.Loaded.Project.Dir: true}
	for path := range v.target.Loaded.Sources {
		dirs[filepath.Dir(path)] = true
	}
	names := map[string]bool{}
	for file := range files {
		if _, ok := v.target.Loaded.Sources[file]; ok || dirs[filepath.Dir(file)] {
			return true
		}
		names[filepath.Base(file)] = true
	}
	for name := range names {
		for _, src := range v.target.Loaded.Sources {
			if bytes.Contains(src.Text, []byte(name)) {
				return true
			}
		}
	}
	return false
}

// name is the project for people. One that nobody asked for is named with its file.
func (v *view) name() string {
	p := v.target.Loaded.Project
	if v.target.Other {
		return fmt.Sprintf("project %q of %q", p.Name, p.Files[0])
	}
	return fmt.Sprintf("project %q", p.Name)
}

// crowded says which port of a project that nobody asked for would be given twice: no rule looked at it.
func (v *view) crowded(moves []lint.Move) string {
	if !v.target.Other {
		return ""
	}
	bindings := v.target.Loaded.Project.Bindings()
	for _, m := range moves {
		for _, b := range bindings {
			if m.From != m.To && b.Entry != m.Item && int(b.First) < int(m.To)+max(m.Width, 1) && b.Last >= m.To {
				return fmt.Sprintf("%s has %d already", v.name(), m.To)
			}
		}
	}
	return ""
}
