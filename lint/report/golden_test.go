package report

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/portlint/portlint/lint"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs, see the diff after go test -update\ngot:\n%s", path, got)
	}
}

// render is what a format writes.
func render(t *testing.T, format func(io.Writer, Report) error, r Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := format(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	colored := func(w io.Writer, r Report) error { r.Color = true; return Text(w, r) }
	ports := func(format string) func(io.Writer, Report) error {
		return func(w io.Writer, r Report) error { return Ports(w, r, format) }
	}
	for name, format := range map[string]func(io.Writer, Report) error{
		"text.txt": Text, "text-color.txt": colored, "table.txt": writeTable, "ports.txt": ports("text"),
		"check.json": writeJSON, "ports.json": ports("json"), "sarif.json": sampleSARIF, "github.txt": writeGitHub,
		"gitlab.json": writeGitLab, "junit.xml": writeJUnit, "rdjson.json": writeRDJSON,
	} {
		t.Run(name, func(t *testing.T) {
			first := render(t, format, sample())
			golden(t, name, first)
			if repeated := render(t, format, sample()); !bytes.Equal(first, repeated) {
				t.Error("the second output differs from the first")
			}
		})
	}
}

func TestFormatsAreTheEightOfTheContract(t *testing.T) {
	names := slices.Sorted(maps.Keys(Formats))
	want := []string{"github", "gitlab", "json", "junit", "rdjson", "sarif", "table", "text"}
	if !slices.Equal(names, want) {
		t.Errorf("formats are %v, want %v", names, want)
	}
	for name, format := range Formats {
		render(t, format, Report{Dir: "/src", Verdict: lint.VerdictClear})
		if out := render(t, format, sample()); len(out) == 0 {
			t.Errorf("%s writes nothing", name)
		}
	}
}

func TestUnprintableTextReachesNoTerminal(t *testing.T) {
	for _, name := range []string{"text", "table", "github", "junit"} {
		for _, r := range string(render(t, Formats[name], sample())) {
			if r != '\n' && !strconv.IsGraphic(r) {
				t.Errorf("%s prints %q", name, r)
			}
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteErrorsAreReturned(t *testing.T) {
	for name, format := range Formats {
		if err := format(brokenPipe{}, sample()); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s returns %v", name, err)
		}
	}
	for _, format := range []string{"text", "json"} {
		if err := Ports(brokenPipe{}, sample(), format); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("ports as %s returns %v", format, err)
		}
	}
	if err := Ports(io.Discard, sample(), "sarif"); err == nil {
		t.Error("ports accepts a format that it does not have")
	}
}
