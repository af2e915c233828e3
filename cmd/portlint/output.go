package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/cmd/portlint/run"
	"github.com/portlint/portlint/compose"
	"github.com/portlint/portlint/lint"
	"github.com/portlint/portlint/lint/lazyexp"
	"github.com/portlint/portlint/lint/report"
	"github.com/portlint/portlint/lint/safefile"
)

// output is one value of --format: NAME[=FILE].
type output struct {
	format    string
	file      string // as given; "" is standard output
	byDefault bool   // nobody asked for it
}

// lineFormats print lines, so that several of them can share standard output.
var lineFormats = []string{"text", "table", "github"}

// parseOutputs reads the values of --format. If none of them is for standard output, that gets text, and github too
// where GitHub Actions runs.
func parseOutputs(values []string, w run.Process) ([]output, error) {
	var outputs []output
	for _, v := range values {
		o, err := parseOutput(v)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, o)
	}
	if !slices.ContainsFunc(outputs, func(o output) bool { return o.file == "" }) {
		defaults := []output{{format: "text", byDefault: true}}
		if w.Env["GITHUB_ACTIONS"] == "true" {
			defaults = append(defaults, output{format: "github", byDefault: true})
		}
		outputs = append(defaults, outputs...)
	}

	return outputs, errors.Join(sharing(outputs), eachFileOnce(w.Dir, outputs))
}

func parseOutput(value string) (output, error) {
	name, file, named := strings.Cut(value, "=")
	switch _, known := report.Formats[name]; {
	case !known:
		names := slices.Sorted(maps.Keys(report.Formats))
		return output{}, fmt.Errorf("unknown format %q, expected %s%s", name, run.OrList(names), run.DidYouMean(name, names))
	case named && file == "":
		return output{}, fmt.Errorf("--format %s: expected a file after the equals sign", value)
	case file == "-" || file == "/dev/stdout":
		file = ""
	}

	return output{format: name, file: file}, nil
}

// sharing refuses a second format on standard output when one of them is a whole document or both are the same.
func sharing(outputs []output) error {
	var names []string
	document := false
	for _, o := range outputs {
		if o.file != "" {
			continue
		}
		if slices.Contains(names, o.format) {
			return fmt.Errorf("the format %s is given twice for standard output", o.format)
		}
		names = append(names, o.format)
		document = document || !slices.Contains(lineFormats, o.format)
	}
	if document && len(names) > 1 {
		return fmt.Errorf("the formats %s can't share standard output; give one a file, as in --format %s=FILE",
			lint.AndList(names), names[1])
	}
	return nil
}

// eachFileOnce refuses two formats in one file: the second would replace the first.
func eachFileOnce(dir string, outputs []output) error {
	formats := map[string]output{}
	for _, o := range outputs {
		if o.file == "" || o.file == os.DevNull {
			continue
		}
		file := resolveDir(run.Below(dir, o.file))
		if first, twice := formats[file]; twice {
			return fmt.Errorf("--format %s=%s and --format %s=%s name the same file",
				first.format, first.file, o.format, o.file)
		}
		formats[file] = o
	}

	return nil
}

// write prints the report in one format.
func (o output) write(w run.Process, r report.Report) error {
	if o.file == "" {
		return report.Formats[o.format](w.Stdout, r)
	}
	r.Color, r.Width = false, 0
	var text bytes.Buffer
	if err := report.Formats[o.format](&text, r); err != nil {
		return err
	}
	if err := writeReport(w, o.file, text.Bytes()); err != nil {
		return fmt.Errorf("cannot write %q: %w", o.file, err)
	}
	return nil
}

// openDescriptor is the name of an output that this process was started with, as in `--format sarif=>(upload)` of a shell. Nobody else
// can put anything in its place.
var openDescriptor = lazyexp.New(`^/(dev|proc/self)/fd/\d+$`)

// writeReport writes a report where --format NAME=FILE says. An error does not name the file: who asked knows it.
func writeReport(w run.Process, file string, text []byte) error {
	switch {
	case file == os.DevNull:
		return nil
	case file == "/dev/stderr":
		_, err := w.Stderr.Write(text)
		return err
	case openDescriptor().MatchString(file):
		return safefile.WithoutPath(writeDescriptor(file, text))
	}
	if err := staysInside(w.Dir, file); err != nil {
		return err
	}
	return safefile.WithoutPath(safefile.Replace(run.Below(w.Dir, file), text, run.NewMode))
}

func writeDescriptor(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// staysInside refuses a file, given as seen from dir, whose directory leads out of the repository, or of dir where there is none,
// by a link: such a link came with the checkout as likely as not. An absolute path says what is meant.
func staysInside(dir, file string) error {
	root := compose.Repository(dir)
	if root == "" {
		root = dir
	}
	if filepath.IsAbs(file) || !isBelow(root, run.Below(dir, file)) || safefile.Inside(root, filepath.Dir(run.Below(dir, file))) {
		return nil
	}
	return fmt.Errorf("its directory leads out of %q by a link; give the file's absolute path", root)
}

// isBelow reports whether a path is written as one in or below a directory, wherever links lead.
func isBelow(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// resolveDir is a file without links in the path to it.
func resolveDir(file string) string {
	return filepath.Join(compose.RealPath(filepath.Dir(file)), filepath.Base(file))
}
