package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

func projectWith(ports int) *lint.Project {
	return &lint.Project{Name: "p", Dir: "/src", Services: []lint.Service{{Name: "s", Active: true, Bindings: make([]lint.Binding, ports)}}}
}

// off is the project with all its services in profiles that are off.
func off(p *lint.Project) *lint.Project {
	p.Services[0].Active = false
	return p
}

func TestLastLines(t *testing.T) {
	found := func(severities ...lint.Severity) []lint.Finding {
		return each(severities, func(s lint.Severity) lint.Finding { return lint.Finding{Rule: "r", Message: "m", Severity: s} })
	}
	blind := []lint.Blind{{What: "sockets", Why: "no permission"}}
	for _, c := range []struct {
		want string
		r    Report
	}{
		{"nothing to check: no projects", Report{Verdict: lint.VerdictClear}},
		{"no conflicts: no ports in 1 project", Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(0)}}},
		{"no conflicts: 5 ports in 1 project", Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(5)}}},
		{"no conflicts: 3 ports in 2 projects, 1 finding suppressed",
			Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(1), projectWith(2)}, Suppressed: 1}},
		{"no conflicts within a project: 3 ports in 2 projects, 1 port shared by several",
			Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(1), projectWith(2)}, Shared: 1}},
		{"found 1 info: 3 ports in 2 projects, 2 ports shared by several, 1 finding suppressed",
			Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(1), projectWith(2)}, Shared: 2, Suppressed: 1, Findings: found(lint.Info)}},
		{"no conflicts in what could be checked: 1 port in 1 project\nnot checked: sockets: no permission",
			Report{Verdict: lint.VerdictUnknown, Projects: []*lint.Project{projectWith(1)}, NotChecked: blind}},
		{"nothing starts without --profile: 1 port in 1 project", Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{off(projectWith(1))}}},
		{"no conflicts: 3 ports in 2 projects, nothing of 1 project starts without --profile",
			Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(2), off(projectWith(1))}}},
		{"nothing to start: no ports in 1 project", Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{{}}}},
		{"nothing to show: 1 port in 1 project, 2 findings suppressed",
			Report{Verdict: lint.VerdictConflict, Projects: []*lint.Project{projectWith(1)}, Suppressed: 2}},
		{"no conflicts: 1 port in 1 project\ntwice: it is not certain that a second checkout runs beside this one",
			Report{Verdict: lint.VerdictClear, Projects: []*lint.Project{projectWith(1)}, Twice: &Twice{Verdict: lint.VerdictPossible}}},
		{"found 1 error: 1 port in 1 project", Report{Projects: []*lint.Project{projectWith(1)}, Findings: found(lint.Error)}},
		{"found 1 warning and 2 infos: 1 port in 1 project",
			Report{Projects: []*lint.Project{projectWith(1)}, Findings: found(lint.Info, lint.Warning, lint.Info)}},
	} {
		c.r.Dir = "/src"
		_, got, _ := strings.Cut("\n\n"+string(render(t, Text, c.r)), "\n\n")
		if i := strings.LastIndex(got, "\n\n"); i >= 0 {
			got = got[i+2:]
		}
		if got != c.want+"\n" {
			t.Errorf("got  %swant %s", got, c.want)
		}
	}
}

func TestQuietPrintsFindingsOnly(t *testing.T) {
	r := sample()
	loud := string(render(t, Text, r))
	r.Quiet = true
	quiet := string(render(t, Text, r))
	var lines []string
	for _, line := range strings.SplitAfter(loud, "\n") {
		if !strings.HasPrefix(line, "found ") {
			lines = append(lines, line)
		}
	}
	if quiet != strings.Join(lines, "") || !strings.Contains(quiet, "\nnot checked: ") {
		t.Errorf("quiet prints\n%s", quiet)
	}
	if out := render(t, Text, Report{Quiet: true}); len(out) != 0 {
		t.Errorf("quiet without findings prints %q", out)
	}
}

func TestColourChangesNoText(t *testing.T) {
	r := sample()
	plain := string(render(t, Text, r))
	r.Color = true
	colored := string(render(t, Text, r))
	for {
		before, rest, found := strings.Cut(colored, "\x1b[")
		if !found {
			break
		}
		_, after, _ := strings.Cut(rest, "m")
		colored = before + after
	}
	if colored != plain {
		t.Error("without its colours the text differs")
	}
}

func TestPortAcrossLinesIsCutAtTheLineEnd(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r"} {
		s := lint.Sources{}
		s.Add("/src/x.yaml", []byte("a: 1"+end+"b: 80"+end+"c: 3"+end))
		span := find(s, "/src/x.yaml", "80"+end+"c")
		out := string(render(t, Text, Report{Dir: "/src", Sources: s, Findings: []lint.Finding{{Rule: "r", Span: span}}}))
		if want := "x.yaml:2:4:"; !strings.HasPrefix(out, want) {
			t.Errorf("%q: no %s in %s", end, want, out)
		}
		if want := "    2 | b: 80\n      |    ^~\n"; !strings.Contains(out, want) {
			t.Errorf("%q: not cut: %s", end, out)
		}
	}
}

func TestRelatedPlaceOnTheSameLineShowsItOnce(t *testing.T) {
	r := published(0, func(f *lint.Finding) {
		f.Related = []lint.Related{{Message: "the container port", Span: lint.Span{File: f.Span.File, Start: 30, End: 32}}}
	})
	out := string(render(t, Text, r))
	if n := strings.Count(out, "    1 |"); n != 1 {
		t.Errorf("the line is shown %d times:\n%s", n, out)
	}
}

func TestHunks(t *testing.T) {
	const text = "one\ntwo\nthree\nfour"
	s := lint.Sources{}
	s.Add("x", []byte(text))
	s.Add("bom", []byte("\ufeffone\n"))
	edit := func(start, end int, new string) lint.Edit {
		return lint.Edit{Span: lint.Span{File: "x", Start: start, End: end}, New: new}
	}
	for _, c := range []struct {
		name  string
		edits []lint.Edit
		want  string
	}{
		{"within a line", []lint.Edit{edit(4, 7, "TWO")}, "2 -two +TWO"},
		{"twice in a line", []lint.Edit{edit(4, 5, "T"), edit(6, 7, "O")}, "2 -two +TwO"},
		{"a line away", []lint.Edit{edit(4, 8, "")}, "2 -two"},
		{"the last line away", []lint.Edit{edit(13, 18, "")}, "4 -four"},
		{"a line more", []lint.Edit{edit(4, 4, "new\n")}, "2 +new"},
		{"a line at the end", []lint.Edit{edit(18, 18, "\nfive")}, "5 +five"},
		{"two lines joined", []lint.Edit{edit(3, 4, " ")}, "1 -one -two +one two"},
		{"far apart", []lint.Edit{edit(0, 3, "1"), edit(14, 18, "4")}, "1 -one +1; 4 -four +4"},
		{"CRLF in the new text", []lint.Edit{edit(4, 7, "a\r\nb")}, "2 -two +a +b"},
		{"before the byte order mark", []lint.Edit{{Span: lint.Span{File: "bom"}, New: "x\n"}}, "1 +x"},
		{"a file that is created", []lint.Edit{{Span: lint.Span{File: "y"}, New: "z\n"}}, "1 +z"},
		{"a file that was not read", []lint.Edit{{Span: lint.Span{File: "y", Start: 1, End: 2}, New: "z"}}, ""},
	} {
		got := strings.Join(each(hunks(s, c.edits), showHunk), "; ")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func showHunk(h hunk) string {
	words := []string{string(rune('0' + h.line))}
	words = append(words, each(h.old, func(s string) string { return "-" + s })...)
	words = append(words, each(h.new, func(s string) string { return "+" + s })...)
	return strings.Join(words, " ")
}

func TestPathsAreSeenFromTheDirectory(t *testing.T) {
	for file, want := range map[string]string{
		"/src/a/b.yaml": "a/b.yaml", "/src": ".", "/src/..b.yaml": "..b.yaml",
		"/srcs/b.yaml": "/srcs/b.yaml", "/b.yaml": "/b.yaml", "-": "-", "": "",
	} {
		if got := (Report{Dir: "/src"}).Path(file); got != want {
			t.Errorf("%q becomes %q, want %q", file, got, want)
		}
	}
	for _, c := range []struct {
		dir, file, here, there string
	}{
		{"/home/ann/shop/web", "/home/ann/shop/web/x.yaml", "x.yaml", "web/x.yaml"},
		{"/home/ann/shop/web", "/home/ann/shop/x.yaml", "../x.yaml", "x.yaml"},
		{"/home/ann/shop/web", "/home/ann/blog/x.yaml", "../../blog/x.yaml", "/home/ann/blog/x.yaml"},
		{"/home/ann/shop/web", "/opt/x.yaml", "/opt/x.yaml", "/opt/x.yaml"},
		{"/home/ann/shop/web", "-", "-", "-"},
	} {
		r := Report{Dir: c.dir, Root: "/home/ann/shop"}
		if here, there := r.Path(c.file), r.rooted().Path(c.file); here != c.here || there != c.there {
			t.Errorf("%s is %q and %q, want %q and %q", c.file, here, there, c.here, c.there)
		}
	}
}

func TestStandardInputHasAName(t *testing.T) {
	s := lint.Sources{}
	s.Add("-", []byte("8080"))
	if got := (Report{Dir: "/src", Sources: s}).place(lint.Span{File: "-", Start: 0, End: 4}).String(); got != "<stdin>:1:1" {
		t.Error(got)
	}
}

func TestOnlyTheFirstRelatedPlacesAreShown(t *testing.T) {
	for n, want := range map[int]int{5: 5, 6: 6, 7: 5, 300: 5} {
		r := published(0, func(f *lint.Finding) {
			f.Related = slices.Repeat([]lint.Related{{Message: "published here"}}, n)
		})
		for _, name := range []string{"text", "github"} {
			out := string(render(t, Formats[name], r))
			if got := strings.Count(out, "published here"); got != want {
				t.Errorf("%s shows %d of %d places", name, got, n)
			}
			if more := fmt.Sprintf("and %d more", n-want); strings.Contains(out, more) != (n > want) {
				t.Errorf("%s with %d places: is there %q in\n%s", name, n, more, out)
			}
		}
		if got := strings.Count(string(render(t, writeJSON, r)), "published here"); got != n {
			t.Errorf("json has %d of %d places", got, n)
		}
	}
}

func TestNoSnippetOfWhatIsNoText(t *testing.T) {
	s := lint.Sources{}
	s.Add("/src/x.yaml", []byte("p\x00:\x00 \x008\x000\x00\n\x00"))
	f := lint.Finding{Rule: "r", Message: "m", Span: lint.Span{File: "/src/x.yaml", Start: 6, End: 10}}
	out := string(render(t, Text, Report{Dir: "/src", Sources: s, Quiet: true, Findings: []lint.Finding{f}}))
	if !strings.HasPrefix(out, "x.yaml:1:") || strings.Count(out, "\n") != 1 {
		t.Errorf("got\n%s", out)
	}
}
