package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/portlint/portlint/lint"
)

// BenchmarkFormats writes 2,000 findings of 200 files in each format.
func BenchmarkFormats(b *testing.B) {
	text := []byte("services:\n  web:\n    image: nginx\n    ports: [\"8080:80\"]\n")
	r := Report{Version: "v1.0.0", Dir: "/src", Sources: lint.Sources{}}
	for i := range 2000 {
		file := fmt.Sprintf("/src/p%03d/compose.yaml", i%200)
		r.Sources.Add(file, text)
		r.Findings = append(r.Findings, lint.Finding{Rule: "duplicate-port", Severity: lint.Error, Certainty: lint.Certain, Service: "web",
			Span: lint.Span{File: file, Start: 47, End: 56}, Message: "8080/tcp for web is already published by api"})
	}
	for _, name := range slices.Sorted(maps.Keys(Formats)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Formats[name](io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
