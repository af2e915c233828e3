package valid

import (
	"encoding/json"
	"strings"
	"testing"
)

// schema has each keyword that Compose's own has.
const schema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "description": "d", "type": "object", "required": ["a"],
  "properties": {
    "a": {"type": ["integer", "null"], "minimum": 1, "maximum": 9},
    "list": {"type": "array", "items": {"oneOf": [{"type": "string", "pattern": "^[a-z]+$"}, {"type": "object"}]}, "uniqueItems": true},
    "one": {"oneOf": [{"type": "string"}, {"enum": ["both", 1]}]},
    "any": {"anyOf": [{"required": ["x"]}, {"required": ["y"]}]},
    "strict": {"$ref": "#/$defs/strict"},
    "odd": {"multipleOf": 2}
  },
  "patternProperties": {"^x-": {}, "^no-": false},
  "additionalProperties": false,
  "$defs": {
    "named": {"properties": {"name": {"type": "string", "deprecated": true, "default": ""}}},
    "strict": {"type": "object", "allOf": [{"$ref": "#/$defs/named"}], "properties": {"own": true}, "unevaluatedProperties": false}
  }
}`

func TestCertainly(t *testing.T) {
	for value, want := range map[string]bool{
		`{"a": 1}`:                           true,
		`{"a": 9.0, "x-more": [1]}`:          true,
		`{"a": null}`:                        true,
		`{}`:                                 false, // required
		`{"a": 0}`:                           false,
		`{"a": 10}`:                          false,
		`{"a": 1.5}`:                         false,
		`{"a": "1"}`:                         false,
		`{"a": 1, "other": 1}`:               false,
		`{"a": 1, "no-": 1}`:                 false,
		`[1]`:                                false,
		`{"a": 1, "list": ["b", {}]}`:        true,
		`{"a": 1, "list": ["B"]}`:            false,
		`{"a": 1, "list": ["b", "b"]}`:       false,
		`{"a": 1, "list": [{}, {}]}`:         false,
		`{"a": 1, "one": "b"}`:               true,
		`{"a": 1, "one": 1}`:                 true,
		`{"a": 1, "one": "both"}`:            false,
		`{"a": 1, "one": false}`:             false,
		`{"a": 1, "any": {"y": 1}}`:          true,
		`{"a": 1, "any": {}}`:                false,
		`{"a": 1, "strict": {"name": "b"}}`:  true,
		`{"a": 1, "strict": {"own": 1}}`:     true,
		`{"a": 1, "strict": {"name": 1}}`:    false,
		`{"a": 1, "strict": {"other": "b"}}`: false,
		`{"a": 1, "odd": 2}`:                 false, // it is even, which is not known here
	} {
		var v any
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			t.Fatal(err)
		}
		if got := Read(schema).Certainly(v); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
}

// TestWhatIsNotKnownIsNotCertain: a keyword that is not known here makes nothing valid, not even where another part is satisfied.
func TestWhatIsNotKnownIsNotCertain(t *testing.T) {
	for _, schema := range []string{
		``, `[]`, `{"if": {}}`, `{"oneOf": [{"type": "string"}, {"not": {}}]}`, `{"anyOf": [true, {"format": "date"}]}`, `{"type": 1}`,
		`{"$ref": "other.json"}`, `{"$ref": "#/$defs/none"}`, `{"enum": 1}`, `{"pattern": "("}`, `{"pattern": 1}`, `{"allOf": 1}`,
	} {
		if Read(schema).Certainly("text") {
			t.Errorf("%s makes a text valid", schema)
		}
	}
	for _, schema := range []string{`{"minimum": "1"}`, `{"maximum": "1"}`} {
		if Read(schema).Certainly(1.0) {
			t.Errorf("%s makes a number valid", schema)
		}
	}
	for _, schema := range []string{`{"required": 1}`, `{"properties": 1}`, `{"patternProperties": 1}`, `{"patternProperties": {"(": true}}`,
		`{"additionalProperties": 1}`, `{"unevaluatedProperties": 1}`} {
		if Read(schema).Certainly(map[string]any{"a": 1.0}) {
			t.Errorf("%s makes a mapping valid", schema)
		}
	}
	for _, schema := range []string{`{"items": 1}`, `{"uniqueItems": false}`} {
		if Read(schema).Certainly([]any{1.0}) {
			t.Errorf("%s makes a list valid", schema)
		}
	}
}

// TestListsAreHeldInLine expects twice the work for twice the items of which none may be there twice.
func TestListsAreHeldInLine(t *testing.T) {
	read := Read(schema)
	work := func(n int) float64 {
		var list []any
		for i := range n {
			list = append(list, strings.Repeat("a", i+1))
		}
		value := map[string]any{"a": 1.0, "list": list}
		return testing.AllocsPerRun(1, func() {
			if !read.Certainly(value) {
				t.Error("not certain")
			}
		})
	}

	few, many := work(100), work(200)
	if many > 2.5*few {
		t.Errorf("%.0f allocations for 100 items, %.0f for 200", few, many)
	}
}
