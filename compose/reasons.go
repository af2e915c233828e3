package compose

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/override"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/portlint/portlint/lint"
)

// compose-go stops at the first fault of many kinds, and which one comes first changes from run to run, because it
// walks maps. What is here asks it again until every fault of that kind is known, so that the answer is the same each
// time.

// maxReasons bounds the reasons of one kind.
const maxReasons = 20

// fault is one reason of compose-go, with its place where that is known already.
type fault struct {
	reason string
	span   lint.Span
}

// faults lists every fault of the kind that stopped compose-go.
func (r *reader) faults(ctx context.Context, err error) []fault {
	reason := err.Error()
	if r.unsafe() != nil { // compose-go was not asked
		return []fault{{reason: reason}}
	}
	switch {
	case r.fromFiles(reason):
		return r.fileFaults()
	case strings.HasPrefix(reason, "validating "):
		all := r.schemaFaults(ctx, err)
		if len(all) == 0 && strings.Contains(reason, ": services.") { // a port stands in the way
			all = r.serviceFaults(ctx)
		}
		if len(all) > 0 {
			return all
		}
	}
	leaves := leaves(err)
	if strings.HasPrefix(reason, envFileReason) {
		return r.envFileFaults(ctx)
	}
	if len(leaves) == 1 && !r.placed(leaves[0]) && !r.fromGuess(reason) {
		if all := r.serviceFaults(ctx); len(all) > 0 {
			return all
		}
	}
	var out []fault
	for _, reason := range leaves {
		out = append(out, fault{reason: turnedCircle(reason)})
	}
	return out
}

// decoded is how the decoder into structs quotes a path: 'services[web].ports[0].target'.
var decoded = regexp.MustCompile(`'(\w+)\[([^\]]+)\]\.([^']+)'`)

// leaves flattens joined errors into their reasons.
func leaves(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{decoded.ReplaceAllString(err.Error(), "$1.$2.$3")}
	}
	var out []string
	for _, e := range joined.Unwrap() {
		out = append(out, leaves(e)...)
	}
	return out
}

// fromFiles reports whether compose-go stopped at a file or a service that another file names and that is not there.
func (r *reader) fromFiles(reason string) bool {
	if len(r.missing) == 0 || strings.HasPrefix(reason, "include cycle") {
		return false
	}
	return strings.HasPrefix(reason, "cannot extend service") || slices.ContainsFunc(r.missing, func(m missing) bool {
		return strings.Contains(reason, m.path)
	})
}

// fileFaults lists every file and service that is not there, each at the first place that names it.
func (r *reader) fileFaults() []fault {
	var out []fault
	seen := map[string]bool{}
	for _, m := range slices.SortedStableFunc(slices.Values(r.missing), func(a, b missing) int { return a.span.Compare(b.span) }) {
		if seen[m.path+m.ref] {
			continue
		}
		seen[m.path+m.ref] = true
		f := fault{reason: m.err.Error(), span: m.span}
		if errors.Is(m.err, fs.ErrNotExist) {
			f.reason = "open " + m.path + ": no such file or directory"
		}
		out = append(out, f)
	}
	return out
}

// placed reports whether a reason leads to a place by itself, and is the same each time.
func (r *reader) placed(reason string) bool {
	return markOf.MatchString(reason) || lineOf.MatchString(reason) || pathOf.MatchString(reason) || strings.HasPrefix(reason, "include cycle") ||
		strings.HasPrefix(reason, "empty compose file") || strings.HasPrefix(reason, "top-level object") ||
		strings.HasPrefix(reason, "project name")
}

// serviceFaults loads each service by itself, with the ports only where all of its items are valid.
func (r *reader) serviceFaults(ctx context.Context) []fault {
	var out []fault
	for _, name := range slices.Sorted(maps.Keys(r.found)) {
		s := r.found[name]
		service := s.asWritten()
		if slices.ContainsFunc(s.items, func(it *item) bool { return r.readings[it].invalid != nil }) {
			delete(service, "ports")
		}
		for _, reason := range r.loadService(ctx, map[string]any{"services": map[string]any{name: service}}) {
			f := fault{reason: reason}
			if !r.placed(reason) && len(extraNames(reason)) == 0 {
				f.span = s.place(reason)
			}
			out = append(out, f)
		}
		if len(out) >= maxReasons {
			break
		}
	}
	return out
}

// asWritten is a service by itself with its variables still in it.
func (s *service) asWritten() map[string]any {
	all := map[string]any{}
	for _, l := range s.layers {
		all = merged(all, l.decode(nil, func(s string) string { return s }))
	}
	delete(all, "extends")
	return all
}

// envFileReason begins what compose-go says of an env file of a service. It says so of one service, and not always the
// same one. Source: compose-go types/project.go, WithServicesEnvironmentResolved.
const envFileReason = "env file "

// envFileFaults lists the env files for which compose-go refuses a service, each once.
func (r *reader) envFileFaults(ctx context.Context) []fault {
	var out []fault
	for _, name := range slices.Sorted(maps.Keys(r.found)) {
		service := r.found[name].asWritten()
		delete(service, "ports")
		details := r.details()
		details.ConfigFiles = []types.ConfigFile{{Filename: "compose.yaml", Content: []byte{}, Config: map[string]any{"services": map[string]any{name: service}}}}
		_, err := guarded(func() (*types.Project, error) {
			return loader.LoadWithContext(ctx, details, r.options, func(o *loader.Options) { o.SkipNormalization, o.SkipConsistencyCheck = true, true })
		})
		if err != nil && strings.HasPrefix(err.Error(), envFileReason) && !slices.Contains(out, fault{reason: err.Error()}) {
			out = append(out, fault{reason: err.Error()})
		}
	}
	return out
}

// loadService loads a model of one service with its variables still in it, and lists why compose-go refuses it.
func (r *reader) loadService(ctx context.Context, model map[string]any) []string {
	var out []string
	for range maxReasons {
		details := r.details()
		details.ConfigFiles = []types.ConfigFile{{Filename: "compose.yaml", Content: []byte{}, Config: clone(model).(map[string]any)}}
		_, err := guarded(func() (*types.Project, error) {
			return loader.LoadWithContext(ctx, details, r.options, func(o *loader.Options) {
				o.SkipNormalization, o.SkipConsistencyCheck, o.SkipResolveEnvironment = true, true, true
			})
		})
		if err == nil {
			break
		}
		reasons := leaves(err)
		schema, ok := strings.CutPrefix(reasons[0], "validating compose.yaml: ")
		if !ok {
			out = append(out, reasons...)
			break
		}
		out = append(out, schema)
		if !takeOut(model, schema) {
			break
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// guarded turns a panic of compose-go, which some values of the wrong type bring about, into an error.
func guarded[T any](load func() (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("compose-go cannot read this project: %v", p)
		}
	}()
	return load()
}

// place is where a service holds what a reason quotes, else its key.
func (s *service) place(reason string) lint.Span {
	for _, l := range slices.Backward(s.layers) {
		for _, word := range strings.Fields(reason) {
			visits := maxVisits
			if word = strings.Trim(word, `"'`); len(word) > 1 {
				if n := scalarNamed(l.node, strings.TrimSuffix(word, ":"), &visits); n != nil {
					return l.file.span(n)
				}
			}
		}
	}
	return s.key()
}

// maxChecked bounds the services that are checked one by one.
const maxChecked = 500

// inconsistent checks every service of the project by itself, the others reduced to their names, so that all faults
// are found and not the first of a random order. err is what the whole project gave.
func (r *reader) inconsistent(ctx context.Context, details types.ConfigDetails, err error) error {
	model, loadErr := guarded(func() (map[string]any, error) { return loader.LoadModelWithContext(ctx, details, r.options) })
	services, _ := model["services"].(map[string]any)
	if loadErr != nil || len(services) > maxChecked {
		return err
	}
	all := []error{err}
	for _, name := range slices.Sorted(maps.Keys(services)) {
		one := alone(model, name)
		for len(all) <= maxReasons {
			_, e := r.toProject(clone(one).(map[string]any), details)
			if e == nil {
				break
			}
			all = append(all, e)
			if !dropUndefined(one["services"].(map[string]any)[name], e.Error()) {
				break
			}
		}
	}
	if len(all) > 1 { // the first one is among them, or it is a circle of several
		all = all[1:]
	}
	slices.SortStableFunc(all, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(slices.CompactFunc(all, func(a, b error) bool { return a.Error() == b.Error() })...)
}

var undefinedName = regexp.MustCompile(`(?:refers to undefined (network|model) |depends on undefined (service) ")([^\s":]+)`)

// dropUndefined takes what a reason calls undefined out of a service, so that the next reason shows: of several, compose-go
// names one at random. It reports whether there was something. Source: compose-go loader/validate.go, checkConsistency.
func dropUndefined(service any, reason string) bool {
	m := undefinedName.FindStringSubmatch(reason)
	s, ok := service.(map[string]any)
	if m == nil || !ok {
		return false
	}
	key := map[string]string{"network": "networks", "model": "models", "service": "depends_on"}[m[1]+m[2]]
	switch names := s[key].(type) {
	case map[string]any:
		_, ok = names[m[3]]
		delete(names, m[3])
		return ok
	case []any:
		kept := slices.DeleteFunc(names, func(n any) bool { return n == m[3] })
		s[key] = kept
		return len(kept) < len(names)
	}
	return false
}

// alone copies a model with every service but one reduced to what others may refer to.
func alone(model map[string]any, name string) map[string]any {
	one := clone(model).(map[string]any)
	services, _ := one["services"].(map[string]any)
	for other, s := range services {
		if other != name {
			services[other] = stub(s)
		}
	}
	return one
}

// stub keeps of a service what others may refer to.
func stub(service any) map[string]any {
	s, _ := service.(map[string]any)
	out := map[string]any{"image": "stub"}
	for _, key := range []string{"build", "profiles"} {
		if v, ok := s[key]; ok {
			out[key] = v
		}
	}
	return out
}

// merged merges as Compose does; what can't be merged is left out.
func merged(base, over map[string]any) map[string]any {
	if out, err := override.ExtendService(maps.Clone(base), over); err == nil {
		return out
	}
	return base
}
