package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portlint/portlint/lint/report"
)

// output is one value of --format: NAME[=FILE].
type output struct {
	format string
	file   string // "" is standard output
}

// lineFormats print lines, so that several of them can share standard output.
var lineFormats = []string{"text", "table", "github"}

// parseOutputs reads the values of --format; without any it is text, plus github where GitHub Actions runs.
func parseOutputs(values []string, env map[string]string) ([]output, error) {
	if len(values) == 0 {
		values = []string{"text"}
		if env["GITHUB_ACTIONS"] == "true" {
			values = append(values, "github")
		}
	}
	var outputs []output
	for _, v := range values {
		name, file, named := strings.Cut(v, "=")
		if _, ok := report.Formats[name]; !ok {
			known := slices.Sorted(maps.Keys(report.Formats))
			return nil, fmt.Errorf("unknown format %q, expected %s%s", name, orList(known), didYouMean(name, known))
		}
		if named && file == "" {
			return nil, fmt.Errorf("--format %s: expected a file after the equals sign", v)
		}
		outputs = append(outputs, output{format: name, file: file})
	}
	return outputs, sharing(outputs)
}

// sharing refuses a second format on standard output when one of them is a whole document.
func sharing(outputs []output) error {
	var names []string
	document := false
	for _, o := range outputs {
		if o.file == "" {
			names = append(names, o.format)
			document = document || !slices.Contains(lineFormats, o.format)
		}
	}
	if document && len(names) > 1 {
		return fmt.Errorf("the formats %s can't share standard output; give one a file, as in --format %s=FILE",
			strings.Join(names, " and "), names[1])
	}
	return nil
}

// write prints the report in one format.
func (o output) write(w world, r report.Report) error {
	if o.file == "" {
		return report.Formats[o.format](w.stdout, r)
	}
	r.Color = false
	var text bytes.Buffer
	if err := report.Formats[o.format](&text, r); err != nil {
		return err
	}
	if err := writeFile(below(w.dir, o.file), text.Bytes()); err != nil {
		return fmt.Errorf("cannot write %q: %w", o.file, err)
	}
	return nil
}

// writeFile replaces a file as a whole or not at all. A pipe or a device is written to directly.
func writeFile(file string, text []byte) error {
	mode := fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	switch info, err := os.Stat(file); {
	case err == nil && info.IsDir():
		return errors.New("it is a directory")
	case err == nil && !info.Mode().IsRegular():
		return writeDevice(file, text)
	case err == nil:
		mode = info.Mode().Perm()
	}
	return replaceFile(file, text, mode)
}

func writeDevice(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	return errors.Join(err, f.Close())
}

func replaceFile(file string, text []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Close(), os.Chmod(tmp.Name(), mode))
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // the first error is the one to tell
	}
	return err
}
