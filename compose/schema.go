package compose

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
)

var schemaPath = regexp.MustCompile(`^(\S+) (.*)$`)

// schemaFaults asks the schema again and again, taking out what it refused last.
func (d *diagnosis) schemaFaults(ctx context.Context, err error) []fault {
	prefix, _, _ := strings.Cut(err.Error(), ": ")
	model, loadErr := guarded(func() (map[string]any, error) {
		return loader.LoadModelWithContext(ctx, d.details(), d.options, func(o *loader.Options) {
			o.SkipValidation, o.SkipNormalization = true, true
		})
	})
	if loadErr != nil {
		return nil
	}

	delete(model, "version")
	var out []fault
	for range maxReasons {
		err := schema.Validate(model)
		if err == nil {
			break
		}
		reason := sortedNames(err.Error())
		out = append(out, fault{reason: prefix + ": " + reason})
		if !takeOut(model, reason) {
			break
		}
	}
	slices.SortFunc(out, func(a, b fault) int { return strings.Compare(a.reason, b.reason) })
	return out
}

var quotedNames = regexp.MustCompile(`'[^']*'(, '[^']*')+`)

// sortedNames puts the names of "additional properties 'b', 'a' not allowed" in order.
func sortedNames(reason string) string {
	return quotedNames.ReplaceAllStringFunc(reason, func(list string) string {
		names := strings.Split(list, ", ")
		slices.Sort(names)
		return strings.Join(names, ", ")
	})
}

// takeOut removes from a model what a reason of the schema names: its additional properties, else the value itself.
func takeOut(model map[string]any, reason string) bool {
	var path []string
	if m := schemaPath.FindStringSubmatch(reason); m != nil && !strings.HasPrefix(reason, "additional propert") {
		path = strings.Split(m[1], ".")
	}

	extra := extraNames(reason)
	if len(extra) == 0 {
		if len(path) == 0 {
			return false
		}
		return removeAt(model, path)
	}

	removed := false
	for _, name := range extra {
		removed = removeAt(model, append(slices.Clone(path), name)) || removed
	}
	return removed
}

// removeAt deletes the value at a path whose keys may hold dots themselves. A list loses itself, not one element.
func removeAt(v any, path []string) bool {
	switch v := v.(type) {
	case map[string]any:
		for take := len(path); take > 0; take-- {
			name := strings.Join(path[:take], ".")
			child, ok := v[name]
			if !ok {
				continue
			}
			if take == len(path) || !removeAt(child, path[take:]) {
				delete(v, name)
			}
			return true
		}
	case []any:
		i := -1
		_, err := fmt.Sscan(path[0], &i)
		inside := err == nil && i >= 0 && i < len(v)
		if inside && len(path) > 1 {
			return removeAt(v[i], path[1:])
		}
	}
	return false
}
