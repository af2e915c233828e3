package compose

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	interp "github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/compose-spec/compose-go/v2/validation"

	"github.com/portlint/portlint/compose/valid"
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

// loadPlain is what compose-go loads of a project that it would certainly find valid, without its compiling a schema to say so, which takes
// longer than all else of a small project; nil where that is not certain. It is worth it only where few projects are read.
func (c *composer) loadPlain(ctx context.Context, details types.ConfigDetails) map[string]any {
	if c.Search != nil || len(c.Overlay) > 0 || !c.isPlain(details) {
		return nil
	}
	model, err := guarded(func() (map[string]any, error) {
		return loader.LoadModelWithContext(ctx, details, c.options, func(o *loader.Options) { o.SkipValidation = true })
	})
	if err != nil || validation.Validate(model) != nil {
		return nil
	}
	delete(model, "version") // which compose-go drops once the schema has seen it
	return model
}

// isPlain reports whether the project is one document that the schema admits as it stands, and of which compose-go checks nothing else
// but what is still to be seen in its model.
func (c *composer) isPlain(details types.ConfigDetails) bool {
	if len(details.ConfigFiles) != 1 || c.name == "" || len(c.missing) > 0 {
		return false
	}
	f := c.walker.files[c.inputs.files[0]]
	hasTags := bytes.Contains(f.Text, []byte("!reset")) || bytes.Contains(f.Text, []byte("!override"))
	if f.Err != nil || len(f.Docs) != 1 || hasTags {
		return false
	}

	var raw any
	if f.Docs[0].Root.Decode(&raw) != nil {
		return false
	}
	root, ok := raw.(map[string]any)
	if !ok || !isPlainRoot(root) {
		return false
	}
	model, err := guarded(func() (map[string]any, error) {
		return interp.Interpolate(root, *loader.ToOptions(&details, []func(*loader.Options){c.options}).Interpolate)
	})
	if err != nil {
		return false
	}
	text, err := json.Marshal(model)
	var value map[string]any
	if err != nil || json.Unmarshal(text, &value) != nil {
		return false
	}
	return composeSchema().Certainly(value)
}

// composeSchema is Compose's schema, read once.
var composeSchema = sync.OnceValue(func() valid.Schema { return valid.Read(schema.Schema) })

// involved are keys with which compose-go changes a document before the schema sees it, or checks more of it than the schema does.
var involved = []string{"include", "extends", "external", "configs", "secrets", "jobs", "gpus", "develop", "reservations"}

// isPlainRoot reports whether a document has no key that makes it more than what is written: nothing of [involved], and extensions, which
// may stand for an attribute, at top level alone.
func isPlainRoot(root map[string]any) bool {
	for key, value := range root {
		if !strings.HasPrefix(key, "x-") && (slices.Contains(involved, key) || !isPlainValue(value)) {
			return false
		}
	}
	return true
}

func isPlainValue(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			if strings.HasPrefix(key, "x-") || slices.Contains(involved, key) || !isPlainValue(below) {
				return false
			}
		}
	case []any:
		return !slices.ContainsFunc(value, func(item any) bool { return !isPlainValue(item) })
	case nil, string, bool, int, int64, uint64, float64:
	default:
		return false // a mapping with other keys than texts, a date
	}
	return true
}
