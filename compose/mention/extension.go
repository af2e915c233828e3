package mention

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/portlint/portlint/compose/syntax"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
)

// portNumber is a scalar that may be a host port.
var portNumber = lazyexp.New(`^[0-9]{2,5}$`)

// ofContainer are the keys of a port inside a container.
var ofContainer = lazyexp.New(`^(?:container|internal)_`)

// extensionMentions are the numbers that the extensions of a Compose file, the keys that begin with x-, give as a port, as in
// x-casaos: {port_map: "8080"}.
func extensionMentions(f *syntax.File) []lint.Mention {
	var out []lint.Mention
	visits := syntax.MaxVisits
	for _, doc := range f.Docs {
		out = appendExtensions(out, f, doc.Root, false, &visits)
	}
	return out
}

// appendExtensions walks the mappings of a document; inside says that an extension holds it.
func appendExtensions(out []lint.Mention, f *syntax.File, n *yaml.Node, inside bool, visits *int) []lint.Mention {
	if n == nil || n.Kind != yaml.MappingNode {
		return out
	}

	for i := 0; i+1 < len(n.Content); i += 2 {
		if *visits--; *visits < 0 {
			return out
		}
		key, value := n.Content[i].Value, n.Content[i+1]
		within := inside || strings.HasPrefix(key, "x-")
		switch {
		case within && value.Anchor != "": // a part of services: its ports are the containers' own
		case value.Kind == yaml.MappingNode:
			out = appendExtensions(out, f, value, within, visits)
		case within && value.Kind == yaml.ScalarNode && namesHostPort(key):
			out = appendNumber(out, f, key, value)
		}
	}
	return out
}

// namesHostPort reports whether a key of an extension names a port of the host, and not one inside a container.
func namesHostPort(key string) bool {
	return (key == "port_map" || namesPort(key)) && !ofContainer().MatchString(key)
}

func appendNumber(out []lint.Mention, f *syntax.File, key string, n *yaml.Node) []lint.Mention {
	span, exact := f.Content(n)
	port, err := strconv.ParseUint(n.Value, 10, 16)
	if !exact || err != nil || !portNumber().MatchString(n.Value) {
		return out
	}
	return append(out, lint.Mention{Span: span, Port: uint16(port), Kind: key})
}
