package syntax

import (
	"errors"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestContent: what is cut out of the text at the place of a scalar is the scalar, in every style and encoding that go-yaml reads,
// and where its bytes are others, nothing is cut out.
func TestContent(t *testing.T) {
	for name, text := range map[string]string{
		"plain":                   "a: 8080:80\n",
		"quoted":                  "a: \"8080:80\" # one\nb: '9090'\n",
		"a byte order mark":       "\uFEFFa: 8080\nb: 9090\n",
		"CRLF":                    "a: 8080\r\nb: 9090\r\n",
		"runes of several bytes":  "x: 日本\na: [日本, 8080]\n",
		"a line separator":        "a: x\u2028b: y\n",
		"an anchor and a tag":     "a: &p !!str 8080\nb: *p\n",
		"a block":                 "a: >-\n  8080:80\n",
		"flow":                    "{a: [1, {b: 2}], c: \"d\"}\n",
		"no end of the last line": "a: 8080",
	} {
		f := Parse("compose.yaml", []byte(text))
		if f.Err != nil || len(f.Docs) != 1 {
			t.Fatalf("%s: %v, %d documents", name, f.Err, len(f.Docs))
		}

		cut := 0
		walk(f.Docs[0].Root, func(n *yaml.Node) {
			span, exact := f.Content(n)
			if !exact {
				t.Errorf("%s: %q is not found", name, n.Value)
				return
			}
			if got := text[span.Start:span.End]; got != n.Value {
				t.Errorf("%s: %q is cut out as %q", name, n.Value, got)
			}
			cut++
		})
		if cut < 2 {
			t.Errorf("%s: %d scalars", name, cut)
		}
	}

	f := Parse("compose.yaml", []byte("a: \"80\\x3a80\"\nb: one\n  two\n"))
	for _, e := range mapping(f) {
		if span, exact := f.Content(e.Value); exact {
			t.Errorf("%q is %v byte for byte", e.Value.Value, span)
		}
	}
}

// TestAliasesAreCounted: a file whose aliases stand for too much is refused before anything follows them.
func TestAliasesAreCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString("x0: &x0 [a, b]\n")
	for _, c := range "123456789abcdefghijklmn" {
		before := string(c - 1)
		if c == 'a' {
			before = "9"
		}
		b.WriteString("x" + string(c) + ": &x" + string(c) + " [*x" + before + ", *x" + before + "]\n")
	}
	if f := Parse("compose.yaml", []byte(b.String())); !errors.Is(f.Err, ErrBomb) || f.Docs != nil {
		t.Errorf("%v, %d documents", f.Err, len(f.Docs))
	}
	if f := Parse("compose.yaml", []byte("a: "+strings.Repeat("${A:-", maxNesting+1)+strings.Repeat("}", maxNesting+1)+"\n")); !errors.Is(f.Err, ErrNested) {
		t.Error(f.Err)
	}
}

// TestEntries: a key of its own wins over a merged one, the first merge over the next, and what !reset takes away is not there.
func TestEntries(t *testing.T) {
	f := Parse("compose.yaml", []byte("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\n  d: !reset 4\n"))
	visits := MaxVisits
	got := map[string]string{}
	for _, e := range Entries(Get(mapping(f), "z"), &visits) {
		got[e.Key.Value] = e.Value.Value
	}
	want := map[string]string{"a": "3", "b": "1", "c": "2"}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func mapping(f *File) []Entry {
	visits := MaxVisits
	return Entries(f.Docs[0].Root, &visits)
}

// walk visits all scalars of a document.
func walk(n *yaml.Node, visit func(*yaml.Node)) {
	if n.Kind == yaml.ScalarNode {
		visit(n)
	}
	for _, c := range n.Content {
		walk(c, visit)
	}
}
