package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/portlint/portlint/cmd/portlint/run"
)

// schemasVar names the directory of the JSON Schemas. With it, what the program prints as JSON is held against the schema of
// its command, in every script.
const schemasVar = "PORTLINT_TEST_SCHEMAS"

// exitOffSchema is none of portlint's own.
const exitOffSchema = 99

// onSchema runs the program. JSON on standard output that its schema refuses is an exit code that no test wants.
func onSchema(w run.Process, args []string, program func(run.Process) int) int {
	dir := w.Env[schemasVar]
	if dir == "" || !slices.ContainsFunc(args, func(arg string) bool { return arg == "json" || arg == "--format=json" }) {
		return program(w)
	}
	var printed bytes.Buffer
	out := w.Stdout
	w.Stdout = io.MultiWriter(out, &printed)
	code := program(w)
	if err := followsSchema(dir, args, printed.Bytes()); err != nil {
		fmt.Fprintln(w.Stderr, err)
		return exitOffSchema
	}
	return code
}

// followsSchema holds an output against the schema of the command that was run.
func followsSchema(dir string, args []string, printed []byte) error {
	if !bytes.HasPrefix(printed, []byte("{")) {
		return nil // no JSON: the page of a rule, or a refusal
	}
	command := "check"
	for _, arg := range args {
		if slices.Contains([]string{"ports", "who", "explain", "free", "assign", "env"}, arg) {
			command = arg
			break
		}
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(printed))
	if err != nil {
		return fmt.Errorf("%s prints no JSON: %w", command, err)
	}
	name := cmp.Or(map[string]string{"check": "output"}[command], command)
	schema, err := schemaNamed(dir, "portlint-"+name+".schema.json")
	if err != nil {
		return err
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("%s prints something else than its schema says: %w", command, err)
	}
	return nil
}

// schemaNamed is a JSON Schema of a directory; they refer to each other by their published addresses.
func schemaNamed(dir, name string) (*jsonschema.Schema, error) {
	const base = "https://raw.githubusercontent.com/portlint/portlint/main/lint/report/"
	files, err := filepath.Glob(filepath.Join(dir, "*.schema.json"))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(base+filepath.Base(file), doc); err != nil {
			return nil, err
		}
	}
	return c.Compile(base + name)
}
