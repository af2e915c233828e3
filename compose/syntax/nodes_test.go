package syntax

import (
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestLookup: a key is found where the list of all entries has it.
func TestLookup(t *testing.T) {
	for name, text := range map[string]string{
		"own":                    "a: 1\nb: 2\n",
		"written twice":          "a: 1\na: 2\n",
		"reset":                  "a: !reset 1\n",
		"reset and written":      "a: 1\na: !reset 2\n",
		"merged":                 "x: &x {a: 1}\n<<: *x\n",
		"own beats merged":       "x: &x {a: 1}\n<<: *x\na: 2\n",
		"reset, merged":          "x: &x {a: 1}\n<<: *x\na: !reset 2\n",
		"the first of the merge": "x: &x {a: 1}\ny: &y {a: 2}\n<<: [*x, *y]\n",
		"absent":                 "b: 1\n",
		"no mapping":             "- a\n",
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil && name != "written twice" && name != "reset and written" {
			t.Fatalf("%s: %v", name, err)
		}
		if len(doc.Content) == 0 {
			t.Fatalf("%s: nothing was read", name)
		}
		for _, key := range []string{"a", "b", "<<"} {
			visits, all := MaxVisits, MaxVisits
			if got, want := Lookup(doc.Content[0], key, &visits), Get(Entries(doc.Content[0], &all), key); got != want {
				t.Errorf("%s: %q is %v, want %v", name, key, got, want)
			}
		}
	}
}
