package compose

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v4"
)

// extended returns a service of a document with what it extends below it.
func (w *walker) extended(own services, name string, f *file, drop resets, sc scope, seen []string) *service {
	s := own[name]
	ref := fmt.Sprint(f.path, "\x00", name)
	if s == nil || s.pending == nil || slices.Contains(seen, ref) || len(seen) > maxDepth {
		return s
	}
	base := w.base(own, s.pending, f, drop, sc, append(seen, ref))
	if base != nil {
		s = s.over(drop.under(name, &service{name: name, layers: base.layers, items: base.items}))
	}
	done := *s
	done.pending = nil
	return &done
}

// base finds and completes the service that a layer extends, nil when it extends none or it can't be read.
func (w *walker) base(own services, top *layer, f *file, drop resets, sc scope, seen []string) *service {
	visits := maxVisits
	extends := resolve(get(entries(top.node, &visits), "extends"))
	if extends == nil {
		return nil
	}
	if extends.Kind == yaml.ScalarNode {
		return w.sibling(own, top, extends, f, drop, sc, seen)
	}
	members := entries(extends, &visits)
	ref := text(sc.env, get(members, "service"))
	path := text(sc.env, get(members, "file"))
	if path == "" {
		return w.sibling(own, top, get(members, "service"), f, drop, sc, seen)
	}
	at := top.file.span(resolve(get(members, "file")))
	if isRemote(path) {
		w.remote("extends file", resolve(get(members, "file")).Value, at)
		return nil
	}
	path = w.local(sc.dir, path)
	other, err := w.open(path)
	if errors.Is(err, errOutside) {
		w.skip("extends file", resolve(get(members, "file")).Value, at)
		return nil
	}
	if err != nil {
		w.missing = append(w.missing, missing{path: path, span: at, err: err})
		return nil
	}
	theirs, last := services{}, resets{}
	for _, doc := range other.docs {
		doc.drop.apply(theirs)
		theirs.merge(w.services(other, entries(doc.root, &w.visits), "extends", sc.env))
		last = doc.drop
	}
	if theirs[ref] == nil {
		at = top.file.span(cmp.Or(resolve(get(members, "service")), extends))
		w.missing = append(w.missing, missing{path: path, ref: ref, span: at,
			err: fmt.Errorf("cannot extend service %q in %s: service %q not found in %s", top.key.Value, top.file.path, ref, path)})
		return nil
	}
	sc.dir = filepath.Dir(path)
	return w.extended(theirs, ref, other, last, sc, seen)
}

// sibling completes the service of the same file that a layer extends.
func (w *walker) sibling(own services, top *layer, name *yaml.Node, f *file, drop resets, sc scope, seen []string) *service {
	ref := text(sc.env, name)
	if own[ref] == nil {
		if n := resolve(name); n != nil {
			w.missing = append(w.missing, missing{path: top.file.path, ref: ref, span: top.file.span(n),
				err: fmt.Errorf("cannot extend service %q in %s: service %q not found", top.key.Value, top.file.path, ref)})
		}
		return nil
	}
	return w.extended(own, ref, f, drop, sc, seen)
}
