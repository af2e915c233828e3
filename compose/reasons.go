package compose

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// compose-go stops at the first fault of many kinds, and which one comes first changes from run to run, because it
// walks maps. What is here asks it for each service by itself, so that the answer is the same each time.

// maxReasons bounds the reasons of one kind.
const maxReasons = 20

// fault is one reason of compose-go, with what is known of it beside its words.
type fault struct {
	reason  string
	span    lint.Span // its place
	service *service  // it was asked for this one alone

	// What the schema refuses: the value at path, or keys of the mapping there that it does not have.
	path, keys []string
}

// ofSchema reports whether it is the schema that refuses something.
func (f fault) ofSchema() bool { return len(f.path)+len(f.keys) > 0 }

func (f fault) compare(o fault) int { return strings.Compare(f.reason, o.reason) }

// faultsOf are the reasons of an error; of is the service that compose-go was asked for, nil for the project.
func faultsOf(err error, of *service) []fault {
	var out []fault
	for _, reason := range reasonsIn(err) {
		f := fault{reason: turnedCircle(reason)}
		if validating, said, ok := schemaReason(reason); ok {
			f = schemaFault(said)
			f.reason = validating + f.reason
		}
		f.service = of
		out = append(out, f)
	}
	return out
}

// decoded is how the decoder into structs quotes a path: 'services[web].ports[0].target'.
var decoded = lazyexp.New(`'(\w+)\[([^\]]+)\]\.([^']+)'`)

// reasonsIn flattens joined errors into their reasons.
func reasonsIn(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{decoded().ReplaceAllString(err.Error(), "$1.$2.$3")}
	}
	var out []string
	for _, e := range joined.Unwrap() {
		out = append(out, reasonsIn(e)...)
	}
	return out
}

// faults lists every fault of the kind that stopped compose-go; modelled as [composer.load] says it.
func (d *diagnosis) faults(ctx context.Context, err error, modelled bool) []fault {
	if d.unsafe() != nil { // compose-go was not asked
		if isRefused(err) {
			return d.fileFaults()
		}
		return faultsOf(err, nil)
	}

	out := faultsOf(err, nil)
	if modelled {
		out = d.inconsistencies(ctx, err)
	}
	if slices.ContainsFunc(out, d.fromFiles) {
		return d.fileFaults()
	}
	if modelled {
		return out
	}

	all := d.schemaFaults(ctx, err)
	if len(all) == 0 && !d.isComplete(out) {
		all = d.serviceFaults(ctx)
	}
	if len(all) > 0 {
		return all
	}
	return out
}

// isComplete reports whether there is nothing more to find out about what compose-go said of the project: it gives several
// reasons together, or one that leads to its place, which others of its kind do too.
func (d *diagnosis) isComplete(faults []fault) bool {
	only := faults[0]
	if only.ofSchema() {
		return false
	}
	return len(faults) > 1 || d.fromGuess(only.reason) || strings.HasPrefix(only.reason, "project name") || d.locate(only).End > 0
}

// fromFiles reports whether compose-go stopped at a file or a service that another file names and that is not there.
func (d *diagnosis) fromFiles(f fault) bool {
	if len(d.missing) == 0 || strings.HasPrefix(f.reason, "include cycle") {
		return false
	}
	return strings.HasPrefix(f.reason, "cannot extend service") || slices.ContainsFunc(d.missing, func(m missing) bool {
		return strings.Contains(f.reason, m.path)
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

// serviceFaults loads each service by itself, with the ports only where all of its items are valid.
func (d *diagnosis) serviceFaults(ctx context.Context) []fault {
	var out []fault
	for _, name := range slices.Sorted(maps.Keys(d.found)) {
		s := d.found[name]
		service := s.asWritten()
		if slices.ContainsFunc(s.items, func(it *item) bool { return d.readings[it].invalid != nil }) {
			delete(service, "ports")
		}

		model := map[string]any{"services": map[string]any{name: service}}
		for len(out) < maxReasons {
			err := d.loadAlone(ctx, s, clone(model).(map[string]any))
			if err == nil {
				break
			}
			faults := faultsOf(err, s)
			out = append(out, faults...)
			if !faults[0].ofSchema() || !faults[0].takeOut(model) {
				break
			}
		}
	}
	slices.SortStableFunc(out, fault.compare)
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

// loadAlone is what compose-go says of a model of one service.
func (c *composer) loadAlone(ctx context.Context, s *service, model map[string]any) error {
	details := c.details()
	details.ConfigFiles = []types.ConfigFile{{Filename: c.mirrored(s.key().File), Content: []byte{}, Config: model}}
	_, err := guarded(func() (*types.Project, error) {
		return loader.LoadWithContext(ctx, details, c.options, func(o *loader.Options) {
			o.SkipNormalization, o.SkipConsistencyCheck, o.SkipResolveEnvironment = true, true, true
		})
	})
	return err
}
