package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/portlint/portlint/lint"
)

// published is a report with one finding about 8080, after a number of empty lines.
func published(lines int, change func(*lint.Finding)) Report {
	text := strings.Repeat("\n", lines) + "services: {web: {ports: ['8080:80']}}\n"
	s := lint.Sources{}
	s.Add("/src/compose.yaml", []byte(text))
	span := find(s, "/src/compose.yaml", "8080")
	b := binding("web", "tcp", 8080, 80, span)
	f := lint.Finding{Rule: "fixed-port", Severity: lint.Info, Certainty: lint.Certain, Service: "web", Span: span, Binding: &b,
		Message: "words"}
	change(&f)
	return Report{Dir: "/src", Sources: s, Findings: []lint.Finding{f}}
}

func TestFingerprintFollowsTheFinding(t *testing.T) {
	base := published(0, func(*lint.Finding) {}).fingerprints()[0]
	same := map[string]Report{
		"ten lines further down": published(10, func(*lint.Finding) {}),
		"other words":            published(0, func(f *lint.Finding) { f.Message = "new words" }),
		"other severity":         published(0, func(f *lint.Finding) { f.Severity = lint.Error }),
	}
	for name, r := range same {
		if r.fingerprints()[0] != base {
			t.Errorf("%s: another fingerprint", name)
		}
	}
	seen := map[string]string{base: "the first"}
	for name, change := range map[string]func(*lint.Finding){
		"rule":           func(f *lint.Finding) { f.Rule = "ephemeral-port" },
		"file":           func(f *lint.Finding) { f.Span.File = "/src/other.yaml" },
		"service":        func(f *lint.Finding) { f.Service = "api" },
		"protocol":       func(f *lint.Finding) { f.Binding.Proto = "udp" },
		"host IP":        func(f *lint.Finding) { f.Binding.HostIP = netip.MustParseAddr("127.0.0.1") },
		"host port":      func(f *lint.Finding) { f.Binding.First, f.Binding.Last = 8081, 8081 },
		"range":          func(f *lint.Finding) { f.Binding.Last = 8090 },
		"container port": func(f *lint.Finding) { f.Binding.Target = 81 },
		"no port":        func(f *lint.Finding) { f.Binding = nil },
	} {
		got := published(0, change).fingerprints()[0]
		if other, taken := seen[got]; taken {
			t.Errorf("%s: the fingerprint of %s", name, other)
		}
		seen[got] = name
	}
}

func TestFingerprintsAreUnique(t *testing.T) {
	r := published(0, func(*lint.Finding) {})
	r.Findings = append(r.Findings, r.Findings[0], r.Findings[0])
	for _, r := range []Report{r, sample()} {
		prints := r.fingerprints()
		slices.Sort(prints)
		if n := len(slices.Compact(prints)); n != len(r.Findings) {
			t.Errorf("%d fingerprints for %d findings", n, len(r.Findings))
		}
	}
}
