package edit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/bits"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
)

// subject is a project that fixes are proved with, and the ways in which it is compared. They are found out when the first
// fix asks for them: most projects of a run are read by no fix.
type subject struct {
	target   Target
	reads    map[string]bool // the files of fixes that it may read
	services map[lint.Span][]string
	digests  map[string][sha256.Size]byte // see textDigests
	views    []*view
	ready    bool
}

// view is one setting under which a project is loaded before and after the edits.
type view struct {
	target  Target
	options compose.Options
	copied  map[string]compose.Copy // env files that are made out of an example file, by path
	when    string                  // "" with the environment as it is
	free    bool                    // new variables are tried in it
	other   bool                    // variables may have other values than those that the fixes were made for
	before  compose.Shape
	broken  string // why nothing can be proved in it
}

// prepare finds the views of a project: with the environment as it is and without it, with each example file taken as the
// env file, and each of these with the variables of the ports set to other values. A setting under which Compose refuses
// the project, where it does not without it, is no setting that anybody has.
func (s *subject) prepare(ctx context.Context) error {
	if s.ready {
		return nil
	}
	s.ready = true
	t := s.target
	before, err := t.Loaded.Shape()
	asIs := &view{target: t, options: t.Options, before: before}
	if err != nil {
		asIs.broken = err.Error()
	}
	s.views = append(s.views, asIs)

	bare, loaded := &view{target: t, options: withoutEnv(t.Options), when: " where the environment is empty"}, t.Loaded
	if !t.Options.Static && len(bare.options.Env) == len(t.Options.Env) {
		asIs.free, bare = true, asIs
	} else {
		loaded, err = compose.Load(ctx, bare.options)
		if err == nil {
			bare.before, err = loaded.Shape()
		}
		if err != nil { // without its environment it is no project
			asIs.free = !t.Options.Static
			return ctx.Err()
		}
		asIs.free = !t.Options.Static && before.IsFull() && !bare.before.IsFull()
		bare.free = !asIs.free
		s.views = append(s.views, bare)
	}
	s.addSettings(ctx, bare, loaded)
	return ctx.Err()
}

// addSettings adds the views that differ from one without environment by what people set.
func (s *subject) addSettings(ctx context.Context, bare *view, loaded compose.Loaded) {
	base := []*view{bare}
	for _, copies := range loaded.Copies {
		if v := bare.copying(copies); s.add(ctx, v, bare) {
			base = append(base, v)
		}
	}

	rounds := otherValues(loaded, bare.before.IsFull())
	for _, from := range base {
		for _, values := range rounds {
			s.add(ctx, from.setting(values), from)
		}
	}
}

// add adds a view in which Compose loads the project at least as well as in another one.
func (s *subject) add(ctx context.Context, v, from *view) bool {
	before, err := compose.LoadShape(ctx, v.options)
	if err != nil {
		return false
	}
	v.before, v.free = before, v.free || !from.before.IsFull()
	s.views = append(s.views, v)
	return true
}

// copying is a view in which example files were copied to env files.
func (v *view) copying(copies map[string]compose.Copy) *view {
	out := &view{target: v.target, options: v.options, copied: copies, free: true, other: true}
	out.options.Overlay = maps.Clone(v.options.Overlay)
	if out.options.Overlay == nil {
		out.options.Overlay = map[string][]byte{}
	}
	var said []string
	for _, file := range slices.Sorted(maps.Keys(copies)) {
		out.options.Overlay[file] = copies[file].Text
		said = append(said, fmt.Sprintf("%q is copied to %q", filepath.Base(copies[file].Example), filepath.Base(file)))
	}

	slices.Sort(said)
	out.when = " where " + lint.AndList(slices.Compact(said))
	return out
}

// setting is a view in which variables have other values.
func (v *view) setting(values map[string]string) *view {
	out := &view{target: v.target, options: v.options, copied: v.copied, other: true}
	out.options.Env = maps.Clone(v.options.Env)
	if out.options.Env == nil {
		out.options.Env = map[string]string{}
	}
	maps.Copy(out.options.Env, values)
	said := fmt.Sprintf("other values of %d variables", len(values))
	if len(values) <= 3 {
		var set []string
		for _, name := range slices.Sorted(maps.Keys(values)) {
			set = append(set, name+"="+values[name])
		}
		said = lint.AndList(set)
	}

	out.when = " with " + said
	if len(v.copied) > 0 {
		out.when = v.when + " and" + out.when
	}

	return out
}

// edited are the options of the view with edited texts.
func (v *view) edited(texts map[string][]byte) compose.Options {
	options := v.options
	options.Overlay = maps.Clone(options.Overlay)
	if options.Overlay == nil {
		options.Overlay = map[string][]byte{}
	}
	maps.Copy(options.Overlay, texts)
	for file, c := range v.copied {
		options.Overlay[file] = c.Text
		if text, ok := texts[c.Example]; ok {
			options.Overlay[file] = text
		}
	}

	return options
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

// reader finds the files that a project may read: it did, or one lies beside its files or is named in them.
type reader struct {
	target Target
	dirs   map[string]bool
	named  map[string]bool // file names, once looked for
}

func newReader(t Target) *reader {
	r := &reader{target: t, dirs: map[string]bool{t.Loaded.Project.Dir: true}, named: map[string]bool{}}
	for path := range t.Loaded.Sources {
		r.dirs[filepath.Dir(path)] = true
	}
	return r
}

func (r *reader) reads(file string) bool {
	if _, ok := r.target.Loaded.Sources[file]; ok || r.dirs[filepath.Dir(file)] {
		return true
	}

	name := filepath.Base(file)
	named, known := r.named[name]
	if !known {
		for _, src := range r.target.Loaded.Sources {
			named = named || bytes.Contains(src.Text, []byte(name))
		}
		r.named[name] = named
	}

	return named
}

// size is about how large the project is: the number of digits of that of its services.
func (s *subject) size() int { return bits.Len(uint(len(s.target.Loaded.Project.Services))) }

// readsAny reports whether the project may read one of the files of fixes.
func (s *subject) readsAny(files map[string]bool) bool {
	for file := range files {
		if s.reads[file] {
			return true
		}
	}
	return false
}

// servicesOf are the services that have an item, or a name of that place.
func (s *subject) servicesOf(item lint.Span) []string {
	if s.services == nil {
		s.services = map[lint.Span][]string{}
		for _, b := range s.target.Loaded.Project.Bindings() {
			if of := s.services[b.Entry]; !slices.Contains(of, b.Service) {
				s.services[b.Entry] = append(of, b.Service)
			}
		}
		for _, o := range s.target.Loaded.Project.Services {
			if at := o.ContainerName.Span; at.Known() {
				s.services[at] = append(s.services[at], o.Name)
			}
			for _, a := range o.Networks {
				if at := a.IPv4.Span; at.Known() {
					s.services[at] = append(s.services[at], o.Name)
				}
			}
		}
	}
	return s.services[item]
}

// name is the project for people. One that nobody asked for is named with its file.
func (v *view) name() string {
	p := v.target.Loaded.Project
	if v.target.Other {
		return fmt.Sprintf("project %q of %q", p.Label(), p.Files[0])
	}
	return fmt.Sprintf("project %q", p.Label())
}

// portTaken says which port of a project that nobody asked for would be given twice: no rule looked at it.
func (v *view) portTaken(moves []lint.Move) string {
	if !v.target.Other {
		return ""
	}

	bindings := v.target.Loaded.Project.Bindings()
	for _, m := range moves {
		if m.From == m.To || m.Name != "" {
			continue
		}
		for _, b := range bindings {
			if b.Entry != m.Item && b.Overlaps(lint.PortsFrom(m.To, m.Width)) {
				return fmt.Sprintf("%s has %d already", v.name(), m.To)
			}
		}
	}

	return ""
}
