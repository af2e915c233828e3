package lint

import "testing"

func TestEditsThatCannotBeMadeAreNotOffered(t *testing.T) {
	at := func(file string, start, end int) Edit { return Edit{Span: Span{file, start, end}, New: "x"} }
	for _, c := range []struct {
		name  string
		edits []Edit
		want  bool
	}{
		{"none", nil, true},
		{"in order", []Edit{at("a", 0, 4), at("a", 4, 8), at("b", 0, 1)}, true},
		{"quotes around", []Edit{at("a", 0, 0), at("a", 2, 4), at("a", 6, 6)}, true},
		{"deleted lines in a row", []Edit{{Span: Span{"a", 0, 4}}, {Span: Span{"a", 4, 8}}}, true},
		{"overlap", []Edit{at("a", 0, 4), at("a", 3, 8)}, false},
		{"the same place", []Edit{at("a", 0, 4), at("a", 0, 4)}, false},
		{"two inserted at one place", []Edit{at("a", 4, 4), at("a", 4, 4)}, false},
		{"out of order", []Edit{at("a", 4, 8), at("a", 0, 2)}, false},
		{"files out of order", []Edit{at("b", 0, 1), at("a", 0, 1)}, false},
		{"backwards", []Edit{at("a", 4, 2)}, false},
		{"no file", []Edit{at("", 0, 2)}, false},
	} {
		got := doable([]Fix{{Title: "move it", Safety: Unsafe, Edits: c.edits}})[0]
		if moves := got.Safety == Unsafe && len(got.Edits) == len(c.edits); moves != c.want || !moves && (got.Safety != Manual || got.Edits != nil) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// A service can list the same node twice, through an alias: the two edits would meet.
func TestOneNodeTwiceIsLeftToUsers(t *testing.T) {
	p := project(service("a", "8080:80", "127.0.0.1:9090:81", "9090:82"))
	b := p.Services[0].Bindings
	b[2].Entry, b[2].Port, b[2].Text = b[1].Entry, b[1].Port, b[1].Text
	b = append(b, b[2])
	b[3].HostIP = b[1].HostIP
	p.Services[0].Bindings = b
	for _, f := range Run([]*Project{p}, Settings{}).Findings {
		for _, fix := range f.Fixes {
			if !apply(fix.Edits) {
				t.Errorf("%s: %+v", f.Rule, fix)
			}
		}
	}
}

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
				if good := a.Span.End <= 10 && b.Span.End <= 10 && a.Span.End >= a.Span.Start && a.Span.File == b.Span.File; good && (err != nil) != a.ConflictsWith(b) {
					t.Errorf("%s: %v and %v meet: %v, but Apply says %v", c.name, a, b, a.ConflictsWith(b), err)
				}
			}
		}
	}
}

// TestEditsOfOneVariable lets only one of two edits bring a variable to an env file.
func TestEditsOfOneVariable(t *testing.T) {
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
		if got := c.a.ConflictsWith(c.b); got != c.want {
			t.Errorf("%q and %q: %t", c.a.New, c.b.New, got)
		}
	}
}
