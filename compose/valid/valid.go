// Package valid says of a value whether it certainly satisfies a JSON schema. It reads the schema as it stands: to compile one, which
// holds it against the schema of all schemas first, takes far longer than to look at a small value.
package valid

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Schema is a JSON schema as it stands; the zero Schema finds nothing certainly valid.
type Schema struct {
	root map[string]any
}

// Read reads a schema. One that is no JSON object finds nothing certainly valid.
func Read(text string) Schema {
	var s Schema
	if json.Unmarshal([]byte(text), &s.root) != nil {
		return Schema{}
	}
	return s
}

// Certainly reports whether a value, as encoding/json decodes it, satisfies the schema. Where the schema says something that is not
// known here, it does not.
func (s Schema) Certainly(value any) bool {
	if s.root == nil {
		return false
	}
	c := checker{root: s.root, expressions: map[string]*regexp.Regexp{}}
	return c.satisfies(c.root, value, map[string]bool{}) && !c.unread
}

// checker holds one value against the parts of one schema.
type checker struct {
	root        map[string]any
	expressions map[string]*regexp.Regexp // by their text
	unread      bool                      // something of the schema is not known here
}

// satisfies reports whether a value satisfies a part of the schema, and adds to evaluated the keys of it that the part speaks of.
func (c *checker) satisfies(part, value any, evaluated map[string]bool) bool {
	switch part := part.(type) {
	case bool:
		return part
	case map[string]any:
		own := map[string]bool{}
		for keyword, argument := range part {
			if !c.keyword(keyword, argument, part, value, own) {
				return false
			}
		}
		if !c.unevaluated(part, value, own) {
			return false
		}
		for key := range own {
			evaluated[key] = true
		}
		return true
	}
	return c.unknown()
}

func (c *checker) unknown() bool {
	c.unread = true
	return false
}

// keyword holds a value against one keyword of a part.
func (c *checker) keyword(keyword string, argument any, part map[string]any, value any, evaluated map[string]bool) bool {
	switch keyword {
	case "$schema", "$id", "$defs", "title", "description", "default", "deprecated", "unevaluatedProperties":
		return true
	case "$ref":
		return c.satisfies(c.referred(argument), value, evaluated)
	case "allOf", "anyOf", "oneOf":
		return c.combined(keyword, argument, value, evaluated)
	case "type":
		return c.isType(argument, value)
	case "enum", "minimum", "maximum", "pattern":
		return c.scalar(keyword, argument, value)
	case "items", "uniqueItems":
		list, ok := value.([]any)
		return !ok || c.list(keyword, argument, list)
	case "required", "properties", "patternProperties", "additionalProperties":
		mapping, ok := value.(map[string]any)
		return !ok || c.mapping(keyword, argument, part, mapping, evaluated)
	}
	return c.unknown()
}

// referred is the part that a reference names, nil where it is not a definition of this schema.
func (c *checker) referred(reference any) any {
	text, _ := reference.(string)
	name, ok := strings.CutPrefix(text, "#/$defs/")
	defs, _ := c.root["$defs"].(map[string]any)
	if !ok {
		return nil
	}
	return defs[name]
}

// combined counts the parts of a list that a value satisfies.
func (c *checker) combined(keyword string, argument, value any, evaluated map[string]bool) bool {
	parts, ok := argument.([]any)
	if !ok {
		return c.unknown()
	}

	fit := 0
	for _, part := range parts {
		if c.satisfies(part, value, evaluated) {
			fit++
		}
	}
	switch keyword {
	case "allOf":
		return fit == len(parts)
	case "oneOf":
		return fit == 1
	}
	return fit > 0
}

func (c *checker) isType(argument, value any) bool {
	switch argument := argument.(type) {
	case string:
		return c.isOf(argument, value)
	case []any:
		return slices.ContainsFunc(argument, func(one any) bool { return c.isType(one, value) })
	}
	return c.unknown()
}

func (c *checker) isOf(kind string, value any) bool {
	switch value := value.(type) {
	case nil:
		return kind == "null"
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && value == math.Trunc(value)
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return c.unknown()
}

// scalar holds a value against a keyword that speaks of what is no list and no mapping.
func (c *checker) scalar(keyword string, argument, value any) bool {
	if keyword == "enum" {
		return c.isOneOf(argument, value)
	}
	if keyword == "pattern" {
		text, ok := value.(string)
		return !ok || c.matches(argument, text)
	}

	number, ok := value.(float64)
	if !ok {
		return true
	}
	bound, ok := argument.(float64)
	if !ok {
		return c.unknown()
	}
	return keyword == "minimum" && number >= bound || keyword == "maximum" && number <= bound
}

func (c *checker) isOneOf(argument, value any) bool {
	list, ok := argument.([]any)
	if !ok {
		return c.unknown()
	}
	return slices.ContainsFunc(list, func(one any) bool { return same(one, value) })
}

// same reports whether two values of JSON are the same.
func same(a, b any) bool {
	left, errLeft := json.Marshal(a)
	right, errRight := json.Marshal(b)
	return errLeft == nil && errRight == nil && string(left) == string(right)
}

func (c *checker) matches(expression any, text string) bool {
	written, ok := expression.(string)
	if !ok {
		return c.unknown()
	}

	re, ok := c.expressions[written]
	if !ok {
		var err error
		if re, err = regexp.Compile(written); err != nil {
			return c.unknown()
		}
		c.expressions[written] = re
	}
	return re.MatchString(text)
}

func (c *checker) list(keyword string, argument any, list []any) bool {
	if keyword == "items" {
		return !slices.ContainsFunc(list, func(item any) bool { return !c.satisfies(argument, item, map[string]bool{}) })
	}

	if argument != true {
		return c.unknown()
	}
	seen := map[string]bool{}
	for _, item := range list {
		text, err := json.Marshal(item)
		if err != nil {
			return c.unknown()
		}
		if seen[string(text)] {
			return false
		}
		seen[string(text)] = true
	}
	return true
}

// mapping holds a mapping against a keyword that speaks of its keys.
func (c *checker) mapping(keyword string, argument any, part, mapping map[string]any, evaluated map[string]bool) bool {
	if keyword == "required" {
		names, ok := argument.([]any)
		if !ok {
			return c.unknown()
		}
		return !slices.ContainsFunc(names, func(name any) bool {
			text, _ := name.(string)
			_, has := mapping[text]
			return !has
		})
	}

	for key, value := range mapping {
		for _, below := range c.partsFor(keyword, argument, part, key) {
			evaluated[key] = true
			if !c.satisfies(below, value, map[string]bool{}) {
				return false
			}
		}
	}
	return true
}

// partsFor are the parts that a keyword has for the value of a key.
func (c *checker) partsFor(keyword string, argument any, part map[string]any, key string) []any {
	if keyword == "additionalProperties" {
		named := len(c.partsFor("properties", part["properties"], part, key)) > 0
		if named || len(c.partsFor("patternProperties", part["patternProperties"], part, key)) > 0 {
			return nil
		}
		return []any{argument}
	}

	byName, ok := argument.(map[string]any)
	if !ok && argument != nil {
		c.unread = true
	}
	if keyword == "properties" {
		if below, has := byName[key]; has {
			return []any{below}
		}
		return nil
	}
	var parts []any
	for expression, below := range byName {
		if c.matches(expression, key) {
			parts = append(parts, below)
		}
	}
	return parts
}

// unevaluated holds the keys of which nothing else speaks against what the part says of those.
func (c *checker) unevaluated(part map[string]any, value any, evaluated map[string]bool) bool {
	argument, says := part["unevaluatedProperties"]
	mapping, ok := value.(map[string]any)
	if !says || !ok {
		return true
	}

	for key, value := range mapping {
		if evaluated[key] {
			continue
		}
		evaluated[key] = true
		if !c.satisfies(argument, value, map[string]bool{}) {
			return false
		}
	}
	return true
}
