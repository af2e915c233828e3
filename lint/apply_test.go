package lint

import "testing"

func TestApply(t *testing.T) {
	at := func(start, end int, text string) Edit { return Edit{Span: Span{"a", start, end}, New: text} }
	for _, c := range []struct {
		name  string
		edits []Edit
		want  string // "" for an error
	}{
		{"none", nil, "0123456789"},
		{"in any order", []Edit{at(8, 10, "E"), at(0, 1, "S")}, "S1234567E"},
		{"side by side", []Edit{at(0, 2, "a"), at(2, 4, "b")}, "ab456789"},
		{"identical ones once", []Edit{at(1, 3, "x"), at(1, 3, "x"), at(5, 5, "+"), at(5, 5, "+")}, "0x34+56789"},
		{"insertions at one place keep their order", []Edit{at(10, 10, "b"), at(10, 10, "a")}, "0123456789ba"},
		{"an insertion comes before what is replaced there", []Edit{at(4, 6, "x"), at(4, 4, "+"), at(6, 6, "-")}, "0123+x-6789"},
		{"deleted", []Edit{at(0, 10, "")}, ""},
		{"overlap", []Edit{at(1, 4, "x"), at(3, 5, "y")}, "error"},
		{"two at one place", []Edit{at(1, 4, "x"), at(1, 4, "y")}, "error"},
		{"an insertion within", []Edit{at(1, 4, "x"), at(2, 2, "y")}, "error"},
		{"beyond the end", []Edit{at(9, 11, "x")}, "error"},
		{"backwards", []Edit{at(4, 2, "x")}, "error"},
		{"two files", []Edit{at(1, 2, "x"), {Span: Span{"b", 4, 5}, New: "y"}}, "error"},
	} {
		got, err := Apply([]byte("0123456789"), c.edits)
		if (err != nil) != (c.want == "error") || err == nil && string(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
		for i, a := range c.edits {
			for _, b := range c.edits[i+1:] {
				_, err := Apply([]byte("0123456789"), []Edit{a, b})
				if good := a.Span.End <= 10 && b.Span.End <= 10 && a.Span.End >= a.Span.Start && a.Span.File == b.Span.File; good && (err != nil) != a.Meets(b) {
					t.Errorf("%s: %v and %v meet: %v, but Apply says %v", c.name, a, b, a.Meets(b), err)
				}
			}
		}
	}
}

// TestEditMeetsVariable lets only one of two edits bring a variable to an env file.
func TestEditMeetsVariable(t *testing.T) {
	at := func(start int, text string) Edit { return Edit{Span: Span{".env.example", start, start}, New: text} }
	for _, c := range []struct {
		a, b Edit
		want bool
	}{
		{at(4, "# of web\nA=1\n"), at(4, "# of api\nA=1\n"), true},
		{at(4, "A=1\n"), at(4, "B=1\nA=2\n"), true},
		{at(4, "A=1\n"), at(4, "A=1\n"), false},
		{at(4, "A=1\n"), at(4, "B=1\n"), false},
		{at(4, "A=1\n"), at(5, "A=2\n"), false},
		{at(4, `"`), at(4, "${A:-1}"), false},
	} {
		if got := c.a.Meets(c.b); got != c.want {
			t.Errorf("%q and %q: %t", c.a.New, c.b.New, got)
		}
	}
}
