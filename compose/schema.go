package compose

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"

	"github.com/portlint/portlint/lint/lazyexp"
)

// schemaReason is what the schema says in a reason of compose-go, and what stands before it.
func schemaReason(reason string) (validating, said string, ok bool) {
	validating, said, ok = strings.Cut(reason, ": ")
	return validating + ": ", said, ok && strings.HasPrefix(reason, "validating ")
}

// extraOf are the keys that the schema does not have, in the order of a map.
var extraOf = lazyexp.New(`^additional propert(?:y|ies) ('[^']+'(?:, '[^']+')*)`)

// schemaFault reads what the schema says: the path first, nothing for the top level, then what is wrong there.
func schemaFault(said string) fault {
	f := fault{reason: said}
	at, words, _ := strings.Cut(said, " ")
	if at != "" {
		f.path = strings.Split(at, ".")
	}

	if m := extraOf().FindStringSubmatch(words); m != nil {
		f.keys = strings.Split(strings.Trim(m[1], "'"), "', '")
		slices.Sort(f.keys)
		f.reason = strings.Replace(said, m[1], "'"+strings.Join(f.keys, "', '")+"'", 1)
	} else if last := len(f.path) - 1; words == "false schema" && last >= 0 {
		f.path, f.keys = f.path[:last], f.path[last:]
	}
	return f
}

// schemaFaults are all that the schema refuses of a project, where err is about one of them: that is taken out, and the schema
// asked for the next. There are none where something else stands in the way.
func (c *composer) schemaFaults(ctx context.Context, err error) []fault {
	validating, _, ok := schemaReason(err.Error())
	if !ok {
		return nil
	}
	model, loadErr := guarded(func() (map[string]any, error) {
		return loader.LoadModelWithContext(ctx, c.details(), c.options, func(o *loader.Options) {
			o.SkipValidation, o.SkipNormalization = true, true
		})
	})
	if loadErr != nil {
		return nil
	}

	delete(model, "version")
	var out []fault
	for range maxReasons {
		said := schema.Validate(model)
		if said == nil {
			break
		}
		f := schemaFault(said.Error())
		removed := f.takeOut(model)
		f.reason = validating + f.reason
		out = append(out, f)
		if !removed {
			break
		}
	}
	slices.SortFunc(out, fault.compare)
	return out
}

// takeOut removes from a model what the schema refuses.
func (f fault) takeOut(model map[string]any) bool {
	if len(f.keys) == 0 {
		return removeAt(model, f.path)
	}
	removed := false
	for _, key := range f.keys {
		removed = removeAt(model, append(slices.Clone(f.path), key)) || removed
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
