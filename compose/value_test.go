package compose

import (
	"testing"

	"github.com/portlint/portlint/compose/testdir"
	"github.com/portlint/portlint/lint"
)

// TestValue: of a container name there are the text that Compose makes of it, the layer that gives it, and the bytes to edit.
func TestValue(t *testing.T) {
	for _, c := range []struct {
		name, files, text, written, variable, from, kind string
		flow                                             bool
	}{
		{"plain", "-- compose.yaml --\nservices: \n  a:\n    image: a\n    container_name: shop # x\n", "shop", "shop", "", "literal", "file", false},
		{"quoted", "-- compose.yaml --\nservices:\n  a:\n    image: a\n    container_name: 'shop'\n", "shop", "shop", "", "literal", "file", false},
		{"in braces", "-- compose.yaml --\nservices: {a: {image: a, container_name: shop}}\n", "shop", "shop", "", "literal", "file", true},
		{"default", "-- compose.yaml --\nservices:\n  a:\n    image: a\n    container_name: ${N:-shop}\n", "shop", "${N:-shop}", "N", "default", "file", false},
		{"part", "-- compose.yaml --\nservices:\n  a:\n    image: a\n    container_name: ${N:-x}-shop\n", "x-shop", "${N:-x}-shop", "N", "default", "file", false},
		{"project", "-- compose.yaml --\nname: q\nservices:\n  a:\n    image: a\n    container_name: ${COMPOSE_PROJECT_NAME}-a\n", "q-a", "${COMPOSE_PROJECT_NAME}-a", "COMPOSE_PROJECT_NAME", "project", "file", false},
		{"override", "-- compose.yaml --\nservices: {a: {image: a, container_name: one}}\n-- compose.override.yaml --\nservices: {a: {container_name: two}}\n", "two", "two", "", "literal", "override", true},
		{"override without a value", "-- compose.yaml --\nservices: {a: {image: a, container_name: one}}\n-- compose.override.yaml --\nservices: {a: {container_name: }}\n", "one", "one", "", "literal", "file", true},
		{"reset", "-- compose.yaml --\nservices: {a: {image: a, container_name: one}}\n-- compose.override.yaml --\nservices: {a: {container_name: !reset null}}\n", "", "one", "", "literal", "file", true},
		{"extends", "-- compose.yaml --\nservices:\n  a:\n    extends: b\n  b:\n    image: b\n    container_name: one\n", "one", "one", "", "literal", "extends", false},
		{"merge key", "-- compose.yaml --\nx-a: &a\n  container_name: one\nservices:\n  a:\n    <<: *a\n    image: a\n", "one", "one", "", "literal", "file", false},
		{"without a value", "-- compose.yaml --\nservices:\n  a:\n    image: a\n    container_name: x${N}\n", "x", "x${N}", "N", "unset", "file", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := Load(t.Context(), Options{Dir: testdir.Layout(t, c.files)})
			if err != nil {
				t.Fatal(err)
			}
			v := l.Project.Service("a").ContainerName
			if v.Text != c.text || v.Written != c.written || v.Var != c.variable || v.From.String() != c.from || v.Layer.Kind != c.kind || v.Style.Flow != c.flow {
				t.Errorf("%+v", v)
			}
			if got := l.Sources.Text(v.Inside); got != c.written {
				t.Errorf("the bytes are %q", got)
			}
		})
	}
}

// TestValueIsNotKnown: two names that rest on variables without a value need not be the same.
func TestValueIsNotKnown(t *testing.T) {
	l, err := Load(t.Context(), Options{Static: true, Dir: testdir.Layout(t, "-- compose.yaml --\nservices: {a: {image: a, container_name: '${N}'}}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if v := l.Project.Service("a").ContainerName; v.Text != "" || v.From.Kind != lint.Unset || v.Var != "N" {
		t.Errorf("%+v", v)
	}
}
