package lint

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// stack lays services out as real text, base file and override, so that spans and edits can be checked by eye.
type stack struct {
	project  *Project
	texts    map[string]*strings.Builder
	services []*svc
}

// svc is a service with its items as people write them, after flags: "plain", "long", "flow", "@1" for the override,
// "X=8080" for the value of a variable in .env, "example" for a value of .env.example.
type svc struct {
	Service
	items []string
}

func service(name string, items ...string) *svc {
	return &svc{Service: Service{Name: name, Active: true, Replicas: 1}, items: items}
}

func (s *svc) scaled(n int) *svc               { s.Replicas = n; return s }
func (s *svc) after(names ...string) *svc      { s.DependsOn = names; return s }
func (s *svc) afterEnd(names ...string) *svc   { s.Awaits = names; return s.after(names...) }
func (s *svc) off() *svc                       { s.Active = false; return s }
func (s *svc) net(n Network) *svc              { s.Network = n; return s }
func (s *svc) with(change func(*Service)) *svc { change(&s.Service); return s }

const (
	baseFile = "/p/compose.yaml"
)

func project(services ...*svc) *Project { return projectIn("/p", services...) }

func projectIn(dir string, services ...*svc) *Project {
	p, _ := render(dir, services...)
	return p
}

// render writes the services as YAML and fills the model from it.
func render(dir string, services ...*svc) (*Project, map[string]string) {
	st := stack{project: &Project{Name: dir[strings.LastIndex(dir, "/")+1:], Dir: dir, Files: []string{dir + "/compose.yaml"}},
		texts: map[string]*strings.Builder{}, services: services}
	for layer, name := range []string{"compose.yaml", "compose.override.yaml"} {
		st.file(layer, dir+"/"+name)
	}
	texts := map[string]string{}
	for name, b := range st.texts {
		texts[name] = b.String()
	}
	for _, s := range services {
		st.project.Services = append(st.project.Services, s.Service)
	}
	slices.SortFunc(st.project.Services, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	return st.project, texts
}

func (st *stack) file(layer int, name string) {
	out := &strings.Builder{}
	st.texts[name] = out
	out.WriteString("services:\n")
	for _, s := range st.services {
		items := s.of(layer)
		if layer > 0 && len(items) == 0 {
			continue
		}
		fmt.Fprintf(out, "  %s:\n", s.Name)
		if layer == 0 {
			s.Span = Span{name, out.Len() - len(s.Name) - 2, out.Len() - 2}
			out.WriteString("    image: nginx\n")
		}
		if len(items) > 0 {
			s.list(out, name, layer, items)
		}
	}
}

func (s *svc) of(layer int) []string {
	return slices.DeleteFunc(slices.Clone(s.items), func(item string) bool {
		return strings.Contains(item, "@1") != (layer == 1)
	})
}

func (s *svc) list(out *strings.Builder, file string, layer int, items []string) {
	start, first := out.Len(), len(s.Bindings)
	out.WriteString("    ports:\n")
	key := Span{file, start + 4, start + 9}
	for _, text := range items {
		line := out.Len()
		b := parseItem(text)
		b.Service, b.PortsKey, b.Layer = s.Name, key, Layer{Order: layer, Kind: []string{"file", "override"}[layer]}
		b.write(out, file)
		b.Lines = Span{file, line, out.Len()}
		for i := range uint16(b.count) {
			one := b.Binding
			one.Target += i
			if b.count > 1 && b.First > 0 {
				one.First += i
				one.Last = one.First
			}
			s.Bindings = append(s.Bindings, one)
		}
	}
	for i := first; i < len(s.Bindings); i++ {
		s.Bindings[i].Block = Span{file, start, out.Len()}
		if len(items) == 1 {
			s.Bindings[i].Lines = Span{}
		}
	}
}

type item struct {
	Binding
	whole string // as it stands in the file, without quotes
	count int    // bindings
	at    int    // where the host port stands in whole
	form  string
}

func parseItem(text string) item {
	words := strings.Fields(text)
	it := item{whole: words[len(words)-1], count: 1}
	values := map[string]string{}
	kind := Origin{Kind: FromEnvFile, File: "/p/.env"}
	for _, w := range words[:len(words)-1] {
		name, value, isValue := strings.Cut(w, "=")
		switch {
		case isValue:
			values[name] = value
		case w == "example":
			kind = Origin{Kind: FromExample, File: "/p/.env.example"}
		default:
			it.form += w
		}
	}
	spec, proto, _ := strings.Cut(it.whole, "/")
	it.Proto = "tcp"
	if proto != "" {
		it.Proto = proto
	}
	it.sides(spec, values, kind)
	return it
}

func (it *item) sides(spec string, values map[string]string, kind Origin) {
	cut := colon(spec)
	target := spec[cut+1:]
	if cut >= 0 {
		it.HostText, it.Text = spec[:cut], spec[:cut]
		if ip := colon(it.HostText); ip >= 0 {
			it.HostIP = netip.MustParseAddr(strings.Trim(it.HostText[:ip], "[]"))
			it.Text, it.at = it.HostText[ip+1:], ip+1
		}
	}
	var low, high int
	it.TargetVar, low, high = value(target, values)
	it.Target, it.count = uint16(low), high-low+1
	it.Var, low, high = value(it.Text, values)
	it.First, it.Last = uint16(low), uint16(high)
	if it.count > 1 && low > 0 {
		it.Last = it.First
	}
	it.From = origin(it.Text, values, kind)
	it.Unknown = it.From.Kind == Unset
}

func origin(text string, values map[string]string, kind Origin) Origin {
	e, ok := parseExpression(text)
	switch {
	case !ok:
		return Origin{Kind: Literal}
	case values[e.Name] != "":
		return kind
	case strings.HasSuffix(e.Operator, "-"):
		return Origin{Kind: FromDefault}
	default:
		return Origin{Kind: Unset}
	}
}

func value(text string, values map[string]string) (name string, low, high int) {
	if e, ok := parseExpression(text); ok {
		name, text = e.Name, e.Rest
		if values[name] != "" {
			text = values[name]
		}
	}
	a, b, isRange := strings.Cut(text, "-")
	low, _ = strconv.Atoi(a)
	high = low
	if isRange {
		high, _ = strconv.Atoi(b)
	}
	return name, low, high
}

// colon finds the last colon outside braces and brackets.
func colon(s string) int {
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case '}', ']':
			depth++
		case '{', '[':
			depth--
		case ':':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (it *item) write(out *strings.Builder, file string) {
	quote := `"`
	if strings.Contains(it.form, "plain") || strings.Contains(it.form, "flow") {
		quote = ""
	} else {
		it.Style.Quote = '"'
	}
	out.WriteString("      - ")
	if strings.Contains(it.form, "long") {
		it.writeLong(out, file)
		return
	}
	out.WriteString(quote)
	start := out.Len()
	it.Entry = Span{file, start - len(quote), start + len(it.whole) + len(quote)}
	if it.Text != "" {
		it.Port = Span{file, start + it.at, start + it.at + len(it.Text)}
	}
	it.Style.Flow = strings.Contains(it.form, "flow")
	out.WriteString(it.whole + quote + "\n")
}

func (it *item) writeLong(out *strings.Builder, file string) {
	it.Style = Style{Long: true}
	start := out.Len()
	fmt.Fprintf(out, "target: %d\n        published: ", it.Target)
	it.Port = Span{file, out.Len(), out.Len() + len(it.Text)}
	out.WriteString(it.Text)
	it.Entry = Span{file, start, out.Len()}
	out.WriteString("\n")
}

// found runs one rule over the projects.
func found(t *testing.T, rule string, projects ...*Project) []Finding {
	t.Helper()
	var out []Finding
	for _, f := range Run(projects, Settings{}).Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

// say writes findings as lines "severity certainty line: message", with the notes and the fixes below.
func say(texts map[string]string, findings []Finding) string {
	var out strings.Builder
	for _, f := range findings {
		line := 1 + strings.Count(texts[f.Span.File][:min(f.Span.Start, len(texts[f.Span.File]))], "\n")
		fmt.Fprintf(&out, "%s %s %d: %s\n", f.Severity, f.Certainty, line, f.Message)
		for _, n := range f.Notes {
			fmt.Fprintf(&out, "  %s: %s\n", n.Label, n.Text)
		}
		for _, fix := range f.Fixes {
			fmt.Fprintf(&out, "  %s: %s\n", fix.Safety, fix.Title)
			for _, l := range changed(texts, fix.Edits) {
				fmt.Fprintf(&out, "    %s\n", l)
			}
		}
	}
	return out.String()
}

// summary is the headline of a finding with its notes, in one line.
func summary(f Finding) string {
	text := f.Message
	for _, n := range f.Notes {
		text += fmt.Sprintf(" | %s: %s", n.Label, n.Text)
	}
	return text
}

// changed applies edits and returns the lines that differ.
func changed(texts map[string]string, edits []Edit) []string {
	byFile := map[string][]Edit{}
	for _, e := range edits {
		byFile[e.Span.File] = append(byFile[e.Span.File], e)
	}
	var lines []string
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		before := texts[file]
		after := before
		for _, e := range slices.Backward(byFile[file]) {
			after = after[:e.Span.Start] + e.New + after[e.Span.End:]
		}
		lines = append(lines, diff(before, after)...)
	}
	return lines
}

func diff(before, after string) []string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out []string
	if len(a) != len(b) {
		return []string{fmt.Sprintf("%d lines fewer", len(a)-len(b))}
	}
	for i := range a {
		if a[i] != b[i] {
			out = append(out, strings.TrimSpace(b[i]))
		}
	}
	return out
}

// withNotes is a headline and what stands below it, in one line.
func withNotes(f Finding) string {
	text := f.Message
	for _, n := range f.Notes {
		text += fmt.Sprintf(" | %s: %s", n.Label, n.Text)
	}
	return text
}

// ruleCase is one stack and all that a rule says about it; "" means silence.
type ruleCase struct {
	name     string
	services []*svc
	change   func(*Project)
	want     string
}

func checkRule(t *testing.T, rule string, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, texts := render("/p", c.services...)
			if c.change != nil {
				c.change(p)
			}
			got := say(texts, found(t, rule, p))
			if want := strings.TrimLeft(c.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
