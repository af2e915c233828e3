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
		if kept := got.Safety == Unsafe && len(got.Edits) == len(c.edits); kept != c.want || !kept && (got.Safety != Manual || got.Edits != nil) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// A service can list the same node twice, through an alias: the two edits would meet.
func TestOneNodeTwiceIsLeftToPeople(t *testing.T) {
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
