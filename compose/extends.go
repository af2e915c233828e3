package compose

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/portlint/portlint/compose/disk"
	"github.com/portlint/portlint/compose/syntax"
	"go.yaml.in/yaml/v4"
)

// extended returns a service of a document with what it extends below it.
func (w *walker) extended(own services, name string, f *syntax.File, drop syntax.Resets, sc scope, seen []string) *service {
	s := own[name]
	ref := fmt.Sprint(f.Path, "\x00", name)
	done := s == nil || s.pending == nil
	if done || slices.Contains(seen, ref) || len(seen) > maxDepth {
		return s
	}

	base := w.base(own, s.pending, f, drop, sc, append(seen, ref))
	if base != nil {
		s = s.over((&service{name: name, layers: base.layers, items: base.items}).under(drop, name))
	}

	complete := *s
	complete.pending = nil
	return &complete
}

// base finds and completes the service that a layer extends, nil when it extends none or it can't be read.
func (w *walker) base(own services, top *layer, f *syntax.File, drop syntax.Resets, sc scope, seen []string) *service {
	visits := syntax.MaxVisits
	extends := syntax.Resolve(syntax.Lookup(top.node, "extends", &visits))
	if extends == nil {
		return nil
	}
	if extends.Kind == yaml.ScalarNode {
		return w.sibling(own, top, extends, f, drop, sc, seen)
	}

	members := syntax.Entries(extends, &visits)
	ref := text(sc.env, syntax.Get(members, "service"))
	path := text(sc.env, syntax.Get(members, "file"))
	if path == "" {
		return w.sibling(own, top, syntax.Get(members, "service"), f, drop, sc, seen)
	}

	at := top.file.Span(syntax.Resolve(syntax.Get(members, "file")))
	if isRemote(path) {
		w.remote("extends file", syntax.Resolve(syntax.Get(members, "file")).Value, at)
		return nil
	}

	path = w.local(sc.dir, path)
	other, err := w.open(path)
	if errors.Is(err, disk.ErrOutside) {
		w.skip("extends file", syntax.Resolve(syntax.Get(members, "file")).Value, at)
		return nil
	}
	if err != nil {
		w.missing = append(w.missing, missing{path: path, span: at, err: err})
		return nil
	}

	theirs, last := services{}, syntax.Resets{}
	for _, doc := range other.Docs {
		theirs.reset(doc.Drop)
		theirs.merge(w.services(other, syntax.Entries(doc.Root, &w.visits), "extends", sc.env))
		last = doc.Drop
	}
	if theirs[ref] == nil {
		at = top.file.Span(cmp.Or(syntax.Resolve(syntax.Get(members, "service")), extends))
		w.missing = append(w.missing, missing{path: path, ref: ref, span: at,
			err: fmt.Errorf("cannot extend service %q in %s: service %q not found in %s", top.key.Value, top.file.Path, ref, path)})
		return nil
	}
	sc.dir = filepath.Dir(path)
	return w.extended(theirs, ref, other, last, sc, seen)
}

// sibling completes the service of the same file that a layer extends.
func (w *walker) sibling(own services, top *layer, name *yaml.Node, f *syntax.File, drop syntax.Resets, sc scope, seen []string) *service {
	ref := text(sc.env, name)
	if own[ref] == nil {
		if n := syntax.Resolve(name); n != nil {
			w.missing = append(w.missing, missing{path: top.file.Path, ref: ref, span: top.file.Span(n),
				err: fmt.Errorf("cannot extend service %q in %s: service %q not found", top.key.Value, top.file.Path, ref)})
		}
		return nil
	}
	return w.extended(own, ref, f, drop, sc, seen)
}
