package compose

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/schema"

	"github.com/portlint/portlint/lint"
)

// closestKeys says which keys of Compose were meant by those that its schema refuses, "" when none is close.
func (f fault) closestKeys() string {
	if len(f.keys) == 0 {
		return ""
	}

	known := knownKeys(f.path)
	var meant []string
	for _, key := range f.keys {
		closest := lint.Nearest(key, known)
		if len(closest) == 0 || len(closest) > 2 || len(key) < 4 {
			continue
		}
		text := fmt.Sprintf(`did you mean "%s"?`, strings.Join(closest, `" or "`))
		if len(f.keys) > 1 {
			text = fmt.Sprintf("%q: %s", key, text)
		}
		meant = append(meant, text)
	}
	return strings.Join(meant, " ")
}

// knownKeys are the keys that the schema of Compose has below a path.
func knownKeys(path []string) []string {
	var root map[string]any
	if json.Unmarshal([]byte(schema.Schema), &root) != nil {
		return nil
	}

	at := schemaNodes(root, root)
	for _, key := range path {
		var next []map[string]any
		for _, n := range at {
			next = append(next, schemaBelow(root, n, key)...)
		}
		at = next
	}

	keys := map[string]bool{}
	for _, n := range at {
		properties, _ := n["properties"].(map[string]any)
		for key := range properties {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// schemaNodes are a node of the schema and all that it is made of.
func schemaNodes(root map[string]any, v any) []map[string]any {
	node, ok := v.(map[string]any)
	if !ok {
		return nil
	}

	out := []map[string]any{node}
	if ref, ok := node["$ref"].(string); ok {
		definitions, _ := root["$defs"].(map[string]any)
		out = append(out, schemaNodes(root, definitions[strings.TrimPrefix(ref, "#/$defs/")])...)
	}

	for _, key := range []string{"allOf", "oneOf", "anyOf"} {
		parts, _ := node[key].([]any)
		for _, part := range parts {
			out = append(out, schemaNodes(root, part)...)
		}
	}
	return out
}

// schemaBelow are the nodes for a key of a mapping, or an item of a list.
func schemaBelow(root, node map[string]any, key string) []map[string]any {
	if properties, ok := node["properties"].(map[string]any); ok && properties[key] != nil {
		return schemaNodes(root, properties[key])
	}
	patterns, _ := node["patternProperties"].(map[string]any)
	for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
		if re, err := regexp.Compile(pattern); err == nil && re.MatchString(key) {
			return schemaNodes(root, patterns[pattern])
		}
	}
	return schemaNodes(root, node["items"])
}
