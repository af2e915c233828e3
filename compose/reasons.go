package compose

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/portlint/portlint/compose/syntax"
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
func (d *diagnosis) faults(ctx context.Context, err error) []fault {
	reason := err.Error()
	if d.unsafe() != nil { // compose-go was not asked
		if isRefused(err) {
			return d.fileFaults()
		}
		return []fault{{reason: reason}}
	}

	switch {
	case d.fromFiles(reason):
		return d.fileFaults()
	case strings.HasPrefix(reason, "validating "):
		all := d.schemaFaults(ctx, err)
		if len(all) == 0 && strings.Contains(reason, ": services.") { // a port stands in the way
			all = d.serviceFaults(ctx)
		}
		if len(all) > 0 {
			return all
		}
	}

	leaves := leaves(err)
	if strings.HasPrefix(reason, envFileReason) {
		return d.envFileFaults(ctx)
	}
	if len(leaves) == 1 && !d.placed(leaves[0]) && !d.fromGuess(reason) {
		if all := d.serviceFaults(ctx); len(all) > 0 {
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
func (d *diagnosis) fromFiles(reason string) bool {
	if len(d.missing) == 0 || strings.HasPrefix(reason, "include cycle") {
		return false
	}
	return strings.HasPrefix(reason, "cannot extend service") || slices.ContainsFunc(d.missing, func(m missing) bool {
		return strings.Contains(reason, m.path)
	})
}

// fileFaults lists every file and service that is not there, each at the first place that names it.
func (d *diagnosis) fileFaults() []fault {
	var out []fault
	seen := map[string]bool{}
	for _, m := range slices.SortedStableFunc(slices.Values(d.missing), func(a, b missing) int { return a.span.Compare(b.span) }) {
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
func (d *diagnosis) placed(reason string) bool {
	return markOf.MatchString(reason) || lineOf.MatchString(reason) || pathOf.MatchString(reason) || strings.HasPrefix(reason, "include cycle") ||
		strings.HasPrefix(reason, "empty compose file") || strings.HasPrefix(reason, "top-level object") ||
		strings.HasPrefix(reason, "project name")
}

// serviceFaults loads each service by itself, with the ports only where all of its items are valid.
func (d *diagnosis) serviceFaults(ctx context.Context) []fault {
	var out []fault
	for _, name := range slices.Sorted(maps.Keys(d.found)) {
		s := d.found[name]
		service := s.asWritten()
		if slices.ContainsFunc(s.items, func(it *item) bool { return d.readings[it].invalid != nil }) {
			delete(service, "ports")
		}
		for _, reason := range d.loadService(ctx, map[string]any{"services": map[string]any{name: service}}) {
			f := fault{reason: reason}
			if !d.placed(reason) && len(extraNames(reason)) == 0 {
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
func (d *diagnosis) envFileFaults(ctx context.Context) []fault {
	var out []fault
	for _, name := range slices.Sorted(maps.Keys(d.found)) {
		service := d.found[name].asWritten()
		delete(service, "ports")
		err := d.loadAlone(ctx, map[string]any{"services": map[string]any{name: service}}, true)
		if err != nil && strings.HasPrefix(err.Error(), envFileReason) && !slices.Contains(out, fault{reason: err.Error()}) {
			out = append(out, fault{reason: err.Error()})
		}
	}
	return out
}

// loadService loads a model of one service with its variables still in it, and lists why compose-go refuses it.
func (c *composer) loadService(ctx context.Context, model map[string]any) []string {
	var out []string
	for range maxReasons {
		err := c.loadAlone(ctx, clone(model).(map[string]any), false)
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

// loadAlone is what compose-go says of a model by itself, of its env files only with envFiles.
func (c *composer) loadAlone(ctx context.Context, model map[string]any, envFiles bool) error {
	details := c.details()
	details.ConfigFiles = []types.ConfigFile{{Filename: "compose.yaml", Content: []byte{}, Config: model}}
	_, err := guarded(func() (*types.Project, error) {
		return loader.LoadWithContext(ctx, details, c.options, func(o *loader.Options) {
			o.SkipNormalization, o.SkipConsistencyCheck, o.SkipResolveEnvironment = true, true, !envFiles
		})
	})
	return err
}

// place is where a service holds what a reason quotes, else its key.
func (s *service) place(reason string) lint.Span {
	for _, l := range slices.Backward(s.layers) {
		for _, word := range strings.Fields(reason) {
			visits := syntax.MaxVisits
			if word = strings.Trim(word, `"'`); len(word) > 1 {
				if n := scalarNamed(l.node, strings.TrimSuffix(word, ":"), &visits); n != nil {
					return l.file.Span(n)
				}
			}
		}
	}
	return s.key()
}
