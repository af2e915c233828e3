package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/refusal"
)

// hostile wants to colour, to turn around, to hide, to start lines and commands, and is no UTF-8 in between.
const hostile = "a\x1b[31m\u202e\u2066\u200b\u200f\ufeff\u0085\u009b2J\x7f\x00\r\n::error::x\t\xff\U000e0001]]>z"

// hostileReport has a text in every place that a file, a label, a process, a container or a rule fills.
func hostileReport(text string) Report {
	r := sample()
	r.Command, r.Width = "", 80
	r.Projects[0].Name = text
	for i := range r.Projects[0].Services {
		s := &r.Projects[0].Services[i]
		s.Profiles = []string{text}
		for k := range s.Bindings {
			s.Bindings[k].Service, s.Bindings[k].Text, s.Bindings[k].Var = text, text, text
		}
	}
	owner := &lint.Owner{Kind: lint.OwnerContainer, Unit: text, User: text,
		Container: &lint.Container{ID: text, Name: text, Project: text, Service: text, WorkingDir: text, ConfigFiles: []string{text}},
		Process:   lint.Process{PID: 1, Name: text, Command: text, User: text}}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Message, f.Project, f.Service, f.Owner = text, text, text, owner
		f.Contexts = []string{text}
		f.Related = append(f.Related, lint.Related{Message: text, Span: f.Span})
		f.Fixes = append(f.Fixes, lint.Fix{Title: text, Command: text}, lint.Fix{Title: text, Edits: []lint.Edit{{Span: f.Span, New: text}}})
	}
	r.NotChecked = append(r.NotChecked, lint.Blind{What: text, Why: text}, lint.Blind{What: text, Why: text, Span: r.Findings[1].Span})
	return r
}

// TestNoFormatObeysTexts looks at every format: no text that is not ours reaches a terminal, a log or a page of somebody's as what it
// would like to be.
func TestNoFormatObeysTexts(t *testing.T) {
	for name, format := range Formats {
		t.Run(name, func(t *testing.T) { checkHarmless(t, name, render(t, format, hostileReport(hostile))) })
	}
}

// hostileAnswers are what the commands beside check, and an editor, get to read, of a text in every place.
func hostileAnswers(text string) map[string]func(io.Writer, Report) error {
	owner := lint.Owner{Kind: lint.OwnerContainer, Unit: text, User: text,
		Container: &lint.Container{ID: text, Name: text, Project: text, Service: text, WorkingDir: text, ConfigFiles: []string{text}},
		Process:   lint.Process{PID: 1, Name: text, Command: text, User: text}}
	process := owner
	process.Kind, process.Container = lint.OwnerProcess, nil
	uses := []lint.PortUse{{Port: 8080, Proto: "tcp", Holders: []lint.Owner{owner, process}, Waiting: []lint.Owner{owner}}}
	diagnosis := Diagnosis{Refusal: refusal.Refusal{First: 8080, Last: 8080, Proto: "tcp", Container: text, Service: text, Holder: text, Raw: text},
		Uses: uses, Now: text, Advice: lint.Fix{Title: text, Command: text},
		Same: lint.SamePort{Services: []string{text}, Message: text, Fix: lint.Fix{Title: text, Command: text}}}

	out := map[string]func(io.Writer, Report) error{
		"hover": func(w io.Writer, r Report) error {
			for _, p := range r.Projects {
				for _, item := range p.Items() {
					if _, err := io.WriteString(w, Hover(r, item, true)+"\n"+Hover(r, item, false)+"\n"); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	for _, format := range []string{"table", "json"} {
		out["ports "+format] = func(w io.Writer, r Report) error { return Ports(w, r, format) }
	}
	for _, format := range []string{"text", "json"} {
		out["who "+format] = func(w io.Writer, r Report) error { return Who(w, r, uses, format) }
		out["explain "+format] = func(w io.Writer, r Report) error { return Explain(w, r, []Diagnosis{diagnosis}, format) }
	}
	return out
}

// TestNoAnswerObeysTexts is the same for ports, who, explain and the hover of an editor.
func TestNoAnswerObeysTexts(t *testing.T) {
	for name, answer := range hostileAnswers(hostile) {
		t.Run(name, func(t *testing.T) {
			doc := render(t, answer, hostileReport(hostile))
			if len(doc) == 0 {
				t.Fatal("nothing was written")
			}
			checkHarmless(t, name, doc)
			for line := range strings.Lines(string(doc)) {
				if strings.HasPrefix(line, "::error::") {
					t.Errorf("a line that is not ours: %q", line)
				}
			}
			if strings.HasSuffix(name, "json") && !json.Valid(doc) {
				t.Error("it is no JSON")
			}
		})
	}
}

// FuzzFormats puts any text into every format.
func FuzzFormats(f *testing.F) {
	f.Add(hostile)
	f.Add("plain")
	f.Add(`"\\u202e\\`)
	f.Fuzz(func(t *testing.T, text string) {
		for name, format := range Formats {
			checkHarmless(t, name, render(t, format, hostileReport(text)))
		}
	})
}

func checkHarmless(t *testing.T, name string, doc []byte) {
	t.Helper()
	for i, r := range string(doc) {
		if r != '\n' && r != '\t' && !strconv.IsGraphic(r) {
			t.Errorf("%s: %q at %d, after %q", name, r, i, doc[max(0, i-40):i])
			break
		}
	}
	switch name {
	case "github":
		for _, line := range strings.Split(strings.TrimSuffix(string(doc), "\n"), "\n") {
			if !strings.Contains(line, "title=portlint ") {
				t.Errorf("a command that is not ours: %q", line)
			}
		}
	case "junit":
		d := xml.NewDecoder(strings.NewReader(string(doc)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	case "json", "sarif", "gitlab", "rdjson":
		if !json.Valid(doc) {
			t.Errorf("%s is no JSON", name)
		}
		checkMessages(t, name, doc)
	}
}

// checkMessages looks at what people read of a document, once it is decoded. JSON keeps its texts for programs.
func checkMessages(t *testing.T, name string, doc []byte) {
	t.Helper()
	if name == "json" {
		return
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, one := range v {
				if k == "insertedContent" || k == "suggestions" || k == "properties" {
					continue // what a fix writes, and what programs read
				}
				walk(k, one)
			}
		case []any:
			for _, one := range v {
				walk(key, one)
			}
		case string:
			isMessage := key == "message" || key == "description" || key == "text"
			for line := range strings.SplitSeq(v, "\n") {
				if isMessage && (Escape(line) != line || strings.HasPrefix(line, "::error::")) {
					t.Errorf("%s: the %s is %q", name, key, v)
				}
			}
		}
	}
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatal(err)
	}
	walk("", v)
}

func TestEscapeLines(t *testing.T) {
	if got, want := EscapeLines("+a\tb\x1b\n-\u202e\r\n"), "+a\tb\\x1b\n-\\u202e\\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
